"""Invariants of messages: queries that must return no rows."""

from typing import Final

from kernel.checks import Check

CHECKS: Final = (
    Check(
        "INV-19",
        "no lost notification: an event that owes a message has one, and it ends within a day",
        """
        SELECT e.id AS event_id, e.name AS lost, NULL::bigint AS message_id
        FROM event e
        WHERE (e.name IN ('fulfillment.expired.v1', 'fulfillment.ready_paid.v1',
                          'fulfillment.pass_reissued.v1',
                          'fulfillment.reminded.v1', 'stock.back.v1',
                          'fulfillment.proxy_pass_given.v1',
                          'fulfillment.shipped.v1', 'fulfillment.delivered.v1',
                          'fulfillment.delivery_failed.v1', 'challenge.asked.v1')
               OR (e.name IN ('order.placed.v1', 'fulfillment.cancelled.v1')
                   AND coalesce((e.facts ->> 'tells')::boolean, true))
               OR (e.name = 'fulfillment.in_transfer.v1'
                   AND NOT coalesce((e.facts ->> 'at_placing')::boolean, false))
               OR e.name = 'order.partly_there.v1'
               OR (e.name IN ('fulfillment.rerouted.v1', 'order.amended.v1')
                   AND coalesce((e.facts ->> 'tells')::boolean, true))
               OR (e.name = 'fulfillment.rejected.v1' AND (e.facts ->> 'asks')::boolean)
               OR (e.name = 'fulfillment.ready.v1'
                   AND NOT coalesce((e.facts ->> 'awaits_capture')::boolean, false))
               OR (e.name = 'fulfillment.handed_over.v1' AND (e.facts ->> 'complete')::boolean))
          AND EXISTS (SELECT FROM delivery d
                      WHERE d.event_id = e.id AND d.subscriber <> 'tell-history')
          AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id AND d.done_at IS NULL)
          AND NOT EXISTS (SELECT FROM message m WHERE m.event_id = e.id)
        UNION ALL
        SELECT e.id, e.name, NULL::bigint
        FROM event e
        WHERE (e.name = 'case.escalated.v1'
               AND NOT EXISTS (SELECT FROM message m WHERE m.event_id = e.id)
               OR e.name = 'stock.ran_low.v1'
               AND NOT EXISTS (SELECT FROM message m WHERE m.location_id = e.location_id
                               AND m.created_at > e.recorded_at - interval '25 hours'))
          AND EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id)
          AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id AND d.done_at IS NULL)
          AND EXISTS (
              SELECT FROM staff s JOIN staff_location l ON l.staff_id = s.id
              WHERE l.location_id = e.location_id AND s.role = 'manager' AND s.email IS NOT NULL
                AND s.closed_at IS NULL AND s.created_at < e.recorded_at
                AND NOT EXISTS (SELECT FROM event moved WHERE moved.aggregate_id = s.id
                                AND moved.recorded_at > e.recorded_at))
        UNION ALL
        SELECT m.event_id, m.template, m.id
        FROM message m
        WHERE m.status = 'due' AND m.created_at < statement_timestamp()
            - CASE m.template WHEN 'low_stock' THEN interval '48 hours' ELSE interval '24 hours' END
        """,
    ),
    Check(
        "INV-20",
        "no double message: nobody is told the same twice on one channel",
        """
        SELECT event_id, fulfillment_id, contact_id, staff_id, channel, template, count(*) AS copies
        FROM message
        WHERE status = 'sent'
        GROUP BY event_id, fulfillment_id, contact_id, staff_id, channel, template
        HAVING count(*) > 1
        """,
    ),
    Check(
        "INV-21",
        "no stale message: nobody is called to a parcel that is no longer there",
        # Ten seconds is the longest a transaction that ends a parcel can stay open unseen.
        """
        SELECT m.id AS message_id, m.begun_at, f.ended_at, f.status
        FROM message m JOIN fulfillment f ON f.id = m.fulfillment_id
        WHERE m.template IN ('ready', 'reminder', 'last_day', 'proxy_pass') AND m.status = 'sent'
          AND m.begun_at > f.ended_at + interval '10 seconds'
        """,
    ),
    Check(
        "CONSENT-01",
        "nobody is sent advertising who had not agreed to it on that channel, or had refused it",
        # Whoever was parted from somebody since may have agreed as that one.
        """
        WITH RECURSIVE same (id, root) AS (
            SELECT id, id FROM customer WHERE merged_into IS NULL
            UNION ALL
            SELECT c.id, same.root FROM customer c JOIN same ON c.merged_into = same.id)
        SELECT m.id AS message_id, m.begun_at, said.granted
        FROM message m
        LEFT JOIN contact k ON k.id = m.contact_id
        LEFT JOIN same mine ON mine.id = k.customer_id
        LEFT JOIN LATERAL (
            SELECT c.granted FROM consent c JOIN same theirs ON theirs.id = c.customer_id
            WHERE theirs.root = mine.root AND c.purpose = 'marketing' AND c.channel = m.channel
              AND c.topic IN ('baskets', '') AND c.recorded_at < m.begun_at
            ORDER BY c.given_at DESC, c.id DESC LIMIT 1) said ON true
        WHERE m.template = 'cart_left' AND m.status = 'sent' AND said.granted IS NOT TRUE
          AND NOT EXISTS (
            SELECT FROM customer_merge g
            WHERE g.undone_at > m.begun_at AND (g.kept_id = mine.id OR g.merged_id = mine.id))
        """,
    ),
)
