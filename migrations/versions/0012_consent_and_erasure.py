"""Consents with the words they were given to, and people who are to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NOW = sa.text("statement_timestamp()")


def upgrade() -> None:
    """A consent knows its words; an erasure who asked for it; a basket that it was left."""
    op.add_column("consent", sa.Column("language", sa.String(5), nullable=True))
    op.add_column("consent", sa.Column("author_id", sa.Uuid(), nullable=True))
    op.create_table(
        "consent_wording",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("version", "language", name=op.f("pk_consent_wording")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("by_customer", sa.Boolean(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_erasure_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_customer_id"), "erasure", ["customer_id"])
    op.create_index(
        "uq_erasure_open",
        "erasure",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.add_column("cart", sa.Column("left_noted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """What was agreed to stays without its words."""
    op.drop_column("cart", "left_noted_at")
    op.drop_table("erasure")
    op.drop_table("consent_wording")
    op.drop_column("consent", "author_id")
    op.drop_column("consent", "language")
