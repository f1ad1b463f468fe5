"""Stock and stores that tell the truth."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Stock and stores that tell the truth."""
    op.create_table(
        "stock_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contains_hand_overs", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        sa.Column("applied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("conflicts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_stock_feed_sequence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_feed")),
        sa.UniqueConstraint("source", "sequence", name=op.f("uq_stock_feed_source_sequence")),
    )
    op.create_table(
        "stock_feed_conflict",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=True),
        sa.Column("store_code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=True),
        sa.Column("ours", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["stock_feed.id"], name=op.f("fk_stock_feed_conflict_feed_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_feed_conflict")),
    )
    op.create_index(
        op.f("ix_stock_feed_conflict_feed_id"), "stock_feed_conflict", ["feed_id"], unique=False
    )
    op.create_table(
        "stock_feed_line",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("store_code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["stock_feed.id"], name=op.f("fk_stock_feed_line_feed_id")
        ),
        sa.PrimaryKeyConstraint("feed_id", "line", name=op.f("pk_stock_feed_line")),
    )
    op.create_table(
        "store_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_store_group_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_group")),
        sa.UniqueConstraint("code", name=op.f("uq_store_group_code")),
    )
    op.create_index(op.f("ix_store_group_brand_id"), "store_group", ["brand_id"], unique=False)
    op.create_table(
        "day_load",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booked", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("booked >= 0", name=op.f("ck_day_load_booked")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_day_load_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "day", name=op.f("pk_day_load")),
    )
    op.create_table(
        "exceptional_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_exceptional_days_order")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_exceptional_days_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exceptional_days")),
    )
    op.create_index(
        op.f("ix_exceptional_days_location_id_last_day"),
        "exceptional_days",
        ["location_id", "last_day"],
        unique=False,
    )
    op.create_table(
        "location_method",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_method_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "method", name=op.f("pk_location_method")),
    )
    op.create_table(
        "low_stock",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_low_stock_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_low_stock_sku")),
        sa.PrimaryKeyConstraint("location_id", "sku", name=op.f("pk_low_stock")),
    )
    op.create_table(
        "safety_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("category_code", sa.Text(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("percent", sa.SmallInteger(), nullable=True),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(group_id IS NOT NULL) = (scope = 'group') AND (location_id IS NOT NULL) = (scope IN ('store', 'sku_store')) AND (category_code IS NOT NULL) = (scope = 'category') AND (sku IS NOT NULL) = (scope IN ('sku', 'sku_store'))",
            name=op.f("ck_safety_rule_scope"),
        ),
        sa.CheckConstraint(
            "(units IS NULL) <> (percent IS NULL)", name=op.f("ck_safety_rule_units_or_percent")
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_safety_rule_percent")),
        sa.CheckConstraint("units >= 0", name=op.f("ck_safety_rule_units")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_safety_rule_validity")),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_safety_rule_category_code")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["store_group.id"], name=op.f("fk_safety_rule_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_safety_rule_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_safety_rule_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_rule")),
    )
    op.create_index(
        op.f("ix_safety_rule_scope_valid_from"),
        "safety_rule",
        ["scope", "valid_from"],
        unique=False,
    )
    op.create_table(
        "safety_state",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "resolved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_safety_state_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_safety_state")),
    )
    op.create_table(
        "shortage_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=True),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (resolution IS NULL)", name=op.f("ck_shortage_case_resolution")
        ),
        sa.CheckConstraint("missing > 0", name=op.f("ck_shortage_case_missing")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_shortage_case_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_shortage_case_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortage_case")),
    )
    op.create_index(
        "uq_shortage_case_open",
        "shortage_case",
        ["location_id", "sku"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("capacity >= 0 AND booked >= 0", name=op.f("ck_slot_positive")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slot_times")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_slot_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint(
            "location_id", "method", "starts_at", name=op.f("uq_slot_location_id_method_starts_at")
        ),
    )
    op.create_index(op.f("ix_slot_starts_at"), "slot", ["starts_at"], unique=False)
    op.create_table(
        "slot_pattern",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("weekdays", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("until_time", sa.Time(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "minutes BETWEEN 5 AND 720 AND capacity > 0", name=op.f("ck_slot_pattern_size")
        ),
        sa.CheckConstraint("until_time > from_time", name=op.f("ck_slot_pattern_times")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_slot_pattern_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_pattern")),
    )
    op.create_index(
        op.f("ix_slot_pattern_location_id"), "slot_pattern", ["location_id"], unique=False
    )
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_by_name", sa.Text(), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_count_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
    )
    op.create_index(
        op.f("ix_stock_count_location_id_status"),
        "stock_count",
        ["location_id", "status"],
        unique=False,
    )
    op.create_table(
        "stock_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_stock_wish_brand_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_stock_wish_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_wish_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_stock_wish_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_wish")),
    )
    op.create_index(
        "ix_stock_wish_waiting",
        "stock_wish",
        ["sku"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_stock_wish_open",
        "stock_wish",
        ["contact_id", "sku", "location_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_transfer_two_places")),
        sa.ForeignKeyConstraint(["from_id"], ["location.id"], name=op.f("fk_transfer_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["location.id"], name=op.f("fk_transfer_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_number")),
    )
    op.create_index(
        op.f("ix_transfer_from_id_status"), "transfer", ["from_id", "status"], unique=False
    )
    op.create_index(op.f("ix_transfer_to_id_status"), "transfer", ["to_id", "status"], unique=False)
    op.create_table(
        "capacity_booking",
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column(
            "booked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_capacity_booking_location_id")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_capacity_booking_slot_id")),
        sa.PrimaryKeyConstraint("fulfillment_id", name=op.f("pk_capacity_booking")),
    )
    op.create_index(
        "ix_capacity_booking_day",
        "capacity_booking",
        ["location_id", "day"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_index(
        "ix_capacity_booking_slot",
        "capacity_booking",
        ["slot_id"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "count_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=True),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_count_task_count_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_count_task_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_count_task_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_task")),
    )
    op.create_index(
        "uq_count_task_open",
        "count_task",
        ["location_id", "sku"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "incoming",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity > 0 AND received >= 0", name=op.f("ck_incoming_quantity")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_incoming_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_incoming_sku")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_incoming_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
    )
    op.create_index(
        "ix_incoming_open",
        "incoming",
        ["location_id", "sku", "expected_on"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_incoming_transfer_id"), "incoming", ["transfer_id"], unique=False)
    op.create_table(
        "stock_count_line",
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("shelf", sa.Integer(), nullable=True),
        sa.Column("in_bins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(counted IS NULL) = (counted_at IS NULL) AND (counted IS NULL) = (shelf IS NULL)",
            name=op.f("ck_stock_count_line_counted"),
        ),
        sa.CheckConstraint(
            "counted >= 0 AND in_bins >= 0", name=op.f("ck_stock_count_line_positive")
        ),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_stock_count_line_sku")),
        sa.PrimaryKeyConstraint("count_id", "sku", name=op.f("pk_stock_count_line")),
    )
    op.create_table(
        "transfer_line",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missing", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missing_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "missing = 0 OR missing_reason IS NOT NULL",
            name=op.f("ck_transfer_line_missing_reason"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_transfer_line_quantity")),
        sa.CheckConstraint(
            "sent >= 0 AND received >= 0 AND missing >= 0", name=op.f("ck_transfer_line_positive")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_transfer_line_sku")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_line_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "sku", name=op.f("pk_transfer_line")),
    )
    op.add_column("cart", sa.Column("pending_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_cart_pending_id"), "cart", "fulfillment", ["pending_id"], ["id"])
    op.add_column("fulfillment", sa.Column("slot_id", sa.Uuid(), nullable=True))
    op.add_column(
        "fulfillment", sa.Column("slot_starts_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "fulfillment", sa.Column("slot_ends_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_foreign_key(
        op.f("fk_fulfillment_slot_id"), "fulfillment", "slot", ["slot_id"], ["id"]
    )
    op.add_column("location", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column(
        "location",
        sa.Column(
            "rules", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
    )
    op.add_column(
        "location",
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=True,
        ),
    )
    op.create_index(op.f("ix_location_group_id"), "location", ["group_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_location_group_id"), "location", "store_group", ["group_id"], ["id"]
    )
    op.add_column(
        "reservation", sa.Column("set_aside", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("reservation", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reservation", sa.Column("held_max", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_reservation_set_aside"), "reservation", "set_aside BETWEEN 0 AND quantity"
    )
    op.create_check_constraint(
        op.f("ck_reservation_held_max"), "reservation", "held_until <= held_max"
    )
    # What was picked before lies in its bin.
    op.execute(
        """
        UPDATE reservation r SET set_aside = least(r.quantity, l.picked - l.handed_over)
        FROM fulfillment_line l
        WHERE l.fulfillment_id = r.fulfillment_id AND l.sku = r.sku AND l.picked > l.handed_over
        """
    )
    op.execute(
        """
        UPDATE reservation r SET held_until = f.pending_until, held_max = f.pending_until
        FROM fulfillment f WHERE f.id = r.fulfillment_id AND f.status = 'pending'
        """
    )
    op.create_index(
        "ix_reservation_held_until",
        "reservation",
        ["held_until"],
        unique=False,
        postgresql_where=sa.text("held_until IS NOT NULL AND quantity > 0"),
    )
    # Rows from before belong to no running transaction; a volatile default would rewrite the table.
    op.add_column(
        "stock_movement", sa.Column("xid", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.alter_column(
        "stock_movement",
        "xid",
        server_default=sa.text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)"),
    )
    op.create_index(
        "ix_stock_movement_recorded_at",
        "stock_movement",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_index(op.f("ix_stock_movement_xid_id"), "stock_movement", ["xid", "id"], unique=False)


def downgrade() -> None:
    """Undo: Stock and stores that tell the truth."""
    op.drop_index(op.f("ix_stock_movement_xid_id"), table_name="stock_movement")
    op.drop_index(
        "ix_stock_movement_recorded_at", table_name="stock_movement", postgresql_using="brin"
    )
    op.drop_column("stock_movement", "xid")
    op.drop_index(
        "ix_reservation_held_until",
        table_name="reservation",
        postgresql_where=sa.text("held_until IS NOT NULL AND quantity > 0"),
    )
    op.drop_column("reservation", "held_max")
    op.drop_column("reservation", "held_until")
    op.drop_column("reservation", "set_aside")
    op.drop_constraint(op.f("fk_location_group_id"), "location", type_="foreignkey")
    op.drop_index(op.f("ix_location_group_id"), table_name="location")
    op.drop_column("location", "opened_at")
    op.drop_column("location", "rules")
    op.drop_column("location", "group_id")
    op.drop_constraint(op.f("fk_fulfillment_slot_id"), "fulfillment", type_="foreignkey")
    op.drop_column("fulfillment", "slot_ends_at")
    op.drop_column("fulfillment", "slot_starts_at")
    op.drop_column("fulfillment", "slot_id")
    op.drop_constraint(op.f("fk_cart_pending_id"), "cart", type_="foreignkey")
    op.drop_column("cart", "pending_id")
    op.drop_table("transfer_line")
    op.drop_table("stock_count_line")
    op.drop_index(op.f("ix_incoming_transfer_id"), table_name="incoming")
    op.drop_index(
        "ix_incoming_open", table_name="incoming", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_table("incoming")
    op.drop_index(
        "uq_count_task_open", table_name="count_task", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_table("count_task")
    op.drop_index(
        "ix_capacity_booking_slot",
        table_name="capacity_booking",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_index(
        "ix_capacity_booking_day",
        table_name="capacity_booking",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_table("capacity_booking")
    op.drop_index(op.f("ix_transfer_to_id_status"), table_name="transfer")
    op.drop_index(op.f("ix_transfer_from_id_status"), table_name="transfer")
    op.drop_table("transfer")
    op.drop_index(
        "uq_stock_wish_open",
        table_name="stock_wish",
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index(
        "ix_stock_wish_waiting",
        table_name="stock_wish",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("stock_wish")
    op.drop_index(op.f("ix_stock_count_location_id_status"), table_name="stock_count")
    op.drop_table("stock_count")
    op.drop_index(op.f("ix_slot_pattern_location_id"), table_name="slot_pattern")
    op.drop_table("slot_pattern")
    op.drop_index(op.f("ix_slot_starts_at"), table_name="slot")
    op.drop_table("slot")
    op.drop_index(
        "uq_shortage_case_open",
        table_name="shortage_case",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("shortage_case")
    op.drop_table("safety_state")
    op.drop_index(op.f("ix_safety_rule_scope_valid_from"), table_name="safety_rule")
    op.drop_table("safety_rule")
    op.drop_table("low_stock")
    op.drop_table("location_method")
    op.drop_index(op.f("ix_exceptional_days_location_id_last_day"), table_name="exceptional_days")
    op.drop_table("exceptional_days")
    op.drop_table("day_load")
    op.drop_index(op.f("ix_store_group_brand_id"), table_name="store_group")
    op.drop_table("store_group")
    op.drop_table("stock_feed_line")
    op.drop_index(op.f("ix_stock_feed_conflict_feed_id"), table_name="stock_feed_conflict")
    op.drop_table("stock_feed_conflict")
    op.drop_table("stock_feed")
