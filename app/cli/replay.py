"""`comptoir replay`: a day of real sales through the same use cases as the doors."""

import time
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import OperationalError

from app.cli import replay_drive as drive
from app.cli.replay_day import NOTHING, STOPPED, Day, Journal, run_day
from app.cli.replay_plan import (
    drop_unknown,
    plan_cancellations,
    plan_orders,
    read_day,
    read_header,
)
from app.cli.replay_post import post_office
from app.cli.replay_table import summary
from app.cli.reports import Report
from app.cli.session import attached, data_home
from app.cli.tables import Table, Unreadable, open_table
from app.embedded import EmbeddedError
from kernel.errors import Invalid

UNFINISHED: Final = 3
"""Exit status when an order was placed but could not be brought to its end."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Which day of it.")
@click.option("--seed", default=1, show_default=True, help="Draws channels, stores and ways.")
@click.pass_context
def replay(context: click.Context, *, file: Path, day: datetime, seed: int) -> None:
    """Replay one day of sales: each invoice becomes an order and is collected.

    FILE is a table of invoice lines, plain or gzipped. Prices are those of the catalogue. The same
    day again places nothing twice, as long as stored answers are kept (seven days).
    """
    began = time.monotonic()
    home = data_home()
    try:
        with (
            open_table(file) as table,
            post_office(home) as deliver,
            attached(),
            Report(home / "reports", f"replay-{day:%Y-%m-%d}") as report,
        ):
            journal = Journal(report)
            today = _plan(table, file, day.date(), seed=seed, journal=journal)
            run_day(today, journal, deliver)
            for line in summary(today, journal):
                click.echo(line)
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(
            f"The database does not answer ({str(error.orig).strip()}). The same command goes on "
            "where this one stopped."
        ) from error
    click.echo(f"{time.monotonic() - began:.1f} s.")
    if report.written:
        click.echo(f"Report: {report.path}")
    accounted = {each.number for each in today.invoices} == journal.outcomes.keys()
    if not accounted or STOPPED in journal.outcomes.values():
        context.exit(UNFINISHED)


def _plan(table: Table, file: Path, day: date, *, seed: int, journal: Journal) -> Day:
    """Return what the day asks of this installation.

    Raises Unreadable when the file holds no such day, or there is no store to collect at.
    """
    try:
        places = read_header(table.header)
    except Invalid as error:
        raise Unreadable(f"{file}: {error}") from error
    invoices = read_day(table.rows, places, day, refuse=journal.refuse_row)
    if not invoices:
        raise Unreadable(f"{file} has no invoice of {day}.")
    store_codes = drive.list_collecting_stores()
    if not store_codes:
        raise Unreadable("No store offers collection: import stores first.")
    skus = {sku for invoice in invoices for sku in invoice.quantities}
    drop_unknown(invoices, drive.find_unknown(skus), refuse=journal.refuse_row)
    plan = list(plan_orders(invoices, store_codes, seed=seed))
    planned = {each.invoice.number for each in plan}
    for invoice in invoices:
        if not invoice.is_cancellation and invoice.number not in planned:
            journal.end(invoice, NOTHING)
    return Day(invoices, plan, list(plan_cancellations(invoices)))
