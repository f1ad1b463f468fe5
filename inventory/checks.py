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
                SELECT location_id, sku, max(id) AS id,
                       bool_or(kind = 'reserved' AND reason IS NULL) AS reserves,
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
        "LEVEL-01",
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
        "INV-06",
        "a transfer is not what the ledgers of its two ends say",
        """
        SELECT transfer_id, sku, l.sent, l.received, l.missing, m.sent AS ledger_sent,
               m.arrived AS ledger_arrived, m.back AS ledger_back
        FROM (
            SELECT l.*, t.status FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id) l
        FULL JOIN (
            SELECT t.id AS transfer_id, m.sku,
                   sum(on_hand_delta) FILTER (
                       WHERE m.kind = 'sent' AND m.location_id = t.from_id) AS sent,
                   sum(on_hand_delta) FILTER (
                       WHERE m.kind = 'arrived' AND m.location_id = t.to_id) AS arrived,
                   sum(on_hand_delta) FILTER (
                       WHERE m.kind = 'returned' AND m.location_id = t.from_id) AS back
            FROM stock_movement m JOIN transfer t ON t.id = m.cause_id
            WHERE m.cause = 'transfer' GROUP BY t.id, m.sku) m USING (transfer_id, sku)
        WHERE coalesce(m.sent, 0) <> -coalesce(l.sent, 0)
           OR coalesce(m.arrived, 0) <> coalesce(l.received, 0)
           OR coalesce(m.back, 0) <> CASE WHEN l.missing_reason = 'came_back' THEN l.missing
                                          ELSE 0 END
           OR (l.status IN ('draft', 'cancelled') AND l.sent + l.received + l.missing > 0)
           OR (l.status = 'sent' AND l.received + l.missing > 0)
           OR (l.status = 'part_received' AND l.missing > 0)
           OR (l.status IN ('received', 'closed')
               AND greatest(l.sent, l.received) <> l.received + l.missing)
        """,
    ),
    Check(
        "TRANSFER-02",
        "a transfer that is to carry for an order has not reserved exactly its lines",
        """
        SELECT t.id AS transfer_id, l.sku, l.quantity, coalesce(r.quantity, 0) AS reserved
        FROM transfer t JOIN transfer_line l ON l.transfer_id = t.id
        LEFT JOIN reservation r ON r.fulfillment_id = t.id AND r.sku = l.sku
        WHERE t.fulfillment_id IS NOT NULL
          AND coalesce(r.quantity, 0) <> CASE WHEN t.status = 'draft' THEN l.quantity ELSE 0 END
           OR r.quantity > 0 AND r.location_id <> t.from_id
        UNION ALL
        SELECT t.id, r.sku, 0, r.quantity FROM reservation r
        JOIN transfer t ON t.id = r.fulfillment_id
        LEFT JOIN transfer_line l ON l.transfer_id = t.id AND l.sku = r.sku
        WHERE r.quantity > 0 AND (l.sku IS NULL OR t.fulfillment_id IS NULL)
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
