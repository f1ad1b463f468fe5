"""What must hold of orders another shop brought."""

from kernel.checks import Check

EXTERNAL = (
    Check(
        "EXT-01",
        "an order was brought at another total than its lines and charges come to",
        """
        SELECT e.order_id, e.total_minor, l.minor + c.minor AS lines_minor
        FROM external_order e JOIN sales_order o ON o.id = e.order_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(
                floor((2 * l.quantity::numeric * l.unit_price_minor + l.price_per)
                      / (2 * l.price_per)) - l.discount_minor), 0) AS minor
            FROM order_line l JOIN jsonb_array_elements(e.stated -> 'lines') AS said
                ON said ->> 'sku' = l.sku
            WHERE l.order_id = e.order_id) l
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(c.amount_minor), 0) AS minor FROM order_charge c
            WHERE c.order_id = e.order_id) c
        WHERE o.version = 1 AND l.minor + c.minor <> e.total_minor
        """,
    ),
    Check(
        "EXT-02",
        "a shop took money for no order it brought, or another payment than it stated",
        """
        SELECT p.reference_id, p.source, p.amount_minor FROM outside_payment p
        LEFT JOIN external_order e ON e.order_id = p.reference_id AND e.source = p.source
        WHERE e.order_id IS NULL OR p.amount_minor > e.total_minor
           OR p.payment_reference IS DISTINCT FROM e.stated -> 'payment' ->> 'reference'
        UNION ALL
        SELECT e.order_id, e.source, e.total_minor FROM external_order e
        WHERE jsonb_typeof(e.stated -> 'payment') = 'object' AND e.total_minor > 0
          AND NOT EXISTS (SELECT FROM outside_payment p WHERE p.reference_id = e.order_id)
        """,
    ),
    Check(
        "EXT-03",
        "what a shop took of an order that is over is neither owed nor told to go back",
        # Cards and tills pay for what is owed first; what is handed over cannot be called off.
        """
        SELECT p.reference_id, p.amount_minor, p.back_minor, owed.minor AS owed_minor
        FROM (
            SELECT reference_id, sum(amount_minor) AS amount_minor, sum(back_minor) AS back_minor
            FROM outside_payment GROUP BY reference_id) p
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(
                    floor((2 * (l.quantity - l.cancelled)::numeric * o.unit_price_minor
                           + o.price_per) / (2 * o.price_per))
                    - l.discount_minor / l.quantity * (l.quantity - l.cancelled)
                    - least(l.quantity - l.cancelled, l.discount_minor % l.quantity)), 0)
                + coalesce((
                    SELECT sum(c.amount_minor) FROM order_charge c
                    WHERE c.order_id = p.reference_id AND EXISTS (
                        SELECT FROM fulfillment b JOIN fulfillment_line k ON k.fulfillment_id = b.id
                        WHERE b.order_id = c.order_id AND k.quantity > k.cancelled
                          AND b.delivery_method_id = c.delivery_method_id)), 0) AS minor
            FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
            JOIN order_line o ON o.order_id = f.order_id AND o.sku = l.sku
            WHERE f.order_id = p.reference_id) owed
        WHERE NOT EXISTS (
            SELECT FROM fulfillment f
            WHERE f.order_id = p.reference_id AND f.ended_at IS NULL)
          AND NOT EXISTS (
            SELECT FROM till_payment t WHERE t.reference_id = p.reference_id)
          AND NOT EXISTS (
            SELECT FROM obligation o WHERE o.reference_id = p.reference_id)
          AND p.back_minor <> greatest(p.amount_minor - owed.minor, 0)
        """,
    ),
)
