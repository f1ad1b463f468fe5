"""Conversations, and by when each case is warned of."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NOW = sa.text("statement_timestamp()")


def upgrade() -> None:
    """What somebody turns to us with is a thread; while it waits for us it has one open case."""
    _warn_cases()
    _create_thread()
    op.create_table(
        "thread_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(source IS NULL) = (reference IS NULL)", name=op.f("ck_thread_entry_source")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_entry_thread_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_entry")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_thread_entry_source_reference")),
    )
    op.create_index(op.f("ix_thread_entry_thread_id_id"), "thread_entry", ["thread_id", "id"])


def downgrade() -> None:
    """What was said goes."""
    op.drop_table("thread_entry")
    op.drop_table("thread")
    op.drop_column("case_file", "warn_at")


def _warn_cases() -> None:
    op.add_column("case_file", sa.Column("warn_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE case_file SET warn_at = opened_at + (due_at - opened_at) * 0.8")
    op.alter_column("case_file", "warn_at", nullable=False)


def _create_thread() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("intent", sa.String(32), nullable=False),
        sa.Column("began_on", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("cart_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("transfers", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_thread_closed")
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (waiting_since IS NOT NULL)", name=op.f("ck_thread_waiting")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_thread_{column}"))
            for column, table in (
                ("customer_id", "customer"),
                ("contact_id", "contact"),
                ("order_id", "sales_order"),
                ("cart_id", "cart"),
                ("location_id", "location"),
                ("owner_id", "staff"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    op.create_index(op.f("ix_thread_customer_id_opened_at"), "thread", ["customer_id", "opened_at"])
    op.create_index(op.f("ix_thread_contact_id"), "thread", ["contact_id"])
    op.create_index(
        op.f("ix_thread_order_id"),
        "thread",
        ["order_id"],
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
