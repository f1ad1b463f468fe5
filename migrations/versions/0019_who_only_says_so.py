"""A conversation tells whether who writes in it has only typed who they are."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """What was begun before has not shown who it is to anybody since."""
    op.add_column(
        "thread",
        sa.Column("claimed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    """Nobody knows any more who has only said so."""
    op.drop_column("thread", "claimed")
