"""The link of an order can be made void: a number tells which one opens it now."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """The links of before go on opening their orders."""
    column = sa.Column("link_no", sa.SmallInteger(), nullable=False, server_default="0")
    op.add_column("sales_order", column)


def downgrade() -> None:
    """Links that were made void open their orders again; those made since open nothing."""
    op.drop_column("sales_order", "link_no")
