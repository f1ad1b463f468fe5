"""Use cases of stock: the only writer of levels, reservations and the ledger.

Each use case is one statement: it locks the levels in SKU order, changes those whose guard holds,
and writes the reservations and ledger rows of exactly these. What was not changed is reported.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import TextClause

import catalog.queries
from inventory.commands import Doubt, StockEffect
from inventory.errors import NotOnShelf, OutOfStock
from inventory.events import StockDoubted, StockReceived
from kernel import events
from kernel.actors import Actor
from kernel.db import sorted_items
from kernel.ids import new_id

_WANTED = """
    WITH wanted AS (
        SELECT * FROM unnest(:skus, :quantities) AS w (sku, quantity)),
    locked AS MATERIALIZED (
        SELECT sku, on_hand, reserved, on_hand - reserved - quarantined - safety_stock AS available
        FROM stock_level WHERE location_id = :location_id AND sku = ANY(:skus)
        ORDER BY sku FOR UPDATE)
"""


def _statement(sql: str) -> TextClause:
    return text(f"{_WANTED}, {sql}").bindparams(
        bindparam("skus", type_=ARRAY(Text)), bindparam("quantities", type_=ARRAY(INTEGER))
    )


_RESERVE = _statement("""
    granted AS (
        UPDATE stock_level l SET reserved = l.reserved + w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku
        WHERE l.location_id = :location_id AND l.sku = w.sku
          AND l.on_hand - l.reserved - l.quarantined - l.safety_stock >= w.quantity
        RETURNING l.sku, w.quantity),
    owed AS (
        INSERT INTO reservation (fulfillment_id, sku, location_id, quantity)
        SELECT :fulfillment_id, sku, :location_id, quantity FROM granted),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id)
        SELECT :location_id, sku, 'reserved', quantity, 'fulfillment', :fulfillment_id
        FROM granted)
    SELECT w.sku, greatest(coalesce(k.available, 0), 0) AS available
    FROM wanted w LEFT JOIN locked k ON k.sku = w.sku LEFT JOIN granted g ON g.sku = w.sku
    WHERE g.sku IS NULL
""")

_RELEASE = _statement("""
    owed AS MATERIALIZED (
        SELECT r.sku, least(r.quantity, w.quantity) AS freed
        FROM reservation r JOIN wanted w ON w.sku = r.sku JOIN locked k ON k.sku = r.sku
        WHERE r.fulfillment_id = :fulfillment_id AND r.location_id = :location_id
          AND r.quantity > 0 FOR UPDATE OF r),
    settled AS (
        UPDATE reservation r SET quantity = r.quantity - o.freed
        FROM owed o WHERE r.fulfillment_id = :fulfillment_id AND r.sku = o.sku),
    released AS (
        UPDATE stock_level l SET reserved = l.reserved - o.freed
        FROM owed o WHERE l.location_id = :location_id AND l.sku = o.sku
        RETURNING l.sku, o.freed)
    INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id, reason)
    SELECT :location_id, sku, 'released', -freed, 'fulfillment', :fulfillment_id, :reason
    FROM released RETURNING sku, -reserved_delta AS quantity
""")

_HAND_OVER = _statement("""
    settled AS (
        UPDATE reservation r SET quantity = r.quantity - w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku
        WHERE r.fulfillment_id = :fulfillment_id AND r.location_id = :location_id
          AND r.sku = w.sku AND r.quantity >= w.quantity
        RETURNING r.sku, w.quantity),
    found AS (
        INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id)
        SELECT :location_id, s.sku, 'found', s.quantity - k.on_hand, 'fulfillment', :fulfillment_id
        FROM settled s JOIN locked k ON k.sku = s.sku WHERE s.quantity > k.on_hand),
    taken AS (
        UPDATE stock_level l SET on_hand = greatest(l.on_hand - s.quantity, 0),
                                 reserved = l.reserved - s.quantity
        FROM settled s WHERE l.location_id = :location_id AND l.sku = s.sku
        RETURNING l.sku, s.quantity)
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, reserved_delta, cause,
                                cause_id)
    SELECT :location_id, sku, 'handed_over', -quantity, -quantity, 'fulfillment', :fulfillment_id
    FROM taken RETURNING sku
""")

_RECEIVE = _statement("""
    booked AS (
        INSERT INTO stock_level AS l (location_id, sku, on_hand)
        SELECT :location_id, sku, quantity FROM wanted ORDER BY sku
        ON CONFLICT (location_id, sku) DO UPDATE SET on_hand = l.on_hand + excluded.on_hand
        RETURNING sku)
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id)
    SELECT :location_id, w.sku, 'received', w.quantity, 'receipt', :receipt_id
    FROM wanted w JOIN booked USING (sku) RETURNING sku
