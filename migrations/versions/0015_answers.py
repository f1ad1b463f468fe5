"""Answers leave as messages."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ABOUT_BEFORE = (
    "(order_id IS NULL) = (fulfillment_id IS NULL)"
    " AND num_nonnulls(fulfillment_id, wish_id, case_id, location_id, cart_id,"
    " challenge_id) = 1"
    " AND num_nonnulls(contact_id, staff_id, challenge_id) = 1"
    " AND (staff_id IS NULL) = (num_nonnulls(case_id, location_id) = 0)"
)
ABOUT = ABOUT_BEFORE.replace("cart_id, challenge_id)", "cart_id, challenge_id, entry_id)")


def upgrade() -> None:
    """A message may bring what we answered; a basket may go before what was said about it."""
    op.add_column("message", sa.Column("entry_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_message_entry_id"), "message", "thread_entry", ["entry_id"], ["id"]
    )
    op.create_index(
        op.f("ix_message_entry_id"),
        "message",
        ["entry_id"],
        postgresql_where=sa.text("entry_id IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_message_about"), "message")
    op.create_check_constraint("about", "message", ABOUT)
    op.drop_constraint(op.f("fk_thread_cart_id"), "thread")
    op.create_foreign_key(
        op.f("fk_thread_cart_id"), "thread", "cart", ["cart_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    """Answers leave no more."""
    op.execute("DELETE FROM message WHERE entry_id IS NOT NULL")
    op.drop_constraint(op.f("ck_message_about"), "message")
    op.drop_column("message", "entry_id")
    op.drop_constraint(op.f("fk_thread_cart_id"), "thread")
    op.create_foreign_key(op.f("fk_thread_cart_id"), "thread", "cart", ["cart_id"], ["id"])
    op.create_check_constraint("about", "message", ABOUT_BEFORE)
