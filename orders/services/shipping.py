"""Bringing a parcel to its customer: packed, given to the carrier, delivered, or brought back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import inventory.services
import payments.services
import stores.queries
import stores.services
from inventory.commands import Disposition, Returned
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id
from orders import queries
from orders.carriers import Carrier, find_carrier
from orders.commands import Box, CaseKind, OpenCase, Pack, Status
from orders.errors import (
    LinesUndecided,
    NumberMissing,
    PackagesDiffer,
    PaymentDue,
    PaymentUnsettled,
    TrackingNumberTaken,
    WrongState,
)
from orders.events import (
    DeliveryFailed,
    DeliveryReturned,
    FulfillmentCancelled,
    FulfillmentDelivered,
    FulfillmentPacked,
    FulfillmentShipped,
)
from orders.models import Package
from orders.pricing import totals
from orders.services.casework import open_case, settle_case
from orders.services.differing import end_unpaid
from orders.services.parcels import Locked, hold_money, lock_parcel, require_method, settle_money
from orders.services.paying import find_authorised, request_capture
from orders.services.promising import took_capacity
from payments.services import Ticket

UNDELIVERABLE: Final = "undeliverable"


def pack(session: Session, fulfillment_id: UUID, command: Pack, *, actor: Actor) -> list[UUID]:
    """What was picked lies in packages, each with its number; return their ids.

    The card's money is taken now, as much as is owed; what was taken before and is owed no longer
    goes back.

    Raises UnknownFulfillment, WrongMethod, WrongState, LinesUndecided, PackagesDiffer,
    UnknownCarrier, NumberMissing or TrackingNumberTaken.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    require_method(locked, delivery=True)
    if locked.parcel.status is not Status.PICKING:
        raise WrongState(state=locked.parcel.status.value)
    undecided = {sku: line.undecided for sku, line in locked.lines.items() if line.undecided}
    if undecided:
        raise LinesUndecided(undecided=undecided)
    _require_all(locked, command.boxes)
    carrier = find_carrier(command.carrier)
    locked.parcel.move_to(Status.PACKED)
    locked.parcel.ready_at = db_now(session)
    session.flush()
    ids = [_write(session, locked, carrier, box, actor=actor) for box in command.boxes]
    request_capture(session, locked.parcel.order_id)
    settle_money(session, locked.parcel.order_id)  # what is short may be paid for already
    fact = FulfillmentPacked(**locked.ids, carrier=carrier.code, package_ids=tuple(ids))
    events.record(session, fact, actor=actor)
    return ids


def ship(
    session: Session, fulfillment_id: UUID, *, ticket_number: str | None = None, actor: Actor
) -> None:
    """The carrier has the packages: the goods leave stock, what is due is paid.

    Raises UnknownFulfillment, WrongMethod, WrongState, PaymentUnsettled while a card's money is
    being taken, or PaymentDue when no ticket was given.
    """
    hold_money(session, fulfillment_id)
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    require_method(locked, delivery=True)
    locked.parcel.move_to(Status.SHIPPED)
    session.flush()
    _require_paid(session, locked, ticket_number)
    if took_capacity(locked.parcel.promise_inputs):
        stores.services.release_booking(session, locked.parcel.id, used=True)
    leaving = locked.owed
    for sku, quantity in leaving.items():
        locked.lines[sku].handed_over += quantity
    _mark(session, fulfillment_id, "shipped_at")
    session.flush()
    inventory.services.hand_over(session, **locked.stock, quantities=leaving)
    settle_money(session, locked.parcel.order_id)
    fact = FulfillmentShipped(**locked.ids, quantities=leaving)
    events.record(session, fact, actor=actor)


