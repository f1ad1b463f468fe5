"""Shortages: more is promised than is there, and somebody must find a way out in time."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

import stores.queries
from inventory.errors import StillShort, UnknownShortage
from inventory.events import ShortageAssigned, ShortageClosed, ShortageOpened
from inventory.models import ShortageCase, StockLevel
from inventory.services.owners import require_owner
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id

_OPEN = text("""
    INSERT INTO shortage_case AS c (id, location_id, sku, missing, due_at)
    SELECT w.id, :location_id, l.sku, l.reserved - l.on_hand,
           statement_timestamp() + make_interval(hours => :hours)
    FROM unnest(:skus, :ids) AS w (sku, id)
    JOIN stock_level l ON l.location_id = :location_id AND l.sku = w.sku
    WHERE l.reserved > l.on_hand ORDER BY l.sku
    ON CONFLICT (location_id, sku) WHERE closed_at IS NULL
    DO UPDATE SET missing = excluded.missing WHERE c.missing <> excluded.missing
    RETURNING c.id, c.sku, c.missing, c.id = ANY(:ids) AS fresh
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Uuid)))

_SETTLE = text("""
    WITH weighed AS (
        SELECT c.id, l.reserved - l.on_hand AS missing
        FROM shortage_case c JOIN stock_level l USING (location_id, sku)
        WHERE c.location_id = :location_id AND c.sku = ANY(:skus) AND c.closed_at IS NULL
        ORDER BY c.sku FOR UPDATE OF c)
    UPDATE shortage_case c
    SET missing = CASE WHEN w.missing > 0 THEN w.missing ELSE c.missing END,
        closed_at = CASE WHEN w.missing <= 0 THEN statement_timestamp() END,
        resolution = CASE WHEN w.missing <= 0 THEN 'covered' END
    FROM weighed w WHERE c.id = w.id AND w.missing <> c.missing
    RETURNING c.id, c.sku, c.closed_at IS NOT NULL AS closed
""").bindparams(bindparam("skus", type_=ARRAY(Text)))


def open_shortages(
    session: Session,
    *,
    location_id: UUID,
    skus: Iterable[str],
    actor: Actor = SYSTEM,
) -> None:
    """Have a case open for each of these SKUs of which more is promised than is on hand.

    Call it after anything that lowers on hand, in its transaction: the levels are locked then.
    A case that is open already says how many are missing now and keeps its deadline.
    """
    ordered = sorted(set(skus))
    values = {
        "location_id": location_id,
        "skus": ordered,
        "ids": [new_id() for _ in ordered],
        "hours": stores.queries.get_rules(session, location_id).shortage_hours,
    }
    for row in session.execute(_OPEN, values).all():
        if row.fresh:
            fact = ShortageOpened(
                shortage_id=row.id, location_id=location_id, sku=row.sku, missing=row.missing
            )
            events.record(session, fact, actor=actor)


def settle_shortages(
    session: Session, *, location_id: UUID, skus: Iterable[str], actor: Actor = SYSTEM
) -> None:
    """Close the cases of these SKUs that are covered; the others say how many are missing now.

    Call it after anything that raises on hand or lowers what is promised, in its transaction.
    """
    values = {"location_id": location_id, "skus": sorted(skus)}
    for row in session.execute(_SETTLE, values).all():
        if row.closed:
            fact = ShortageClosed(shortage_id=row.id, location_id=location_id, sku=row.sku)
            events.record(session, fact, actor=actor, reason="covered")


def weigh_shortages(
    session: Session, *, location_id: UUID, skus: Iterable[str], actor: Actor = SYSTEM
) -> None:
    """Have a case open for each of these SKUs that is short now, and none for the others."""
    wanted = set(skus)
    settle_shortages(session, location_id=location_id, skus=wanted, actor=actor)
    open_shortages(session, location_id=location_id, skus=wanted, actor=actor)


def assign_shortage(session: Session, shortage_id: UUID, *, owner_id: UUID, actor: Actor) -> None:
    """Have somebody of the store's staff find the way out of a shortage.

    Raises UnknownShortage or UnknownStaff.
    """
    case = _lock(session, shortage_id, actor=actor)
    _give(session, case, require_owner(session, owner_id, location_id=case.location_id), actor)


def take_shortage(session: Session, shortage_id: UUID, *, actor: Actor) -> None:
    """Have whoever asks find the way out of a shortage.

    Raises UnknownShortage.
    """
    _give(session, _lock(session, shortage_id, actor=actor), (actor.id, actor.name), actor)


def close_shortage(session: Session, shortage_id: UUID, *, resolution: str, actor: Actor) -> None:
    """Close a shortage by hand, saying how it was resolved.

    Raises UnknownShortage, or StillShort while more is promised than is on hand.
    """
    found = session.get(ShortageCase, shortage_id)
    level = found and session.get(
        StockLevel, (found.location_id, found.sku), with_for_update=True, populate_existing=True
    )
    case = _lock(session, shortage_id, actor=actor)
    if level and level.reserved > level.on_hand:
        raise StillShort(missing=level.reserved - level.on_hand)
    case.closed_at = db_now(session)
    case.closed_by_name = actor.name
    case.resolution = resolution
    session.flush()
    fact = ShortageClosed(shortage_id=case.id, location_id=case.location_id, sku=case.sku)
    events.record(session, fact, actor=actor, reason=resolution)


def _lock(session: Session, shortage_id: UUID, *, actor: Actor) -> ShortageCase:
    case = session.execute(
        select(ShortageCase)
        .where(ShortageCase.id == shortage_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if case is None or case.closed_at or not actor.sees_location(case.location_id):
        raise UnknownShortage(shortage_id=str(shortage_id))
    return case


def _give(
    session: Session, case: ShortageCase, owner: tuple[UUID | None, str], actor: Actor
) -> None:
    case.owner_id, case.owner_name = owner
    session.flush()
    fact = ShortageAssigned(
        shortage_id=case.id, location_id=case.location_id, owner_id=case.owner_id
    )
    events.record(session, fact, actor=actor)
