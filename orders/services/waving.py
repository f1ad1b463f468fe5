"""Waves: several parcels picked in one walk through the store, each by one person."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.ids import new_id
from orders import queries
from orders.commands import ReasonKind, ScanInWave, Status, WaveOrder
from orders.errors import NothingToPick, NotOnThisList, NotOrdered, WrongState
from orders.events import WaveStarted
from orders.models import Fulfillment, Wave
from orders.queries import ReasonFacts, WavePart, WaveStop
from orders.services.clearing import end_done, quit_wave
from orders.services.parcels import Locked, lock_parcel
from orders.services.preparing import (
    begin_picking,
    end_short,
    shorten,
    take,
    take_on,
)
from stores.errors import UnknownLocation

_CHOOSE: Final = text("""
    SELECT id FROM fulfillment f
    WHERE location_id = :location_id AND status IN ('new', 'accepted') AND wave_id IS NULL
      AND (release_at IS NULL OR release_at <= statement_timestamp())
      AND method <> 'carry_out' AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY(:ids))
      AND (CAST(:brand_id AS uuid) IS NULL OR EXISTS (
          SELECT FROM sales_order o WHERE o.id = f.order_id AND o.brand_id = :brand_id))
    ORDER BY promised_at, id LIMIT :size FOR UPDATE SKIP LOCKED
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("brand_id", type_=Uuid))
"""Of two tablets that begin at once each takes other parcels: what one looks at is the other's."""


def start_wave(
    session: Session,
    location_id: UUID,
    *,
    fulfillment_ids: Sequence[UUID] | None = None,
    actor: Actor,
) -> UUID:
    """Pick several parcels of a store in one walk, soonest promise first; return the wave's id.

    Without `fulfillment_ids` as many are taken as the store's rule says; of those named, what
    nobody else has taken. Orders the store had not taken on are taken on.

    Raises UnknownLocation or NothingToPick.
    """
    if not actor.sees_location(location_id):
        raise UnknownLocation(location_id=str(location_id))
    rules = stores.queries.get_rules(session, location_id)
    _end_stale(session, location_id, actor=actor)
    values = {
        "location_id": location_id,
        "ids": None if fulfillment_ids is None else list(fulfillment_ids),
        "size": rules.wave_size,
        "brand_id": actor.brand_id,
    }
    chosen = list(session.execute(_CHOOSE, values).scalars())
    if not chosen:
        raise NothingToPick
    wave = Wave(
        id=new_id(),
        location_id=location_id,
        picker_id=actor.id,
        picker_name=actor.name,
        walk=WaveOrder(rules.wave_order),
    )
    session.add(wave)
    session.flush()
    begun = WaveStarted(
        wave_id=wave.id, location_id=location_id, walk=wave.walk.value, parcels=chosen
    )
    events.record(session, begun, actor=actor)
    for parcel in _load(session, chosen):
        _begin(session, Locked(parcel, {}), wave.id, actor=actor)
    return wave.id


def scan_in_wave(
    session: Session, wave_id: UUID, command: ScanInWave, *, actor: Actor
) -> list[WavePart]:
    """An article was taken in a wave; return into which boxes it goes, soonest promise first.

    Raises UnknownWave, NotOnThisList, or NotOrdered when fewer are wanted.
    """
    wave = queries.get_wave(session, wave_id, actor=actor)
    sku = _sku(session, command)
    wanted = [each for each in wave.stops if each.sku == sku]
    if not wanted:
        raise NotOnThisList(said=command.sku or command.gtin)
    _lock_parts(session, wanted[0], actor=actor)
    taken: list[WavePart] = []
    left = command.quantity
    for part in wanted[0].parts:
        if left and part.undecided:
            given = _take(session, part, sku=wanted[0].sku, most=left, actor=actor)
            left -= given.picked
            taken.append(given)
    if left:
        raise NotOrdered(open={wanted[0].sku: command.quantity - left})
    return [each for each in taken if each.picked]