def confirm_delivery(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """The customer has the packages, at the first or a later try.

    Raises UnknownFulfillment, WrongMethod or WrongState.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    require_method(locked, delivery=True)
    locked.parcel.move_to(Status.DELIVERED)
    locked.parcel.ended_at = db_now(session)
    _mark(session, fulfillment_id, "delivered_at")
    session.flush()
    settle_case(session, case_key(fulfillment_id), resolution="delivered", actor=actor)
    events.record(session, FulfillmentDelivered(**locked.ids), actor=actor)


def report_failed_delivery(
    session: Session, fulfillment_id: UUID, *, reason: str, actor: Actor
) -> None:
    """The carrier could not deliver: somebody has to see to it, the goods are still with them.

    Raises UnknownFulfillment, WrongMethod or WrongState.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    require_method(locked, delivery=True)
    _require_shipped(locked)
    session.execute(
        update(Package)
        .where(Package.fulfillment_id == fulfillment_id, Package.delivered_at.is_(None))
        .values(failed_at=DB_NOW, failure=reason)
    )
    rules = stores.queries.get_rules(session, locked.parcel.location_id)
    case = OpenCase(
        CaseKind.DELIVERY,
        case_key(fulfillment_id),
        timedelta(hours=rules.conflict_hours),
        location_id=locked.parcel.location_id,
        order_id=locked.parcel.order_id,
        fulfillment_id=fulfillment_id,
        facts={"reason": reason},
    )
    open_case(session, case, actor=actor)
    events.record(session, DeliveryFailed(**locked.ids), actor=actor, reason=reason)


def return_to_store(
    session: Session, fulfillment_id: UUID, *, disposition: Disposition, actor: Actor
) -> None:
    """The packages came back: the goods are booked in, the parcel ends, its money goes back.

    Raises UnknownFulfillment, WrongMethod or WrongState.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    require_method(locked, delivery=True)
    _require_shipped(locked)
    back = {sku: line.handed_over for sku, line in locked.lines.items() if line.handed_over}
    locked.parcel.move_to(Status.CANCELLED)
    locked.parcel.ended_at = db_now(session)
    for sku, quantity in back.items():
        locked.lines[sku].handed_over -= quantity
        locked.lines[sku].cancelled += quantity
    session.flush()
    inventory.services.take_back(
        session,
        return_id=new_id(),
        location_id=locked.parcel.location_id,
        items=[Returned(sku, quantity, disposition) for sku, quantity in sorted(back.items())],
        actor=actor,
    )
    settle_money(session, locked.parcel.order_id)
    settle_case(session, case_key(fulfillment_id), resolution="returned", actor=actor)
    came_back = DeliveryReturned(**locked.ids, quantities=back, disposition=disposition.value)
    events.record(session, came_back, actor=actor)
    ended = FulfillmentCancelled(**locked.ids, reason=UNDELIVERABLE, tells=True)
    events.record(session, ended, actor=actor, reason=UNDELIVERABLE)


def case_key(fulfillment_id: UUID) -> str:
    """Return the key of the case that a delivery which failed opens."""
    return f"delivery:{fulfillment_id}"


def _require_all(locked: Locked, boxes: Sequence[Box]) -> None:
    packed: dict[str, int] = {}
    for box in boxes:
        for sku, quantity in box.quantities.items():
            packed[sku] = packed.get(sku, 0) + quantity
    picked: Mapping[str, int] = {
        sku: line.collectable for sku, line in locked.lines.items() if line.collectable
    }
    if packed != picked or not all(box.quantities for box in boxes):
        raise PackagesDiffer(picked=dict(picked), packed=packed)


def _write(session: Session, locked: Locked, carrier: Carrier, box: Box, *, actor: Actor) -> UUID:
    """Write one package under its number; one of our own that is taken is drawn again."""
    while True:
        package_id = new_id()
        number = box.tracking_number or carrier.number(package_id)
        if number is None:
            raise NumberMissing(carrier=carrier.code)
        written = session.execute(
            insert(Package)
            .values(
                id=package_id,
                fulfillment_id=locked.parcel.id,
                carrier=carrier.code,
                tracking_number=number,
                quantities=dict(box.quantities),
                weight_g=box.weight_g,
                packed_by_name=actor.name,
            )
            .on_conflict_do_nothing(index_elements=["carrier", "tracking_number"])
            .returning(Package.id)
        ).scalar_one_or_none()
        if written is not None:
            return package_id
        if box.tracking_number:
            raise TrackingNumberTaken(carrier=carrier.code, tracking_number=number)


def _require_paid(session: Session, locked: Locked, ticket_number: str | None) -> None:
    parcel = queries.get_fulfillment(session, locked.parcel.id, actor=SYSTEM)
    if find_authorised(session, parcel.order_id) is not None:
        raise PaymentUnsettled
    after = totals(line.owed for line in parcel.lines)
    due_minor = max(after.total_minor - queries.unspent_minor(session, parcel), 0)
    if not due_minor:
        return
    if not ticket_number:
        raise PaymentDue(due_minor=due_minor, currency=parcel.currency)
    ticket = Ticket(parcel.location_id, ticket_number, due_minor, parcel.currency)
    payments.services.record_till_payment(session, reference_id=parcel.order_id, ticket=ticket)
    end_unpaid(session, parcel.order_id)


def _require_shipped(locked: Locked) -> None:
    if locked.parcel.status is not Status.SHIPPED:
        raise WrongState(state=locked.parcel.status.value)


def _mark(session: Session, fulfillment_id: UUID, moment: str) -> None:
    session.execute(
        update(Package).where(Package.fulfillment_id == fulfillment_id).values({moment: DB_NOW})
    )
