"""What customers change their mind about before anybody is at their goods, and who they are."""

from contextlib import suppress
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import customers.services
import orders.queries
import orders.services
import stores.queries
from app.cli.replay import cards
from app.cli.replay.fates import Turn
from app.cli.replay.people import AGENT, customer_of
from app.cli.replay.placing import Parcel
from app.cli.replay.plan import TAKEN_TWICE, PlannedOrder, contact_of
from app.cli.replay.shelves import receive_stock
from customers.errors import AlreadyOne
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import AmendOrder, AmendParcel, CancelReason, Channel, Method, Status
from orders.queries import FulfillmentFacts, LineFacts, OrderFacts

AMENDED: Final = frozenset({Turn.FEWER, Turn.MORE, Turn.ELSEWHERE})
UNTOUCHED: Final = frozenset({Status.NEW, Status.ACCEPTED})
FIRST_VERSION: Final = 1
CARD_LEAST_MINOR: Final = 50
"""No provider charges a card less."""
ONE_PERSON: Final = "Same person, another address"


def change(parcel: Parcel) -> None:
    """Have the order changed, called off, or its customer made one with another, as is planned.

    Raises the refusals of the use cases.
    """
    turn = parcel.planned.turn
    going = [each for each in parcel.list_going() if each.status in UNTOUCHED]
    if turn in TAKEN_TWICE:
        _make_one(parcel)
    elif turn is Turn.REMORSE and going:
        _call_off(parcel)
    elif turn in AMENDED and going:
        _amend(parcel, going[0])


def _call_off(parcel: Parcel) -> None:
    with transaction() as session:
        orders.services.cancel_order(
            session,
            parcel.order_id,
            reason=CancelReason.CUSTOMER_REMORSE,
            actor=customer_of(parcel.order_id),
        )


def _amend(parcel: Parcel, facts: FulfillmentFacts) -> None:
    """Look at what the change would cost, want it, and pay what it costs more by card."""
    planned = parcel.planned
    if facts.method is Method.DELIVERY and not cards.are_taken():
        return  # a till paid for it, and nobody is at a till any more
    if _adds(planned, facts):
        _receive_more(facts)
    actor = customer_of(parcel.order_id)
    with transaction() as session:
        order = orders.queries.get_order(session, parcel.order_id, actor=SYSTEM)
        if order.version > FIRST_VERSION:
            return  # by the replay that was cut off
        wanted = _wanted(planned, order, facts)
        seen = orders.services.preview_amendment(session, wanted, actor=actor)
        wanted = replace(wanted, seen_total_minor=seen.total_minor)
        orders.services.amend_order(session, wanted, actor=actor)
    if cards.are_taken():
        cards.pay(parcel.order_id)


def _wanted(planned: PlannedOrder, order: OrderFacts, facts: FulfillmentFacts) -> AmendOrder:
    if planned.turn is Turn.ELSEWHERE:
        parcel = AmendParcel(facts.id, store_code=planned.second_store)
    else:
        line = facts.lines[0]
        units = line.open + (_units_more(line) if _adds(planned, facts) else -1)
        parcel = AmendParcel(facts.id, quantities={line.sku: units})
    return AmendOrder(order.id, order.version, Channel.WEB, [parcel])


def _adds(planned: PlannedOrder, facts: FulfillmentFacts) -> bool:
    """Tell whether one unit more is wanted: also instead of nothing at all."""
    last_one = sum(line.open for line in facts.lines) == 1
    return planned.turn is Turn.MORE or (planned.turn is Turn.FEWER and last_one)


def _receive_more(facts: FulfillmentFacts) -> None:
    with transaction() as session:
        store = stores.queries.get_store_by_id(session, facts.location_id)
    line = facts.lines[0]
    receive_stock(store.code, {line.sku: _units_more(line)})


def _units_more(line: LineFacts) -> int:
    """Return how many units more are worth paying by card."""
    return 1 + CARD_LEAST_MINOR // max(line.unit_price_minor, 1)


def _make_one(parcel: Parcel) -> None:
    """The call centre finds that this customer is one we know, or has to take that back."""
    planned = parcel.planned
    with transaction() as session, suppress(AlreadyOne):
        kept_id, merged_id = _owners(session, parcel)
        merge_id = customers.services.merge_customers(
            session, kept_id=kept_id, merged_id=merged_id, reason=ONE_PERSON, actor=AGENT
        )
        if planned.turn is Turn.PARTED:
            customers.services.undo_merge(session, merge_id, actor=AGENT)


def _owners(session: Session, parcel: Parcel) -> tuple[UUID, UUID]:
    """Return the customer who is known by their usual address, and who placed this order."""
    order = orders.queries.get_order(session, parcel.order_id, actor=SYSTEM)
    known = customers.services.give_contact(session, contact_of(parcel.planned.invoice)).id
    said = order.contact_id or known
    owners = customers.queries.list_contact_owners(session, {known, said})
    return owners[known], owners[said]
