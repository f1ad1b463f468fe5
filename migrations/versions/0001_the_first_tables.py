"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first tables."""
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.create_table(
        "attempt",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_attempt")),
    )
    op.create_table(
        "brand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sender_email", sa.Text(), nullable=False),
        sa.Column("sms_sender", sa.String(length=11), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
        sa.UniqueConstraint("code", name=op.f("uq_brand_code")),
    )
    op.create_table(
        "category",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["customer.id"], name=op.f("fk_customer_merged_into")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("aggregate", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("aggregate_id", "version", name=op.f("uq_event_aggregate_id_version")),
        info={"append_only": True},
    )
    op.create_table(
        "obligation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_no", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_obligation_amount_minor")),
        sa.CheckConstraint("obligation_no > 0", name=op.f("ck_obligation_obligation_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "reference_id", "obligation_no", name=op.f("uq_obligation_reference_id_obligation_no")
        ),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
    )
    op.create_index(
        op.f("ix_setting_scope_scope_id_key"), "setting", ["scope", "scope_id", "key"], unique=False
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "stored_answer",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column(
            "body", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_stored_answer")),
    )
    op.create_index(
        op.f("ix_stored_answer_created_at"), "stored_answer", ["created_at"], unique=False
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("intent_id", sa.Text(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
    )
    op.create_index(
        "ix_stripe_event_due",
        "stripe_event",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_table(
        "till_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_number", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_till_payment_amount_minor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_payment")),
        sa.UniqueConstraint(
            "location_id",
            "ticket_number",
            "reference_id",
            name=op.f("uq_till_payment_location_id_ticket_number_reference_id"),
        ),
    )
    op.create_index(
        op.f("ix_till_payment_reference_id"), "till_payment", ["reference_id"], unique=False
    )
    op.create_table(
        "turn",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_turn")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_api_key_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_index(op.f("ix_api_key_staff_id"), "api_key", ["staff_id"], unique=False)
    op.create_table(
        "article",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_article_category_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("code", name=op.f("uq_article_code")),
    )
    op.create_index(op.f("ix_article_category_code"), "article", ["category_code"], unique=False)
    op.create_table(
        "checkout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_no", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("cancel_url", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("poll_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.Column("doubt", sa.Text(), nullable=True),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_checkout_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint(
            "obligation_id", "attempt_no", name=op.f("uq_checkout_obligation_id_attempt_no")
        ),
        sa.UniqueConstraint("session_id", name=op.f("uq_checkout_session_id")),
    )
    op.create_index(
        "ix_checkout_poll",
        "checkout",
        ["poll_due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('starting', 'open')"),
    )
    op.create_index(
        "uq_checkout_live",
        "checkout",
        ["obligation_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('starting', 'open')"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_customer_id"), "contact", ["customer_id"], unique=False)
    op.create_index(
        "ix_contact_phone",
        "contact",
        ["phone"],
        unique=False,
        postgresql_where=sa.text("phone IS NOT NULL"),
    )
    op.create_table(
        "contact_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_point_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_contact_point_kind_value")),
    )
    op.create_index(
        op.f("ix_contact_point_customer_id"), "contact_point", ["customer_id"], unique=False
    )
    op.create_table(
        "delivery",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_delivery_event_id")),
        sa.PrimaryKeyConstraint("event_id", "subscriber", name=op.f("pk_delivery")),
    )
    op.create_index(
        "ix_delivery_owed",
        "delivery",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("holiday_region", sa.Text(), nullable=True),
        sa.Column("opening_hours", sa.Text(), nullable=True),
        sa.Column("sells", sa.Boolean(), nullable=False),
        sa.Column("collects", sa.Boolean(), nullable=False),
        sa.Column("ships", sa.Boolean(), nullable=False),
        sa.Column("receives", sa.Boolean(), nullable=False),
        sa.Column("prepare_min", sa.Integer(), server_default="120", nullable=False),
        sa.Column("hold_days", sa.Integer(), server_default="7", nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_location_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_location_longitude")),
        sa.CheckConstraint(
            "prepare_min >= 0 AND hold_days BETWEEN 1 AND 60", name=op.f("ck_location_durations")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_location_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("code", name=op.f("uq_location_code")),
    )
    op.create_index(op.f("ix_location_brand_id"), "location", ["brand_id"], unique=False)
    op.create_index(
        op.f("ix_location_latitude_longitude"), "location", ["latitude", "longitude"], unique=False
    )
    op.create_table(
        "shopper_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_shopper_session_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shopper_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shopper_session_token_hash")),
    )
    op.create_index(
        op.f("ix_shopper_session_seen_at"), "shopper_session", ["seen_at"], unique=False
    )
    op.create_table(
        "article_text",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_text_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", "language", name=op.f("pk_article_text")),
    )
    op.create_table(
        "card_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("captured_minor", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refunded_minor", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "authorised_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_card_payment_amount_minor")),
        sa.CheckConstraint(
            "captured_minor BETWEEN 0 AND amount_minor", name=op.f("ck_card_payment_captured_minor")
        ),
        sa.CheckConstraint(
            "refunded_minor BETWEEN 0 AND captured_minor",
            name=op.f("ck_card_payment_refunded_minor"),
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_card_payment_checkout_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_card_payment_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_payment")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_card_payment_intent_id")),
    )
    op.create_index(
        op.f("ix_card_payment_obligation_id"), "card_payment", ["obligation_id"], unique=False
    )
    op.create_index(
        "uq_card_payment_wanted",
        "card_payment",
        ["obligation_id"],
        unique=True,
        postgresql_where=sa.text("wanted AND status IN ('authorised', 'captured')"),
    )
    op.create_table(
        "cart",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_cart_location_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["shopper_session.id"], name=op.f("fk_cart_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_cart")),
    )
    op.create_table(
        "enrolment",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("tablet_name", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_enrolment_location_id")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "sales_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("formation", sa.String(32), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "placed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_sales_order_brand_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_sales_order_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("number", name=op.f("uq_sales_order_number")),
    )
    op.create_index(op.f("ix_sales_order_contact_id"), "sales_order", ["contact_id"], unique=False)
    op.create_table(
        "sku",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("vat_bp BETWEEN 0 AND 10000", name=op.f("ck_sku_vat_bp")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_sku_article_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sku")),
        sa.UniqueConstraint("gtin", name=op.f("uq_sku_gtin")),
    )
    op.create_index(op.f("ix_sku_article_id"), "sku", ["article_id"], unique=False)
    op.create_table(
        "staff_location",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_staff_location_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_location_staff_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", "location_id", name=op.f("pk_staff_location")),
    )
    op.create_table(
        "tablet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "enrolled_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_tablet_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablet")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tablet_token_hash")),
    )
    op.create_index(op.f("ix_tablet_location_id"), "tablet", ["location_id"], unique=False)
    op.create_table(
        "cart_line",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_cart_line_quantity")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cart.session_id"], name=op.f("fk_cart_line_session_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_cart_line_sku")),
        sa.PrimaryKeyConstraint("session_id", "sku", name=op.f("pk_cart_line")),
    )
    op.create_table(
        "fulfillment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promise_inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pending_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bin", sa.Text(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collect_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extensions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status <> 'pending' OR pending_until IS NOT NULL",
            name=op.f("ck_fulfillment_pending_until"),
        ),
        sa.CheckConstraint(
            "status <> 'ready' OR (bin IS NOT NULL)", name=op.f("ck_fulfillment_ready_binned")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_fulfillment_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_fulfillment_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment")),
    )
    op.create_index(
        "ix_fulfillment_collect_by",
        "fulfillment",
        ["collect_by"],
        unique=False,
        postgresql_where=sa.text("status = 'ready'"),
    )
    op.create_index(
        op.f("ix_fulfillment_location_id_ended_at"),
        "fulfillment",
        ["location_id", "ended_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index(
        "ix_fulfillment_open",
        "fulfillment",
        ["location_id", "status", "promised_at"],
        unique=False,
        postgresql_where=sa.text(
            "status NOT IN ('handed_over', 'delivered', 'expired', 'cancelled', 'rerouted')"
        ),
    )
    op.create_index(op.f("ix_fulfillment_order_id"), "fulfillment", ["order_id"], unique=False)
    op.create_index(
        "ix_fulfillment_pending",
        "fulfillment",
        ["pending_until"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.Integer(), nullable=False),
        sa.Column("price_per", sa.Integer(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity")),
        sa.CheckConstraint(
            "unit_price_minor >= 0 AND price_per > 0", name=op.f("ck_order_line_price")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_order_line_order_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_order_line_sku")),
        sa.PrimaryKeyConstraint("order_id", "sku", name=op.f("pk_order_line")),
    )
    op.create_table(
        "payment_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("key_no", sa.Integer(), server_default="1", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "wished_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'expire') = (checkout_id IS NOT NULL)",
            name=op.f("ck_payment_wish_checkout_id"),
        ),
        sa.CheckConstraint(
            "(kind = 'expire') = (payment_id IS NULL)", name=op.f("ck_payment_wish_payment_id")
        ),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('capture', 'refund') THEN amount_minor > 0 ELSE amount_minor IS NULL END",
            name=op.f("ck_payment_wish_amount_minor"),
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_payment_wish_checkout_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_payment_wish_obligation_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["card_payment.id"], name=op.f("fk_payment_wish_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_wish")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_payment_wish_provider_id")),
    )
    op.create_index(
        "ix_payment_wish_due",
        "payment_wish",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('due', 'unknown')"),
    )
    op.create_index(
        op.f("ix_payment_wish_obligation_id"), "payment_wish", ["obligation_id"], unique=False
    )
    op.create_index(
        op.f("ix_payment_wish_payment_id"), "payment_wish", ["payment_id"], unique=False
    )
    op.create_index(
        "uq_payment_wish_cancel",
        "payment_wish",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'cancel' AND status IN ('due', 'unknown')"),
    )
    op.create_index(
        "uq_payment_wish_capture",
        "payment_wish",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'capture' AND status IN ('due', 'unknown', 'done')"),
    )
    op.create_index(
        "uq_payment_wish_expire",
        "payment_wish",
        ["checkout_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'expire' AND status IN ('due', 'unknown')"),
    )
    op.create_table(
        "price",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("price_per", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_price_amount_minor")),
        sa.CheckConstraint("price_per > 0", name=op.f("ck_price_price_per")),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_price_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    op.create_index(
        op.f("ix_price_brand_id_sku_valid_from"),
        "price",
        ["brand_id", "sku", "valid_from"],
        unique=False,
    )
    op.create_index(op.f("ix_price_sku"), "price", ["sku"], unique=False)
    op.create_index(
        "uq_price_current",
        "price",
        ["brand_id", "sku"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "reservation",
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_reservation_quantity")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_reservation_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_reservation_sku")),
        sa.PrimaryKeyConstraint("fulfillment_id", "sku", name=op.f("pk_reservation")),
    )
    op.create_index(
        op.f("ix_reservation_location_id_sku"),
        "reservation",
        ["location_id", "sku"],
        unique=False,
        postgresql_where=sa.text("quantity > 0"),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("tablet_id", sa.Uuid(), nullable=True),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.ForeignKeyConstraint(
            ["tablet_id"], ["tablet.id"], name=op.f("fk_staff_session_tablet_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "stock_level",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quarantined", sa.Integer(), server_default="0", nullable=False),
        sa.Column("safety_stock", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_level_on_hand")),
        sa.CheckConstraint("quarantined >= 0", name=op.f("ck_stock_level_quarantined")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_level_reserved")),
        sa.CheckConstraint("safety_stock >= 0", name=op.f("ck_stock_level_safety_stock")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_level_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_stock_level_sku")),
        sa.PrimaryKeyConstraint("location_id", "sku", name=op.f("pk_stock_level")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(op.f("ix_stock_level_sku"), "stock_level", ["sku"], unique=False)
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("on_hand_delta", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reserved_delta", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quarantined_delta", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind <> 'adjusted' OR reason IS NOT NULL",
            name=op.f("ck_stock_movement_adjusted_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_movement_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_stock_movement_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_stock_movement_location_id_sku_id"),
        "stock_movement",
        ["location_id", "sku", "id"],
        unique=False,
    )
    op.create_table(
        "fulfillment_line",
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handed_over", sa.Integer(), server_default="0", nullable=False),
        sa.Column("short_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "handed_over + cancelled <= quantity", name=op.f("ck_fulfillment_line_obligation")
        ),
        sa.CheckConstraint("handed_over <= picked", name=op.f("ck_fulfillment_line_handed_over")),
        sa.CheckConstraint("picked <= quantity", name=op.f("ck_fulfillment_line_picked")),
        sa.CheckConstraint(
            "picked >= 0 AND cancelled >= 0 AND handed_over >= 0",
            name=op.f("ck_fulfillment_line_positive"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_fulfillment_line_quantity")),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_fulfillment_line_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_fulfillment_line_sku")),
        sa.PrimaryKeyConstraint("fulfillment_id", "sku", name=op.f("pk_fulfillment_line")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("possible_duplicate", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_message_contact_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_message_event_id")),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_message_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_message_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_message_reference")),
    )
    op.create_index(
        "ix_message_due",
        "message",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index(op.f("ix_message_order_id"), "message", ["order_id"], unique=False)
    op.create_index(
        "ix_message_sms_begun",
        "message",
        ["begun_at"],
        unique=False,
        postgresql_where=sa.text("channel = 'sms' AND begun_at IS NOT NULL"),
    )
    op.create_table(
        "pickup_pass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("key_id", sa.SmallInteger(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_pickup_pass_fulfillment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_pass")),
    )
    op.create_index(
        op.f("ix_pickup_pass_fulfillment_id"), "pickup_pass", ["fulfillment_id"], unique=False
    )
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=True),
        sa.Column("found", sa.String(32), nullable=False),
        sa.Column("quantities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column(
            "handed_over_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_hand_over_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_hand_over_location_id")
        ),
        sa.ForeignKeyConstraint(["pass_id"], ["pickup_pass.id"], name=op.f("fk_hand_over_pass_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(
        op.f("ix_hand_over_fulfillment_id"), "hand_over", ["fulfillment_id"], unique=False
    )


def downgrade() -> None:
    """Undo: The first tables."""
    op.drop_index(op.f("ix_hand_over_fulfillment_id"), table_name="hand_over")
    op.drop_table("hand_over")
    op.drop_index(op.f("ix_pickup_pass_fulfillment_id"), table_name="pickup_pass")
    op.drop_table("pickup_pass")
    op.drop_index(
        "ix_message_sms_begun",
        table_name="message",
        postgresql_where=sa.text("channel = 'sms' AND begun_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_message_order_id"), table_name="message")
    op.drop_index(
        "ix_message_due", table_name="message", postgresql_where=sa.text("status = 'due'")
    )
    op.drop_table("message")
    op.drop_table("fulfillment_line")
    op.drop_index(op.f("ix_stock_movement_location_id_sku_id"), table_name="stock_movement")
    op.drop_table("stock_movement")
    op.drop_index(op.f("ix_stock_level_sku"), table_name="stock_level")
    op.drop_table("stock_level")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(
        op.f("ix_reservation_location_id_sku"),
        table_name="reservation",
        postgresql_where=sa.text("quantity > 0"),
    )
    op.drop_table("reservation")
    op.drop_index(
        "uq_price_current", table_name="price", postgresql_where=sa.text("valid_to IS NULL")
    )
    op.drop_index(op.f("ix_price_sku"), table_name="price")
    op.drop_index(op.f("ix_price_brand_id_sku_valid_from"), table_name="price")
    op.drop_table("price")
    op.drop_index(
        "uq_payment_wish_expire",
        table_name="payment_wish",
        postgresql_where=sa.text("kind = 'expire' AND status IN ('due', 'unknown')"),
    )
    op.drop_index(
        "uq_payment_wish_capture",
        table_name="payment_wish",
        postgresql_where=sa.text("kind = 'capture' AND status IN ('due', 'unknown', 'done')"),
    )
    op.drop_index(
        "uq_payment_wish_cancel",
        table_name="payment_wish",
        postgresql_where=sa.text("kind = 'cancel' AND status IN ('due', 'unknown')"),
    )
    op.drop_index(op.f("ix_payment_wish_payment_id"), table_name="payment_wish")
    op.drop_index(op.f("ix_payment_wish_obligation_id"), table_name="payment_wish")
    op.drop_index(
        "ix_payment_wish_due",
        table_name="payment_wish",
        postgresql_where=sa.text("status IN ('due', 'unknown')"),
    )
    op.drop_table("payment_wish")
    op.drop_table("order_line")
    op.drop_index(
        "ix_fulfillment_pending",
        table_name="fulfillment",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_index(op.f("ix_fulfillment_order_id"), table_name="fulfillment")
    op.drop_index(
        "ix_fulfillment_open",
        table_name="fulfillment",
        postgresql_where=sa.text(
            "status NOT IN ('handed_over', 'delivered', 'expired', 'cancelled', 'rerouted')"
        ),
    )
    op.drop_index(
        op.f("ix_fulfillment_location_id_ended_at"),
        table_name="fulfillment",
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_fulfillment_collect_by",
        table_name="fulfillment",
        postgresql_where=sa.text("status = 'ready'"),
    )
    op.drop_table("fulfillment")
    op.drop_table("cart_line")
    op.drop_index(op.f("ix_tablet_location_id"), table_name="tablet")
    op.drop_table("tablet")
    op.drop_table("staff_location")
    op.drop_index(op.f("ix_sku_article_id"), table_name="sku")
    op.drop_table("sku")
    op.drop_index(op.f("ix_sales_order_contact_id"), table_name="sales_order")
    op.drop_table("sales_order")
    op.drop_table("enrolment")
    op.drop_table("cart")
    op.drop_index(
        "uq_card_payment_wanted",
        table_name="card_payment",
        postgresql_where=sa.text("wanted AND status IN ('authorised', 'captured')"),
    )
    op.drop_index(op.f("ix_card_payment_obligation_id"), table_name="card_payment")
    op.drop_table("card_payment")
    op.drop_table("article_text")
    op.drop_index(op.f("ix_shopper_session_seen_at"), table_name="shopper_session")
    op.drop_table("shopper_session")
    op.drop_index(op.f("ix_location_latitude_longitude"), table_name="location")
    op.drop_index(op.f("ix_location_brand_id"), table_name="location")
    op.drop_table("location")
    op.drop_index(
        "ix_delivery_owed",
        table_name="delivery",
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_table("delivery")
    op.drop_index(op.f("ix_contact_point_customer_id"), table_name="contact_point")
    op.drop_table("contact_point")
    op.drop_index(
        "ix_contact_phone", table_name="contact", postgresql_where=sa.text("phone IS NOT NULL")
    )
    op.drop_index(op.f("ix_contact_customer_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(
        "uq_checkout_live",
        table_name="checkout",
        postgresql_where=sa.text("status IN ('starting', 'open')"),
    )
    op.drop_index(
        "ix_checkout_poll",
        table_name="checkout",
        postgresql_where=sa.text("status IN ('starting', 'open')"),
    )
    op.drop_table("checkout")
    op.drop_index(op.f("ix_article_category_code"), table_name="article")
    op.drop_table("article")
    op.drop_index(op.f("ix_api_key_staff_id"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_table("turn")
    op.drop_index(op.f("ix_till_payment_reference_id"), table_name="till_payment")
    op.drop_table("till_payment")
    op.drop_index(
        "ix_stripe_event_due", table_name="stripe_event", postgresql_where=sa.text("status = 'due'")
    )
    op.drop_table("stripe_event")
    op.drop_index(op.f("ix_stored_answer_created_at"), table_name="stored_answer")
    op.drop_table("stored_answer")
    op.drop_table("staff")
    op.drop_index(op.f("ix_setting_scope_scope_id_key"), table_name="setting")
    op.drop_table("setting")
    op.drop_table("obligation")
    op.drop_table("event")
    op.drop_table("customer")
    op.drop_table("category")
    op.drop_table("brand")
    op.drop_table("attempt")
