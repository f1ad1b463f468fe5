"""Who came back to a conversation that had ended."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """When a customer came back to it within days of its end: it had not been resolved."""
    op.add_column("thread", sa.Column("reopened_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Nobody knows it any more."""
    op.drop_column("thread", "reopened_at")
