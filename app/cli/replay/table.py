"""The table at the end of a replay: what became of everything."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from app.cli.replay.cards import was_refunded
from app.cli.replay.channels import Entry
from app.cli.replay.day import (
    AGAIN,
    BROUGHT_BACK,
    CALLED_OFF,
    CALLED_OFF_LATER,
    DELIVERED,
    HANDED_OVER,
    NO_SHOW,
    NOTHING,
    REFUSED,
    STOPPED,
    TOOK_BACK,
    UNPAID,
    Day,
    Journal,
)
from app.cli.replay.fates import Fate, Turn
from app.cli.replay.placing import Parcel
from app.cli.replay.post import count_messages
from orders.commands import Status

WIDTH = 56
FIGURE = 10
CHANNEL = 12
FIRST = (
    AGAIN,
    HANDED_OVER,
    DELIVERED,
    BROUGHT_BACK,
    NO_SHOW,
    UNPAID,
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
    yield from _by_channel(journal)
    yield from _rows(journal)
    yield from _messages(journal)
    yield from _stock(journal)


def _orders(journal: Journal) -> Iterator[str]:
    placed = [parcel for parcel in journal.parcels.values() if not parcel.again]
    invoices = [parcel.planned.invoice for parcel in placed]
    yield _line("orders placed", len(placed))
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
    turns = Counter(parcel.planned.turn for parcel in placed)
    for turn in Turn:
        if turns[turn] and turn is not Turn.NONE:
            yield _line(f"orders, {turn.value}", turns[turn])
    ways = Counter(
        parcel.planned.way.value
        for number, parcel in journal.parcels.items()
        if journal.outcomes.get(number) == HANDED_OVER and parcel.planned.entry is not Entry.TILL
    )
    for way, count in sorted(ways.items()):
        yield _line(f"handed over by {way}", count)


@dataclass(slots=True)
class _Column:
    """What became of the orders of one channel, as far as they got; most can be several."""

    orders: int = 0
    units: int = 0
    collected: int = 0
    delivered: int = 0
    cancelled: int = 0
    refunded: int = 0
    messages: int = 0

    def add(self, parcel: Parcel, ends: frozenset[Status], *, refunded: bool) -> None:
        """Count an order."""
        self.orders += 1
        self.units += sum(parcel.planned.invoice.quantities.values())
        self.collected += Status.HANDED_OVER in ends
        self.delivered += Status.DELIVERED in ends
        self.cancelled += bool(ends) and ends <= {Status.CANCELLED, Status.EXPIRED}
        self.refunded += refunded
        self.messages += count_messages([parcel.order_id]).total()


def _by_channel(journal: Journal) -> Iterator[str]:
    """Yield how many orders entered how, of how many some was collected, given back and so on."""
    found: dict[Entry, _Column] = {}
    for number, parcel in journal.parcels.items():
        if journal.outcomes.get(number) == AGAIN:
            continue
        refunded = was_refunded(parcel.order_id)
        column = found.setdefault(parcel.planned.entry, _Column())
        column.add(parcel, journal.ends.get(number, frozenset()), refunded=refunded)
    yield f"{'channel':<{CHANNEL}}" + "".join(f"{name:>{FIGURE}}" for name in _Column.__slots__)
    for entry in Entry:
        if entry in found:
            figures = "".join(f"{figure:>{FIGURE},}" for figure in astuple(found[entry]))
            yield f"{entry.value:<{CHANNEL}}{figures}"


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
