"""Prices that are planned and reduced, promotions, delivery by zones, sourcing by rules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

NOW = sa.text("statement_timestamp()")


def upgrade() -> None:
    """What it costs, who sends it, and why."""
    _widen()
    _create_promotions()
    _create_delivery()
    _create_sourcing()


def downgrade() -> None:
    """Orders keep their lines at list price; fees, promotions and decisions go."""
    for table in (
        "sourcing_decision",
        "rule_set",
        "order_charge",
        "delivery_zone",
    ):
        op.drop_table(table)
    for column in ("arrives_by", "arrives_from", "delivery_method_id"):
        op.drop_column("fulfillment", column)
    op.drop_table("delivery_method")
    op.drop_table("promotion_use")
    op.drop_column("order_line", "promotion_id")
    op.drop_table("promotion")
    op.drop_table("location_brand")
    op.drop_column("api_key", "brand_id")
    op.drop_column("staff", "brand_id")
    op.drop_constraint(op.f("ck_fulfillment_line_discount"), "fulfillment_line")
    op.drop_column("fulfillment_line", "discount_minor")
    op.drop_constraint(op.f("ck_order_line_discount"), "order_line")
    op.drop_column("order_line", "eco_minor")
    op.drop_column("order_line", "discount_minor")
    op.drop_constraint(op.f("ck_price_period"), "price")
    op.drop_column("price", "author_name")
    op.drop_column("price", "is_reduced")
    op.drop_constraint(op.f("ck_sku_eco_minor"), "sku")
    op.drop_constraint(op.f("ck_sku_weight_g"), "sku")
    op.drop_column("sku", "eco_minor")
    op.drop_column("sku", "weight_g")


def _widen() -> None:
    op.add_column("sku", sa.Column("weight_g", sa.Integer(), nullable=True))
    op.add_column("sku", _zero("eco_minor"))
    op.create_check_constraint("weight_g", "sku", "weight_g IS NULL OR weight_g > 0")
    op.create_check_constraint("eco_minor", "sku", "eco_minor >= 0")
    op.add_column("price", _false("is_reduced"))
    op.add_column("price", sa.Column("author_name", sa.Text(), nullable=True))
    op.create_check_constraint("period", "price", "valid_to IS NULL OR valid_to >= valid_from")
    op.add_column("order_line", _zero("discount_minor"))
    op.add_column("order_line", _zero("eco_minor"))
    op.create_check_constraint("discount", "order_line", "discount_minor >= 0 AND eco_minor >= 0")
    op.add_column("fulfillment_line", _zero("discount_minor"))
    op.create_check_constraint("discount", "fulfillment_line", "discount_minor >= 0")
    op.add_column("staff", _brand_of("staff"))
    op.add_column("api_key", _brand_of("api_key"))
    op.create_table(
        "location_brand",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_brand_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_location_brand_brand_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "brand_id", name=op.f("pk_location_brand")),
    )
    op.create_index(op.f("ix_location_brand_brand_id"), "location_brand", ["brand_id"])


def _create_promotions() -> None:
    op.create_table(
        "promotion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("percent_bp", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("take", sa.SmallInteger(), nullable=True),
        sa.Column("pay", sa.SmallInteger(), nullable=True),
        sa.Column("on_what", sa.String(32), nullable=False),
        sa.Column("on_code", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses_max", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE kind WHEN 'percent' THEN percent_bp BETWEEN 1 AND 10000"
            " AND num_nonnulls(amount_minor, take, pay) = 0"
            " WHEN 'amount' THEN amount_minor > 0 AND num_nonnulls(percent_bp, take, pay) = 0"
            " WHEN 'n_for_m' THEN take > pay AND pay > 0"
            " AND num_nonnulls(percent_bp, amount_minor) = 0 ELSE false END",
            name=op.f("ck_promotion_kind"),
        ),
        sa.CheckConstraint(
            "(on_what = 'everything') = (on_code IS NULL)", name=op.f("ck_promotion_on_what")
        ),
        sa.CheckConstraint(
            "num_nonnulls(group_id, location_id) <= 1", name=op.f("ck_promotion_place")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_promotion_period")
        ),
        sa.CheckConstraint(
            "uses >= 0 AND (uses_max IS NULL OR uses <= uses_max)", name=op.f("ck_promotion_uses")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_promotion_brand_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["store_group.id"], name=op.f("fk_promotion_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_promotion_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
    )
    op.create_index(
        "uq_promotion_brand_id_code",
        "promotion",
        ["brand_id", "code"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.add_column(
        "order_line",
        sa.Column(
            "promotion_id",
            sa.Uuid(),
            sa.ForeignKey("promotion.id", name=op.f("fk_order_line_promotion_id")),
            nullable=True,
        ),
    )
    op.create_table(
        "promotion_use",
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("discount_minor", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("discount_minor > 0", name=op.f("ck_promotion_use_discount")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_use_promotion_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_promotion_use_order_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "order_id", name=op.f("pk_promotion_use")),
    )
    op.create_index(op.f("ix_promotion_use_order_id"), "promotion_use", ["order_id"])


def _create_delivery() -> None:
    op.create_table(
        "delivery_method",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("carrier", sa.String(32), nullable=False),
        sa.Column("priced_by", sa.String(32), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("unknown_weight_g", sa.Integer(), nullable=True),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("vat_bp BETWEEN 0 AND 10000", name=op.f("ck_delivery_method_vat_bp")),
        sa.CheckConstraint(
            "unknown_weight_g > 0", name=op.f("ck_delivery_method_unknown_weight_g")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_delivery_method_brand_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_method")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_delivery_method_brand_id_code")),
    )
    op.create_table(
        "delivery_zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("postcodes", postgresql.JSONB(), nullable=False),
        sa.Column("days_min", sa.SmallInteger(), nullable=False),
        sa.Column("days_max", sa.SmallInteger(), nullable=False),
        sa.Column("free_from_minor", sa.Integer(), nullable=True),
        sa.Column("bands", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "days_min >= 0 AND days_max >= days_min", name=op.f("ck_delivery_zone_days")
        ),
        sa.CheckConstraint(
            "jsonb_array_length(postcodes) > 0", name=op.f("ck_delivery_zone_postcodes")
        ),
        sa.CheckConstraint(
            "free_from_minor IS NULL OR free_from_minor >= 0",
            name=op.f("ck_delivery_zone_free_from_minor"),
        ),
        sa.ForeignKeyConstraint(
            ["method_id"], ["delivery_method.id"], name=op.f("fk_delivery_zone_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_zone")),
        sa.UniqueConstraint("method_id", "name", name=op.f("uq_delivery_zone_method_id_name")),
    )
    op.add_column(
        "fulfillment",
        sa.Column(
            "delivery_method_id",
            sa.Uuid(),
            sa.ForeignKey("delivery_method.id", name=op.f("fk_fulfillment_delivery_method_id")),
            nullable=True,
        ),
    )
    op.add_column("fulfillment", sa.Column("arrives_from", sa.Date(), nullable=True))
    op.add_column("fulfillment", sa.Column("arrives_by", sa.Date(), nullable=True))
    op.create_table(
        "order_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_method_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_order_charge_amount_minor")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_order_charge_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_method_id"],
            ["delivery_method.id"],
            name=op.f("fk_order_charge_delivery_method_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_charge")),
        sa.UniqueConstraint(
            "order_id",
            "delivery_method_id",
            name=op.f("uq_order_charge_order_id_delivery_method_id"),
        ),
    )


def _create_sourcing() -> None:
    op.create_table(
        "rule_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(32), nullable=True),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("limits", postgresql.JSONB(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_rule_set_period")
        ),
        sa.CheckConstraint("num_nonnulls(brand_id, group_id) <= 1", name=op.f("ck_rule_set_scope")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_rule_set_brand_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["store_group.id"], name=op.f("fk_rule_set_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
    )
    op.create_index(
        "uq_rule_set_current",
        "rule_set",
        [
            sa.text("coalesce(brand_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
            sa.text("coalesce(group_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
            sa.text("coalesce(channel, '')"),
            "method",
        ],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "sourcing_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("rule_set_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("place", postgresql.JSONB(), nullable=False),
        sa.Column("chosen", postgresql.JSONB(), nullable=False),
        sa.Column("candidates", postgresql.JSONB(), nullable=False),
        sa.Column("losing", postgresql.JSONB(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_sourcing_decision_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_sourcing_decision_brand_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.id"], name=op.f("fk_sourcing_decision_rule_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sourcing_decision")),
    )
    op.create_index(op.f("ix_sourcing_decision_order_id"), "sourcing_decision", ["order_id"])
    op.create_index(op.f("ix_sourcing_decision_decided_at"), "sourcing_decision", ["decided_at"])


def _zero(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _false(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _brand_of(table: str) -> sa.Column[object]:
    key = sa.ForeignKey("brand.id", name=op.f(f"fk_{table}_brand_id"))
    return sa.Column("brand_id", sa.Uuid(), key, nullable=True)
