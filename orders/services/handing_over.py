"""Handing a parcel over: check it, and take it in one guarded statement."""

from uuid import UUID

from sqlalchemy import Text, bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.orm import Session

import inventory.services
import payments.services
import stores.services
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.db import sorted_items
from kernel.ids import new_id
from orders.commands import HandOver, RecordHandOver, Status, counter_channel
from orders.errors import WrongState
from orders.events import FulfillmentCancelled, FulfillmentHandedOver
from orders.models import Fulfillment, HandOverRow, PickupPass
from orders.services.checking import Parcel, check_parcel, require_fit, verified_by
from orders.services.differing import end_unpaid
from orders.services.parcels import settle_money
from orders.services.promising import took_capacity
from orders.services.recording import record_against_rules
from orders.services.refusing import REFUSED, leave_behind
from orders.services.unpaid import ask_for_money
from payments.services import Ticket

_TAKE = text("""
    WITH parcel AS MATERIALIZED (
        SELECT f.id FROM fulfillment f
        WHERE f.id = :fulfillment_id AND f.status = 'ready' AND f.location_id = :location_id
        FOR UPDATE),
    shown AS MATERIALIZED (
        SELECT p.id FROM pickup_pass p JOIN parcel ON parcel.id = p.fulfillment_id
        WHERE p.id = CAST(:pass_id AS uuid) AND p.revoked_at IS NULL FOR UPDATE OF p),
    opened AS MATERIALIZED (
        SELECT id FROM parcel
        WHERE CAST(:pass_id AS uuid) IS NULL OR EXISTS (SELECT FROM shown)),
    wanted AS (
        SELECT * FROM unnest(:skus, :quantities, :refused) AS w (sku, quantity, refused)),
    taken AS (
        UPDATE fulfillment_line l SET handed_over = l.handed_over + w.quantity,
            picked = l.picked - w.refused, cancelled = l.cancelled + w.refused
        FROM wanted w, opened
        WHERE l.fulfillment_id = opened.id AND l.sku = w.sku
          AND l.handed_over + w.quantity + w.refused <= least(l.picked, l.quantity - l.cancelled)
        RETURNING l.sku),
    served AS (
        UPDATE arrival a SET served_at = statement_timestamp()
        FROM opened WHERE a.fulfillment_id = opened.id
          AND a.arrived_at IS NOT NULL AND a.served_at IS NULL)
    SELECT (SELECT count(*) FROM taken) AS taken
""").bindparams(
    bindparam("skus", type_=ARRAY(Text)),
    bindparam("quantities", type_=ARRAY(INTEGER)),
    bindparam("refused", type_=ARRAY(INTEGER)),
)
"""The pass is locked after its parcel: whoever kills it meanwhile is waited for, and then believed.
What is refused no longer lies in the parcel's bin: it counts as never picked for it."""

_FINISH = text("""
    UPDATE fulfillment f SET ended_at = statement_timestamp(), status = CASE
        WHEN EXISTS (SELECT FROM fulfillment_line l
                     WHERE l.fulfillment_id = f.id AND l.handed_over > 0)
        THEN 'handed_over' ELSE 'cancelled' END
    WHERE f.id = :fulfillment_id AND f.status = 'ready' AND NOT EXISTS (
        SELECT FROM fulfillment_line l
        WHERE l.fulfillment_id = f.id AND l.handed_over + l.cancelled < l.quantity)
    RETURNING f.status
""")


def hand_over(session: Session, command: HandOver, *, actor: Actor) -> tuple[UUID, UUID]:
    """The customer has the goods: they leave stock, what is due is paid.

    Returns the ids of the hand-over and of the parcel. What they refuse is no longer owed.

    State, store, revocation and quantity are checked together by one guarded statement, so of two
    associates with the same parcel exactly one succeeds. Goods of a parcel that has ended, which a
    manager gives anyway, are recorded against the rules.

    Raises what `check_parcel` raises, IdentityNeeded, or PaymentDue when no ticket was given.
    """
    parcel = check_parcel(session, command, actor=actor, held=True)
    require_fit(session, parcel, command)
    if parcel.not_owed:
        return _give_anyway(session, parcel, command, actor=actor), parcel.facts.id
    _take(session, parcel, command, actor=actor)
    _record_payment(session, parcel, command.ticket_number)
    if parcel.takes_everything and took_capacity(parcel.facts.promise_inputs):
        stores.services.release_booking(session, parcel.facts.id, used=True)
    _take_from_stock(session, parcel, actor=actor)
    ended = session.execute(_FINISH, {"fulfillment_id": parcel.facts.id}).scalar_one_or_none()
    if ended is not None:
        _end_passes(session, parcel.facts.id, used=ended == Status.HANDED_OVER)
    hand_over_id = _write(session, parcel, command, actor=actor)
    _tell(session, parcel, hand_over_id, ended=ended, actor=actor)
    if parcel.refused:
        settle_money(session, parcel.facts.order_id)
    if parcel.due_minor and not command.ticket_number:
        ask_for_money(
            session,
            parcel.facts,
            due_minor=parcel.due_minor,
            reason=command.forced,
            about_id=hand_over_id,
            actor=actor,
        )
    return hand_over_id, parcel.facts.id


