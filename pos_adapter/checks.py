"""What must hold of tills: queries that return no rows."""

from kernel.checks import Check

CHECKS = (
    Check(
        "INV-18",
        "a receipt of a till is missing for a day, and nobody is asked to see to it",
        """
        SELECT r.terminal_id, b.seq + 1 AS first_seq, r.seq - 1 AS last_seq, r.recorded_at
        FROM pos_receipt r CROSS JOIN LATERAL (
            SELECT max(p.seq) AS seq FROM pos_receipt p
            WHERE p.terminal_id = r.terminal_id AND p.seq < r.seq) b
        WHERE b.seq < r.seq - 1
          AND r.recorded_at < statement_timestamp() - interval '25 hours'
          AND NOT EXISTS (
              SELECT FROM case_file c
              WHERE c.key = 'till/' || r.terminal_id || '/' || (r.seq - 1))
        """,
    ),
    Check(
        "SALE-01",
        "a receipt has not exactly one effect, or a sale of a till has not exactly one receipt",
        """
        SELECT r.terminal_id, r.seq, r.order_id, r.return_id, 'no effect' AS what
        FROM pos_receipt r
        WHERE r.answer = '{}'
           OR (r.kind = 'sale' AND (r.order_id IS NULL OR r.return_id IS NOT NULL))
           OR (r.kind = 'return' AND r.return_id IS NULL)
        UNION ALL
        SELECT NULL, count(r.seq), o.id, NULL, 'sale without its receipt'
        FROM sales_order o LEFT JOIN pos_receipt r ON r.order_id = o.id AND r.kind = 'sale'
        WHERE o.channel = 'pos' GROUP BY o.id HAVING count(r.seq) <> 1
        UNION ALL
        SELECT NULL, count(r.seq), NULL, g.id, 'return without its receipt'
        FROM goods_return g LEFT JOIN pos_receipt r ON r.return_id = g.id
        WHERE g.channel = 'pos' GROUP BY g.id HAVING count(r.seq) <> 1
        """,
    ),
    Check(
        "SALE-02",
        "a sale of a till is not what left the shelf, or not what was paid",
        """
        SELECT o.id, l.sku, l.quantity, m.sold, NULL AS paid_minor
        FROM sales_order o JOIN order_line l ON l.order_id = o.id
        CROSS JOIN LATERAL (
            SELECT -coalesce(sum(s.on_hand_delta), 0) AS sold FROM stock_movement s
            JOIN fulfillment f ON f.order_id = o.id
            WHERE s.location_id = f.location_id AND s.sku = l.sku AND s.cause = 'sale'
              AND s.cause_id = o.id AND s.kind = 'sold') m
        WHERE o.channel = 'pos' AND m.sold <> l.quantity
        UNION ALL
        SELECT o.id, NULL, NULL, sum(l.unit_price_minor::bigint * l.quantity / l.price_per), p.paid
        FROM sales_order o JOIN order_line l ON l.order_id = o.id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(t.amount_minor), 0) AS paid FROM till_payment t
            WHERE t.reference_id = o.id) p
        WHERE o.channel = 'pos' GROUP BY o.id, p.paid
        HAVING sum(l.unit_price_minor::bigint * l.quantity / l.price_per) <> p.paid
        """,
    ),
    Check(
        "RETURN-01",
        "more came back of an order than was handed over",
        """
        SELECT g.order_id, r.sku, sum(r.quantity) AS back, coalesce(max(h.taken), 0) AS taken
        FROM goods_return g JOIN goods_return_line r ON r.return_id = g.id
        LEFT JOIN LATERAL (
            SELECT sum(l.handed_over) AS taken FROM fulfillment_line l
            JOIN fulfillment f ON f.id = l.fulfillment_id
            WHERE f.order_id = g.order_id AND l.sku = r.sku) h ON true
        WHERE g.order_id IS NOT NULL GROUP BY g.order_id, r.sku
        HAVING sum(r.quantity) > coalesce(max(h.taken), 0)
        """,
    ),
)
