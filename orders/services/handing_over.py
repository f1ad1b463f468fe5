"""Handing a parcel over: find it, check it, and take it in one guarded statement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn
from uuid import UUID

from sqlalchemy import Text, bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.orm import Session

import inventory.services
import payments.queries
import payments.services
import stores.queries
import stores.services
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.db import sorted_items
from kernel.ids import new_id, read_code
from orders import passes, queries
from orders.commands import Found, HandOver, Status
from orders.errors import (
    AlreadyCollected,
    NothingToCollect,
    NotOrdered,
    NotReady,
    OrderCancelled,
    PassNotValid,
    PassRevoked,
    PaymentDue,
    PaymentUnsettled,
    PickupExpired,
    UnknownFulfillment,
    WrongState,
    WrongStore,
)
from orders.events import FulfillmentHandedOver
from orders.models import HandOverRow, PickupPass
from orders.pricing import totals
from orders.queries import FulfillmentFacts, PassState
from orders.services.paying import find_authorised
from orders.services.promising import took_capacity
from payments.services import Ticket
from stores.errors import UnknownLocation
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel that may be handed over here and now, and what is due for it, minor units."""

    facts: FulfillmentFacts
    found: Found
    pass_id: UUID | None
    quantities: Mapping[str, int]
    due_minor: int

    @property
    def takes_everything(self) -> bool:
        """Tell whether nothing is left to collect afterwards."""
        return all(line.open == self.quantities.get(line.sku, 0) for line in self.facts.lines)