def _give_anyway(session: Session, parcel: Parcel, command: HandOver, *, actor: Actor) -> UUID:
    given = RecordHandOver(
        fulfillment_id=parcel.facts.id,
        location_id=parcel.facts.location_id,
        quantities=parcel.quantities,
        found=parcel.found,
        pass_id=parcel.pass_id,
        verified=verified_by(parcel, command),
        forced=command.forced,
        ticket_number=command.ticket_number,
        terminal_id=command.terminal_id,
    )
    why = f"given-though-{parcel.facts.status.value}"
    hand_over_id, _case_id = record_against_rules(session, given, why=why, actor=actor)
    return hand_over_id


def _take(session: Session, parcel: Parcel, command: HandOver, *, actor: Actor) -> None:
    amounts = {sku: parcel.quantities.get(sku, 0) for sku in {*parcel.quantities, *parcel.refused}}
    skus, quantities = sorted_items(amounts)
    refused = [parcel.refused[sku].quantity if sku in parcel.refused else 0 for sku in skus]
    taken = session.execute(
        _TAKE,
        {
            "fulfillment_id": parcel.facts.id,
            "location_id": parcel.facts.location_id,
            "pass_id": parcel.live_pass_id,
            "skus": skus,
            "quantities": quantities,
            "refused": refused,
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
        end_unpaid(session, parcel.facts.order_id)


def _take_from_stock(session: Session, parcel: Parcel, *, actor: Actor) -> None:
    location_id = parcel.facts.location_id
    if parcel.refused:
        skus = {*parcel.quantities, *parcel.refused}
        inventory.services.lock_levels(session, location_id=location_id, skus=skus)
    if parcel.quantities:
        inventory.services.hand_over(
            session,
            fulfillment_id=parcel.facts.id,
            location_id=location_id,
            quantities=parcel.quantities,
        )
    if parcel.refused:
        row = session.get_one(Fulfillment, parcel.facts.id)
        leave_behind(session, row, parcel.refused, actor=actor)


def _end_passes(session: Session, fulfillment_id: UUID, *, used: bool) -> None:
    values = {"used_at": DB_NOW} if used else {"revoked_at": DB_NOW, "revoked_why": REFUSED}
    session.execute(
        update(PickupPass)
        .where(
            PickupPass.fulfillment_id == fulfillment_id,
            PickupPass.used_at.is_(None) if used else PickupPass.revoked_at.is_(None),
        )
        .values(values)
    )


def _write(session: Session, parcel: Parcel, command: HandOver, *, actor: Actor) -> UUID:
    row = HandOverRow(
        id=new_id(),
        fulfillment_id=parcel.facts.id,
        location_id=parcel.facts.location_id,
        pass_id=parcel.pass_id,
        found=parcel.found,
        verified=verified_by(parcel, command),
        quantities=dict(parcel.quantities),
        refused={
            sku: {"quantity": each.quantity, "reason": each.reason}
            for sku, each in parcel.refused.items()
        },
        forced=parcel.force.reason if parcel.force else None,
        conflict=False,
        staff_id=actor.id,
        staff_name=actor.name,
        device_id=actor.device_id,
        terminal_id=command.terminal_id,
    )
    session.add(row)
    session.flush()
    return row.id


def _tell(
    session: Session, parcel: Parcel, hand_over_id: UUID, *, ended: str | None, actor: Actor
) -> None:
    ids = {
        "fulfillment_id": parcel.facts.id,
        "order_id": parcel.facts.order_id,
        "location_id": parcel.facts.location_id,
    }
    if ended == Status.CANCELLED:
        fact = FulfillmentCancelled(**ids, reason=REFUSED, tells=True)
        events.record(session, fact, actor=actor, reason=REFUSED)
        return
    if not parcel.quantities and ended is None:
        return
    given = FulfillmentHandedOver(
        **ids,
        channel=counter_channel(actor.kind),
        hand_over_id=hand_over_id,
        quantities=dict(parcel.quantities),
        found=parcel.found.value,
        complete=ended is not None,
        proxy_contact_id=parcel.proxy_id,
    )
    forced = parcel.force.reason if parcel.force else None
    events.record(session, given, actor=actor, reason=forced)
