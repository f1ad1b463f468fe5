"""Messages to those who asked to be told when a SKU can be had again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Messages to those who asked to be told when a SKU can be had again."""
    op.add_column("message", sa.Column("wish_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_message_wish_id"), "message", "stock_wish", ["wish_id"], ["id"])
    op.alter_column("message", "order_id", nullable=True)
    op.alter_column("message", "fulfillment_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_message_about"),
        "message",
        "(order_id IS NULL) = (fulfillment_id IS NULL)"
        " AND (fulfillment_id IS NULL) <> (wish_id IS NULL)",
    )


def downgrade() -> None:
    """Only what was owed to orders."""
    op.execute("DELETE FROM message WHERE wish_id IS NOT NULL")
    op.drop_constraint(op.f("ck_message_about"), "message", type_="check")
    op.alter_column("message", "fulfillment_id", nullable=False)
    op.alter_column("message", "order_id", nullable=False)
    op.drop_constraint(op.f("fk_message_wish_id"), "message", type_="foreignkey")
    op.drop_column("message", "wish_id")