""")

_ADJUST = _statement("""
    counted AS MATERIALIZED (
        SELECT w.sku, w.quantity, w.quantity - coalesce(k.on_hand, 0) AS difference
        FROM wanted w LEFT JOIN locked k ON k.sku = w.sku),
    changed AS (
        INSERT INTO stock_level AS l (location_id, sku, on_hand)
        SELECT :location_id, sku, quantity FROM counted ORDER BY sku
        ON CONFLICT (location_id, sku) DO UPDATE SET on_hand = excluded.on_hand
        RETURNING sku)
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id, reason)
    SELECT :location_id, c.sku, 'adjusted', n.difference, 'count', :count_id, :reason
    FROM changed c JOIN counted n ON n.sku = c.sku
    WHERE n.difference <> 0 RETURNING sku, on_hand_delta
""")

_DOUBT = text("""
    WITH level AS (
        SELECT sku, greatest(on_hand - reserved - quarantined, 0) AS free,
               on_hand - quarantined AS left_over
        FROM stock_level WHERE location_id = :location_id AND sku = :sku FOR UPDATE),
    doubted AS (
        UPDATE stock_level l SET quarantined = l.quarantined + d.quantity
        FROM (SELECT sku, CASE WHEN :everything THEN greatest(free, least(:quantity, left_over))
                               ELSE least(:quantity, left_over) END AS quantity FROM level) d
        WHERE l.location_id = :location_id AND l.sku = d.sku AND d.quantity > 0
        RETURNING l.sku, d.quantity)
    INSERT INTO stock_movement (location_id, sku, kind, quarantined_delta, cause, cause_id, reason)
    SELECT :location_id, sku, 'quarantined', quantity, 'fulfillment', :fulfillment_id, :reason
    FROM doubted RETURNING quarantined_delta
""")


def receive(
    session: Session, *, location_id: UUID, quantities: Mapping[str, int], actor: Actor
) -> UUID:
    """Book goods in at a location; return the receipt's id.

    Raises UnknownSku when one of them is not in the catalogue.
    """
    receipt_id = new_id()
    catalog.queries.require_skus(session, quantities)
    _run(session, _RECEIVE, quantities, location_id=location_id, receipt_id=receipt_id)
    received = StockReceived(
        receipt_id=receipt_id,
        location_id=location_id,
        skus=len(quantities),
        units=sum(quantities.values()),
    )
    events.record(session, received, actor=actor)
    return receipt_id


def set_counted(
    session: Session, *, location_id: UUID, quantities: Mapping[str, int], reason: str
) -> dict[str, int]:
    """Book what was counted as on hand; return the difference of each SKU that changed."""
    rows = _run(
        session, _ADJUST, quantities, location_id=location_id, count_id=new_id(), reason=reason
    )
    return {row.sku: row.on_hand_delta for row in rows}


def reserve(
    session: Session, *, fulfillment_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> None:
    """Promise these quantities to a fulfillment: all of them or the caller's transaction ends.

    Raises OutOfStock with every shortage: what each short SKU has left.
    """
    short = _run(
        session, _RESERVE, quantities, location_id=location_id, fulfillment_id=fulfillment_id
    )
    if short:
        raise OutOfStock(shortages={row.sku: row.available for row in short})


def release(
    session: Session,
    *,
    fulfillment_id: UUID,
    location_id: UUID,
    quantities: Mapping[str, int],
    reason: str,
) -> dict[str, int]:
    """Give back what a fulfillment no longer needs; return what was freed, never more than owed."""
    rows = _run(
        session,
        _RELEASE,
        quantities,
        location_id=location_id,
        fulfillment_id=fulfillment_id,
        reason=reason,
    )
    return {row.sku: row.quantity for row in rows}


def hand_over(
    session: Session, *, fulfillment_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> None:
    """Take these quantities off the shelf and off the reservation: the customer has them.

    Goods handed over that were not booked are booked as found first: a physical fact is recorded.

    Raises NotOnShelf when the fulfillment is owed less than that.
    """
    rows = _run(
        session, _HAND_OVER, quantities, location_id=location_id, fulfillment_id=fulfillment_id
    )
    taken = {row.sku for row in rows}
    if taken != set(quantities):
        raise NotOnShelf(skus=sorted(set(quantities) - taken))


def doubt(session: Session, command: Doubt, *, actor: Actor) -> int:
    """Take out of the offer what a picker could not find; return how much, in base units.

    Call it after the short quantity was released. What is promised to others stays promised.
    """
    if command.effect is StockEffect.NONE:
        return 0
    values = {**asdict(command), "everything": command.effect is StockEffect.ALL_LEFT}
    del values["effect"]
    doubted: int | None = session.execute(_DOUBT, values).scalar_one_or_none()
    if doubted:
        fact = StockDoubted(
            doubt_id=new_id(),
            location_id=command.location_id,
            sku=command.sku,
            quantity=doubted,
        )
        events.record(session, fact, actor=actor, reason=command.reason)
    return doubted or 0


def _run(
    session: Session, statement: TextClause, quantities: Mapping[str, int], **values: object
) -> list[Row[Any]]:
    skus, amounts = sorted_items(quantities)
    return list(session.execute(statement, {"skus": skus, "quantities": amounts, **values}))
