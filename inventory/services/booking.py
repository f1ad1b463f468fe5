"""Booking what happened on the shelf: goods in, corrections, counts, doubts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import catalog.queries
from inventory.commands import Adjust, Cause, Doubt, MovementKind, StockEffect, TaskCause
from inventory.errors import NotOnShelf
from inventory.events import StockAdjusted, StockDoubted, StockReceived
from inventory.services.asking import open_tasks
from inventory.services.incoming import match_incoming
from inventory.services.shortages import settle_shortages, weigh_shortages
from inventory.services.statements import Why, book, run, statement
from kernel import events
from kernel.actors import Actor
from kernel.ids import new_id

_SET = statement("""
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
    session: Session,
    *,
    location_id: UUID,
    quantities: Mapping[str, int],
    actor: Actor,
    incoming_ids: Sequence[UUID] = (),
    reference: str | None = None,
) -> UUID:
    """Book goods in at a location; return the receipt's id.

    They are taken off what was expected: what is named by id or reference, or the oldest day's.

    Raises UnknownSku when one of them is not in the catalogue, or UnknownIncoming.
    """
    receipt_id = new_id()
    catalog.queries.require_skus(session, quantities)
    why = Why(MovementKind.RECEIVED, Cause.RECEIPT, receipt_id)
    book(session, quantities, location_id=location_id, why=why)
    match_incoming(
        session,
        location_id=location_id,
        quantities=quantities,
        incoming_ids=incoming_ids,
        reference=reference,
    )
    settle_shortages(session, location_id=location_id, skus=quantities, actor=actor)
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
    rows = run(session, _SET, quantities, location_id=location_id, count_id=new_id(), reason=reason)
    weigh_shortages(session, location_id=location_id, skus=quantities)
    return {row.sku: row.on_hand_delta for row in rows}


def adjust(session: Session, command: Adjust, *, actor: Actor) -> UUID:
    """Correct what is on hand by these differences, all or none; return the adjustment's id.

    Raises UnknownSku, or NotOnShelf with what is on hand of each SKU that has less than is taken.
    """
    adjustment_id = new_id()
    catalog.queries.require_skus(session, command.deltas)
    why = Why(MovementKind.ADJUSTED, Cause.ADJUSTMENT, adjustment_id, command.reason.value)
    short = book(session, command.deltas, location_id=command.location_id, why=why)
    if short:
        raise NotOnShelf(on_hand=short)
    weigh_shortages(session, location_id=command.location_id, skus=command.deltas, actor=actor)
    adjusted = StockAdjusted(
        adjustment_id=adjustment_id,
        location_id=command.location_id,
        deltas=dict(command.deltas),
        note=command.note,
    )
    events.record(session, adjusted, actor=actor, reason=command.reason.value)
    return adjustment_id


def doubt(session: Session, command: Doubt, *, actor: Actor) -> int:
    """Take out of the offer what a picker could not find; return how much, in base units.

    Call it after the short quantity was released. What is promised to others stays promised.
    Somebody is to count what is there.
    """
    if command.effect is StockEffect.NONE:
        return 0
    values = {**asdict(command), "everything": command.effect is StockEffect.ALL_LEFT}
    del values["effect"]
    doubted: int | None = session.execute(_DOUBT, values).scalar_one_or_none()
    open_tasks(
        session,
        location_id=command.location_id,
        skus=[command.sku],
        cause=TaskCause.NOT_FOUND,
        note=command.reason,
    )
    if doubted:
        fact = StockDoubted(
            doubt_id=new_id(),
            location_id=command.location_id,
            sku=command.sku,
            quantity=doubted,
        )
        events.record(session, fact, actor=actor, reason=command.reason)
    return doubted or 0
