"""`comptoir stock`: feeds of other systems, why a figure is what it is, levels of the past."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import click
from click import Context, Parameter

import inventory.imports
import inventory.jobs
import inventory.queries
import inventory.services
import orders.queries
import stores.queries
from app.cli import stock_words
from app.cli.batches import SOME_NOT_TAKEN
from app.cli.check import EXIT_FOUND
from app.cli.progress import Advance, progress
from app.cli.session import attached
from app.cli.tables import Unreadable, open_table
from app.i18n import LANGUAGES, catalogue
from inventory.commands import DeclareFeed, FeedKind, FeedStatus
from inventory.imports import FeedForm
from inventory.queries import FeedFacts
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.errors import Refusal
from stores.queries import StoreFacts

PIECE_BYTES: Final = 1 << 18
POLL_S: Final = 0.2
LEVELS_AT_ONCE: Final = 1_000
FORMS: Final = {
    ".json": FeedForm.JSON,
    ".jsonl": FeedForm.JSON_LINES,
    ".ndjson": FeedForm.JSON_LINES,
}

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Instant(click.ParamType[datetime]):
    """An instant with its offset, such as `2026-05-04T06:00:00Z`."""

    name = "instant"

    def convert(self, value: object, param: Parameter | None, ctx: Context | None) -> datetime:
        """Return the instant in UTC."""
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            self.fail(f"{value!r} is not an instant such as 2026-05-04T06:00:00Z", param, ctx)
        return found.astimezone(UTC)


@click.group()
def stock() -> None:
    """Feeds of other systems, why a figure is what it is, and levels of the past."""


@stock.command()
@click.argument("file", type=_FILE)
@click.option("--source", required=True, help="Which system says so; its feeds are numbered.")
@click.option("--sequence", required=True, type=click.IntRange(min=1), help="Number of this feed.")
@click.option("--as-of", required=True, type=Instant(), help="The instant for which it is true.")
@click.option("--delta", is_flag=True, help="Quantities are changes, not what is on hand.")
@click.option("--contains-hand-overs", is_flag=True, help="The source knows our hand-overs.")
@click.option("--force", is_flag=True, help="Apply it though it says that nearly nothing is left.")
@click.pass_context
def feed(
    context: Context,
    *,
    file: Path,
    source: str,
    sequence: int,
    as_of: datetime,
    delta: bool,
    contains_hand_overs: bool,
    force: bool,
) -> None:
    """Take in a feed (CSV, JSON or JSON lines, perhaps gzipped) and apply it.

    A feed that broke off goes on where it stopped when the same is given again. Lines that were not
    simply taken over are conflicts, and the command ends with 3.
    """
    kind = FeedKind.DELTA if delta else FeedKind.FULL
    command = DeclareFeed(source, sequence, kind, as_of, contains_hand_overs)
    began = time.monotonic()
    with attached():
        try:
            found = _apply(_receive(file, command), force=force)
        except Refusal as error:
            raise click.ClickException(error.detail) from error
    click.echo(
        f"{found.lines:,} lines of {source} {sequence}: {found.changed:,} levels changed, "
        f"{found.conflicts:,} conflicts, {time.monotonic() - began:.1f} s. Feed {found.id}."
    )
    if found.status is FeedStatus.HELD:
        click.echo(f"Held back, nothing was applied: {found.failure} With --force it is applied.")
    if found.conflicts or found.status is FeedStatus.HELD:
        context.exit(SOME_NOT_TAKEN)


def _receive(file: Path, command: DeclareFeed) -> UUID:
    zipped = file.suffix == ".gz"
    suffix = Path(file.stem).suffix if zipped else file.suffix
    with file.open("rb") as opened, progress("Received", file.stat().st_size) as advance:

        def pieces() -> Iterator[bytes]:
            while piece := opened.read(PIECE_BYTES):
                advance(len(piece))
                yield piece

        batches = inventory.imports.read_feed(
            inventory.imports.unzip(pieces()) if zipped else pieces(),
            form=FORMS.get(suffix, FeedForm.CSV),
            signed=command.kind is FeedKind.DELTA,
        )
        return inventory.jobs.receive_feed(command, batches).feed_id


def _apply(feed_id: UUID, *, force: bool) -> FeedFacts:
    """Apply what there is until this feed is done; workers may do the same meanwhile."""
    found = _look(feed_id)
    if force and found.status is FeedStatus.HELD:
        with transaction() as session:
            inventory.services.let_through(session, feed_id, actor=SYSTEM)
        found = _look(feed_id)
    with progress("Applied", found.lines) as advance:
        advance(found.applied)
        while found.status is FeedStatus.APPLYING:
            inventory.jobs.apply_feeds()
            found = _tell(found, advance)
    return found


def _tell(before: FeedFacts, advance: Advance) -> FeedFacts:
    now = _look(before.id)
    if now.applied == before.applied and now.status is FeedStatus.APPLYING:
        time.sleep(POLL_S)
    advance(now.applied - before.applied)
    return now


def _look(feed_id: UUID) -> FeedFacts:
    with transaction() as session:
        return inventory.queries.get_feed(session, feed_id)


@stock.command()
@click.argument("store")
@click.argument("file", type=_FILE)
def places(*, store: str, file: Path) -> None:
    """Take in where SKUs lie in a store: a CSV file with columns for SKU and place.

    All of it or nothing; SKUs it does not name stay where they are, an empty place is none.
    """
    with attached(), open_table(file) as table:
        rows = ((row.line, row.values) for row in table.rows)
        try:
            told = dict(inventory.imports.read_places(table.header, rows))
            with transaction() as session:
                place = stores.queries.get_store(session, store)
                changed = inventory.services.place_skus(
                    session, location_id=place.id, places=told, actor=SYSTEM
                )
        except (Refusal, Unreadable) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{len(told):,} places of {place.code} read, {changed:,} changed.")


@stock.command()
@click.argument("sku")
@click.argument("store")
@click.option("--at", type=Instant(), help="A past instant; without it, now.")
@click.option("--lang", type=click.Choice(sorted(LANGUAGES)), default="en", show_default=True)
def explain(*, sku: str, store: str, at: datetime | None, lang: str) -> None:
    """Say why a store has what it has of a SKU."""
    with attached(), transaction() as session:
        try:
            place = stores.queries.get_store(session, store)
            found = inventory.queries.explain_level(session, location_id=place.id, sku=sku, at=at)
        except Refusal as error:
            raise click.ClickException(error.detail) from error
        owners = orders.queries.list_owners(
            session, [each.fulfillment_id for each in found.owed], actor=SYSTEM
        )
    say = catalogue(lang).ugettext
    for sentence in stock_words.explain(found, owners=owners, zone=place.time_zone, say=say):
        click.echo(sentence)


@stock.command()
@click.option("--at", type=Instant(), help="Print every level as it was at this past instant.")
@click.option("--check", is_flag=True, help="Compare levels with their ledger (the default).")
@click.option("--store", help="Only this store.")
@click.pass_context
def rebuild(context: Context, *, at: datetime | None, check: bool, store: str | None) -> None:
    """Add up the ledger: print past levels as CSV, or what differs from it; then it ends with 1.

    Levels are never rewritten: what differs is a fault to be found.
    """
    if at is not None and check:
        raise click.UsageError("Give --at or --check.")
    with attached():
        places = _places(store)
        if at is not None:
            click.echo("store,sku,on_hand,reserved,quarantined")
        lines = (
            line
            for place in places
            for line in (_differing(place) if at is None else _levels_at(place, at))
        )
        count = 0
        for count, line in enumerate(lines, start=1):  # noqa: B007 (told below)
            click.echo(line)
    if at is None:
        click.echo(f"{len(places):,} stores, {count:,} levels differ from their ledger.")
        context.exit(EXIT_FOUND if count else 0)


def _places(store: str | None) -> list[StoreFacts]:
    places: list[StoreFacts] = []
    with transaction() as session:
        if store is not None:
            try:
                return [stores.queries.get_store(session, store)]
            except Refusal as error:
                raise click.ClickException(error.detail) from error
        while page := stores.queries.list_stores(session, after=places[-1].code if places else ""):
            places += page
    return places


def _differing(place: StoreFacts) -> Iterator[str]:
    with transaction() as session:
        for each in inventory.queries.list_differing(session, location_id=place.id):
            yield f"{place.code} {each.sku}: level {each.level}, ledger {each.ledger}"


def _levels_at(place: StoreFacts, at: datetime) -> Iterator[str]:
    after: str | None = ""
    while after is not None:
        with transaction() as session:
            page = inventory.queries.list_levels_at(
                session, location_id=place.id, at=at, after=after, limit=LEVELS_AT_ONCE
            )
        for each in page:
            yield (f"{place.code},{each.sku},{each.on_hand},{each.reserved},{each.quarantined}")
        after = page[-1].sku if len(page) == LEVELS_AT_ONCE else None
