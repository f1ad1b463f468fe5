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
from app.cli.batches import SOME_NOT_TAKEN
from app.cli.progress import Advance, progress
from app.cli.session import attached
from inventory.commands import DeclareFeed, FeedKind, FeedStatus
from inventory.imports import FeedForm
from inventory.queries import FeedFacts
from kernel.db import transaction
from kernel.errors import Refusal

PIECE_BYTES: Final = 1 << 18
POLL_S: Final = 0.2
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
            found = _apply(_receive(file, command))
        except Refusal as error:
            raise click.ClickException(error.detail) from error
    click.echo(
        f"{found.lines:,} lines of {source} {sequence}: {found.changed:,} levels changed, "
        f"{found.conflicts:,} conflicts, {time.monotonic() - began:.1f} s. Feed {found.id}."
    )
    if found.conflicts:
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


def _apply(feed_id: UUID) -> FeedFacts:
    """Apply what there is until this feed is done; workers may do the same meanwhile."""
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
