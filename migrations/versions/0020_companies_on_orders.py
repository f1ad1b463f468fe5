"""An order keeps the company it is for as it was called then, and a note of its customer."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

COLUMNS = {
    "company_name": sa.Text(),
    "company_siren": sa.String(9),
    "company_vat_number": sa.String(16),
    "note": sa.Text(),
}


def upgrade() -> None:
    """Orders of before are for nobody but their customer."""
    for name, kind in COLUMNS.items():
        op.add_column("sales_order", sa.Column(name, kind, nullable=True))
    op.create_check_constraint(
        "company",
        "sales_order",
        "company_name IS NOT NULL OR (company_siren IS NULL AND company_vat_number IS NULL)",
    )


def downgrade() -> None:
    """Nobody knows any more what company an order was for."""
    op.drop_constraint("company", "sales_order")
    for name in COLUMNS:
        op.drop_column("sales_order", name)
