"""Preparing a parcel in the store: accept, pick, report short, bin, ready."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import inventory.services
import payments.services
import stores.promises
import stores.queries
from inventory.commands import Doubt
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from orders import queries
from orders.commands import SHORT_EFFECTS, CancelReason, ShortReason, Status
from orders.errors import LinesUndecided, NotBinned, WrongState
from orders.events import (
    ArticlesPicked,
    FulfillmentAccepted,
    FulfillmentCancelled,
    FulfillmentReady,
    LineShort,
    ParcelBinned,
    PickingStarted,
)
from orders.passes import new_pass
from orders.services.parcels import Locked, give_pass, give_up, lock_parcel, require_open
from orders.services.paying import find_authorised
from orders.services.proxies import give_proxies_passes


def accept(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """The store takes the order on.

    Raises UnknownFulfillment or WrongState.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    locked.parcel.move_to(Status.ACCEPTED)
    session.flush()
    events.record(session, FulfillmentAccepted(**locked.ids), actor=actor)


def start_picking(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """Somebody begins to collect the articles.

    Raises UnknownFulfillment or WrongState.
    """
    _start(session, lock_parcel(session, fulfillment_id, actor=actor), actor=actor)


def pick(
    session: Session, fulfillment_id: UUID, *, quantities: dict[str, int], actor: Actor
) -> None:
    """These articles were taken from the shelf; picking starts if it had not.

    Raises UnknownFulfillment, WrongState or NotOrdered.
    """
    locked = _in_picking(session, fulfillment_id, actor=actor)
    require_open(locked, quantities)
    for sku, quantity in quantities.items():
        locked.lines[sku].picked += quantity
    session.flush()
    inventory.services.set_aside(
        session,
        fulfillment_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        quantities=quantities,
    )
    events.record(session, ArticlesPicked(**locked.ids, quantities=quantities), actor=actor)


def report_short_line(
    session: Session,
    fulfillment_id: UUID,
    *,
    sku: str,
    quantity: int,
    reason: ShortReason,
    actor: Actor,
) -> None:
    """This quantity cannot be had: it is no longer owed, and the shelf is doubted.

    A parcel of which nothing is left ends cancelled, out of stock.

    Raises UnknownFulfillment, WrongState or NotOrdered.
    """
    locked = _in_picking(session, fulfillment_id, actor=actor)
    require_open(locked, {sku: quantity})
    line = locked.lines[sku]
    line.cancelled += quantity
    line.short_reason = reason.value
    session.flush()
    _take_from_stock(session, locked, sku=sku, quantity=quantity, reason=reason, actor=actor)
    fact = LineShort(**locked.ids, sku=sku, quantity=quantity, reason=reason.value)
    events.record(session, fact, actor=actor, reason=reason.value)
    if not any(each.open for each in locked.lines.values()):
        _end_empty(session, locked, actor=actor)


def bin_parcel(session: Session, fulfillment_id: UUID, *, bin_code: str, actor: Actor) -> None:
    """The parcel lies in this bin, also when it lay in another one before.

    Raises UnknownFulfillment or WrongState.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    _bin(session, locked, bin_code=bin_code, actor=actor)


def mark_ready(
    session: Session, fulfillment_id: UUID, *, bin_code: str | None = None, actor: Actor
) -> None:
    """The customer may come: every line is decided, the parcel is in its bin, a pass exists.

    Raises UnknownFulfillment, WrongState, LinesUndecided or NotBinned.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    parcel = locked.parcel
    undecided = {sku: line.undecided for sku, line in locked.lines.items() if line.undecided}
    if parcel.status is Status.PICKING and undecided:
        raise LinesUndecided(undecided=undecided)
    if parcel.status is Status.PICKING and bin_code:
        _bin(session, locked, bin_code=bin_code, actor=actor)
    if parcel.status is Status.PICKING and parcel.bin is None:
        raise NotBinned
    parcel.move_to(Status.READY)
    parcel.ready_at = db_now(session)
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    schedule = store.schedule or stores.promises.Schedule("24/7", store.time_zone, store.country)
    parcel.collect_by = stores.promises.collect_by(
        schedule, ready_at=parcel.ready_at, hold_days=store.hold_days
    )
    session.flush()
    last_day = parcel.collect_by.astimezone(ZoneInfo(store.time_zone)).date()
    give_pass(session, new_pass(parcel.id, collect_by=last_day))
    give_proxies_passes(session, locked, last_day=last_day)
    fact = FulfillmentReady(
        **locked.ids,
        bin=parcel.bin or "",
        collect_by=parcel.collect_by,
        awaits_capture=_request_capture(session, parcel.order_id),
    )
    events.record(session, fact, actor=actor)


def _request_capture(session: Session, order_id: UUID) -> bool:
    """Have the card's money taken, as much as is owed now; tell whether there is such money."""
    held = find_authorised(session, order_id)
    if held is None:
        return False
    owed_minor = queries.owed_minor(session, order_id)
    payments.services.request_capture(session, held.id, amount_minor=owed_minor)
    return True


def _in_picking(session: Session, fulfillment_id: UUID, *, actor: Actor) -> Locked:
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    if locked.parcel.status is Status.ACCEPTED:
        _start(session, locked, actor=actor)
    if locked.parcel.status is not Status.PICKING:
        raise WrongState(state=locked.parcel.status.value)
    return locked


def _start(session: Session, locked: Locked, *, actor: Actor) -> None:
    locked.parcel.move_to(Status.PICKING)
    session.flush()
    events.record(session, PickingStarted(**locked.ids), actor=actor)


def _bin(session: Session, locked: Locked, *, bin_code: str, actor: Actor) -> None:
    if locked.parcel.status not in {Status.PICKING, Status.READY}:
        raise WrongState(state=locked.parcel.status.value)
    locked.parcel.bin = bin_code
    session.flush()
    events.record(session, ParcelBinned(**locked.ids, bin=bin_code), actor=actor)


def _take_from_stock(
    session: Session,
    locked: Locked,
    *,
    sku: str,
    quantity: int,
    reason: ShortReason,
    actor: Actor,
) -> None:
    inventory.services.release(
        session,
        fulfillment_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        quantities={sku: quantity},
        reason=reason.value,
    )
    found_missing = Doubt(
        fulfillment_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        sku=sku,
        quantity=quantity,
        effect=SHORT_EFFECTS[reason],
        reason=reason.value,
    )
    inventory.services.doubt(session, found_missing, actor=actor)


def _end_empty(session: Session, locked: Locked, *, actor: Actor) -> None:
    why = CancelReason.OUT_OF_STOCK.value
    locked.parcel.move_to(Status.CANCELLED)
    locked.parcel.ended_at = db_now(session)
    give_up(session, locked, why=why)
    fact = FulfillmentCancelled(**locked.ids, reason=why)
    events.record(session, fact, actor=actor, reason=why)
