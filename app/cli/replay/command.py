"""`comptoir replay`: real sales through the same use cases as the doors."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import OperationalError

from app.cli.check import EXIT_FOUND, run_checks, tell_findings
from app.cli.replay import shelves
from app.cli.replay.channels import USUAL, Entry, read_shares
from app.cli.replay.day import NOTHING, STOPPED, Day, Journal, run_days
from app.cli.replay.invoices import Invoice, drop_unknown, read_days, read_header
from app.cli.replay.plan import plan_cancellations, plan_orders
from app.cli.replay.post import post_office
from app.cli.replay.table import summary
from app.cli.reports import Report
from app.cli.session import attached, data_home
from app.cli.tables import Table, Unreadable, open_table
from app.embedded import EmbeddedError
from kernel.errors import Invalid

Shares = Mapping[Entry, int]
UNFINISHED: Final = 3
"""Exit status when an order was placed but could not be brought to its end."""


def _read_channels(_context: click.Context, _option: click.Parameter, text: str) -> Shares:
    try:
        return read_shares(text)
    except Invalid as error:
        raise click.BadParameter(error.detail) from error


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Which day of it.")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Or a whole month of it.")
@click.option("--seed", default=1, show_default=True, help="Draws channels, stores, ways, fates.")
@click.option(
    "--channels",
    "shares",
    default=USUAL,
    show_default=True,
    callback=_read_channels,
    help="Which share of the invoices enters how; one name alone is all of them.",
)
@click.option("--calm", is_flag=True, help="Every order is collected as it was ordered.")
@click.pass_context
def replay(
    context: click.Context,
    *,
    file: Path,
    day: datetime | None,
    month: datetime | None,
    seed: int,
    shares: Shares,
    calm: bool,
) -> None:
    """Replay a day or a month of sales: each invoice becomes an order and goes its way.

    FILE is a table of invoice lines, plain or gzipped. Prices are those of the catalogue. Orders
    enter on every channel. Most are collected; some are changed, lack articles, are rejected, not
    paid, called off, fetched late or never. The same sales again place nothing twice, as long as
    stored answers are kept (seven days). At the end every invariant is checked.
    """
    if (day is None) == (month is None):
        raise click.UsageError("Say which --day, or which --month.")
    began = time.monotonic()
    folder = data_home()
    wanted = Wanted(day=day, month=month, seed=seed, calm=calm, shares=shares)
    try:
        with (
            open_table(file) as table,
            post_office(folder) as deliver,
            attached(),
            Report(folder / "reports", f"replay-{wanted.name}") as report,
        ):
            journal = Journal(report)
            days = _plan(table, file, wanted, journal=journal)
            run_days(days, journal, deliver)
            for line in summary(days, journal):
                click.echo(line)
            click.echo(f"{time.monotonic() - began:.1f} s.")
            findings = run_checks()
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(
            f"The database does not answer ({str(error.orig).strip()}). The same command goes on "
            "where this one stopped."
        ) from error
    tell_findings(findings)
    if report.written:
        click.echo(f"Report: {report.path}")
    if not _is_finished(days, journal):
        context.exit(UNFINISHED)
    if findings:
        context.exit(EXIT_FOUND)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sales are replayed, and how."""

    day: datetime | None
    month: datetime | None
    seed: int
    calm: bool
    shares: Shares

    @property
    def name(self) -> str:
        """Return what the day or the month is called."""
        return f"{self.day:%Y-%m-%d}" if self.day else f"{self.month:%Y-%m}"

    def takes(self, day: date) -> bool:
        """Tell whether this day's sales are replayed."""
        return f"{day:%Y-%m-%d}".startswith(self.name)


def _is_finished(days: Sequence[Day], journal: Journal) -> bool:
    """Tell whether every invoice is accounted for, and every order came to its end."""
    accounted = {each.number for day in days for each in day.invoices} == journal.outcomes.keys()
    return accounted and STOPPED not in journal.outcomes.values()


def _plan(table: Table, file: Path, wanted: Wanted, *, journal: Journal) -> list[Day]:
    """Return what each day asks of this installation.

    Raises Unreadable when the file holds no such day, or there is no store to collect at.
    """
    try:
        places = read_header(table.header)
    except Invalid as error:
        raise Unreadable(f"{file}: {error}") from error
    days = read_days(table.rows, places, wanted.takes, refuse=journal.refuse_row)
    if not days:
        raise Unreadable(f"{file} has no invoice of {wanted.name}.")
    store_codes = shelves.list_collecting_stores()
    if not store_codes:
        raise Unreadable("No store offers collection: import stores first.")
    invoices = [invoice for each in days.values() for invoice in each]
    skus = {sku for invoice in invoices for sku in invoice.quantities}
    drop_unknown(invoices, shelves.find_unknown(skus), refuse=journal.refuse_row)
    return [_plan_day(each, store_codes, wanted, journal) for each in days.values()]


def _plan_day(
    invoices: list[Invoice], store_codes: list[str], wanted: Wanted, journal: Journal
) -> Day:
    plan = list(
        plan_orders(invoices, store_codes, wanted.shares, seed=wanted.seed, calm=wanted.calm)
    )
    planned = {each.invoice.number for each in plan}
    for invoice in invoices:
        if not invoice.is_cancellation and invoice.number not in planned:
            journal.end(invoice, NOTHING)
    return Day(invoices, plan, list(plan_cancellations(invoices)))
