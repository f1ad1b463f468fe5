"""Feeds are recognised when they come again, lines wait in lock order, jobs follow the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Feeds are recognised when they come again, lines wait in lock order."""
    op.add_column("stock_feed", sa.Column("digest", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f("pk_stock_feed_line"), "stock_feed_line")
    op.create_primary_key(
        op.f("pk_stock_feed_line"), "stock_feed_line", ["feed_id", "store_code", "sku"]
    )
    op.create_table(
        "ledger_follower",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ledger_follower")),
    )


def downgrade() -> None:
    """Undo: feeds are recognised when they come again, lines wait in lock order."""
    op.drop_table("ledger_follower")
    op.drop_constraint(op.f("pk_stock_feed_line"), "stock_feed_line")
    op.create_primary_key(op.f("pk_stock_feed_line"), "stock_feed_line", ["feed_id", "line"])
    op.drop_column("stock_feed", "digest")
