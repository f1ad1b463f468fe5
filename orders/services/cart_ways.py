"""How lines of a basket are wanted: one here, another there, a third one brought."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from orders.queries import LineWay

_CHOOSE = text("""
    WITH held AS (
        UPDATE cart c SET changed_at = statement_timestamp(), version = c.version + 1
        WHERE c.id = :cart_id AND c.order_id IS NULL
        RETURNING c.id)
    UPDATE cart_line l SET method = w.method, location_id = w.location_id
    FROM held, jsonb_to_recordset(:ways) AS w (sku text, method text, location_id uuid)
    WHERE l.cart_id = held.id AND l.sku = w.sku
""").bindparams(bindparam("ways", type_=JSONB))


def choose_line_ways(session: Session, cart_id: UUID, ways: Mapping[str, LineWay]) -> None:
    """Have these lines of a basket wanted in these ways; what is not in it stays out."""
    said = [
        {
            "sku": sku,
            "method": way.method.value,
            "location_id": str(way.location_id) if way.location_id else None,
        }
        for sku, way in ways.items()
    ]
    session.execute(_CHOOSE, {"cart_id": cart_id, "ways": said})
