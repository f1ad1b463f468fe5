"""One history of each customer, and who looked at it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

NOW = sa.text("statement_timestamp()")


def upgrade() -> None:
    """What happens to a customer is one row, what was said in it another."""
    _create_interaction()
    op.create_table(
        "interaction_text",
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interaction.id"],
            name=op.f("fk_interaction_text_interaction_id"),
        ),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_interaction_text")),
    )
    op.create_table(
        "file_look",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_file_look_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_look")),
    )
    op.create_index(
        op.f("ix_file_look_customer_id_looked_at"), "file_look", ["customer_id", "looked_at"]
    )


def downgrade() -> None:
    """The history goes; the events it was written from stay."""
    op.drop_table("file_look")
    op.drop_table("interaction_text")
    op.drop_table("interaction")


def _create_interaction() -> None:
    op.create_table(
        "interaction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "(source IS NULL) = (reference IS NULL)", name=op.f("ck_interaction_source")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_interaction_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_interaction_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
        sa.UniqueConstraint("event_id", name=op.f("uq_interaction_event_id")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_interaction_source_reference")),
    )
    op.create_index(
        op.f("ix_interaction_customer_id_happened_at_id"),
        "interaction",
        ["customer_id", "happened_at", "id"],
    )
    op.create_index(
        op.f("ix_interaction_order_id"),
        "interaction",
        ["order_id"],
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
