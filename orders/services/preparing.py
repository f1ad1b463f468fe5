"""Preparing a parcel in the store: accept, pick, report short, bin, ready."""

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import catalog.queries
import inventory.services
import stores.promises
import stores.queries
from inventory.commands import Doubt
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from orders import queries
from orders.commands import CancelReason, ReasonKind, Status
from orders.errors import LinesUndecided, NotBinned, NotOnThisList, NotReleased, WrongState
from orders.events import (
    ArticlesPicked,
    FulfillmentAccepted,
    FulfillmentReady,
    LineShort,
    ParcelBinned,
    PickingStarted,
)
from orders.passes import new_pass
from orders.queries import ReasonFacts
from orders.services.clearing import end_wave
from orders.services.parcels import (
    NOTHING,
    Locked,
    cancel_parcel,
    give_pass,
    lock_parcel,
    require_method,
    require_open,
    settle_money,
)
from orders.services.paying import request_capture
from orders.services.proxies import give_proxies_passes
from orders.services.reservations import kept_until


def accept(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """The store takes the order on.

    Raises UnknownFulfillment or WrongState: what is in transfer is accepted by its arrival.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    if locked.parcel.status is Status.IN_TRANSFER:
        raise WrongState(state=locked.parcel.status.value)
    take_on(session, locked, actor=actor)


def start_picking(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """Somebody begins to collect the articles.

    Raises UnknownFulfillment or WrongState.
    """
    begin_picking(session, lock_parcel(session, fulfillment_id, actor=actor), actor=actor)


def pick(
    session: Session,
    fulfillment_id: UUID,
    *,
    quantities: Mapping[str, int] = NOTHING,
    gtins: Mapping[str, int] = NOTHING,
    scanned: bool = False,
    actor: Actor,
) -> None:
    """These articles were taken from the shelf; picking starts if it had not.

    `gtins` names some by the barcode that was scanned. With `scanned` the others were as well.

    Raises UnknownFulfillment, WrongState, NotOnThisList or NotOrdered.
    """
    locked = in_picking(session, fulfillment_id, actor=actor)
    taken = dict(quantities)
    for gtin, quantity in gtins.items():
        sku = catalog.queries.find_sku_by_gtin(session, gtin)
        if sku is None or sku not in locked.lines:
            raise NotOnThisList(said=gtin)
        taken[sku] = taken.get(sku, 0) + quantity
    take(session, locked, taken, scanned=scanned or not quantities, actor=actor)


def take(
    session: Session,
    locked: Locked,
    quantities: Mapping[str, int],
    *,
    scanned: bool,
    actor: Actor,
) -> None:
    """Have taken these articles for a parcel in picking that is locked.

    Raises NotOrdered.
    """
    require_open(locked, quantities, waiting=_waiting(session, locked))
    for sku, quantity in quantities.items():
        locked.lines[sku].picked += quantity
    session.flush()
    inventory.services.set_aside(
        session,
        fulfillment_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        quantities=quantities,
    )
    fact = ArticlesPicked(**locked.ids, quantities=dict(quantities), scanned=scanned)
    events.record(session, fact, actor=actor)
    end_wave(session, locked.parcel, actor=actor)


def report_short_line(
    session: Session,
    fulfillment_id: UUID,
    *,
    sku: str,
    quantity: int,
    reason: str,
    actor: Actor,
) -> None:
    """This quantity cannot be had: it is no longer owed, and the shelf is doubted.

    What that says of the shelf is the reason's effect. A parcel of which nothing is left ends
    cancelled, out of stock.

    Raises UnknownFulfillment, UnknownReason, WrongState or NotOrdered.
    """
    locked = in_picking(session, fulfillment_id, actor=actor)
    why = queries.get_reason(session, ReasonKind.SHORT, reason)
    require_open(locked, {sku: quantity}, waiting=_waiting(session, locked))
    shorten(session, locked, {sku: quantity}, why=why, actor=actor)
    end_short(session, locked, actor=actor)


def shorten(
    session: Session,
    locked: Locked,
    quantities: Mapping[str, int],
    *,
    why: ReasonFacts,
    actor: Actor,
) -> None:
    """Owe these no longer, because they are missing; the shelf is doubted as the reason says."""
    for sku, quantity in quantities.items():
        line = locked.lines[sku]
        line.cancelled += quantity
        line.short_reason = why.code
        session.flush()
        _take_from_stock(session, locked, sku=sku, quantity=quantity, why=why, actor=actor)
        fact = LineShort(**locked.ids, sku=sku, quantity=quantity, reason=why.code)
        events.record(session, fact, actor=actor, reason=why.code)


def end_short(session: Session, locked: Locked, *, actor: Actor) -> None:
    """End what needs nobody any more after something was missing: the parcel, or its wave."""
    if any(each.open for each in locked.lines.values()):
        end_wave(session, locked.parcel, actor=actor)
    else:
        cancel_parcel(session, locked, why=CancelReason.OUT_OF_STOCK.value, actor=actor)


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

    Raises UnknownFulfillment, WrongMethod, WrongState, LinesUndecided or NotBinned.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    require_method(locked, delivery=False)
    parcel = locked.parcel
    undecided = {sku: line.undecided for sku, line in locked.lines.items() if line.undecided}
    if parcel.status is Status.PICKING and undecided:
        proposed = queries.list_proposed(session, [parcel.id])
        raise LinesUndecided(
            undecided=undecided, asked={each.sku: each.substitute_sku for each in proposed}
        )
    if parcel.status is Status.PICKING and bin_code:
        _bin(session, locked, bin_code=bin_code, actor=actor)
    if parcel.status is Status.PICKING and parcel.bin is None:
        raise NotBinned
    parcel.move_to(Status.READY)
    parcel.ready_at = db_now(session)
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    schedule = store.schedule or stores.promises.Schedule("24/7", store.time_zone, store.country)
    parcel.collect_by = kept_until(session, locked, store) or stores.promises.collect_by(
        schedule, ready_at=parcel.ready_at, hold_days=store.hold_days
    )
    session.flush()
    last_day = parcel.collect_by.astimezone(ZoneInfo(store.time_zone)).date()
    give_pass(session, new_pass(parcel.id, collect_by=last_day))
    give_proxies_passes(session, locked, last_day=last_day)
    awaits_capture = request_capture(session, parcel.order_id)
    if not awaits_capture:  # it may have been taken before its hold ended: what is short goes back
        settle_money(session, parcel.order_id)
    fact = FulfillmentReady(
        **locked.ids,
        bin=parcel.bin or "",
        collect_by=parcel.collect_by,
        awaits_capture=awaits_capture,
    )
    events.record(session, fact, actor=actor)


def in_picking(session: Session, fulfillment_id: UUID, *, actor: Actor) -> Locked:
    """Return the parcel as `lock_parcel` does, in picking: that starts if it had not.

    Raises UnknownFulfillment or WrongState.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    if locked.parcel.status is Status.ACCEPTED:
        begin_picking(session, locked, actor=actor)
    if locked.parcel.status is not Status.PICKING:
        raise WrongState(state=locked.parcel.status.value)
    return locked


def take_on(session: Session, locked: Locked, *, actor: Actor) -> None:
    """The store takes on an order whose parcel is locked.

    Raises WrongState, or NotReleased while its customer may still call it off alone.
    """
    released = locked.parcel.release_at
    if locked.parcel.status is Status.NEW and released and released > db_now(session):
        raise NotReleased(release_at=released.isoformat())
    locked.parcel.move_to(Status.ACCEPTED)
    session.flush()
    events.record(session, FulfillmentAccepted(**locked.ids), actor=actor)


def begin_picking(session: Session, locked: Locked, *, actor: Actor) -> None:
    """Somebody begins to collect the articles of a parcel that is locked.

    Raises WrongState.
    """
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
    why: ReasonFacts,
    actor: Actor,
) -> None:
    inventory.services.release(
        session,
        fulfillment_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        quantities={sku: quantity},
        reason=why.code,
    )
    found_missing = Doubt(
        fulfillment_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        sku=sku,
        quantity=quantity,
        effect=why.effect,
        reason=why.code,
    )
    inventory.services.doubt(session, found_missing, actor=actor)


def _waiting(session: Session, locked: Locked) -> dict[str, int]:
    """Return for how many of each SKU the customer is asked about a substitute."""
    return {each.sku: each.quantity for each in queries.list_proposed(session, [locked.parcel.id])}
