"""The table at the end of a replay: what became of everything."""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.cli.replay_day import (
    AGAIN,
    CALLED_OFF,
    CALLED_OFF_LATER,
    DELIVERED,
    HANDED_OVER,
    NO_SHOW,
    NOTHING,
    REFUSED,
    STOPPED,
    TOOK_BACK,
    Day,
    Journal,
)
from app.cli.replay_fates import Fate
from app.cli.replay_post import count_messages

WIDTH = 56
FIGURE = 10
FIRST = (
    AGAIN,
    HANDED_OVER,
    DELIVERED,
    NO_SHOW,
    CALLED_OFF,
    CALLED_OFF_LATER,
    REFUSED,
    STOPPED,
    TOOK_BACK,
    NOTHING,
)


def summary(days: Sequence[Day], journal: Journal) -> Iterator[str]:
    """Yield the lines of the table."""
    outcomes = Counter(journal.outcomes.values())
    yield _line("invoices", sum(len(day.invoices) for day in days))
    for outcome in (*FIRST, *sorted(outcomes.keys() - set(FIRST))):
        if outcomes[outcome]:
            yield _line(f"  {outcome}", outcomes[outcome])
    for reason, count in sorted(journal.reasons.items()):
        yield _line(f"    {reason}", count)
    yield from _orders(journal)
    yield from _rows(journal)
    yield from _messages(journal)
    yield from _stock(journal)


def _orders(journal: Journal) -> Iterator[str]:
    placed = [parcel for parcel in journal.parcels.values() if not parcel.again]
    invoices = [parcel.planned.invoice for parcel in placed]
    yield _line("orders placed", len(placed))
    for channel, count in sorted(Counter(each.planned.channel.value for each in placed).items()):
        yield _line(f"  on channel {channel}", count)
    yield _line("  lines", sum(len(each.quantities) for each in invoices))
    yield _line("  units", sum(sum(each.quantities.values()) for each in invoices))
    repeated = sum(len(lines) - 1 for each in invoices for lines in each.places.values())
    yield _line("  repeated articles added up", repeated)
    resumed = [
        number
        for number, parcel in journal.parcels.items()
        if parcel.again and journal.outcomes.get(number) != AGAIN
    ]
    yield _line("orders gone on with from an earlier replay", len(resumed))
    fates = Counter(
        parcel.planned.fate
        for parcel in placed
        if journal.outcomes.get(parcel.planned.invoice.number) != CALLED_OFF
    )
    for fate in Fate:
        if fates[fate]:
            yield _line(f"  {fate.value}", fates[fate])
    ways = Counter(
        parcel.planned.way.value
        for number, parcel in journal.parcels.items()
        if journal.outcomes.get(number) == HANDED_OVER
    )
    for way, count in sorted(ways.items()):
        yield _line(f"handed over by {way}", count)


def _rows(journal: Journal) -> Iterator[str]:
    yield _line("rows not used", journal.unused.total())
    for reason, count in journal.unused.most_common():
        yield _line(f"  {reason}", count)


def _messages(journal: Journal) -> Iterator[str]:
    counts = count_messages([parcel.order_id for parcel in journal.parcels.values()])
    yield _line("messages", counts.total())
    for (channel, status), count in sorted(counts.items()):
        yield _line(f"  {channel} {status}", count)


def _stock(journal: Journal) -> Iterator[str]:
    before, after = journal.shelves
    yield _line("opening stock received, units", journal.received_units)
    yield _line("  SKU × stores", journal.received_levels)
    yield _line("units on hand before", before.on_hand)
    yield _line("units on hand after", after.on_hand)
    yield _line("units reserved before", before.reserved)
    yield _line("units reserved after", after.reserved)


def _line(label: str, figure: int) -> str:
    return f"{label + ' ':.<{WIDTH}}{f' {figure:,}':.>{FIGURE}}"
