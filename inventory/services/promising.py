"""Promising stock: reserved for a fulfillment, set aside in a bin, released, handed over.

Each use case is one statement: it changes the levels whose guard holds and writes the reservations
and ledger rows of exactly these. What was not changed is reported. Whoever wants a SKU frees what
others held of it until a moment that has passed, in that same statement.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Boolean, Integer, bindparam
from sqlalchemy.orm import Session

from inventory.commands import Hold, TaskCause
from inventory.errors import NotOnShelf, OutOfStock
from inventory.services.asking import open_tasks
from inventory.services.shortages import settle_shortages
from inventory.services.statements import run, statement

_RESERVE = statement("""
    overdue AS MATERIALIZED (
        SELECT fulfillment_id, sku, location_id FROM reservation
        WHERE held_until <= statement_timestamp() AND quantity > 0),
    expired AS MATERIALIZED (
        SELECT r.fulfillment_id, r.sku, r.quantity
        FROM overdue o JOIN locked k ON k.sku = o.sku
        JOIN reservation r ON r.fulfillment_id = o.fulfillment_id AND r.sku = o.sku
        WHERE o.location_id = :location_id AND o.fulfillment_id <> :fulfillment_id
          AND r.held_until <= statement_timestamp() AND r.quantity > 0
        ORDER BY r.sku, r.fulfillment_id FOR UPDATE OF r),
    freed AS (
        SELECT sku, sum(quantity)::integer AS quantity FROM expired GROUP BY sku),
    granted AS (
        UPDATE stock_level l SET reserved = l.reserved - coalesce(f.quantity, 0) + w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku LEFT JOIN freed f ON f.sku = w.sku
        WHERE l.location_id = :location_id AND l.sku = w.sku
          AND CASE WHEN :in_hand THEN k.free ELSE k.available END + coalesce(f.quantity, 0)
              >= w.quantity
        RETURNING l.sku, w.quantity),
    ended AS (
        UPDATE reservation r SET quantity = 0, held_until = NULL, held_max = NULL
        FROM expired e JOIN granted g ON g.sku = e.sku
        WHERE r.fulfillment_id = e.fulfillment_id AND r.sku = e.sku),
    covered AS (
        UPDATE shortage_case c SET closed_at = statement_timestamp(), resolution = 'covered'
        FROM freed f JOIN granted g ON g.sku = f.sku
        WHERE c.location_id = :location_id AND c.sku = f.sku AND c.closed_at IS NULL),
    owed AS (
        INSERT INTO reservation AS r (fulfillment_id, sku, location_id, quantity, held_until,
                                      held_max)
        SELECT :fulfillment_id, sku, :location_id, quantity,
               statement_timestamp() + make_interval(mins => :hold_min),
               statement_timestamp() + make_interval(mins => :cap_min)
        FROM granted
        ON CONFLICT (fulfillment_id, sku) DO UPDATE SET
            quantity = r.quantity + excluded.quantity,
            held_until = excluded.held_until, held_max = excluded.held_max),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id, reason)
        SELECT :location_id, e.sku, 'released', -e.quantity, 'fulfillment', e.fulfillment_id,
               'hold-expired'
        FROM expired e JOIN granted g ON g.sku = e.sku
        UNION ALL
        SELECT :location_id, sku, 'reserved', quantity, 'fulfillment', :fulfillment_id, NULL
        FROM granted ORDER BY 3, 2)
    SELECT w.sku, greatest(coalesce(CASE WHEN :in_hand THEN k.free ELSE k.available END, 0)
                           + coalesce(f.quantity, 0), 0) AS available
    FROM wanted w LEFT JOIN locked k ON k.sku = w.sku LEFT JOIN freed f ON f.sku = w.sku
    LEFT JOIN granted g ON g.sku = w.sku
    WHERE g.sku IS NULL
