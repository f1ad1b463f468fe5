"""Conversations, what waits because of them, and connectors belong to a brand."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"

OF_THREADS = """
    UPDATE thread t SET brand_id = COALESCE(
        (SELECT o.brand_id FROM sales_order o WHERE o.id = t.order_id),
        (SELECT l.brand_id FROM location l WHERE l.id = t.location_id),
        (SELECT brand_id FROM location WHERE opened_at IS NOT NULL ORDER BY code LIMIT 1),
        (SELECT id FROM brand ORDER BY code LIMIT 1))
"""
OF_CASES = """
    UPDATE case_file c SET brand_id = t.brand_id
    FROM thread t WHERE c.kind = 'conversation' AND c.about_id = t.id
"""


def upgrade() -> None:
    """What is there is the brand's of its order, of its store, or of the shop's pages."""
    for table in ("thread", "case_file", "connector"):
        op.add_column(table, sa.Column("brand_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_brand_id"), table, "brand", ["brand_id"], ["id"])
    op.execute(OF_THREADS)
    op.execute(OF_CASES)


def downgrade() -> None:
    """Nothing of this says any more whose it is."""
    for table in ("connector", "case_file", "thread"):
        op.drop_column(table, "brand_id")
