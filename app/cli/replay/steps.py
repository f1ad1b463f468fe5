"""The steps of an order after it was placed, each through the same use cases as the doors.

Every step reads how far its parcels are, so a replay that was cut off goes on where it stopped.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

import orders.passes
import orders.queries
import orders.services
import stores.queries
from app.cli.replay import cards, home, tills, ways
from app.cli.replay.ageing import let_confirmation_lapse, let_thinking_pass
from app.cli.replay.channels import Entry
from app.cli.replay.fates import REJECTED, WAITED_FOR, Fate
from app.cli.replay.people import staff_of
from app.cli.replay.placing import Parcel
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import CancelReason, Found, HandOver, Method, Status
from orders.queries import FulfillmentFacts

COLLECTED: Final = frozenset({Method.PICKUP, Method.DRIVE})
UNDER_WAY: Final = frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING})
CUSTOMER: Final = "customer"


def pay(parcel: Parcel) -> None:
    """What waits for its money is paid: by card, at a till, after a reminder, or never.

    Raises the refusals of `take_till_payment`.
    """
    planned = parcel.planned
    waits = any(each.status is Status.PENDING for each in parcel.list_going())
    if waits and planned.fate is Fate.UNPAID:
        cards.lapse(parcel.order_id)
        return
    if waits and planned.fate is Fate.REMINDED:
        cards.remind(parcel.order_id)
    if cards.are_taken():
        cards.pay(parcel.order_id)
    if planned.entry is Entry.TABLET or not cards.are_taken():
        cards.pay_at_till(parcel.order_id, ticket_number=f"H-{planned.invoice.number}")


def cancel(parcel: Parcel) -> None:
    """Call the order off, as its customer did: what a till sold comes back to it.

    Raises the refusals of `cancel_order`, or of a receipt.
    """
    with transaction() as session:
        if parcel.planned.entry is Entry.TILL:
            order = orders.queries.get_order(session, parcel.order_id, actor=SYSTEM)
            tills.take_back(session, parcel.planned, order)
            return
        orders.services.cancel_order(
            session, parcel.order_id, reason=CancelReason.CUSTOMER_REMORSE, actor=SYSTEM
        )


def prepare(parcel: Parcel) -> None:
    """Have every parcel ready in its bin, or packed, as far as its fate allows.

    Raises the refusals of the steps.
    """
    fate = parcel.planned.fate
    for facts in parcel.list_going():
        if facts.method is Method.DELIVERY:
            home.pack(facts)
        elif fate is Fate.UNCONFIRMED and facts.status is Status.NEW:
            _leave_unconfirmed(facts)
        elif facts.method in COLLECTED:
            _take_on(parcel, facts)
    for facts in parcel.list_going():
        if facts.method in COLLECTED:
            _prepare(parcel, facts)


def bring(parcel: Parcel) -> None:
    """What was packed goes to its door.

    Raises the refusals of the steps.
    """
    comes_back = parcel.planned.fate is Fate.HOME_BACK
    for facts in parcel.list_going():
        if facts.method is Method.DELIVERY:
            home.bring(facts.id, comes_back=comes_back)


def remind(parcel: Parcel) -> None:
    """Days pass for parcels whose customer does not come at once, and they are reminded."""
    if parcel.planned.fate in WAITED_FOR:
        for facts in _list_ready(parcel):
            ways.remind(facts)


def wait(parcel: Parcel) -> None:
    """What becomes of parcels that wait: kept longer, never collected, called off."""
    for facts in _list_ready(parcel):
        ways.let_wait(parcel.planned, facts)


def hand_over(parcel: Parcel) -> None:
    """The customer has the goods, found the planned way and paid at the till.

    Raises the refusals of `hand_over`.
    """
    for facts in _list_ready(parcel):
        with transaction() as session:
            store = stores.queries.get_store_by_id(session, facts.location_id)
            command = _seen_at_counter(session, parcel, facts, store_code=store.code)
            orders.services.hand_over(session, command, actor=staff_of(facts))


def put_back(parcel: Parcel) -> None:
    """What nobody collects of the order lies on the shelf again."""
    ways.put_back(parcel.order_id)


def _leave_unconfirmed(facts: FulfillmentFacts) -> None:
    let_confirmation_lapse(facts.id)
    with transaction() as session:
        orders.services.lapse_reservation(session, facts.id)


def _take_on(parcel: Parcel, facts: FulfillmentFacts) -> None:
    """The store takes it on; or it cannot, and the customer chooses, also where a replay stopped.

    Of an order that another store took over that is only the first.
    """
    _accept(facts)
    if parcel.planned.fate not in REJECTED or facts.id != parcel.fulfillment_id:
        return
    if facts.status in {Status.NEW, Status.ACCEPTED}:
        ways.reject(parcel.planned, facts)
    elif facts.status is Status.REJECTED:
        with transaction() as session:
            choice = orders.queries.list_choices(session, [facts.id])[facts.id]
        if choice.open:
            ways.answer_rejected(parcel.planned, facts, choice.id)


def _accept(facts: FulfillmentFacts) -> None:
    if facts.status is Status.NEW:
        let_thinking_pass(facts.id)
        with transaction() as session:
            orders.services.accept(session, facts.id, actor=staff_of(facts))


def _prepare(parcel: Parcel, facts: FulfillmentFacts) -> None:
    """Have a parcel that was taken on picked, without what is missing, and in its bin."""
    _accept(facts)
    fate = parcel.planned.fate
    if facts.status in {Status.NEW, Status.ACCEPTED}:
        with transaction() as session:
            orders.services.start_picking(session, facts.id, actor=staff_of(facts))
    if facts.status not in UNDER_WAY:
        return
    if fate is Fate.SHORT and not any(line.cancelled for line in facts.lines):
        ways.report_missing(parcel.planned, facts)
    if fate is Fate.PROXY:
        ways.name_proxy(facts)
    _finish(parcel, facts)


def _finish(parcel: Parcel, facts: FulfillmentFacts) -> None:
    """Have everything picked that is not yet, and the parcel in its bin."""
    with transaction() as session:
        facts = orders.queries.get_fulfillment(session, facts.id, actor=SYSTEM)
        if facts.status not in UNDER_WAY:
            return
        undecided = ways.undecided_of(facts)
        if undecided:
            orders.services.pick(session, facts.id, quantities=undecided, actor=staff_of(facts))
        bin_code = f"R-{parcel.planned.invoice.number[-2:]}"
        orders.services.mark_ready(session, facts.id, bin_code=bin_code, actor=staff_of(facts))


def _list_ready(parcel: Parcel) -> list[FulfillmentFacts]:
    return [each for each in parcel.list_going() if each.status is Status.READY]


def _seen_at_counter(
    session: Session, parcel: Parcel, facts: FulfillmentFacts, *, store_code: str
) -> HandOver:
    """Return what the associate has in hand: the QR text, the typed code, or the parcel found."""
    planned = parcel.planned
    seen = HandOver(
        store_code,
        ticket_number=f"T-{planned.invoice.number}",
        quantities=_bought(planned.fate, facts),
        refused=ways.refused_of(planned, facts),
    )
    holder = ways.PROXY if planned.fate is Fate.PROXY else CUSTOMER
    live = [
        each.facts
        for each in orders.queries.list_passes(session, facts.id)
        if each.revoked_why is None and each.holder == holder
    ]
    way = planned.way if live else Found.SEARCH
    if live and (holder == ways.PROXY or way is Found.QR):
        return replace(seen, qr=orders.passes.qr_text(live[-1]))
    if way is Found.CODE:
        return replace(seen, code=orders.passes.typed_code(live[-1].id))
    return replace(seen, fulfillment_id=facts.id, identity_seen=True)


def _bought(fate: Fate, facts: FulfillmentFacts) -> Mapping[str, int] | None:
    """Return what is bought of a reservation whose customer leaves some of it: one unit less."""
    there = {line.sku: line.collectable for line in facts.lines if line.collectable}
    if fate is not Fate.PARTLY_BOUGHT or sum(there.values()) <= 1:
        return None
    first = next(iter(there))
    less = {**there, first: there[first] - 1}
    return {sku: units for sku, units in less.items() if units}
