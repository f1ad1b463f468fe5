"""What must hold of orders: queries that return no rows."""

from kernel.checks import Check

CHECKS = (
    Check(
        "INV-04",
        "stock is promised to a parcel that is owed something else",
        """
        SELECT fulfillment_id, sku, coalesce(o.open, 0) AS owed, coalesce(r.quantity, 0) AS reserved
        FROM (
            SELECT l.fulfillment_id, l.sku, f.location_id, f.status,
                   l.quantity - l.cancelled - l.handed_over AS open
            FROM fulfillment_line l JOIN fulfillment f ON f.id = l.fulfillment_id) o
        FULL JOIN reservation r USING (fulfillment_id, sku)
        WHERE (coalesce(o.open, 0) <> coalesce(r.quantity, 0)
               AND NOT (o.status = 'pending' AND r.quantity = 0 AND EXISTS (
                   SELECT FROM stock_movement m
                   WHERE m.location_id = o.location_id AND m.sku = r.sku
                     AND m.cause_id = r.fulfillment_id AND m.reason = 'hold-expired')))
           OR (r.quantity > 0 AND r.location_id <> o.location_id)
        """,
    ),
    Check(
        "BIN-01",
        "what lies in a bin is not what was picked and not handed over",
        """
        SELECT l.fulfillment_id, l.sku, l.picked - l.handed_over AS picked, r.set_aside
        FROM fulfillment_line l JOIN fulfillment f ON f.id = l.fulfillment_id
        LEFT JOIN reservation r ON r.fulfillment_id = l.fulfillment_id AND r.sku = l.sku
        WHERE f.status IN ('picking', 'ready')
          AND coalesce(r.set_aside, 0) <> l.picked - l.handed_over
        """,
    ),
    Check(
        "HOLD-02",
        "stock is held for a parcel that does not wait for a payment",
        """
        SELECT r.fulfillment_id, r.sku, r.held_until, f.status
        FROM reservation r JOIN fulfillment f ON f.id = r.fulfillment_id
        WHERE r.quantity > 0 AND r.held_until IS NOT NULL AND f.status <> 'pending'
        """,
    ),
    Check(
        "INV-07",
        "a parcel's state is not where its events left it",
        """
        SELECT f.id, f.status, e.name FROM fulfillment f JOIN LATERAL (
            SELECT name, facts FROM event
            WHERE aggregate_id = f.id AND name IN (
                'fulfillment.accepted.v1', 'fulfillment.picking_started.v1',
                'fulfillment.ready.v1', 'fulfillment.handed_over.v1',
                'fulfillment.cancelled.v1', 'fulfillment.expired.v1')
            ORDER BY version DESC LIMIT 1) e ON true
        WHERE f.status <> CASE e.name
            WHEN 'fulfillment.accepted.v1' THEN 'accepted'
            WHEN 'fulfillment.picking_started.v1' THEN 'picking'
            WHEN 'fulfillment.ready.v1' THEN 'ready'
            WHEN 'fulfillment.handed_over.v1'
                THEN CASE WHEN (e.facts ->> 'complete')::boolean THEN 'handed_over' ELSE 'ready' END
            WHEN 'fulfillment.cancelled.v1' THEN 'cancelled'
            ELSE 'expired' END
        """,
    ),
    Check(
        "INV-15",
        "more was handed over than was ordered and not given up",
        """
        SELECT l.fulfillment_id, l.sku FROM fulfillment_line l
        WHERE l.handed_over <> coalesce((
            SELECT sum((h.quantities ->> l.sku)::int) FROM hand_over h
            WHERE h.fulfillment_id = l.fulfillment_id AND NOT h.conflict), 0)
        """,
    ),
    Check(
        "INV-16",
        "a parcel was handed over at another store, or unpaid and nobody is to get the money",
        """
        SELECT h.id, f.order_id FROM hand_over h JOIN fulfillment f ON f.id = h.fulfillment_id
        WHERE NOT h.conflict AND h.location_id <> f.location_id
        UNION ALL
        SELECT NULL, v.order_id FROM (
            SELECT f.order_id, sum(floor((2 * l.handed_over::numeric * o.unit_price_minor
                                          + o.price_per) / (2 * o.price_per))) AS minor
            FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
            JOIN order_line o ON o.order_id = f.order_id AND o.sku = l.sku
            WHERE f.method IN ('pickup', 'drive') AND l.handed_over > 0
            GROUP BY f.order_id) v
        WHERE v.minor > coalesce((
                SELECT sum(p.amount_minor) FROM till_payment p
                WHERE p.reference_id = v.order_id), 0)
            + coalesce((
                SELECT sum(c.captured_minor) FROM obligation o
                JOIN card_payment c ON c.obligation_id = o.id
                WHERE o.reference_id = v.order_id), 0)
          AND NOT EXISTS (
            SELECT FROM obligation o
            WHERE o.reference_id = v.order_id AND o.status = 'authorised')
          AND NOT EXISTS (
            SELECT FROM case_file c
            WHERE c.order_id = v.order_id AND c.kind IN ('unpaid', 'conflict'))
        """,
    ),
    Check(
        "INV-17",
        "goods left against the rules and nobody was asked to look at it",
        """
        SELECT h.id, h.fulfillment_id FROM hand_over h
        WHERE h.conflict AND NOT EXISTS (
            SELECT FROM case_file c WHERE c.kind = 'conflict' AND c.about_id = h.id)
        """,
    ),
    Check(
        "INV-22",
        "an aggregate's events are not numbered from 1 without a gap",
        """
        SELECT aggregate_id, max(version) AS newest, count(*) AS events FROM event
        GROUP BY aggregate_id HAVING max(version) <> count(*) OR min(version) <> 1
        """,
    ),
    Check(
        "INV-27",
        "an aggregate's events run back in time",
        """
        SELECT aggregate_id, version FROM (
            SELECT aggregate_id, version, recorded_at,
                   lag(recorded_at) OVER (PARTITION BY aggregate_id ORDER BY version) AS before
            FROM event) e
        WHERE recorded_at < before
        """,
    ),
    Check(
        "PASS-01",
        "a parcel that ended otherwise than collected still has a live pass",
        """
        SELECT p.id FROM pickup_pass p JOIN fulfillment f ON f.id = p.fulfillment_id
        WHERE p.revoked_at IS NULL AND f.status IN ('cancelled', 'expired')
        """,
    ),
    Check(
        "PASS-02",
        "a parcel was handed over for a pass that was dead already, and nobody said why",
        """
        SELECT h.id FROM hand_over h JOIN pickup_pass p ON p.id = h.pass_id
        WHERE p.revoked_at < h.handed_over_at AND h.forced IS NULL AND NOT h.conflict
          AND NOT EXISTS (SELECT FROM case_file c WHERE c.about_id = h.id)
        """,
    ),
    Check(
        "PROXY-01",
        "somebody who may not collect an order any more still has a live pass of it",
        """
        SELECT p.id FROM pickup_pass p JOIN fulfillment f ON f.id = p.fulfillment_id
        WHERE p.contact_id IS NOT NULL AND p.revoked_at IS NULL AND p.used_at IS NULL
          AND NOT EXISTS (
            SELECT FROM proxy x WHERE x.order_id = f.order_id AND x.contact_id = p.contact_id
              AND x.revoked_at IS NULL)
        """,
    ),
    Check(
        "ORPHAN-01",
        "a price belongs to no brand",
        "SELECT p.id FROM price p WHERE NOT EXISTS (SELECT FROM brand b WHERE b.id = p.brand_id)",
    ),
)
