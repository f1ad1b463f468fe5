"""`comptoir sourcing`: who was chosen to send an order, and what other rules would have chosen."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

import orders.queries
import orders.services
import stores.queries
from app.cli.session import attached
from kernel.actors import SYSTEM
from kernel.clock import now
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.ids import read_order_number, show_order_number
from orders.commands import Channel, Method, SetRules
from orders.sourcing import Replay, Tally, explain

SHOWN_MAX: Final = 10
DAY: Final = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
ROWS: Final[Sequence[tuple[str, Callable[[Tally], str]]]] = (
    ("orders", lambda tally: f"{tally.orders:,}"),
    ("sent whole", lambda tally: f"{tally.whole:,}"),
    ("in several parcels", lambda tally: f"{tally.split:,} ({tally.split_share:.1%})"),
    ("parcels", lambda tally: f"{tally.parcels:,}"),
    ("kilometres", lambda tally: f"{tally.km:,.0f}"),
    ("units nobody sends", lambda tally: f"{tally.missing_units:,}"),
    ("brought together first", lambda tally: f"{tally.gathered:,}"),
    ("waiting for what is announced", lambda tally: f"{tally.waiting:,}"),
    ("left to a person", lambda tally: f"{tally.left_to_person:,}"),
    ("parcels from stores", lambda tally: f"{tally.from_stores:,}"),
    ("stores' last units taken", lambda tally: f"{tally.last_units:,}"),
    ("locations that send", lambda tally: f"{len(tally.by_store):,}"),
    ("busiest location", lambda tally: "{}: {:,}".format(*tally.busiest) if tally.parcels else "–"),
)


@click.group("sourcing")
def sourcing_() -> None:
    """Look into who sends what, and try other rules on past orders."""


@sourcing_.command("show")
@click.argument("number")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Everything that is kept, for programs.")
def show(number: str, language: str, *, as_json: bool) -> None:
    """Explain who was chosen to send the order NUMBER, and why."""
    try:
        with attached(), transaction() as session:
            order = orders.queries.get_order_by_number(
                session, read_order_number(number) or number, actor=SYSTEM
            )
            decisions = orders.queries.get_decisions(session, order.id)
            first = order.fulfillments[0]
            zone = stores.queries.get_store_by_id(session, first.location_id).time_zone
    except Refusal as error:
        raise click.ClickException(error.detail) from error
    if as_json:
        click.echo(json.dumps([asdict(each) for each in decisions], default=str, indent=2))
        return
    names = {line.sku: line.name for each in order.fulfillments for line in each.lines}
    for decision in decisions:
        click.echo(f"{decision.decided_at:%Y-%m-%d %H:%M} UTC")
        for sentence in explain(decision, language, zone=zone, names=names):
            click.echo(f"  {sentence}")


@sourcing_.command("replay")
@click.option(
    "--rules",
    "files",
    required=True,
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A rule set as JSON; repeat it to compare several.",
)
@click.option("--since", required=True, type=DAY, help="From this day on, UTC.")
@click.option("--until", type=DAY, help="Until this day, UTC.  [default: now]")
@click.option("--json", "as_json", is_flag=True, help="Figures and orders, for programs.")
def replay(
    *, files: Sequence[Path], since: datetime, until: datetime | None, as_json: bool
) -> None:
    """Decide past orders again by the rules of a file, with stock as it was; nothing moves."""
    commands = [_read(file) for file in files]
    begins, ends = since.replace(tzinfo=UTC), until.replace(tzinfo=UTC) if until else now()
    if begins >= ends:
        raise click.UsageError("--since has to be before --until.")
    try:
        with attached(), transaction() as session:
            found = {
                f"{place} {command.name}" if len(commands) > 1 else command.name: (
                    orders.services.try_rules(
                        session, command, since=begins, until=ends, actor=SYSTEM
                    )
                )
                for place, command in enumerate(commands, start=1)
            }
    except Refusal as error:
        wrong = error.facts.get("wrong", [error.detail])
        raise click.ClickException("\n".join(wrong)) from error
    click.echo(json.dumps(_figures(found), default=str, indent=2) if as_json else _table(found))


def _read(file: Path) -> SetRules:
    """Return the rule set a file holds.

    Raises click.ClickException with what would be right.
    """
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        for word in ("name", "brand", "group"):
            _require_text(said.get(word))
        return SetRules(
            name=said.get("name", file.stem),
            method=Method(said.get("method", Method.DELIVERY.value)),
            rules=said["rules"],
            limits=said.get("limits", {}),
            brand=said.get("brand"),
            group=said.get("group"),
            channel=Channel(said["channel"]) if said.get("channel") else None,
        )
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        right = 'an object with "name", "method", "rules" and "limits" (docs/sourcing.md)'
        raise click.ClickException(f"{file} is not a rule set: it has to be {right}.") from error


def _require_text(value: object) -> None:
    if value is not None and not isinstance(value, str):
        raise ValueError(value)


def _table(found: Mapping[str, Replay]) -> str:
    """Return what was decided beside what each rule set would have, as a table in Markdown."""
    first = next(iter(found.values()))
    columns = {"decided": first.decided} | {name: each.replayed for name, each in found.items()}
    lines = [
        f"| | {' | '.join(columns)} |",
        f"|---|{'---:|' * len(columns)}",
        *(
            f"| {label} | {' | '.join(say(tally) for tally in columns.values())} |"
            for label, say in ROWS
        ),
    ]
    changed = [f"{len(each.differing):,}" for each in found.values()]
    lines.append(f"| orders sent otherwise | – | {' | '.join(changed)} |")
    if not first.decided.orders:
        lines += ["", "Of that time no decision is kept that these rules are for."]
    for name, each in found.items():
        if not each.differing:
            continue
        lines += ["", f"{name}: the first orders that would be sent otherwise"]
        lines += [
            f"  {show_order_number(one.order_number)}: {', '.join(one.was) or 'nobody'}"
            f" → {', '.join(one.would_be) or 'nobody'}"
            f"{f', {one.missing_units:,} units nobody' if one.missing_units else ''}"
            for one in each.differing[:SHOWN_MAX]
        ]
    return "\n".join(lines)


def _figures(found: Mapping[str, Replay]) -> dict[str, Any]:
    return {
        name: {
            "decided": _tally(each.decided),
            "replayed": _tally(each.replayed),
            "differing": [asdict(one) for one in each.differing],
        }
        for name, each in found.items()
    }


def _tally(tally: Tally) -> dict[str, Any]:
    figures = {each.name: getattr(tally, each.name) for each in fields(tally)}
    return figures | {"by_store": dict(tally.by_store), "split_share": tally.split_share}
