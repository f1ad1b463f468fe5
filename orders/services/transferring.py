"""Having articles of a parcel come from another location, and what happens once they are here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
import stores.queries
import stores.services
from inventory.commands import Doubt, DraftTransfer
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from orders import queries
from orders.commands import CancelReason, FetchFrom, ReasonKind, Status
from orders.errors import NotOrdered, WrongState
from orders.events import FulfillmentArrived, FulfillmentInTransfer, LineShort
from orders.models import Fulfillment
from orders.queries import LACKS, ReasonFacts
from orders.services.clearing import quit_wave
from orders.services.lacking import await_less
from orders.services.parcels import (
    Locked,
    cancel_parcel,
    find_parcel,
    lock_parcel,
    require_open,
    settle_money,
)
from orders.services.promising import BOOKED_DAY
from orders.sourcing import A_DAY, once_there
from stores.queries import StoreFacts

FETCHED: Final = "fetched"
LOST: Final = "lost_in_transfer"
FETCHABLE: Final = frozenset({Status.ACCEPTED, Status.PICKING, Status.IN_TRANSFER})


@dataclass(frozen=True, slots=True)
class Fetched:
    """The transfer that was written down, and the time the customer is told now."""

    transfer_id: UUID
    transfer_number: str
    promised_at: datetime


def fetch_from(
    session: Session, fulfillment_id: UUID, command: FetchFrom, *, actor: Actor
) -> Fetched:
    """What cannot be had here comes from another location, reserved there from this moment on.

    The customer is still owed it, and is told when it will be ready now. Who is asked about a
    substitute is asked still: what that is about stays here. A wave goes on without the parcel.

    Raises UnknownFulfillment, WrongState, NotOrdered, UnknownReason, UnknownLocation, SamePlace or
    OutOfStock.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    if locked.parcel.status not in FETCHABLE:
        raise WrongState(state=locked.parcel.status.value)
    asked = queries.list_proposed(session, [fulfillment_id])
    waiting = {each.sku: each.quantity for each in asked}
    require_open(locked, dict(command.quantities), waiting=waiting)
    reason = command.reason and queries.get_reason(session, ReasonKind.SHORT, command.reason)
    source = stores.queries.get_store(session, command.source_store)
    here = stores.queries.get_store_by_id(session, locked.parcel.location_id)
    expected_on = command.expected_on or today_at(session, here) + A_DAY
    promise_anew(session, locked.parcel, here, arrives_on=expected_on)
    transfer_id, number = _move_promise(
        session, locked, command, source=source, reason=reason or None, actor=actor
    )
    if locked.parcel.status is not Status.IN_TRANSFER:
        locked.parcel.move_to(Status.IN_TRANSFER)
    quit_wave(session, locked.parcel, actor=actor)
    session.flush()
    fact = FulfillmentInTransfer(
        **locked.ids,
        transfer_id=transfer_id,
        source_id=source.id,
        quantities=dict(command.quantities),
        promised_at=locked.parcel.promised_at,
        at_placing=False,
    )
    events.record(session, fact, actor=actor, reason=command.reason)
    return Fetched(transfer_id, number, locked.parcel.promised_at)


def settle_fetch(session: Session, fulfillment_id: UUID) -> None:
    """What never arrives is reported short; once nothing is on the way preparing goes on.

    A parcel of which nothing is left ends cancelled, out of stock. Safe to repeat.
    """
    locked = find_parcel(session, fulfillment_id)
    if locked is None or locked.parcel.status is not Status.IN_TRANSFER:
        return
    carried = queries.add(
        queries.still_carried(session, fulfillment_id),
        queries.awaited(locked.parcel.promise_inputs),
    )
    here = inventory.queries.list_reserved(session, fulfillment_id)
    lost = {
        sku: quantity - here.get(sku, 0) - carried.get(sku, 0)
        for sku, quantity in locked.owed.items()
    }
    _report_lost(session, locked, {sku: missing for sku, missing in lost.items() if missing > 0})
    if not locked.owed:
        cancel_parcel(session, locked, why=CancelReason.OUT_OF_STOCK.value, actor=SYSTEM)
    elif not carried:
        locked.parcel.move_to(Status.ACCEPTED)
        session.flush()
        events.record(session, FulfillmentArrived(**locked.ids), actor=SYSTEM)


