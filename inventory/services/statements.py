"""How every statement of stock begins: the levels are locked in SKU order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import TextClause

from inventory.commands import Cause, MovementKind
from kernel.db import sorted_items
from kernel.fixed import run_fixed

_WANTED = """
    WITH wanted AS (
        SELECT * FROM unnest(:skus, :quantities) AS w (sku, quantity)),
    locked AS MATERIALIZED (
        SELECT sku, on_hand, reserved, quarantined, on_hand - reserved - quarantined AS free,
               on_hand - reserved - quarantined - safety_stock AS available
        FROM stock_level WHERE location_id = :location_id AND sku = ANY(:skus)
        ORDER BY sku FOR UPDATE)
"""


def statement(sql: str) -> TextClause:
    """Return a statement over `wanted` (SKU, quantity) and its levels, `locked`, at a location."""
    return text(f"{_WANTED}, {sql}").bindparams(
        bindparam("skus", type_=ARRAY(Text)), bindparam("quantities", type_=ARRAY(INTEGER))
    )


def run(
    session: Session, statement: TextClause, quantities: Mapping[str, int], **values: object
) -> list[Any]:
    """Return what such a statement answers for these quantities."""
    skus, amounts = sorted_items(quantities)
    return run_fixed(session, statement, {"skus": skus, "quantities": amounts, **values})


@dataclass(frozen=True, slots=True)
class Why:
    """What a ledger line says of why what is on hand changed."""

    kind: MovementKind
    cause: Cause
    cause_id: UUID
    reason: str | None = None


_BOOK = statement("""
    booked AS (
        INSERT INTO stock_level AS l (location_id, sku, on_hand)
        SELECT :location_id, w.sku, greatest(w.quantity, 0)
        FROM wanted w LEFT JOIN locked k ON k.sku = w.sku
        WHERE coalesce(k.on_hand, 0) + w.quantity >= 0 ORDER BY w.sku
        ON CONFLICT (location_id, sku) DO UPDATE SET on_hand = l.on_hand + (
            SELECT quantity FROM wanted WHERE wanted.sku = excluded.sku)
        RETURNING sku),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id, reason)
        SELECT :location_id, w.sku, :kind, w.quantity, :cause, :cause_id, :reason
        FROM wanted w JOIN booked USING (sku))
    SELECT w.sku, coalesce(k.on_hand, 0) AS on_hand
    FROM wanted w LEFT JOIN locked k ON k.sku = w.sku LEFT JOIN booked b ON b.sku = w.sku
    WHERE b.sku IS NULL
""")

_ENSURE = text("""
    INSERT INTO stock_level (location_id, sku)
    SELECT :location_id, sku FROM unnest(:skus) AS w (sku) ORDER BY sku
    ON CONFLICT DO NOTHING
""").bindparams(bindparam("skus", type_=ARRAY(Text)))

_LOCK = text("""
    SELECT sku FROM stock_level WHERE location_id = :location_id AND sku = ANY(:skus)
    ORDER BY sku FOR UPDATE
""").bindparams(bindparam("skus", type_=ARRAY(Text)))


def book(
    session: Session, quantities: Mapping[str, int], *, location_id: UUID, why: Why
) -> dict[str, int]:
    """Add these quantities (or take, where negative) to what is on hand, with the ledger's lines.

    Returns what is on hand of the SKUs of which less is there than was to be taken: they did not
    change.
    """
    rows = run(
        session,
        _BOOK,
        quantities,
        location_id=location_id,
        kind=why.kind.value,
        cause=why.cause.value,
        cause_id=why.cause_id,
        reason=why.reason,
    )
    return {row.sku: row.on_hand for row in rows}


def ensure_levels(session: Session, *, location_id: UUID, skus: Iterable[str]) -> None:
    """Have a level of each of these SKUs at the location, of nothing where there was none."""
    session.execute(_ENSURE, {"location_id": location_id, "skus": sorted(skus)})


def lock_levels(session: Session, *, location_id: UUID, skus: Iterable[str]) -> None:
    """Keep these levels as they are: the next statement sees all that was done to them before.

    One statement alone would see other tables as they were before it waited for the locks.
    """
    session.execute(_LOCK, {"location_id": location_id, "skus": sorted(skus)})