def report_short_in_wave(
    session: Session, wave_id: UUID, *, sku: str, quantity: int, reason: str, actor: Actor
) -> None:
    """So many of an article of a wave cannot be had: the latest promises go without.

    Raises UnknownWave, UnknownReason, NotOnThisList, or NotOrdered when fewer are left.
    """
    wave = queries.get_wave(session, wave_id, actor=actor)
    why = queries.get_reason(session, ReasonKind.SHORT, reason)
    wanted = [each for each in wave.stops if each.sku == sku]
    if not wanted:
        raise NotOnThisList(said=sku)
    left = quantity
    _lock_parts(session, wanted[0], actor=actor)
    for part in reversed(wanted[0].parts):
        if left and part.undecided:
            left -= _shorten(session, part, sku=sku, most=left, why=why, actor=actor)
    if left:
        raise NotOrdered(open={sku: quantity - left})


def leave_wave(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """A parcel is picked by itself from now on.

    Raises UnknownFulfillment, or WrongState when it is in no wave.
    """
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    if locked.parcel.wave_id is None:
        raise WrongState(state=locked.parcel.status.value)
    quit_wave(session, locked.parcel, actor=actor)


def _end_stale(session: Session, location_id: UUID, *, actor: Actor) -> None:
    """End the waves whose parcels were all settled in another way."""
    for wave_id in queries.list_open_waves(session, location_id=location_id, actor=SYSTEM):
        end_done(session, wave_id, actor=actor)


def _load(session: Session, ids: Sequence[UUID]) -> list[Fulfillment]:
    rows = session.execute(
        select(Fulfillment).where(Fulfillment.id.in_(ids)).execution_options(populate_existing=True)
    ).scalars()
    found = {each.id: each for each in rows}
    return [found[each] for each in ids]


def _begin(session: Session, locked: Locked, wave_id: UUID, *, actor: Actor) -> None:
    if locked.parcel.status is Status.NEW:
        take_on(session, locked, actor=actor)
    locked.parcel.wave_id = wave_id
    begin_picking(session, locked, actor=actor)


def _sku(session: Session, command: ScanInWave) -> str | None:
    if command.gtin is None:
        return command.sku
    return catalog.queries.find_sku_by_gtin(session, command.gtin)


def _lock_parts(session: Session, stop: WaveStop, *, actor: Actor) -> None:
    """Parcels are locked in one order, whichever of them comes first in the walk."""
    for part in sorted(stop.parts, key=lambda each: each.fulfillment_id):
        if part.undecided:
            lock_parcel(session, part.fulfillment_id, actor=actor)


def _left(locked: Locked, part: WavePart, sku: str) -> int:
    """Return how many of a part are still to be decided, now that its parcel is locked."""
    line = locked.lines.get(sku)
    if line is None or locked.parcel.status is not Status.PICKING:
        return 0
    return max(line.undecided - part.waiting, 0)


def _take(session: Session, part: WavePart, *, sku: str, most: int, actor: Actor) -> WavePart:
    """Return what of a part was taken; nothing when somebody else was faster."""
    locked = lock_parcel(session, part.fulfillment_id, actor=actor)
    quantity = min(_left(locked, part, sku), most)
    if quantity:
        take(session, locked, {sku: quantity}, scanned=True, actor=actor)
    return WavePart(part.fulfillment_id, part.box, part.quantity, quantity, 0, part.waiting, 0)


def _shorten(
    session: Session, part: WavePart, *, sku: str, most: int, why: ReasonFacts, actor: Actor
) -> int:
    locked = lock_parcel(session, part.fulfillment_id, actor=actor)
    quantity = min(_left(locked, part, sku), most)
    if quantity:
        shorten(session, locked, {sku: quantity}, why=why, actor=actor)
        end_short(session, locked, actor=actor)
    return quantity