_TAKE = text("""
    WITH parcel AS (
        SELECT f.id FROM fulfillment f
        WHERE f.id = :fulfillment_id AND f.status = 'ready' AND f.location_id = :location_id
          AND (CAST(:pass_id AS uuid) IS NULL OR EXISTS (
               SELECT FROM pickup_pass p
               WHERE p.id = :pass_id AND p.fulfillment_id = f.id AND p.revoked_at IS NULL))
        FOR UPDATE),
    wanted AS (
        SELECT * FROM unnest(:skus, :quantities) AS w (sku, quantity)),
    taken AS (
        UPDATE fulfillment_line l SET handed_over = l.handed_over + w.quantity
        FROM wanted w, parcel
        WHERE l.fulfillment_id = parcel.id AND l.sku = w.sku
          AND l.handed_over + w.quantity <= least(l.picked, l.quantity - l.cancelled)
        RETURNING l.sku)
    SELECT (SELECT count(*) FROM taken) AS taken
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("quantities", type_=ARRAY(INTEGER)))

_FINISH = text("""
    UPDATE fulfillment f SET status = 'handed_over', ended_at = statement_timestamp()
    WHERE f.id = :fulfillment_id AND f.status = 'ready' AND NOT EXISTS (
        SELECT FROM fulfillment_line l
        WHERE l.fulfillment_id = f.id AND l.handed_over + l.cancelled < l.quantity)
    RETURNING f.id
""")


def check_parcel(session: Session, command: HandOver, *, actor: Actor) -> Parcel:
    """Return the parcel that may be handed over now; nothing is changed or consumed.

    Raises UnknownLocation, PassNotValid, PassRevoked, WrongStore, NotReady, AlreadyCollected,
    PickupExpired, OrderCancelled, NotOrdered or UnknownFulfillment.
    """
    store = stores.queries.get_store(session, command.store_code)
    if not actor.sees_location(store.id):
        raise UnknownLocation(store=command.store_code)
    found, state, fulfillment_id = _find(session, command, store)
    try:
        facts = queries.get_fulfillment(session, fulfillment_id, actor=_anywhere(actor, found))
    except UnknownFulfillment as error:
        raise (error if found is Found.SEARCH else PassNotValid()) from error
    _refuse_unless_collectable(session, facts, state, store)
    try:
        quantities = _wanted(facts, command.quantities)
    except NothingToCollect:
        # The lines were read after the state: whoever emptied the parcel meanwhile moved it on.
        fresh = queries.get_fulfillment(session, fulfillment_id, actor=_anywhere(actor, found))
        _refuse_unless_collectable(session, fresh, state, store)
        raise
    return Parcel(
        facts,
        found,
        state.facts.id if state else None,
        quantities,
        _due_minor(session, facts, quantities),
    )


def hand_over(session: Session, command: HandOver, *, actor: Actor) -> tuple[UUID, UUID]:
    """The customer has the goods: they leave stock, what is due is paid.

    Returns the ids of the hand-over and of the parcel.

    State, store, revocation and quantity are checked together by one guarded statement, so of two
    associates with the same parcel exactly one succeeds.

    Raises what `check_parcel` raises, or PaymentDue when no ticket was given.
    """
    parcel = check_parcel(session, command, actor=actor)
    if parcel.due_minor and not command.ticket_number:
        raise PaymentDue(due_minor=parcel.due_minor, currency=parcel.facts.currency)
    _take(session, parcel, command, actor=actor)
    _record_payment(session, parcel, command.ticket_number)
    if parcel.takes_everything and took_capacity(parcel.facts.promise_inputs):
        stores.services.release_booking(session, parcel.facts.id, used=True)
    inventory.services.hand_over(
        session,
        fulfillment_id=parcel.facts.id,
        location_id=parcel.facts.location_id,
        quantities=parcel.quantities,
    )
    complete = session.execute(_FINISH, {"fulfillment_id": parcel.facts.id}).first() is not None
    if complete:
        session.execute(
            update(PickupPass)
            .where(PickupPass.fulfillment_id == parcel.facts.id, PickupPass.used_at.is_(None))
            .values(used_at=DB_NOW)
        )
    hand_over_id = _write(session, parcel, command, actor=actor)
    fact = FulfillmentHandedOver(
        fulfillment_id=parcel.facts.id,
        order_id=parcel.facts.order_id,
        location_id=parcel.facts.location_id,
        hand_over_id=hand_over_id,
        quantities=dict(parcel.quantities),
        found=parcel.found.value,
        complete=complete,
    )
    events.record(session, fact, actor=actor)
    return hand_over_id, parcel.facts.id


def _find(
    session: Session, command: HandOver, store: StoreFacts
) -> tuple[Found, PassState | None, UUID]:
    if command.qr is not None:
        state = _pass_of_qr(session, command.qr)
        return Found.QR, state, state.facts.fulfillment_id
    if command.code is not None:
        state = _pass_of_code(session, command.code, store)
        return Found.CODE, state, state.facts.fulfillment_id
    if command.fulfillment_id is None:
        raise PassNotValid
    return Found.SEARCH, None, command.fulfillment_id


def _pass_of_qr(session: Session, text_read: str) -> PassState:
    claim = passes.read_qr(text_read)
    state = queries.find_pass(session, claim.id) if claim else None
    if state is None or claim != state.facts:
        raise PassNotValid
    return state


def _pass_of_code(session: Session, typed: str, store: StoreFacts) -> PassState:
    code = read_code(typed)
    for state in queries.list_passes_at(session, location_id=store.id) if code else []:
        if passes.typed_code(state.facts.id) == code:
            return state
    raise PassNotValid


def _anywhere(actor: Actor, found: Found) -> Actor:
    """A valid pass of another store is told apart from a worthless one; nothing of it is shown."""
    return actor if found is Found.SEARCH else replace(actor, location_ids=None)


def _refuse_unless_collectable(
    session: Session, facts: FulfillmentFacts, state: PassState | None, store: StoreFacts
) -> None:
    if facts.location_id != store.id:
        other = stores.queries.get_store_by_id(session, facts.location_id)
        raise WrongStore(store=other.code, store_name=other.name)
    if facts.status is not Status.READY:
        _refuse_state(session, facts)
    if find_authorised(session, facts.order_id) is not None:
        raise PaymentUnsettled
    if state is not None and state.revoked_why is not None:
        raise PassRevoked(why=state.revoked_why)


def _refuse_state(session: Session, facts: FulfillmentFacts) -> NoReturn:
    if facts.status is Status.HANDED_OVER:
        last = queries.find_last_hand_over(session, facts.id)
        raise AlreadyCollected(
            at=last.handed_over_at.isoformat() if last else None,
            by=last.staff_name if last else None,
        )
    if facts.status is Status.EXPIRED:
        raise PickupExpired(collect_by=facts.collect_by.isoformat() if facts.collect_by else None)
    if facts.status is Status.CANCELLED:
        raise OrderCancelled
    if facts.status in {Status.PENDING, Status.NEW, Status.ACCEPTED, Status.PICKING}:
        raise NotReady(promised_at=facts.promised_at.isoformat(), state=facts.status.value)
    raise WrongState(state=facts.status.value)


def _wanted(facts: FulfillmentFacts, asked: Mapping[str, int] | None) -> Mapping[str, int]:
    collectable = {line.sku: line.collectable for line in facts.lines if line.collectable}
    if not collectable:
        raise NothingToCollect
    if asked is None:
        return collectable
    if any(quantity > collectable.get(sku, 0) for sku, quantity in asked.items()) or not asked:
        raise NotOrdered(open=collectable)
    return asked


def _due_minor(session: Session, facts: FulfillmentFacts, taking: Mapping[str, int]) -> int:
    after = totals(line.priced(line.handed_over + taking.get(line.sku, 0)) for line in facts.lines)
    return max(after.total_minor - queries.paid_for(session, facts), 0)


def _take(session: Session, parcel: Parcel, command: HandOver, *, actor: Actor) -> None:
    skus, quantities = sorted_items(parcel.quantities)
    taken = session.execute(
        _TAKE,
        {
            "fulfillment_id": parcel.facts.id,
            "location_id": parcel.facts.location_id,
            "pass_id": parcel.pass_id,
            "skus": skus,
            "quantities": quantities,
        },
    ).scalar_one()
    if taken != len(skus):
        check_parcel(session, command, actor=actor)  # somebody was faster: say who
        raise WrongState(state=parcel.facts.status.value)


def _record_payment(session: Session, parcel: Parcel, ticket_number: str | None) -> None:
    if parcel.due_minor and ticket_number:
        ticket = Ticket(
            parcel.facts.location_id, ticket_number, parcel.due_minor, parcel.facts.currency
        )
        payments.services.record_till_payment(
            session, reference_id=parcel.facts.order_id, ticket=ticket
        )


def _write(session: Session, parcel: Parcel, command: HandOver, *, actor: Actor) -> UUID:
    row = HandOverRow(
        id=new_id(),
        fulfillment_id=parcel.facts.id,
        location_id=parcel.facts.location_id,
        pass_id=parcel.pass_id,
        found=parcel.found,
        quantities=dict(parcel.quantities),
        staff_id=actor.id,
        staff_name=actor.name,
        device_id=actor.device_id,
        terminal_id=command.terminal_id,
    )
    session.add(row)
    session.flush()
    return row.id