""").bindparams(
    bindparam("hold_min", type_=Integer),
    bindparam("cap_min", type_=Integer),
    bindparam("in_hand", type_=Boolean),
)
"""`overdue` is read by itself, through its own small index: with the SKUs in its condition the
planner could as well read every open reservation of a SKU that many want. What is guarded is the
level as it is once locked (`k`), not as it was when the statement began. Whoever was granted found
units that are free: a shortage of them, if there was one, ended with the holds that gave way."""

_RELEASE = statement("""
    owed AS MATERIALIZED (
        SELECT r.sku, least(r.quantity, w.quantity) AS freed
        FROM reservation r JOIN wanted w ON w.sku = r.sku JOIN locked k ON k.sku = r.sku
        WHERE r.fulfillment_id = :fulfillment_id AND r.location_id = :location_id
          AND r.quantity > 0 FOR UPDATE OF r),
    settled AS (
        UPDATE reservation r SET quantity = r.quantity - o.freed,
            set_aside = least(r.set_aside, r.quantity - o.freed),
            held_until = CASE WHEN r.quantity > o.freed THEN r.held_until END,
            held_max = CASE WHEN r.quantity > o.freed THEN r.held_max END
        FROM owed o WHERE r.fulfillment_id = :fulfillment_id AND r.sku = o.sku),
    released AS (
        UPDATE stock_level l SET reserved = l.reserved - o.freed
        FROM owed o WHERE l.location_id = :location_id AND l.sku = o.sku
        RETURNING l.sku, o.freed)
    INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id, reason)
    SELECT :location_id, sku, 'released', -freed, 'fulfillment', :fulfillment_id, :reason
    FROM released RETURNING sku, -reserved_delta AS quantity
""")

_HAND_OVER = statement("""
    settled AS (
        UPDATE reservation r SET quantity = r.quantity - w.quantity,
                                 set_aside = greatest(r.set_aside - w.quantity, 0)
        FROM wanted w JOIN locked k ON k.sku = w.sku
        WHERE r.fulfillment_id = :fulfillment_id AND r.location_id = :location_id
          AND r.sku = w.sku AND r.quantity >= w.quantity
        RETURNING r.sku, w.quantity),
    found AS (
        INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id)
        SELECT :location_id, s.sku, 'found', s.quantity - k.on_hand, 'fulfillment', :fulfillment_id
        FROM settled s JOIN locked k ON k.sku = s.sku WHERE s.quantity > k.on_hand
        RETURNING sku),
    taken AS (
        UPDATE stock_level l SET on_hand = greatest(l.on_hand - s.quantity, 0),
                                 reserved = l.reserved - s.quantity
        FROM settled s WHERE l.location_id = :location_id AND l.sku = s.sku
        RETURNING l.sku, s.quantity),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, reserved_delta, cause,
                                    cause_id)
        SELECT :location_id, sku, 'handed_over', -quantity, -quantity, 'fulfillment',
               :fulfillment_id
        FROM taken)
    SELECT t.sku, f.sku IS NOT NULL AS found FROM taken t LEFT JOIN found f ON f.sku = t.sku
""")

_SET_ASIDE = statement("""
    aside AS (
        UPDATE reservation r SET set_aside = r.set_aside + w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku
        WHERE r.fulfillment_id = :fulfillment_id AND r.location_id = :location_id
          AND r.sku = w.sku AND r.set_aside + w.quantity <= r.quantity
        RETURNING r.sku)
    SELECT sku FROM aside
