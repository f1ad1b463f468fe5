"""Days, replayed: stock in, orders placed, paid, changed, prepared, handed over, put back."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.cli.progress import progress
from app.cli.replay import shelves, steps, turns
from app.cli.replay.cards import was_refunded
from app.cli.replay.channels import Entry
from app.cli.replay.fates import Fate, Turn
from app.cli.replay.invoices import Invoice
from app.cli.replay.opening import open_doors, set_rules
from app.cli.replay.placing import ENDS, Parcel, begin_basket, find_placed, place
from app.cli.replay.plan import Cancellation, PlannedOrder
from app.cli.replay.post import Deliver
from app.cli.replay.shelves import Shelves
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
BROUGHT_BACK: Final = "sold at a till, and brought back"
UNPAID: Final = "not paid in time"
TOO_LATE: Final = "cancel an order that is past that"
STOPPED: Final = "placed, but not brought to the end"

OUTCOMES: Final[Mapping[Status, str]] = {
    Status.HANDED_OVER: HANDED_OVER,
    Status.DELIVERED: DELIVERED,
    Status.CANCELLED: CALLED_OFF_LATER,
    Status.EXPIRED: NO_SHOW,
}
WENT_WELL: Final = frozenset(
    {*OUTCOMES.values(), CALLED_OFF, BROUGHT_BACK, UNPAID, AGAIN, TOOK_BACK}
)
BEFORE: Final = (("Paying", steps.pay), ("Changing", turns.change))
"""What happens before a store is at the goods, and before an order is called off."""
STEPS: Final = (
    ("Preparing", steps.prepare),
    ("Bringing", steps.bring),
    ("Reminding", steps.remind),
    ("Waiting", steps.wait),
    ("Handing over", steps.hand_over),
    ("Putting back", steps.put_back),
)


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
    ends: dict[str, frozenset[Status]] = field(default_factory=dict)
    """How the parcels of each order ended that did."""

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
    wanted = shelves.needs(planned for day in days for planned in day.plan)
    journal.shelves.append(shelves.look_at_shelves(wanted))
    for day in days:
        _run_day(day, journal, deliver)
    journal.shelves.append(shelves.look_at_shelves(wanted))


def _run_day(today: Day, journal: Journal, deliver: Deliver) -> None:
    placed = find_placed(today.plan)
    journal.parcels |= placed
    _enter([each for each in today.plan if each.invoice.number not in placed], journal, deliver)
    ours = {
        each.invoice.number: journal.parcels[each.invoice.number]
        for each in today.plan
        if each.invoice.number in journal.parcels
    }
    _note_ended_before(ours, journal)
    order_ids = [parcel.order_id for parcel in ours.values()]
    deliver(order_ids)
    for label, step in BEFORE:
        _each(label, step, ours, journal)
        deliver(order_ids)
    _call_off(today.cancellations, journal)
    for label, step in STEPS:
        _each(label, step, ours, journal)
        deliver(order_ids)
    for number, parcel in ours.items():
        journal.ends[number] = parcel.list_ends()
        journal.end(parcel.planned.invoice, _outcome(parcel, journal.ends[number]))


def _outcome(parcel: Parcel, ends: frozenset[Status]) -> str:
    """Return what became of an order whose parcels ended so."""
    if Status.EXPIRED in ends and parcel.planned.fate is Fate.UNPAID:
        return UNPAID
    if parcel.planned.turn is Turn.REMORSE and ends == {Status.CANCELLED}:
        return CALLED_OFF
    return next((OUTCOMES[each] for each in ENDS if each in ends), STOPPED)


def _enter(fresh: Sequence[PlannedOrder], journal: Journal, deliver: Deliver) -> None:
    """Have every order placed that was not, each on its channel."""
    if not fresh:
        return
    set_rules(each.store_code for each in fresh)
    baskets = [each for each in fresh if each.entry is Entry.ADVISED]
    _try_each("Preparing baskets", begin_basket, baskets, journal)
    if baskets:
        deliver([])
    _place_brought([each for each in fresh if each.is_brought], journal)
    others = [each for each in fresh if not each.is_brought]
    _receive(shelves.needs(others), journal)
    _try_each("Placing orders", _placing(journal), others, journal)


def _receive(lacking: dict[str, dict[str, int]], journal: Journal) -> None:
    with progress("Receiving opening stock", len(lacking)) as advance:
        for store_code in sorted(lacking):
            _receive_one(store_code, lacking[store_code], journal)
            advance(1)


def _receive_one(store_code: str, quantities: Mapping[str, int], journal: Journal) -> None:
    units, levels = shelves.receive_stock(store_code, quantities)
    journal.received_units += units
    journal.received_levels += levels


def _place_brought(brought: Sequence[PlannedOrder], journal: Journal) -> None:
    """Place what is brought, each with its goods in its store: any store may send it.

    The goods of orders to collect come later, so that nobody sends them away.
    """
    if brought:
        open_doors(each.store_code for each in brought)
    for_one = _placing(journal)

    def receive_and_place(planned: PlannedOrder) -> None:
        _receive_one(planned.store_code, planned.invoice.quantities, journal)
        for_one(planned)

    _try_each("Placing orders to doors", receive_and_place, brought, journal)


def _placing(journal: Journal) -> Callable[[PlannedOrder], None]:
    def place_one(planned: PlannedOrder) -> None:
        journal.parcels[planned.invoice.number] = place(planned)

    return place_one


def _try_each(
    label: str,
    act: Callable[[PlannedOrder], None],
    plan: Sequence[PlannedOrder],
    journal: Journal,
) -> None:
    """Do something for each order to be; what is refused is noted, and goes no further."""
    with progress(label, len(plan)) as advance:
        for planned in plan:
            if planned.invoice.number not in journal.outcomes:
                try:
                    act(planned)
                except Refusal as refusal:
                    journal.end(planned.invoice, REFUSED, refusal)
            advance(1)


def _note_ended_before(ours: Mapping[str, Parcel], journal: Journal) -> None:
    for parcel in ours.values():
        if parcel.again and parcel.list_ends():
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
    sold = parcel.planned.entry is Entry.TILL
    done = was_refunded(parcel.order_id) if sold else parcel.list_ends() == {Status.CANCELLED}
    if not done:
        try:
            steps.cancel(parcel)
        except Refusal as refusal:
            journal.end(cancelling, TOO_LATE, refusal)
            return
        journal.end(parcel.planned.invoice, BROUGHT_BACK if sold else CALLED_OFF)
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
