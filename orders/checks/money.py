"""What must hold of prices, promotions and what orders have of them."""

from kernel.checks import Check

CHECKS = (
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
        "an order's parcels have another discount than the order; what moved on, moved with it",
        """
        SELECT o.order_id, o.sku, o.discount_minor, p.minor, p.owed, p.rerouted FROM order_line o
        JOIN (
            SELECT f.order_id, l.sku, sum(l.discount_minor) AS minor,
                   sum(floor((2 * l.discount_minor::numeric * (l.quantity - l.cancelled)
                              + l.quantity) / (2 * l.quantity))) AS owed,
                   bool_or(f.rerouted_to IS NOT NULL) AS rerouted
            FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
            GROUP BY f.order_id, l.sku) p USING (order_id, sku)
        WHERE (NOT p.rerouted AND p.minor <> o.discount_minor) OR p.owed > o.discount_minor
        """,
    ),
)
