"""What tills and shops tell of the shelf afterwards: goods were sold, goods came back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
from inventory.commands import (
    AdjustReason,
    Cause,
    Disposition,
    MovementKind,
    Returned,
    TaskCause,
)
from inventory.events import StockReturned, StockSold
from inventory.services.asking import open_tasks
from inventory.services.shortages import open_shortages, settle_shortages
from inventory.services.statements import Why, book, ensure_levels, run, statement
from kernel import events
from kernel.actors import Actor

_SELL = statement("""
    gone AS MATERIALIZED (
        SELECT w.sku, w.quantity, greatest(w.quantity - k.on_hand, 0) AS found
        FROM wanted w JOIN locked k ON k.sku = w.sku),
    taken AS (
        UPDATE stock_level l SET on_hand = l.on_hand + g.found - g.quantity
        FROM gone g WHERE l.location_id = :location_id AND l.sku = g.sku
        RETURNING l.sku, l.reserved > l.on_hand AS short),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id)
        SELECT :location_id, g.sku, m.kind, m.delta, 'sale', :sale_id
        FROM gone g, LATERAL (
            VALUES (1, 'found', g.found), (2, 'sold', -g.quantity)) AS m (place, kind, delta)
        WHERE m.delta <> 0 ORDER BY g.sku, m.place)
    SELECT t.sku, g.found, t.short FROM taken t JOIN gone g ON g.sku = t.sku
""")

_QUARANTINE = statement("""
    doubted AS (
        UPDATE stock_level l SET quarantined = l.quarantined + w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku
        WHERE l.location_id = :location_id AND l.sku = w.sku
        RETURNING l.sku, w.quantity)
    INSERT INTO stock_movement (location_id, sku, kind, quarantined_delta, cause, cause_id)
    SELECT :location_id, sku, 'quarantined', quantity, 'return', :return_id
    FROM doubted RETURNING sku
""")


def sell(
    session: Session,
    *,
    sale_id: UUID,
    location_id: UUID,
    quantities: Mapping[str, int],
    actor: Actor,
) -> dict[str, int]:
    """Take what was sold in the store off the shelf; return what was sold beyond what was booked.

    A sale is a physical fact and never refused, nor does safety stock keep anything from it: what
    was not booked is found first and is to be counted; what was promised to others and is gone is
    a shortage. The caller makes sure that a sale is told once.

    Raises UnknownSku.
    """
    catalog.queries.require_skus(session, quantities)
    rows = run(session, _SELL, quantities, location_id=location_id, sale_id=sale_id)
    never_here = set(quantities) - {row.sku for row in rows}
    if never_here:
        ensure_levels(session, location_id=location_id, skus=never_here)
        rest = {sku: quantities[sku] for sku in never_here}
        rows += run(session, _SELL, rest, location_id=location_id, sale_id=sale_id)
    found = {row.sku: row.found for row in rows if row.found}
    if found:
        open_tasks(session, location_id=location_id, skus=found, cause=TaskCause.SOLD_AT_ZERO)
    short = [row.sku for row in rows if row.short]
    if short:
        open_shortages(session, location_id=location_id, skus=short, actor=actor)
    sold = StockSold(
        sale_id=sale_id, location_id=location_id, units=sum(quantities.values()), found=found
    )
    events.record(session, sold, actor=actor)
    return found


def take_back(
    session: Session,
    *,
    return_id: UUID,
    location_id: UUID,
    items: Sequence[Returned],
    actor: Actor,
) -> None:
    """Book goods in that came back: for sale again, doubted until counted, or written off.

    The caller makes sure that a return is told once.

    Raises UnknownSku.
    """
    everything = _sum(items, *Disposition)
    doubted = _sum(items, Disposition.QUARANTINE)
    thrown_away = _sum(items, Disposition.WRITE_OFF)
    catalog.queries.require_skus(session, everything)
    why = Why(MovementKind.RETURNED, Cause.RETURN, return_id)
    book(session, everything, location_id=location_id, why=why)
    if doubted:
        run(session, _QUARANTINE, doubted, location_id=location_id, return_id=return_id)
        open_tasks(session, location_id=location_id, skus=doubted, cause=TaskCause.RETURNED)
    if thrown_away:
        why = Why(MovementKind.ADJUSTED, Cause.RETURN, return_id, AdjustReason.DAMAGED.value)
        taken = {sku: -quantity for sku, quantity in thrown_away.items()}
        book(session, taken, location_id=location_id, why=why)
    settle_shortages(session, location_id=location_id, skus=everything, actor=actor)
    fact = StockReturned(
        return_id=return_id, location_id=location_id, units=sum(everything.values())
    )
    events.record(session, fact, actor=actor)


def _sum(items: Sequence[Returned], *dispositions: Disposition) -> dict[str, int]:
    """Return how many of each SKU go one of these ways."""
    found: dict[str, int] = {}
    for item in items:
        if item.disposition in dispositions:
            found[item.sku] = found.get(item.sku, 0) + item.quantity
    return found