""")


_PASS_ON = statement("""
    given AS (
        UPDATE reservation r SET quantity = r.quantity - w.quantity,
            set_aside = r.set_aside - least(r.set_aside, w.quantity),
            held_until = CASE WHEN r.quantity > w.quantity THEN r.held_until END,
            held_max = CASE WHEN r.quantity > w.quantity THEN r.held_max END
        FROM wanted w JOIN locked k ON k.sku = w.sku
        JOIN reservation b ON b.fulfillment_id = :fulfillment_id AND b.sku = w.sku
        WHERE r.fulfillment_id = :fulfillment_id AND r.location_id = :location_id
          AND r.sku = w.sku AND r.quantity >= w.quantity
        RETURNING r.sku, w.quantity, least(b.set_aside, w.quantity) AS aside),
    taken AS (
        INSERT INTO reservation AS r (fulfillment_id, sku, location_id, quantity, set_aside)
        SELECT :to_id, sku, :location_id, quantity, aside FROM given
        ON CONFLICT (fulfillment_id, sku) DO UPDATE SET
            location_id = excluded.location_id, quantity = r.quantity + excluded.quantity,
            set_aside = r.set_aside + excluded.set_aside, held_until = NULL, held_max = NULL),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id, reason)
        SELECT :location_id, sku, 'released', -quantity, 'fulfillment', :fulfillment_id, :reason
        FROM given
        UNION ALL
        SELECT :location_id, sku, 'reserved', quantity, 'fulfillment', :to_id, :reason
        FROM given ORDER BY 3, 2)
    SELECT sku FROM given
""")


def reserve(
    session: Session,
    *,
    fulfillment_id: UUID,
    location_id: UUID,
    quantities: Mapping[str, int],
    hold: Hold | None = None,
    in_hand: bool = False,
) -> None:
    """Promise these quantities to a fulfillment: all of them or the caller's transaction ends.

    What somebody has `in_hand` in the store is not kept from them by safety stock. With a `hold`
    they are promised for a time, by the database's clock. Holds of others that are
    over give way: only of these SKUs, only here.

    Raises OutOfStock with every shortage: what each short SKU has left.
    """
    short = run(
        session,
        _RESERVE,
        quantities,
        location_id=location_id,
        fulfillment_id=fulfillment_id,
        hold_min=hold.minutes if hold else None,
        cap_min=hold.cap_min if hold else None,
        in_hand=in_hand,
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
    rows = run(
        session,
        _RELEASE,
        quantities,
        location_id=location_id,
        fulfillment_id=fulfillment_id,
        reason=reason,
    )
    freed = {row.sku: row.quantity for row in rows}
    if freed:
        settle_shortages(session, location_id=location_id, skus=freed)
    return freed


def set_aside(
    session: Session, *, fulfillment_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> None:
    """These quantities of what is promised lie in a bin: a count of the shelf leaves them out.

    Raises NotOnShelf when the fulfillment is owed less than that.
    """
    rows = run(
        session, _SET_ASIDE, quantities, location_id=location_id, fulfillment_id=fulfillment_id
    )
    aside = {row.sku for row in rows}
    if aside != set(quantities):
        raise NotOnShelf(skus=sorted(set(quantities) - aside))


def pass_on(
    session: Session,
    *,
    fulfillment_id: UUID,
    to_id: UUID,
    location_id: UUID,
    quantities: Mapping[str, int],
    reason: str,
) -> None:
    """Have what was promised to one promised to another, without freeing it meanwhile.

    What lies in a bin still lies there. The caller keeps others from moving the
    first. `reason` says why in the ledger.

    Raises NotOnShelf when the first is owed less than that.
    """
    rows = run(
        session,
        _PASS_ON,
        quantities,
        location_id=location_id,
        fulfillment_id=fulfillment_id,
        to_id=to_id,
        reason=reason,
    )
    given = {row.sku for row in rows}
    if given != set(quantities):
        raise NotOnShelf(skus=sorted(set(quantities) - given))


def hand_over(
    session: Session, *, fulfillment_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> None:
    """Take these quantities off the shelf and off the reservation: the customer has them.

    Goods handed over that were not booked are booked as found first: a physical fact is recorded,
    and somebody is to count what is there.

    Raises NotOnShelf when the fulfillment is owed less than that.
    """
    rows = run(
        session, _HAND_OVER, quantities, location_id=location_id, fulfillment_id=fulfillment_id
    )
    taken = {row.sku for row in rows}
    if taken != set(quantities):
        raise NotOnShelf(skus=sorted(set(quantities) - taken))
    found = [row.sku for row in rows if row.found]
    if found:
        open_tasks(session, location_id=location_id, skus=found, cause=TaskCause.SOLD_AT_ZERO)
        settle_shortages(session, location_id=location_id, skus=found)
