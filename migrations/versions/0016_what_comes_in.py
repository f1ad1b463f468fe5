"""What comes in by itself, and answers in social networks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ABOUT_BEFORE = (
    "(order_id IS NULL) = (fulfillment_id IS NULL)"
    " AND num_nonnulls(fulfillment_id, wish_id, case_id, location_id, cart_id,"
    " challenge_id, entry_id) = 1"
    " AND num_nonnulls(contact_id, staff_id, challenge_id) = 1"
    " AND (staff_id IS NULL) = (num_nonnulls(case_id, location_id) = 0)"
)
TO_ONE = "num_nonnulls(contact_id, staff_id, challenge_id) = 1"
ABOUT = ABOUT_BEFORE.replace(
    TO_ONE,
    f"({TO_ONE} OR entry_id IS NOT NULL AND num_nonnulls(contact_id, staff_id, challenge_id) = 0)",
)
NOW = sa.text("statement_timestamp()")


def upgrade() -> None:
    """A conversation knows where somebody writes from; connectors bring it and take answers."""
    op.create_table(
        "thread_address",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_address_thread_id")
        ),
        sa.PrimaryKeyConstraint("thread_id", "channel", name=op.f("pk_thread_address")),
    )
    op.create_index(op.f("ix_thread_address_source_value"), "thread_address", ["source", "value"])
    op.create_table(
        "connector",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector")),
        sa.UniqueConstraint("source", name=op.f("uq_connector_source")),
    )
    _create_social_answer()
    op.drop_constraint(op.f("ck_message_about"), "message")
    op.create_check_constraint("about", "message", ABOUT)


def downgrade() -> None:
    """Nothing comes in by itself."""
    op.execute("DELETE FROM message WHERE entry_id IS NOT NULL AND contact_id IS NULL")
    op.drop_constraint(op.f("ck_message_about"), "message")
    op.create_check_constraint("about", "message", ABOUT_BEFORE)
    op.drop_table("social_answer")
    op.drop_table("connector")
    op.drop_table("thread_address")


def _create_social_answer() -> None:
    op.create_table(
        "social_answer",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("connector_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["thread_entry.id"], name=op.f("fk_social_answer_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_social_answer_thread_id")
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connector.id"], name=op.f("fk_social_answer_connector_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_social_answer")),
    )
    op.create_index(op.f("ix_social_answer_thread_id"), "social_answer", ["thread_id"])
    op.create_index(op.f("ix_social_answer_connector_id"), "social_answer", ["connector_id"])
    op.create_index(
        "ix_social_answer_due",
        "social_answer",
        ["due_at"],
        postgresql_where=sa.text("status = 'due'"),
    )
