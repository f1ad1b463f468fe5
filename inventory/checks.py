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
        "INV-23",
        "the ledger was restored from another cluster: whoever follows it must begin anew",
        """
        SELECT id, location_id, sku, xid FROM stock_movement
        WHERE xid >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)
          AND xid <> coalesce(
              CAST(CAST(pg_current_xact_id_if_assigned() AS text) AS bigint), -1)
        ORDER BY xid DESC LIMIT 100
        """,
    ),
)
