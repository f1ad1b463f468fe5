"""Reads of waves: the parcels of one walk, and the stops it makes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
from kernel import events
from kernel.actors import Actor
from orders.commands import Status, WaveOrder
from orders.errors import UnknownWave
from orders.events import WaveStarted
from orders.models import Fulfillment, Order, Wave
from orders.queries.parcels import holds, list_wave_parcels
from orders.queries.shapes import FulfillmentFacts, LineFacts
from orders.queries.substitutes import list_proposed

OPEN_MAX: Final = 50
Waiting = Mapping[tuple[UUID, str], int]


@dataclass(frozen=True, slots=True)
class WaveParcel:
    """A parcel of a wave; `box` is the number of its box on the trolley."""

    id: UUID
    order_number: str
    box: int
    bin: str | None
    status: Status
    promised_at: datetime
    undecided: int
    waiting: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WavePart:
    """How many of a stop's article go into which box; `waiting` for a customer's answer."""

    fulfillment_id: UUID
    box: int
    quantity: int
    picked: int
    cancelled: int
    waiting: int
    undecided: int


@dataclass(frozen=True, slots=True)
class WaveStop:
    """One article of a walk: where it lies, and how many of it go into which boxes."""

    sku: str
    name: str
    place: str | None
    category: str | None
    parts: tuple[WavePart, ...]

    @property
    def quantity(self) -> int:
        """Return how many are wanted altogether."""
        return sum(part.quantity - part.cancelled for part in self.parts)

    @property
    def picked(self) -> int:
        """Return how many were taken."""
        return sum(part.picked for part in self.parts)

    @property
    def undecided(self) -> int:
        """Return how many are neither taken, nor missing, nor asked about."""
        return sum(part.undecided for part in self.parts)

    @property
    def waiting(self) -> int:
        """Return about how many a customer is asked."""
        return sum(part.waiting for part in self.parts)


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """One walk through a store: by whom, in which order, and how far it is."""

    id: UUID
    location_id: UUID
    picker_name: str
    walk: WaveOrder
    started_at: datetime
    ended_at: datetime | None
    parcels: tuple[WaveParcel, ...]
    stops: tuple[WaveStop, ...]

    @property
    def undecided(self) -> int:
        """Return how many articles are left to decide."""
        return sum(stop.undecided for stop in self.stops)


def get_wave(session: Session, wave_id: UUID, *, actor: Actor, language: str = "fr") -> WaveFacts:
    """Return a wave; `language` is the one categories are sorted in.

    Raises UnknownWave, also for those of stores or brands that are not the actor's.
    """
    wave = session.execute(
        select(Wave).where(Wave.id == wave_id).execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if wave is None or not actor.sees_location(wave.location_id):
        raise UnknownWave(wave_id=str(wave_id))
    parcels = list_wave_parcels(session, wave_id, actor=actor)
    if not parcels and actor.brand_id is not None:
        raise UnknownWave(wave_id=str(wave_id))
    boxes = _boxes(session, wave_id)
    waiting = {
        (each.fulfillment_id, each.sku): each.quantity
        for each in list_proposed(session, [each.id for each in parcels])
    }
    return WaveFacts(
        id=wave.id,
        location_id=wave.location_id,
        picker_name=wave.picker_name,
        walk=wave.walk,
        started_at=wave.started_at,
        ended_at=wave.ended_at,
        parcels=tuple(
            sorted(
                (_parcel(each, boxes[each.id], waiting) for each in parcels),
                key=lambda each: each.box,
            )
        ),
        stops=tuple(_stops(session, wave, parcels, boxes, waiting, language=language)),
    )


def list_open_waves(session: Session, *, location_id: UUID, actor: Actor) -> list[UUID]:
    """Return the waves of a store with parcels of the actor's, the oldest first."""
    theirs = (
        select(Fulfillment.id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(Fulfillment.wave_id == Wave.id, holds(actor))
    )
    rows = session.execute(
        select(Wave.id)
        .where(
            Wave.location_id == location_id,
            Wave.ended_at.is_(None),
            theirs.exists() if actor.brand_id is not None else true(),
        )
        .order_by(Wave.started_at, Wave.id)
        .limit(OPEN_MAX)
    )
    return list(rows.scalars())


def _boxes(session: Session, wave_id: UUID) -> dict[UUID, int]:
    """Return the number of each parcel's box: its place when the wave began, and for good."""
    for each in events.list_history(session, [wave_id]):
        if each.name == WaveStarted.name:
            return {UUID(told): at for at, told in enumerate(each.facts["parcels"], start=1)}
    raise UnknownWave(wave_id=str(wave_id))


def _parcel(facts: FulfillmentFacts, box: int, waiting: Waiting) -> WaveParcel:
    asked = sum(waiting.get((facts.id, line.sku), 0) for line in facts.lines)
    left = sum(_undecided(facts, line) for line in facts.lines)
    return WaveParcel(
        id=facts.id,
        order_number=facts.order_number,
        box=box,
        bin=facts.bin,
        status=facts.status,
        promised_at=facts.promised_at,
        undecided=left - asked,
        waiting=asked,
        note=facts.note,
    )


def _stops(
    session: Session,
    wave: Wave,
    parcels: list[FulfillmentFacts],
    boxes: Mapping[UUID, int],
    waiting: Waiting,
    *,
    language: str,
) -> list[WaveStop]:
    parts: dict[str, list[WavePart]] = {}
    names: dict[str, str] = {}
    for facts, line in _lines(parcels):
        names.setdefault(line.sku, line.name)
        part = _part(facts, line, boxes[facts.id], waiting.get((facts.id, line.sku), 0))
        parts.setdefault(line.sku, []).append(part)
    places = inventory.queries.list_places(session, location_id=wave.location_id, skus=parts)
    words = catalog.queries.describe_skus(session, parts, language=language)
    stops = [
        WaveStop(
            sku=sku,
            name=names[sku],
            place=places.get(sku),
            category=words[sku].category if sku in words else None,
            parts=tuple(sorted(found, key=lambda part: part.box)),
        )
        for sku, found in parts.items()
    ]
    return sorted(stops, key=_WALKS[wave.walk])


def _lines(parcels: list[FulfillmentFacts]) -> Iterator[tuple[FulfillmentFacts, LineFacts]]:
    """Yield what is in the parcels, soonest promise first; what is over needs nobody to walk."""
    for facts in parcels:
        if facts.status not in {Status.CANCELLED, Status.REJECTED, Status.REROUTED}:
            for line in facts.lines:
                yield facts, line


def _undecided(facts: FulfillmentFacts, line: LineFacts) -> int:
    if facts.status is not Status.PICKING:
        return 0
    return line.quantity - line.cancelled - line.picked


def _part(facts: FulfillmentFacts, line: LineFacts, box: int, waiting: int) -> WavePart:
    return WavePart(
        fulfillment_id=facts.id,
        box=box,
        quantity=line.quantity,
        picked=line.picked,
        cancelled=line.cancelled,
        waiting=waiting,
        undecided=max(_undecided(facts, line) - waiting, 0),
    )


def _by_shelf(stop: WaveStop) -> tuple[Any, ...]:
    return inventory.queries.walk_key(stop.place), stop.name, stop.sku


def _by_category(stop: WaveStop) -> tuple[Any, ...]:
    return stop.category is None, stop.category or "", *_by_shelf(stop)


def _by_promise(stop: WaveStop) -> tuple[Any, ...]:
    return min(part.box for part in stop.parts), *_by_shelf(stop)


_WALKS: Final[Mapping[WaveOrder, Callable[[WaveStop], tuple[Any, ...]]]] = {
    WaveOrder.SHELF: _by_shelf,
    WaveOrder.CATEGORY: _by_category,
    WaveOrder.PROMISE: _by_promise,
}
