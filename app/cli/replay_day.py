"""Days, replayed: stock in, orders placed, called off, prepared, handed over, put back."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.cli import replay_drive as drive
from app.cli.progress import progress
from app.cli.replay_drive import Parcel, Shelves
from app.cli.replay_home import BROUGHT, open_doors
from app.cli.replay_plan import Cancellation, Invoice, PlannedOrder
from app.cli.replay_post import Deliver
from app.cli.reports import Report
from kernel.errors import Refusal
from orders.commands import Status

HANDED_OVER: Final = "handed over"
CALLED_OFF: Final = "cancelled before they were picked"
AGAIN: Final = "already replayed"
TOOK_BACK: Final = "cancel one of these orders"
NOTHING: Final = "nothing in them that we sell"
REFUSED: Final = "refused"
NOT_PLACED: Final = "cancel an order that was not placed"
NO_SHOW: Final = "never collected, back on the shelf"
CALLED_OFF_LATER: Final = "cancelled later, nothing left or given back"
DELIVERED: Final = "delivered to the door"
TOO_LATE: Final = "cancel an order that is past that"
STOPPED: Final = "placed, but not brought to the end"

OUTCOMES: Final[Mapping[Status, str]] = {
    Status.HANDED_OVER: HANDED_OVER,
    Status.DELIVERED: DELIVERED,
    Status.CANCELLED: CALLED_OFF_LATER,
    Status.EXPIRED: NO_SHOW,
}
WENT_WELL: Final = frozenset({*OUTCOMES.values(), CALLED_OFF, AGAIN, TOOK_BACK})
STEPS: Final = (
    ("Preparing", drive.prepare),
    ("Reminding", drive.remind),
    ("Waiting", drive.wait),
    ("Handing over", drive.hand_over),
    ("Putting back", drive.put_back),
)
ENDED: Final = frozenset(OUTCOMES)


@dataclass(frozen=True, slots=True)
class Day:
    """The plan of a day."""

    invoices: Sequence[Invoice]
    plan: Sequence[PlannedOrder]
    cancellations: Sequence[Cancellation]


@dataclass(slots=True)
class Journal:
    """What became of each invoice, and what else there is to tell at the end."""

    report: Report
    outcomes: dict[str, str] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    parcels: dict[str, Parcel] = field(default_factory=dict)
    shelves: list[Shelves] = field(default_factory=list)
    """As they were before, and at the end."""

    received_units: int = 0
    received_levels: int = 0

    def refuse_row(self, line: int, reason: str) -> None:
        """Note a row of no use; what follows a colon in the reason is a detail."""
        self.unused[reason.partition(":")[0]] += 1
        self.report.refuse(line, reason)

    def end(self, invoice: Invoice, outcome: str, refusal: Refusal | None = None) -> None:
        """Note what became of an invoice; the first word on it stands."""
        if invoice.number in self.outcomes:
            return
        self.outcomes[invoice.number] = outcome
        said = f": {refusal.detail} {refusal.facts}" if refusal else ""
        if refusal:
            self.reasons[f"{outcome}: {refusal.title}"] += 1
        if outcome not in WENT_WELL:
            self.report.refuse(invoice.line, f"invoice {invoice.number}: {outcome}{said}")


def run_days(days: Sequence[Day], journal: Journal, deliver: Deliver) -> None:
    """Bring every invoice of these days to its end, one day after the other."""
    wanted = drive.needs(planned for day in days for planned in day.plan)
    journal.shelves.append(drive.look_at_shelves(wanted))
    for day in days:
        _run_day(day, journal, deliver)
    journal.shelves.append(drive.look_at_shelves(wanted))


def _run_day(today: Day, journal: Journal, deliver: Deliver) -> None:
    placed = drive.find_placed(today.plan)
    journal.parcels |= placed
    fresh = [each for each in today.plan if each.invoice.number not in placed]
    _place_home([each for each in fresh if each.fate in BROUGHT], journal)
    collected = [each for each in fresh if each.fate not in BROUGHT]
    _receive(drive.needs(collected), journal)
    _place(collected, journal)
    ours = {
        each.invoice.number: journal.parcels[each.invoice.number]
        for each in today.plan
        if each.invoice.number in journal.parcels
    }
    _note_ended_before(ours, journal)
    order_ids = [parcel.order_id for parcel in ours.values()]
    deliver(order_ids)
    _call_off(today.cancellations, journal)
    for label, step in STEPS:
        _each(label, step, ours, journal)
        deliver(order_ids)
    for parcel in ours.values():
        status = drive.look_at(parcel).status
        journal.end(parcel.planned.invoice, OUTCOMES.get(status, STOPPED))


def _receive(lacking: dict[str, dict[str, int]], journal: Journal) -> None:
    with progress("Receiving opening stock", len(lacking)) as advance:
        for store_code in sorted(lacking):
            _receive_one(store_code, lacking[store_code], journal)
            advance(1)


def _receive_one(store_code: str, quantities: Mapping[str, int], journal: Journal) -> None:
    units, levels = drive.receive_stock(store_code, quantities)
    journal.received_units += units
    journal.received_levels += levels


def _place_home(home: Sequence[PlannedOrder], journal: Journal) -> None:
    """Place what is brought, each with its goods in its store: any store may send it.

    The goods of orders to collect come later, so that nobody sends them away.
    """
    if home:
        open_doors(each.store_code for each in home)
    with progress("Placing orders to doors", len(home)) as advance:
        for planned in home:
            _receive_one(planned.store_code, planned.invoice.quantities, journal)
            _place_one(planned, journal)
            advance(1)


def _place(fresh: Sequence[PlannedOrder], journal: Journal) -> None:
    with progress("Placing orders", len(fresh)) as advance:
        for planned in fresh:
            _place_one(planned, journal)
            advance(1)


def _place_one(planned: PlannedOrder, journal: Journal) -> None:
    try:
        journal.parcels[planned.invoice.number] = drive.place(planned)
    except Refusal as refusal:
        journal.end(planned.invoice, REFUSED, refusal)


def _note_ended_before(ours: Mapping[str, Parcel], journal: Journal) -> None:
    for parcel in ours.values():
        if parcel.again and drive.look_at(parcel).status in ENDED:
            journal.end(parcel.planned.invoice, AGAIN)


def _call_off(cancellations: Iterable[Cancellation], journal: Journal) -> None:
    for each in cancellations:
        if each.whole is None:
            journal.end(each.invoice, each.why_not)
        elif each.whole not in journal.parcels:
            journal.end(each.invoice, NOT_PLACED)
        else:
            _call_off_one(each.invoice, journal.parcels[each.whole], journal)


def _call_off_one(cancelling: Invoice, parcel: Parcel, journal: Journal) -> None:
    if drive.look_at(parcel).status is not Status.CANCELLED:
        try:
            drive.cancel(parcel)
        except Refusal as refusal:
            journal.end(cancelling, TOO_LATE, refusal)
            return
        journal.end(parcel.planned.invoice, CALLED_OFF)
    journal.end(cancelling, TOOK_BACK)


def _each(
    label: str, step: Callable[[Parcel], None], ours: Mapping[str, Parcel], journal: Journal
) -> None:
    going = [parcel for number, parcel in ours.items() if number not in journal.outcomes]
    with progress(label, len(going)) as advance:
        for parcel in going:
            try:
                step(parcel)
            except Refusal as refusal:
                journal.end(parcel.planned.invoice, STOPPED, refusal)
            advance(1)
