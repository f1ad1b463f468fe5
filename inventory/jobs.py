"""What stock does on a clock or on demand, each piece in a short transaction of its own."""

import time
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from inventory import queries, services
from inventory.commands import DeclareFeed, FeedBatch, FeedKind, FeedStatus
from inventory.errors import FeedDiffers
from inventory.services import ROWS_AT_ONCE, Receiving, Step
from kernel.clock import db_now
from kernel.db import transaction

SPELL_S: Final = 3.0
"""Seconds a worker stays at feeds before other work has its turn."""

LINES_FIRST: Final = 250
LINES_AT_ONCE: Final = range(50, 1_001)
HELD_S: Final = 0.05
"""Seconds for which applying lines may hold their levels: orders wait no longer than that."""

Told = Callable[[int], None]


def receive_feed(
    command: DeclareFeed, batches: Iterable[FeedBatch], *, told: Told = lambda _: None
) -> Receiving:
    """Have the whole feed waiting; a feed that was received in part goes on where it stopped.

    `told` is given the number of lines of each batch. Raises FeedOutOfOrder, FeedDiffers, and
    Invalid when the lines cannot be read to their end.
    """
    with transaction() as session:
        feed = services.declare_feed(session, command)
    digest, lines = services.EMPTY_DIGEST, 0
    for batch in batches:
        digest, before = services.chain(digest, batch), lines
        lines += len(batch.rows) + len(batch.unreadable)
        told(lines - before)
        if lines > feed.lines:
            with transaction() as session:
                services.receive_batch(
                    session, batch, feed_id=feed.feed_id, after=before, digest=digest
                )
        elif lines == feed.lines and digest != feed.digest:
            raise FeedDiffers("Its lines are not those that came before.")
    if lines < feed.lines:
        raise FeedDiffers("It has fewer lines than came before.")
    if feed.status is FeedStatus.RECEIVING:
        _complete(feed.feed_id, command.kind)
    return Receiving(feed.feed_id, feed.status, lines, digest)


def _complete(feed_id: UUID, kind: FeedKind) -> None:
    code: str | None = ""
    emptied = []
    while code is not None and kind is FeedKind.FULL:
        with transaction() as session:
            code = services.complete_store(session, feed_id=feed_id, after=code)
            if code and services.is_emptied(session, feed_id=feed_id, store_code=code):
                emptied.append(code)
    with transaction() as session:
        if emptied:
            services.hold_feed(session, feed_id=feed_id, store_codes=emptied)
        else:
            services.close_receiving(session, feed_id=feed_id)


def apply_feed(
    feed_id: UUID, *, until: float = float("inf"), told: Callable[[], None] = lambda: None
) -> Step:
    """Apply a feed until it is done, somebody else is at it, or the clock says `until`.

    The clock is `time.monotonic`. Killed at any point, it can be called again.
    """
    with transaction() as session:
        window = services.open_window(session, feed_id=feed_id)
    step, count = Step.MORE, LINES_FIRST
    while step in {Step.MORE, Step.LACKING} and time.monotonic() < until:
        if step is Step.LACKING:
            with transaction() as session:
                services.make_levels(session, feed_id=feed_id, window=window, count=count)
        began = time.monotonic()
        with transaction() as session:
            step = services.apply_lines(session, feed_id=feed_id, window=window, count=count)
        count = _paced(count, time.monotonic() - began)
        told()
    return step


def _paced(count: int, took_s: float) -> int:
    """Return how many lines to apply next: at most twice as many, fewer on a busy machine."""
    wanted = int(count * min(HELD_S / max(took_s, 0.001), 2.0))
    return max(LINES_AT_ONCE.start, min(wanted, LINES_AT_ONCE.stop - 1))


def apply_feeds() -> None:
    """Apply what has come, in the order of each source, for one spell."""
    until = time.monotonic() + SPELL_S
    step = Step.DONE
    while step is Step.DONE:
        with transaction() as session:
            services.forget_refused(session)
            feed_id = queries.find_next_feed(session)
        if feed_id is None:
            return
        step = apply_feed(feed_id, until=until)


def refresh_safety() -> None:
    """Levels follow the rules of safety stock, location by location, for one spell."""
    until = time.monotonic() + SPELL_S
    while time.monotonic() < until:
        with transaction() as session:
            location_id, began = services.find_unresolved(session), db_now(session)
        if location_id is None:
            return
        changed = ROWS_AT_ONCE
        while changed == ROWS_AT_ONCE:
            with transaction() as session:
                changed = services.refresh_levels(session, location_ids=[location_id])
        with transaction() as session:
            services.note_resolved(session, location_id=location_id, began=began)


def note_low() -> None:
    """What came to run low is noted, following the ledger for one spell."""
    until, more = time.monotonic() + SPELL_S, True
    while more and time.monotonic() < until:
        with transaction() as session:
            more = services.note_low(session)
