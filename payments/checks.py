"""Invariants of money, as far as payments alone can say: queries that must return no rows."""

from typing import Final

from kernel.checks import Check

CHECKS: Final = (
    Check(
        "INV-09",
        "money conservation: what a card paid and got back is what its calls to Stripe add up to",
        """
        SELECT p.id AS payment_id, p.captured_minor, c.captured, p.refunded_minor, r.refunded
        FROM card_payment p
        LEFT JOIN LATERAL (
            SELECT max(w.amount_minor) AS captured FROM payment_wish w
            WHERE w.payment_id = p.id AND w.kind = 'capture' AND w.status = 'done') c ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(w.amount_minor), 0) AS refunded FROM payment_wish w
            WHERE w.payment_id = p.id AND w.kind = 'refund' AND w.status = 'done') r
        WHERE p.refunded_minor <> r.refunded
           OR (c.captured IS NOT NULL AND c.captured <> p.captured_minor)
           OR (p.status = 'captured') <> (p.captured_minor > 0)
        """,
    ),
    Check(
        "INV-10",
        "one successful charge per obligation; a second one is on its way back",
        # A captured payment nobody wants stays captured: its refunds, done or due, cover it.
        """
        SELECT p.obligation_id, count(*) AS charges, sum(p.captured_minor) AS captured_minor
        FROM card_payment p
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(w.amount_minor), 0) AS going_back FROM payment_wish w
            WHERE w.payment_id = p.id AND w.kind = 'refund'
              AND w.status IN ('due', 'unknown', 'done')) r
        WHERE p.status = 'captured' AND p.captured_minor > r.going_back
        GROUP BY p.obligation_id HAVING count(*) > 1
        """,
    ),
    Check(
        "INV-11",
        "agreement with Stripe: nothing it told us contradicts what is owed, or stays unasked",
        """
        SELECT 'checkout' AS what, c.id::text AS id, c.doubt AS note
        FROM checkout c WHERE c.doubt IS NOT NULL AND c.status <> 'refused'
        UNION ALL
        SELECT 'webhook', e.id, e.note FROM stripe_event e WHERE e.status = 'doubted'
        UNION ALL
        SELECT 'webhook unread', e.id, e.note FROM stripe_event e
        WHERE e.status = 'due' AND e.received_at < statement_timestamp() - interval '24 hours'
        UNION ALL
        SELECT w.kind || ' ' || w.status, w.id::text, w.note
        FROM payment_wish w
        WHERE w.status IN ('due', 'unknown')
          AND w.wished_at < statement_timestamp() - interval '15 minutes'
        """,
    ),
    Check(
        "INV-12",
        "cancelled means not charged: money nobody wants is let go or back within 10 minutes",
        """
        SELECT p.id AS payment_id, p.obligation_id, p.status, p.captured_minor, p.refunded_minor
        FROM card_payment p JOIN obligation o ON o.id = p.obligation_id
        WHERE (NOT p.wanted OR o.status = 'cancelled')
          AND (p.status = 'authorised' OR p.captured_minor > p.refunded_minor)
          AND p.changed_at < statement_timestamp() - interval '10 minutes'
        """,
    ),
)
