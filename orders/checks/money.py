"""What must hold of prices, promotions and what was paid."""

from kernel.checks import Check

MONEY = (
    Check(
        "INV-16",
        "a parcel was handed over at another store, or unpaid and nobody is to get the money",
        """
        SELECT h.id, f.order_id FROM hand_over h JOIN fulfillment f ON f.id = h.fulfillment_id
        WHERE NOT h.conflict AND h.location_id <> f.location_id
        UNION ALL
        SELECT NULL, v.order_id FROM (
            SELECT f.order_id, sum(
                floor((2 * l.handed_over::numeric * o.unit_price_minor + o.price_per)
                      / (2 * o.price_per))
                - l.discount_minor / l.quantity * l.handed_over
                - least(l.handed_over, l.discount_minor % l.quantity)) AS minor
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
            + coalesce((
                SELECT sum(p.amount_minor - p.back_minor) FROM outside_payment p
                WHERE p.reference_id = v.order_id), 0)
          AND NOT EXISTS (
            SELECT FROM obligation o
            WHERE o.reference_id = v.order_id AND o.status = 'authorised')
          AND NOT EXISTS (
            SELECT FROM case_file c
            WHERE c.order_id = v.order_id AND c.kind IN ('unpaid', 'conflict'))
        """,
    ),
    Check(
        "PAY-01",
        "a link to pay is open, and its order can be paid by card no more",
        """
        SELECT l.id, l.order_id FROM pay_link l
        WHERE l.ended_at IS NULL AND (
            NOT EXISTS (
                SELECT FROM obligation o WHERE o.id = l.obligation_id
                  AND o.status IN ('opened', 'failed', 'authorised'))
            OR NOT EXISTS (
                SELECT FROM fulfillment f WHERE f.order_id = l.order_id
                  AND f.status NOT IN ('expired', 'cancelled', 'rerouted')))
        """,
    ),
    Check(
        "PRICE-01",
        "two prices of a SKU hold at one instant under a brand",
        """
        SELECT a.brand_id, a.sku, a.id, b.id AS other_id FROM price a
        JOIN price b ON b.brand_id = a.brand_id AND b.sku = a.sku AND b.id > a.id
            AND tstzrange(a.valid_from, a.valid_to) && tstzrange(b.valid_from, b.valid_to)
        """,
    ),
    Check(
        "PRICE-02",
        "an order pays more than the list price of a line, or less than its éco-participation",
        """
        SELECT order_id, sku, quantity, unit_price_minor, discount_minor, eco_minor
        FROM order_line
        WHERE discount_minor > 0 AND price_per = 1
          AND discount_minor > quantity * greatest(unit_price_minor - eco_minor, 0)
        """,
    ),
    Check(
        "PROMO-01",
        "a limited promotion does not count the orders that have it, or more than it allows",
        """
        SELECT p.id, p.uses, p.uses_max, count(u.order_id) AS counted FROM promotion p
        LEFT JOIN promotion_use u ON u.promotion_id = p.id AND u.given_back_at IS NULL
        WHERE p.uses_max IS NOT NULL
        GROUP BY p.id HAVING p.uses <> count(u.order_id) OR p.uses > p.uses_max
        """,
    ),
    Check(
        "PROMO-02",
        "an order's discount is not what its promotions are said to take off",
        """
        SELECT order_id, promotion_id, l.minor AS of_lines, u.discount_minor FROM (
            SELECT order_id, promotion_id, sum(discount_minor) AS minor FROM order_line
            WHERE promotion_id IS NOT NULL GROUP BY order_id, promotion_id) l
        FULL JOIN promotion_use u USING (order_id, promotion_id)
        WHERE l.minor IS DISTINCT FROM u.discount_minor
        """,
    ),
    Check(
        "PROMO-03",
        "an order's parcels have another discount than the order, or what moved on took another",
        """
        WITH RECURSIVE reduced AS (
            SELECT DISTINCT l.order_id FROM order_line l JOIN sales_order o ON o.id = l.order_id
            WHERE l.discount_minor > 0 AND o.version = 1),
        split AS (
            SELECT e.aggregate_id AS from_id, (e.facts ->> 'to_fulfillment_id')::uuid AS to_id
            FROM event e JOIN fulfillment f ON f.id = e.aggregate_id
            JOIN reduced USING (order_id) WHERE e.name = 'fulfillment.split.v1'),
        part AS (
            SELECT f.id AS whole_id, f.id FROM fulfillment f JOIN reduced USING (order_id)
            WHERE NOT EXISTS (SELECT FROM split s WHERE s.to_id = f.id)
            UNION ALL
            SELECT p.whole_id, s.to_id FROM part p JOIN split s ON s.from_id = p.id),
        whole AS (
            SELECT p.whole_id, f.order_id, l.sku, sum(l.quantity)::int AS quantity,
                   sum(l.discount_minor) AS minor, b.id AS before_id
            FROM part p JOIN fulfillment_line l ON l.fulfillment_id = p.id
            JOIN fulfillment f ON f.id = p.whole_id
            LEFT JOIN fulfillment b ON b.rerouted_to = f.id
            GROUP BY p.whole_id, f.order_id, l.sku, b.id)
        SELECT o.order_id, NULL AS whole_id, o.sku, o.discount_minor, sum(w.minor) AS minor
        FROM order_line o LEFT JOIN whole w
            ON w.order_id = o.order_id AND w.sku = o.sku AND w.before_id IS NULL
        WHERE o.order_id IN (SELECT order_id FROM reduced)
        GROUP BY o.order_id, o.sku HAVING o.discount_minor IS DISTINCT FROM sum(w.minor)
        UNION ALL
        SELECT w.order_id, w.whole_id, w.sku, m.minor, w.minor
        FROM whole w JOIN fulfillment_line l ON l.fulfillment_id = w.before_id AND l.sku = w.sku
        CROSS JOIN LATERAL (
            SELECT l.discount_minor / l.quantity * w.quantity
                   + least(l.handed_over + w.quantity, l.discount_minor % l.quantity)
                   - least(l.handed_over, l.discount_minor % l.quantity) AS minor) m
        WHERE w.minor <> m.minor
        UNION ALL
        SELECT l.order_id, NULL, l.sku, l.discount_minor, sum(p.discount_minor)
        FROM order_line l JOIN sales_order o ON o.id = l.order_id AND o.version > 1
        JOIN fulfillment f ON f.order_id = l.order_id AND f.status <> 'rerouted'
        JOIN fulfillment_line p ON p.fulfillment_id = f.id AND p.sku = l.sku
        GROUP BY l.order_id, l.sku, l.discount_minor HAVING l.discount_minor < sum(p.discount_minor)
        """,
    ),
)
