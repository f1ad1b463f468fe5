"""Opening a store: set up like another one, switched on when nothing is missing, closed."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id
from stores import queries
from stores.commands import Evidence, Scope, SetRule, StartOpening
from stores.errors import CodeTaken, NotReadyToOpen, UnknownBrand
from stores.events import OpeningStarted, StoreClosed, StoreOpened
from stores.models import Brand, Location, LocationMethod, SlotPattern
from stores.queries import Standing
from stores.services.locations import open_location
from stores.services.owning import lock_own
from stores.services.settings import resolve, set_setting
from stores.services.signing_in import revoke_tablet
from stores.services.slotting import make_slots
from stores.services.terminals import revoke_terminal


def start_opening(session: Session, command: StartOpening, *, actor: Actor) -> UUID:
    """Have a location that is being set up, so far like another one; return its id.

    Nobody can order there but its own staff, to practise.

    Raises CodeTaken, UnknownBrand, UnknownLocation for the other one, or UnreadableHours.
    """
    place = command.place
    if session.execute(select(Location.id).where(Location.code == place.code)).first() is not None:
        raise CodeTaken(taken=place.code)
    if not actor.sees_brand(place.brand_id) or session.get(Brand, place.brand_id) is None:
        raise UnknownBrand
    like = lock_own(session, command.like, actor=actor) if command.like is not None else None
    location_id, _ = open_location(session, place)
    session.execute(update(Location).where(Location.id == location_id).values(opened_at=None))
    if like is not None:
        own = actor.location_ids
        there = actor if own is None else replace(actor, location_ids=own | {location_id})
        _copy(session, like, location_id, code=place.code, actor=there)
    fact = OpeningStarted(location_id=location_id, like_id=like.id if like else None)
    events.record(session, fact, actor=actor)
    return location_id


def switch_on(session: Session, code: str, *, evidence: Evidence, actor: Actor) -> None:
    """Have a location take orders from now on; switching on an open one changes nothing.

    Raises UnknownLocation, or NotReadyToOpen with what is missing.
    """
    place = lock_own(session, code, actor=actor)
    if place.opened_at is not None:
        return
    opening = queries.get_opening(session, code, evidence=evidence)
    if opening.missing:
        raise NotReadyToOpen(missing=[each.value for each in opening.missing])
    session.execute(update(Location).where(Location.id == place.id).values(opened_at=DB_NOW))
    make_slots(session, place.id)
    events.record(session, StoreOpened(location_id=place.id), actor=actor)


def close_location(session: Session, code: str, *, reason: str, actor: Actor) -> None:
    """Close a location for good; the caller has made sure that nothing is open there.

    Its tills and tablets are revoked.

    Raises UnknownLocation.
    """
    place = lock_own(session, code, actor=actor)
    session.execute(select(Location.id).where(Location.id == place.id).with_for_update())
    session.execute(update(Location).where(Location.id == place.id).values(closed_at=DB_NOW))
    for till in queries.list_terminals(session, location_id=place.id):
        revoke_terminal(session, till.id, actor=actor)
    for tablet in queries.list_tablets(session, location_id=place.id):
        revoke_tablet(session, tablet.id, actor=actor)
    events.record(session, StoreClosed(location_id=place.id), actor=actor, reason=reason)


def _copy(session: Session, like: Location, location_id: UUID, *, code: str, actor: Actor) -> None:
    values: dict[str, object] = {"group_id": like.group_id}
    place = session.get_one(Location, location_id, populate_existing=True)
    if place.opening_hours is None:
        values |= {"opening_hours": like.opening_hours, "collects": like.collects}
    session.execute(update(Location).where(Location.id == location_id).values(**values))
    for rule in queries.explain_settings(session, like.id):
        held = rule.winner
        if held and held.scope is Scope.STORE and held.standing is Standing.HOLDS:
            own = SetRule(Scope.STORE, code, rule.key, held.value, valid_to=held.valid_to)
            set_setting(session, own, actor=actor)
    for method in session.execute(
        select(LocationMethod).where(LocationMethod.location_id == like.id)
    ).scalars():
        session.add(
            LocationMethod(location_id=location_id, method=method.method, offered=method.offered)
        )
    for pattern in session.execute(
        select(SlotPattern).where(
            SlotPattern.location_id == like.id, SlotPattern.ended_at.is_(None)
        )
    ).scalars():
        session.add(
            SlotPattern(
                id=new_id(),
                location_id=location_id,
                method=pattern.method,
                weekdays=list(pattern.weekdays),
                from_time=pattern.from_time,
                until_time=pattern.until_time,
                minutes=pattern.minutes,
                capacity=pattern.capacity,
            )
        )
    session.flush()
    resolve(session, [location_id])
