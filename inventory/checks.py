"""What must hold of stock: queries that return no rows."""

from kernel.checks import Check

CHECKS = (
    Check(
        "INV-01",
        "a level is not the sum of its ledger",
        """
        SELECT coalesce(l.location_id, m.location_id) AS location_id, coalesce(l.sku, m.sku) AS sku,
               l.on_hand, m.on_hand AS ledger_on_hand, l.reserved, m.reserved AS ledger_reserved,
               l.quarantined, m.quarantined AS ledger_quarantined
        FROM stock_level l FULL JOIN (
            SELECT location_id, sku, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved,
                   sum(quarantined_delta) AS quarantined
            FROM stock_movement GROUP BY location_id, sku) m USING (location_id, sku)
        WHERE coalesce(l.on_hand, 0) <> coalesce(m.on_hand, 0)
           OR coalesce(l.reserved, 0) <> coalesce(m.reserved, 0)
           OR coalesce(l.quarantined, 0) <> coalesce(m.quarantined, 0)
        """,
    ),
    Check(
        "INV-02",
        "more is promised than a location has, and nothing was found missing there",
        """
        SELECT l.location_id, l.sku, l.on_hand, l.reserved FROM stock_level l
        WHERE l.reserved > l.on_hand AND NOT EXISTS (
            SELECT FROM stock_movement m
            WHERE m.location_id = l.location_id AND m.sku = l.sku
              AND m.kind IN ('adjusted', 'found'))
        """,
    ),
    Check(
        "INV-05",
        "a level promises what no reservation asks for, or less than they ask for",
        """
        SELECT location_id, sku, l.reserved, r.reserved AS reservations
        FROM stock_level l FULL JOIN (
            SELECT location_id, sku, sum(quantity) AS reserved FROM reservation
            GROUP BY location_id, sku) r USING (location_id, sku)
        WHERE coalesce(l.reserved, 0) <> coalesce(r.reserved, 0)
        """,
    ),
    Check(
        "HOLD-01",
        "a hold is over for more than a minute and nobody freed what it held",
        """
        SELECT fulfillment_id, sku, location_id, quantity, held_until FROM reservation
        WHERE quantity > 0 AND held_until < statement_timestamp() - interval '60 seconds'
        """,
    ),
)
