"""What must hold of what is brought to a door, and of who was chosen to send it."""

from kernel.checks import Check

DELIVERING = (
    Check(
        "SHIP-01",
        "the packages of a delivery do not hold exactly what was picked, or what has left",
        """
        SELECT f.id, f.status, l.sku, l.picked, l.handed_over, p.packed, p.left_store
        FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum((p.quantities ->> l.sku)::int), 0) AS packed,
                   coalesce(sum((p.quantities ->> l.sku)::int) FILTER (
                       WHERE p.shipped_at IS NOT NULL), 0) AS left_store
            FROM package p WHERE p.fulfillment_id = f.id) p
        WHERE f.method = 'delivery' AND f.status IN ('packed', 'shipped', 'delivered')
          AND (p.packed <> l.picked OR p.left_store <> l.handed_over)
        """,
    ),
    Check(
        "SHIP-02",
        "an order pays for a way to a door that none of its parcels goes",
        """
        SELECT c.order_id, c.delivery_method_id FROM order_charge c WHERE NOT EXISTS (
            SELECT FROM fulfillment f
            WHERE f.order_id = c.order_id AND f.delivery_method_id = c.delivery_method_id
              AND f.method = 'delivery')
        """,
    ),
    Check(
        "SHIP-03",
        "a parcel arrives before it leaves, or goes a way nobody promised days for",
        """
        SELECT f.id, f.arrives_from, f.arrives_by FROM fulfillment f
        JOIN location l ON l.id = f.location_id
        WHERE f.arrives_from > f.arrives_by
           OR f.arrives_from < (f.promise_inputs #>> '{arrival,leaves_on}')::date
           OR (f.promise_inputs #>> '{arrival,leaves_on}')::date
              < (f.created_at AT TIME ZONE l.time_zone)::date
           OR (f.delivery_method_id IS NOT NULL AND f.method <> 'delivery')
           OR (f.arrives_from IS NULL) <> (f.arrives_by IS NULL)
        """,
    ),
    Check(
        "SHIP-04",
        "a delivery left before anybody paid for it, and nobody is to get the money",
        """
        SELECT v.order_id, v.minor FROM (
            SELECT f.order_id, sum(
                floor((2 * l.handed_over::numeric * o.unit_price_minor + o.price_per)
                      / (2 * o.price_per))
                - l.discount_minor / l.quantity * l.handed_over
                - least(l.handed_over, l.discount_minor % l.quantity)) AS minor
            FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
            JOIN order_line o ON o.order_id = f.order_id AND o.sku = l.sku
            WHERE f.method = 'delivery' AND f.delivery_method_id IS NOT NULL AND l.handed_over > 0
            GROUP BY f.order_id) v
        WHERE v.minor + coalesce((
                SELECT sum(c.amount_minor) FROM order_charge c
                WHERE c.order_id = v.order_id AND EXISTS (
                    SELECT FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
                    WHERE f.order_id = c.order_id AND f.delivery_method_id = c.delivery_method_id
                      AND l.handed_over > 0)), 0)
            > coalesce((
                SELECT sum(p.amount_minor) FROM till_payment p
                WHERE p.reference_id = v.order_id), 0)
            + coalesce((
                SELECT sum(p.amount_minor) FROM outside_payment p
                WHERE p.reference_id = v.order_id), 0)
            + coalesce((
                SELECT sum(c.captured_minor) FROM obligation o
                JOIN card_payment c ON c.obligation_id = o.id
                WHERE o.reference_id = v.order_id), 0)
          AND NOT EXISTS (
            SELECT FROM case_file c
            WHERE c.order_id = v.order_id AND c.kind IN ('unpaid', 'conflict'))
        """,
    ),
    Check(
        "SRC-01",
        "a delivery has no decision of who sends it, or others were to send it than do",
        """
        SELECT o.id, o.number, d.decided, p.sent
        FROM (SELECT f.order_id, jsonb_agg(DISTINCT f.location_id ORDER BY f.location_id) AS sent
              FROM fulfillment f JOIN sales_order o ON o.id = f.order_id
              WHERE f.delivery_method_id IS NOT NULL AND f.created_at = o.placed_at
              GROUP BY f.order_id) p
        JOIN sales_order o ON o.id = p.order_id
        LEFT JOIN LATERAL (
            SELECT (SELECT jsonb_agg(DISTINCT (c ->> 'location_id')::uuid
                                     ORDER BY (c ->> 'location_id')::uuid)
                    FROM jsonb_array_elements(s.chosen) c
                    WHERE c -> 'brings' IS NULL) AS decided, s.asked ->> 'after' AS after
            FROM sourcing_decision s WHERE s.order_id = o.id AND s.method = 'delivery'
            ORDER BY s.decided_at, s.id LIMIT 1) d ON true
        WHERE d.decided IS DISTINCT FROM p.sent AND d.after IS DISTINCT FROM 'case'
          AND o.placed_at >= (SELECT min(decided_at) FROM sourcing_decision)
          AND o.placed_at > statement_timestamp() - interval '390 days'
        """,
    ),
)