def promise_anew(
    session: Session, parcel: Fulfillment, store: StoreFacts, *, arrives_on: date
) -> None:
    """Have the parcel be promised for when it can be ready if goods arrive on that day.

    Never earlier than it was. A slot that would come before is given back.
    """
    made = once_there(store, arrives_on, since=db_now(session))
    if not made or made.ready_at <= parcel.promised_at:
        return
    told: Mapping[str, Any] = parcel.promise_inputs
    if parcel.slot_id is not None or told.get(BOOKED_DAY) is not None:
        stores.services.release_booking(session, parcel.id)
        parcel.slot_id = parcel.slot_starts_at = parcel.slot_ends_at = None
    parcel.promised_at = made.ready_at
    kept = {LACKS: told[LACKS]} if LACKS in told else {}
    parcel.promise_inputs = {**made.inputs, **kept, "arrives_on": arrives_on.isoformat()}


def _move_promise(
    session: Session,
    locked: Locked,
    command: FetchFrom,
    *,
    source: StoreFacts,
    reason: ReasonFacts | None,
    actor: Actor,
) -> tuple[UUID, str]:
    """Give back what is promised here and promise it there; return the transfer's id and number.

    Whichever location comes first in the order of locks is seen to first.
    """
    draft = DraftTransfer(
        source.id,
        locked.parcel.location_id,
        command.quantities,
        fulfillment_id=locked.parcel.id,
    )
    if source.id < locked.parcel.location_id:
        drafted = inventory.services.draft_transfer(session, draft, actor=actor)
        _release_here(session, locked, command.quantities, reason=reason, actor=actor)
        return drafted
    _release_here(session, locked, command.quantities, reason=reason, actor=actor)
    return inventory.services.draft_transfer(session, draft, actor=actor)


def _release_here(
    session: Session,
    locked: Locked,
    quantities: Mapping[str, int],
    *,
    reason: ReasonFacts | None,
    actor: Actor,
) -> None:
    why = reason.code if reason else FETCHED
    quantities = _no_longer_await(locked, quantities)
    freed = inventory.services.release(session, **locked.stock, quantities=quantities, reason=why)
    if freed != dict(quantities):  # the rest is on its way already
        raise NotOrdered(open=freed)
    if reason is None:
        return
    for sku, quantity in sorted(quantities.items()):
        found_missing = Doubt(
            **locked.stock, sku=sku, quantity=quantity, effect=reason.effect, reason=why
        )
        inventory.services.doubt(session, found_missing, actor=actor)


def _no_longer_await(locked: Locked, quantities: Mapping[str, int]) -> dict[str, int]:
    """Have a parcel await no more what is fetched instead; return what of it lies here."""
    waits = queries.awaited(locked.parcel.promise_inputs)
    instead = {sku: min(units, waits.get(sku, 0)) for sku, units in quantities.items()}
    locked.parcel.promise_inputs = await_less(locked.parcel.promise_inputs, instead)
    return queries.divide(quantities, instead)


def today_at(session: Session, store: StoreFacts) -> date:
    """Return which day it is at a store."""
    return db_now(session).astimezone(ZoneInfo(store.time_zone)).date()


def _report_lost(session: Session, locked: Locked, lost: Mapping[str, int]) -> None:
    for sku, quantity in sorted(lost.items()):
        line = locked.lines[sku]
        line.cancelled += quantity
        line.short_reason = LOST
        session.flush()
        fact = LineShort(**locked.ids, sku=sku, quantity=quantity, reason=LOST)
        events.record(session, fact, actor=SYSTEM, reason=LOST)
    if lost:
        settle_money(session, locked.parcel.order_id)
