"""Lines of a receipt that name an order: its payment and its hand-over, or a conflict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import orders.services
import payments.queries
from kernel.actors import SYSTEM, Actor
from kernel.errors import Refusal
from kernel.ids import read_order_number
from orders.commands import CaseKind, Found, HandOver, OpenCase, RecordHandOver, Status
from orders.errors import NothingDue, UnknownOrder, WrongStore
from orders.queries import FulfillmentFacts, OrderFacts
from orders.services import TillTicket
from pos_adapter.commands import RecordReceipt
from pos_adapter.errors import AmountDiffers
from pos_adapter.services.reading import Read
from pos_adapter.services.watching import case_key
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of the lines of one order: handed over or paid, or `refusal` says why not."""

    order_number: str
    order_id: UUID | None
    refusal: str | None
    paid: bool = False

    @property
    def handed_over(self) -> bool:
        """Tell whether they were handed over as they should."""
        return self.refusal is None

    @property
    def shown(self) -> dict[str, Any]:
        """Return what the till is told."""
        outcome = "handed_over" if self.handed_over else "conflict"
        if self.paid:
            outcome = "paid"
        return {
            "order_number": self.order_number,
            "outcome": outcome,
            "refusal": self.refusal,
        }


@dataclass(frozen=True, slots=True)
class _Till:
    """The receipt that is read, at which store, and in whose name."""

    command: RecordReceipt
    store: StoreFacts
    actor: Actor


def collect(
    session: Session,
    command: RecordReceipt,
    read: Sequence[Read],
    *,
    store: StoreFacts,
    actor: Actor,
) -> tuple[list[Collected], list[Read]]:
    """Hand over what the lines of orders name; return that, and the lines that are still to sell.

    The goods have left the store: where an order does not owe them any more, or not here, that is
    recorded against the rules. Lines of an order nobody knows are sold, and a person is asked.
    """
    till = _Till(command, store, actor)
    done: list[Collected] = []
    rest = [each for each in read if each.line.order_number is None]
    paid = _payments(command)
    goods = _by_order(read)
    for named in {**goods, **paid}:
        lines = goods.get(named, [])
        took_minor = paid.get(named, 0) + sum(each.line.amount_minor for each in lines)
        collected = _take_money(session, till, named, took_minor, goods=bool(lines))
        if collected is None and lines:
            collected = _collect_order(session, till, named, lines)
            if collected.order_id is None:
                rest += lines
        done.append(collected or _nothing_due(session, till, named, took_minor))
    return done, rest


def _take_money(
    session: Session, till: _Till, named: str, took_minor: int, *, goods: bool
) -> Collected | None:
    """Take the money of an order that waits for it; None where none does.

    Of what is brought no goods leave, whatever lines name: it is sent from where it is reserved.
    Goods of what is only collected have left unpaid: they are no payment. Where it is not all that
    is due, or more, a person is asked.
    """
    try:
        order = _find_order(session, named)
    except UnknownOrder:
        return None
    if not order.awaits_till or (goods and not order.leaves_paid):
        return None
    ticket = TillTicket(till.store.id, till.command.ticket_number, took_minor, typed=False)
    due_minor = order.owed.total_minor - payments.queries.paid_minor(session, order.id)
    facts: dict[str, Any] = {
        "order_number": named,
        "currency": till.command.currency,
        "what": AmountDiffers.code,
    }
    try:
        with session.begin_nested():
            orders.services.take_till_payment(session, order.id, ticket=ticket, actor=till.actor)
    except Refusal as refusal:
        facts |= {"what": refusal.code, "amount_minor": took_minor}
        _open_case(session, till, CaseKind.CONFLICT, order.fulfillments[0], facts)
        return Collected(named, order.id, refusal.code)
    if took_minor != due_minor:
        facts |= {
            "took_minor": took_minor,
            "due_minor": max(due_minor - took_minor, 0),
            "amount_minor": max(took_minor - due_minor, 0),
        }
        _open_case(session, till, CaseKind.TILL, order.fulfillments[0], facts)
    return Collected(named, order.id, None, paid=True)


def _nothing_due(session: Session, till: _Till, named: str, took_minor: int) -> Collected:
    """A till took money for an order that waits for none: a person gives it back."""
    facts: dict[str, Any] = {
        "order_number": named,
        "what": NothingDue.code,
        "amount_minor": took_minor,
        "currency": till.command.currency,
    }
    try:
        order = _find_order(session, named)
    except UnknownOrder as refusal:
        _open_case(session, till, CaseKind.CONFLICT, None, {**facts, "what": refusal.code})
        return Collected(named, None, refusal.code)
    _open_case(session, till, CaseKind.CONFLICT, order.fulfillments[0], facts)
    return Collected(named, order.id, NothingDue.code)


