"""Invariants of people: queries that must return no rows."""

from typing import Final

from kernel.checks import Check

CHECKS: Final = (
    Check(
        "INV-70",
        "a customer points to another exactly where a merge says so that was not undone",
        """
        SELECT c.id AS customer_id, c.merged_into, m.id AS merge_id
        FROM customer c
        FULL JOIN (SELECT * FROM customer_merge WHERE undone_at IS NULL) m ON m.merged_id = c.id
        WHERE c.merged_into IS DISTINCT FROM m.kept_id
        """,
    ),
    Check(
        "INV-71",
        "merges lead to somebody: no customer is merged into themselves, however far around",
        """
        WITH RECURSIVE up (start, id) AS (
            SELECT id, merged_into FROM customer WHERE merged_into IS NOT NULL
            UNION
            SELECT up.start, c.merged_into FROM up JOIN customer c ON c.id = up.id
            WHERE c.merged_into IS NOT NULL)
        SELECT start AS customer_id FROM up WHERE start = id
        """,
    ),
    Check(
        "INV-72",
        "an open account is opened with an e-mail address that is proven in it",
        """
        SELECT a.customer_id
        FROM account a
        WHERE a.closed_at IS NULL AND NOT EXISTS (
            SELECT FROM contact_point p
            WHERE p.customer_id = a.customer_id AND p.kind = 'email' AND p.value = a.email
              AND p.proven_at IS NOT NULL)
        """,
    ),
    Check(
        "INV-73",
        "what is proven is proven in an open account: a number shows nobody's orders by itself",
        """
        SELECT p.id AS point_id, p.customer_id
        FROM contact_point p
        WHERE p.proven_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM account a WHERE a.customer_id = p.customer_id AND a.closed_at IS NULL)
        """,
    ),
    Check(
        "INV-74",
        "a browser is signed in to an open account only, and knows since when",
        """
        SELECT s.id AS session_id, s.customer_id
        FROM shopper_session s
        LEFT JOIN account a ON a.customer_id = s.customer_id AND a.closed_at IS NULL
        WHERE (s.customer_id IS NULL) <> (s.signed_in_at IS NULL)
           OR s.customer_id IS NOT NULL AND a.customer_id IS NULL
        """,
    ),
    Check(
        "INV-75",
        "a code is answered in time and after few tries, or never",
        """
        SELECT id AS challenge_id FROM challenge
        WHERE answered_at > answer_by OR attempts > 5 OR answered_at < asked_at
        """,
    ),
    Check(
        "INV-76",
        "whoever an order is for is found again by every address and number they gave",
        """
        SELECT c.id AS contact_id
        FROM contact c
        CROSS JOIN LATERAL (
            VALUES ('email', lower(c.email)), ('phone', c.phone)) AS said (kind, value)
        LEFT JOIN contact_point p ON p.kind = said.kind AND p.value = said.value
        WHERE said.value IS NOT NULL AND p.id IS NULL
        """,
    ),
    Check(
        "INV-77",
        "of whoever was forgotten nothing is left that names them",
        """
        SELECT c.id AS customer_id, said.what
        FROM customer c
        JOIN erasure e ON e.customer_id = c.id AND e.done_at IS NOT NULL
        CROSS JOIN LATERAL (
            SELECT 'contact' FROM contact x WHERE x.customer_id = c.id
              AND x.created_at <= e.done_at
              AND (x.first_name || x.last_name <> '' OR x.email IS NOT NULL OR x.phone IS NOT NULL)
            UNION ALL
            SELECT 'address' FROM contact x JOIN address a ON a.contact_id = x.id
            WHERE x.customer_id = c.id AND a.created_at <= e.done_at AND a.line1 <> ''
            UNION ALL
            SELECT 'account' FROM account a WHERE a.customer_id = c.id AND a.closed_at IS NULL
            UNION ALL
            SELECT 'history' FROM interaction i JOIN interaction_text t ON t.interaction_id = i.id
            WHERE i.customer_id = c.id AND i.recorded_at <= e.done_at) AS said (what)
        """,
    ),
)
