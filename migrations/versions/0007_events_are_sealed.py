"""Events are sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """A chain of hashes over all events, in its own append-only table."""
    op.create_table(
        "event_seal",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_seal_event_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event_seal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_seal_event_id")),
    )


def downgrade() -> None:
    """Events stay; the chain over them goes."""
    op.drop_table("event_seal")
