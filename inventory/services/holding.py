"""Holds: stock that is somebody's while they pay, longer while they are at it, then for good.

A hold is over at `held_until`, by the database's clock; until somebody takes what it held, or the
job comes by, it can still be made longer or be kept.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, bindparam, text
from sqlalchemy.orm import Session

from inventory.services.shortages import settle_shortages
from inventory.services.statements import run, statement

HOLD_EXPIRED: Final = "hold-expired"
"""The reason in the ledger of what was freed because its time was over."""

_KEEP = statement("""
    own AS MATERIALIZED (
        SELECT r.sku, r.quantity
        FROM reservation r JOIN wanted w ON w.sku = r.sku JOIN locked k ON k.sku = r.sku
        WHERE r.fulfillment_id = :fulfillment_id AND r.location_id = :location_id
          AND r.quantity > 0 ORDER BY r.sku FOR UPDATE OF r)
    UPDATE reservation r SET
        held_until = CASE WHEN r.held_until IS NOT NULL AND :minutes IS NOT NULL
            THEN least(statement_timestamp() + make_interval(mins => :minutes), r.held_max) END,
        held_max = CASE WHEN :minutes IS NOT NULL THEN r.held_max END
    FROM own WHERE r.fulfillment_id = :fulfillment_id AND r.sku = own.sku
    RETURNING r.sku, own.quantity, r.held_until
""").bindparams(bindparam("minutes", type_=Integer))
"""Without `minutes` it is no hold any more: it is owed for good."""

_FREE = text("""
    WITH overdue AS MATERIALIZED (
        SELECT fulfillment_id, sku, location_id FROM reservation
        WHERE held_until <= statement_timestamp() - make_interval(secs => :grace_s)
          AND quantity > 0
        ORDER BY held_until LIMIT :limit),
    locked AS MATERIALIZED (
        SELECT l.location_id, l.sku FROM stock_level l
        WHERE (l.location_id, l.sku) IN (SELECT location_id, sku FROM overdue)
        ORDER BY l.location_id, l.sku FOR UPDATE),
    expired AS MATERIALIZED (
        SELECT r.fulfillment_id, r.location_id, r.sku, r.quantity
        FROM overdue o JOIN locked k ON k.location_id = o.location_id AND k.sku = o.sku
        JOIN reservation r ON r.fulfillment_id = o.fulfillment_id AND r.sku = o.sku
        WHERE r.held_until <= statement_timestamp() - make_interval(secs => :grace_s)
          AND r.quantity > 0
        ORDER BY r.location_id, r.sku, r.fulfillment_id FOR UPDATE OF r),
    freed AS (
        SELECT location_id, sku, sum(quantity)::integer AS quantity
        FROM expired GROUP BY location_id, sku),
    levels AS (
        UPDATE stock_level l SET reserved = l.reserved - f.quantity
        FROM freed f WHERE l.location_id = f.location_id AND l.sku = f.sku),
    ended AS (
        UPDATE reservation r SET quantity = 0, held_until = NULL, held_max = NULL
        FROM expired e WHERE r.fulfillment_id = e.fulfillment_id AND r.sku = e.sku)
    INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id, reason)
    SELECT location_id, sku, 'released', -quantity, 'fulfillment', fulfillment_id, :reason
    FROM expired RETURNING location_id, sku
""")


def extend_hold(
    session: Session,
    *,
    fulfillment_id: UUID,
    location_id: UUID,
    quantities: Mapping[str, int],
    minutes: int,
) -> tuple[dict[str, int], datetime | None]:
    """Hold for so many minutes from now what is still held of these, within each hold's cap.

    Returns what is held, by SKU, and until when; nothing and None when all of it was taken.
    """
    rows = run(
        session,
        _KEEP,
        quantities,
        location_id=location_id,
        fulfillment_id=fulfillment_id,
        minutes=minutes,
    )
    ends = [row.held_until for row in rows if row.held_until is not None]
    return {row.sku: row.quantity for row in rows}, min(ends, default=None)


def settle_hold(
    session: Session, *, fulfillment_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> dict[str, int]:
    """Owe for good what is still held of these; return how much that is, by SKU."""
    rows = run(
        session,
        _KEEP,
        quantities,
        location_id=location_id,
        fulfillment_id=fulfillment_id,
        minutes=None,
    )
    return {row.sku: row.quantity for row in rows}


def free_expired(session: Session, *, grace_s: int, limit: int) -> int:
    """Free up to `limit` holds that have been over for `grace_s` seconds; return how many."""
    values = {"grace_s": grace_s, "limit": limit, "reason": HOLD_EXPIRED}
    freed = session.execute(_FREE, values).all()
    for location_id in sorted({row.location_id for row in freed}):
        skus = {row.sku for row in freed if row.location_id == location_id}
        settle_shortages(session, location_id=location_id, skus=skus)
    return len(freed)
