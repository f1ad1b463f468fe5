"""What must hold of conversations: queries that return no rows."""

from kernel.checks import Check

CHECKS = (
    Check(
        "TALK-01",
        "a conversation waits for us and nobody has to see to it",
        """
        SELECT t.id, t.waiting_since FROM thread t
        WHERE t.status = 'waiting' AND NOT EXISTS (
            SELECT FROM case_file c WHERE c.key = 'thread:' || t.id AND c.closed_at IS NULL)
          AND NOT EXISTS (
            SELECT FROM case_file c JOIN event e ON e.name = 'case.closed.v1'
                AND e.aggregate_id = c.id JOIN delivery d ON d.event_id = e.id
            WHERE c.key = 'thread:' || t.id AND d.done_at IS NULL)
        """,
    ),
    Check(
        "TALK-02",
        "somebody has to see to a conversation that waits for nothing of ours",
        """
        SELECT c.id, c.key, t.status FROM case_file c
        LEFT JOIN thread t ON c.key = 'thread:' || t.id
        WHERE c.kind = 'conversation' AND c.closed_at IS NULL
          AND t.status IS DISTINCT FROM 'waiting'
        """,
    ),
    Check(
        "TALK-03",
        "the case of a conversation stands at another place than the conversation",
        """
        SELECT c.id, c.key, c.location_id, t.location_id AS talks_at
        FROM case_file c JOIN thread t ON c.key = 'thread:' || t.id
        WHERE c.closed_at IS NULL AND c.location_id IS DISTINCT FROM t.location_id
        """,
    ),
    Check(
        "TALK-04",
        "the case of a conversation is another brand's, or about something else",
        """
        SELECT c.id, c.key, c.brand_id, t.brand_id AS talks_for, c.about_id
        FROM case_file c JOIN thread t ON c.key = 'thread:' || t.id
        WHERE c.closed_at IS NULL
          AND (c.brand_id IS DISTINCT FROM t.brand_id OR c.about_id IS DISTINCT FROM t.id)
        """,
    ),
    Check(
        "TALK-05",
        "a conversation counts as answered and nobody of ours has said anything",
        """
        SELECT t.id FROM thread t
        WHERE t.status = 'answered' AND NOT EXISTS (
            SELECT FROM thread_entry e
            WHERE e.thread_id = t.id AND e.direction = 'out' AND NOT e.automatic)
        """,
    ),
)