def _collect_order(session: Session, till: _Till, named: str, lines: Sequence[Read]) -> Collected:
    parcel = None
    facts: dict[str, Any] = {"order_number": named, "quantities": _quantities(lines)}
    try:
        order = _find_order(session, named)
        parcel = _choose(order, till.store)
        due_minor = _hand_over(session, till, parcel, facts["quantities"])
    except Refusal as refusal:
        if parcel is None:
            facts["what"] = refusal.code
            _open_case(session, till, CaseKind.CONFLICT, parcel, facts)
            return Collected(named, None, refusal.code)
        _record_anyway(session, till, parcel, facts["quantities"], refusal.code)
        return Collected(named, parcel.order_id, refusal.code)
    took_minor = sum(each.line.amount_minor for each in lines)
    if took_minor != due_minor:
        facts |= {
            "what": AmountDiffers.code,
            "took_minor": took_minor,
            "due_minor": max(due_minor - took_minor, 0),
            "amount_minor": max(took_minor - due_minor, 0),
            "currency": till.command.currency,
        }
        _open_case(session, till, CaseKind.TILL, parcel, facts)
    return Collected(named, parcel.order_id, None)


def _hand_over(
    session: Session, till: _Till, parcel: FulfillmentFacts, quantities: dict[str, int]
) -> int:
    """Hand the goods over; return what was due for them, minor units.

    Raises WrongStore, or what `orders.services.hand_over` raises; nothing was changed then.
    """
    if parcel.location_id != till.store.id:
        raise WrongStore
    wanted = HandOver(
        till.store.code,
        fulfillment_id=parcel.id,
        ticket_number=till.command.ticket_number,
        quantities=quantities,
        terminal_id=till.command.terminal_id,
    )
    checked = orders.services.check_parcel(session, wanted, actor=till.actor, held=True)
    with session.begin_nested():  # somebody may be faster: what was begun is undone then
        orders.services.hand_over(session, wanted, actor=till.actor)
    return checked.due_minor


def _record_anyway(
    session: Session,
    till: _Till,
    parcel: FulfillmentFacts,
    quantities: dict[str, int],
    why: str,
) -> None:
    """The goods have left although they should not: stock follows, and a person is asked."""
    left = RecordHandOver(
        fulfillment_id=parcel.id,
        location_id=till.store.id,
        quantities=quantities,
        found=Found.SEARCH,
        ticket_number=till.command.ticket_number,
        terminal_id=till.command.terminal_id,
        happened_at=till.command.happened_at,
    )
    orders.services.record_against_rules(session, left, why=why, actor=till.actor)


def _find_order(session: Session, named: str) -> OrderFacts:
    number = read_order_number(named)
    if number is None:
        raise UnknownOrder
    return orders.queries.get_order_by_number(session, number, actor=SYSTEM)


def _choose(order: OrderFacts, store: StoreFacts) -> FulfillmentFacts:
    """Return the parcel a customer at this store has come for: what waits here, before the rest."""

    def rank(parcel: FulfillmentFacts) -> tuple[bool, bool]:
        return parcel.location_id != store.id, parcel.status is not Status.READY

    return min(order.fulfillments, key=rank)


def _open_case(
    session: Session,
    till: _Till,
    kind: CaseKind,
    parcel: FulfillmentFacts | None,
    facts: dict[str, Any],
) -> None:
    command = till.command
    key = f"{case_key(command.terminal_id, command.seq)}/{facts['order_number']}"
    orders.services.open_case(
        session,
        OpenCase(
            kind,
            key,
            timedelta(hours=till.store.rules.conflict_hours),
            location_id=till.store.id,
            order_id=parcel.order_id if parcel else None,
            fulfillment_id=parcel.id if parcel else None,
            about_id=command.terminal_id,
            facts={**facts, "seq": command.seq, "ticket_number": command.ticket_number},
        ),
    )


def _payments(command: RecordReceipt) -> dict[str, int]:
    """Return what was taken without goods, minor units, by the order that is named."""
    found: dict[str, int] = {}
    for line in command.lines:
        if line.is_payment and line.order_number is not None:
            found[line.order_number] = found.get(line.order_number, 0) + line.amount_minor
    return found


def _by_order(read: Sequence[Read]) -> dict[str, list[Read]]:
    found: dict[str, list[Read]] = {}
    for each in read:
        if each.line.order_number is not None:
            found.setdefault(each.line.order_number, []).append(each)
    return found


def _quantities(lines: Sequence[Read]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in lines:
        found[each.sku] = found.get(each.sku, 0) + each.line.quantity
    return found
