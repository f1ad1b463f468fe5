"""Booking what happened on the shelf: goods in, counts, doubts."""

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import catalog.queries
from inventory.commands import Doubt, StockEffect
from inventory.events import StockDoubted, StockReceived
from inventory.services.statements import run, statement
from kernel import events
from kernel.actors import Actor
from kernel.ids import new_id

_RECEIVE = statement("""
    booked AS (
        INSERT INTO stock_level AS l (location_id, sku, on_hand)
        SELECT :location_id, sku, quantity FROM wanted ORDER BY sku
        ON CONFLICT (location_id, sku) DO UPDATE SET on_hand = l.on_hand + excluded.on_hand
        RETURNING sku)
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id)
    SELECT :location_id, w.sku, 'received', w.quantity, 'receipt', :receipt_id
    FROM wanted w JOIN booked USING (sku) RETURNING sku
""")

_ADJUST = statement("""
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
    run(session, _RECEIVE, quantities, location_id=location_id, receipt_id=receipt_id)
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
    rows = run(
        session, _ADJUST, quantities, location_id=location_id, count_id=new_id(), reason=reason
    )
    return {row.sku: row.on_hand_delta for row in rows}


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
