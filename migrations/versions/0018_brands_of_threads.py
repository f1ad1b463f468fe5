"""Conversations, what waits because of them, and connectors belong to a brand; tasks are taken."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

NOW = sa.text("statement_timestamp()")
NO = sa.text("false")
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
    moment, why = sa.DateTime(timezone=True), sa.Text()
    op.add_column("connector", sa.Column("refused_at", moment, nullable=True))
    op.add_column("connector", sa.Column("refused_why", why, nullable=True))
    op.add_column(
        "contact", sa.Column("comes_instead", sa.Boolean(), server_default=NO, nullable=False)
    )
    op.execute(OF_THREADS)
    op.execute(OF_CASES)
    op.create_index(
        "ix_fulfillment_line_owed",
        "fulfillment_line",
        ["sku"],
        postgresql_where=sa.text("cancelled + handed_over < quantity"),
    )
    op.create_table(
        "task_taken",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_taken")),
    )


def downgrade() -> None:
    """Nothing of this says any more whose it is."""
    op.drop_column("contact", "comes_instead")
    op.drop_table("task_taken")
    op.drop_index("ix_fulfillment_line_owed", "fulfillment_line")
    for column in ("refused_at", "refused_why"):
        op.drop_column("connector", column)
    for table in ("connector", "case_file", "thread"):
        op.drop_column(table, "brand_id")
