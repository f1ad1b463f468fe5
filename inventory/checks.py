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
        "a promise was made of units that were not free at that moment",
        """
        SELECT location_id, sku, id, free FROM (
            SELECT location_id, sku, id, reserves, sum(delta) OVER (
                       PARTITION BY location_id, sku ORDER BY id) AS free
            FROM (
                SELECT location_id, sku, max(id) AS id, bool_or(kind = 'reserved') AS reserves,
                       sum(on_hand_delta - reserved_delta - quarantined_delta) AS delta
                FROM stock_movement GROUP BY location_id, sku, xid, recorded_at) statements) m
        WHERE reserves AND free < 0
        """,
    ),
    Check(
        "INV-03",
        "more is promised than is there and nobody has to find a way out, or somebody in vain",
        """
        SELECT location_id, sku, l.on_hand, l.reserved, c.id AS shortage_id, c.missing
        FROM stock_level l FULL JOIN (
            SELECT id, location_id, sku, missing FROM shortage_case WHERE closed_at IS NULL) c
            USING (location_id, sku)
        WHERE greatest(coalesce(l.reserved, 0) - coalesce(l.on_hand, 0), 0)
           <> coalesce(c.missing, 0)
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
