"""What must hold of parcels, their goods and their people."""

from kernel.checks import Check

PARCELS = (
    Check(
        "INV-04",
        "stock is promised to somebody who is owed something else",
        """
        SELECT owner_id, sku, coalesce(o.owed, 0) AS owed, coalesce(r.quantity, 0) AS reserved
        FROM (
            SELECT l.fulfillment_id AS owner_id, l.sku, f.location_id, f.status,
                   CASE WHEN f.status = 'rejected' OR f.status = 'pending'
                             AND f.promise_inputs #>> '{lacks,after}' = 'case' THEN 0
                        ELSE l.quantity - l.cancelled - l.handed_over - coalesce(c.carried, 0)
                   END - CASE WHEN f.status IN ('pending', 'in_transfer') THEN coalesce(
                             (f.promise_inputs #>> ARRAY['lacks', 'awaits', l.sku])::integer, 0)
                         + coalesce((
                             SELECT sum((b #>> ARRAY['quantities', l.sku])::integer)
                             FROM jsonb_array_elements(f.promise_inputs #> '{lacks,brings}') b), 0)
                         ELSE 0 END AS owed
            FROM fulfillment_line l JOIN fulfillment f ON f.id = l.fulfillment_id
            LEFT JOIN (
                SELECT t.fulfillment_id, tl.sku,
                       sum(tl.quantity - tl.received - tl.missing) AS carried
                FROM transfer t JOIN transfer_line tl ON tl.transfer_id = t.id
                WHERE t.fulfillment_id IS NOT NULL
                  AND t.status NOT IN ('cancelled', 'closed', 'received')
                GROUP BY t.fulfillment_id, tl.sku) c
                ON c.fulfillment_id = l.fulfillment_id AND c.sku = l.sku
            UNION ALL
            SELECT p.id, q.key, p.location_id, NULL, q.value::integer
            FROM put_back p, jsonb_each_text(p.quantities) q WHERE p.done_at IS NULL
            UNION ALL
            SELECT (b ->> 'id')::uuid, q.key, (b ->> 'location_id')::uuid, f.status,
                   q.value::integer
            FROM fulfillment f, jsonb_array_elements(f.promise_inputs #> '{lacks,brings}') b,
                 jsonb_each_text(b -> 'quantities') q WHERE f.status = 'pending'
            UNION ALL
            SELECT s.id, s.substitute_sku, f.location_id, NULL, s.quantity
            FROM substitution s JOIN fulfillment f ON f.id = s.fulfillment_id
            WHERE s.status = 'proposed'
            UNION ALL
            SELECT t.id, tl.sku, t.from_id, NULL, tl.quantity
            FROM transfer t JOIN transfer_line tl ON tl.transfer_id = t.id
            WHERE t.fulfillment_id IS NOT NULL AND t.status = 'draft') o
        FULL JOIN (SELECT fulfillment_id AS owner_id, r.* FROM reservation r) r
            USING (owner_id, sku)
        WHERE (coalesce(o.owed, 0) <> coalesce(r.quantity, 0)
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
        "INV-05",
        "a hold has no end, no parcel that waits for its payment, or is over and was not freed",
        """
        SELECT r.fulfillment_id, r.sku, r.quantity, r.held_until, r.held_max, f.status
        FROM reservation r LEFT JOIN (
            SELECT id, status FROM fulfillment
            UNION ALL
            SELECT (b ->> 'id')::uuid, status FROM fulfillment,
                jsonb_array_elements(promise_inputs #> '{lacks,brings}') b) f
            ON f.id = r.fulfillment_id
        WHERE r.quantity > 0
          AND (f.status = 'pending' AND (r.held_until IS NULL OR r.held_max IS NULL)
               OR r.held_until IS NOT NULL AND f.status IS DISTINCT FROM 'pending'
               OR r.held_until < statement_timestamp() - interval '60 seconds')
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
                'fulfillment.rejected.v1', 'fulfillment.rerouted.v1', 'fulfillment.split.v1',
                'fulfillment.cancelled.v1', 'fulfillment.expired.v1',
                'fulfillment.in_transfer.v1', 'fulfillment.goods_arrived.v1',
                'fulfillment.packed.v1', 'fulfillment.shipped.v1', 'fulfillment.delivered.v1')
            ORDER BY version DESC LIMIT 1) e ON true
        WHERE f.status <> CASE e.name
            WHEN 'fulfillment.accepted.v1' THEN 'accepted'
            WHEN 'fulfillment.picking_started.v1' THEN 'picking'
            WHEN 'fulfillment.ready.v1' THEN 'ready'
            WHEN 'fulfillment.handed_over.v1'
                THEN CASE WHEN (e.facts ->> 'complete')::boolean THEN 'handed_over' ELSE 'ready' END
            WHEN 'fulfillment.cancelled.v1' THEN 'cancelled'
            WHEN 'fulfillment.rejected.v1' THEN 'rejected'
            WHEN 'fulfillment.rerouted.v1' THEN 'rerouted'
            WHEN 'fulfillment.split.v1' THEN 'accepted'
            WHEN 'fulfillment.in_transfer.v1' THEN 'in_transfer'
            WHEN 'fulfillment.goods_arrived.v1' THEN 'accepted'
            WHEN 'fulfillment.packed.v1' THEN 'packed'
            WHEN 'fulfillment.shipped.v1' THEN 'shipped'
            WHEN 'fulfillment.delivered.v1' THEN 'delivered'
            ELSE 'expired' END
        """,
    ),
    Check(
        "INV-13",
        "what was asked under a key has no answer, or not exactly one effect",
        """
        WITH told AS (
            SELECT scope, key, status, body, body ->> 'hand_over_id' AS hand_over_id,
                   CASE WHEN body ? 'fulfillment_id' AND body ? 'promised_at'
                        THEN body ->> 'id' END AS order_id
            FROM stored_answer WHERE status = 201
            UNION ALL
            SELECT f.device_id::text, f.nonce::text, 201, f.payload,
                   f.payload ->> 'hand_over_id', NULL
            FROM offline_fact f WHERE f.kind = 'hand_over')
        SELECT scope, key, 'no answer' AS what FROM stored_answer
        WHERE status IS NULL OR body IS NULL
        UNION ALL
        SELECT scope, key, 'no such hand-over' FROM told
        WHERE NOT EXISTS (SELECT FROM hand_over h WHERE h.id::text = hand_over_id)
          AND hand_over_id IS NOT NULL
        UNION ALL
        SELECT scope, key, 'no such order' FROM told
        WHERE NOT EXISTS (SELECT FROM sales_order o WHERE o.id::text = order_id)
          AND order_id IS NOT NULL
        UNION ALL
        SELECT min(scope), string_agg(key, ' ' ORDER BY key), 'one effect under several keys'
        FROM told WHERE coalesce(hand_over_id, order_id) IS NOT NULL
        GROUP BY hand_over_id, order_id HAVING count(*) > 1
        """,
    ),
    Check(
        "INV-15",
        "more was handed over than was ordered and not given up",
        """
        SELECT l.fulfillment_id, l.sku FROM fulfillment_line l
        WHERE l.handed_over <> coalesce((
            SELECT sum((h.quantities ->> l.sku)::int) FROM hand_over h
            WHERE h.fulfillment_id = l.fulfillment_id AND NOT h.conflict), 0) + coalesce((
            SELECT sum((p.quantities ->> l.sku)::int)
            FROM package p JOIN fulfillment f ON f.id = p.fulfillment_id
            WHERE p.fulfillment_id = l.fulfillment_id AND p.shipped_at IS NOT NULL
              AND f.status IN ('shipped', 'delivered')), 0)
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
        "CHOICE-01",
        "a rejected parcel has no choice, or one whose time is over without its consequence",
        """
        SELECT f.id AS fulfillment_id, c.id AS choice_id, c.answer, c.answer_by, c.wait_until
        FROM fulfillment f LEFT JOIN choice c ON c.fulfillment_id = f.id
        WHERE f.status = 'rejected'
          AND (c.id IS NULL OR c.settled_at IS NOT NULL
               OR c.answered_at IS NULL
                  AND c.answer_by < statement_timestamp() - interval '10 minutes'
               OR c.wait_until < statement_timestamp() - interval '10 minutes')
        UNION ALL
        SELECT f.id, c.id, c.answer, c.answer_by, c.wait_until
        FROM choice c JOIN fulfillment f ON f.id = c.fulfillment_id
        WHERE f.status <> 'rejected' AND c.settled_at IS NULL
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
          AND p.revoked_why <> 'refused'
          AND NOT EXISTS (SELECT FROM case_file c WHERE c.about_id = h.id)
        """,
    ),
    Check(
        "ORPHAN-01",
        "a price belongs to no brand",
        "SELECT p.id FROM price p WHERE NOT EXISTS (SELECT FROM brand b WHERE b.id = p.brand_id)",
    ),
    Check(
        "PUT-01",
        "what is to go back to the shelf is not what is kept in the bin for that",
        """
        SELECT p.id, r.sku, r.quantity, r.set_aside
        FROM put_back p JOIN reservation r ON r.fulfillment_id = p.id
        WHERE p.done_at IS NULL AND r.set_aside <> r.quantity
           OR p.done_at IS NOT NULL AND r.quantity > 0
           OR p.done_at IS NULL AND r.quantity > 0 AND NOT p.quantities ? r.sku
        """,
    ),
    Check(
        "SUB-01",
        "a customer is asked about a substitute in a parcel nobody prepares, or for too many",
        """
        SELECT s.id, s.sku, s.quantity, f.status
        FROM substitution s JOIN fulfillment f ON f.id = s.fulfillment_id
        LEFT JOIN fulfillment_line l ON l.fulfillment_id = f.id AND l.sku = s.sku
        WHERE s.status = 'proposed'
          AND (f.status NOT IN ('accepted', 'picking', 'in_transfer')
               OR s.quantity > coalesce(l.quantity - l.cancelled - l.picked, 0))
        """,
    ),
    Check(
        "WAVE-01",
        "a wave is over though something of it is left to decide",
        """
        SELECT w.id, f.id AS fulfillment_id, l.sku
        FROM wave w JOIN fulfillment f ON f.wave_id = w.id
        JOIN fulfillment_line l ON l.fulfillment_id = f.id
        WHERE w.ended_at IS NOT NULL AND f.status = 'picking' AND NOT EXISTS (
            SELECT FROM substitution s WHERE s.fulfillment_id = f.id)
          AND l.quantity - l.cancelled - l.picked > 0
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
        "OFF-01",
        "goods left against the rules without a network, and no tablet told so, or once too often",
        """
        SELECT h.id, h.fulfillment_id, h.device_id FROM hand_over h
        WHERE h.conflict AND h.happened_at IS NOT NULL AND h.terminal_id IS NULL AND NOT EXISTS (
            SELECT FROM offline_fact f
            WHERE f.device_id = h.device_id AND f.payload ->> 'hand_over_id' = h.id::text)
        """,
    ),
    Check(
        "CASE-01",
        "somebody who has left the staff still sees to a case, so that nobody is given it",
        """
        SELECT c.id, c.key, c.owner_id FROM case_file c JOIN staff s ON s.id = c.owner_id
        WHERE c.closed_at IS NULL AND s.closed_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM event e JOIN delivery d ON d.event_id = e.id
            WHERE e.name = 'staff.disabled.v1' AND e.aggregate_id = s.id AND d.done_at IS NULL)
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
)
