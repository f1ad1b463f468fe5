"""One order on every channel: people, baskets that move, orders that are brought, followers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

NOW = sa.text("statement_timestamp()")
ABOUT = (
    "(order_id IS NULL) = (fulfillment_id IS NULL)"
    " AND num_nonnulls(fulfillment_id, wish_id, case_id, location_id, cart_id, challenge_id) = 1"
    " AND num_nonnulls(contact_id, staff_id, challenge_id) = 1"
    " AND (staff_id IS NULL) = (num_nonnulls(case_id, location_id) = 0)"
)
ABOUT_BEFORE = (
    "(order_id IS NULL) = (fulfillment_id IS NULL)"
    " AND num_nonnulls(fulfillment_id, wish_id, case_id, location_id) = 1"
    " AND num_nonnulls(contact_id, staff_id) = 1"
    " AND (staff_id IS NULL) = (num_nonnulls(case_id, location_id) = 0)"
)


def upgrade() -> None:
    """What is begun on one channel goes on on others."""
    _create_people()
    _widen_orders()
    _free_carts()
    _create_telling()


def downgrade() -> None:
    """Baskets nobody's first browser holds go, and what was told of them."""
    op.execute("DELETE FROM message WHERE num_nonnulls(cart_id, challenge_id) > 0")
    op.drop_constraint(op.f("ck_message_about"), "message")
    op.drop_column("message", "challenge_id")
    op.drop_column("message", "cart_id")
    op.create_check_constraint("about", "message", ABOUT_BEFORE)
    op.drop_table("webhook")
    _tie_carts()
    for column in ("version", "seller_id", "placed_at_id"):
        op.drop_column("sales_order", column)
    op.drop_column("fulfillment", "release_at")
    op.drop_table("pay_link")
    op.drop_table("external_order")
    op.drop_table("outside_payment")
    for column in ("day_max_minor", "order_max_minor", "source"):
        op.drop_column("api_key", column)
    op.drop_index(op.f("ix_customer_merged_into"), "customer")
    op.drop_index("ix_contact_email", "contact")
    op.drop_index(op.f("ix_shopper_session_customer_id"), "shopper_session")
    op.drop_column("shopper_session", "signed_in_at")
    op.drop_column("contact_point", "proven_at")
    for table in (
        "challenge",
        "saved_address",
        "former_id",
        "customer_merge",
        "consent",
        "account",
    ):
        op.drop_table(table)


def _create_people() -> None:
    op.create_table(
        "account",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_account_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_account")),
    )
    op.create_index(
        "uq_account_email",
        "account",
        ["email"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_consent_customer_id_purpose_channel_topic"),
        "consent",
        ["customer_id", "purpose", "channel", "topic"],
        unique=False,
    )
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_customer_merge_two")),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["customer.id"], name=op.f("fk_customer_merge_kept_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["customer.id"], name=op.f("fk_customer_merge_merged_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
    )
    op.create_index(op.f("ix_customer_merge_kept_id"), "customer_merge", ["kept_id"], unique=False)
    op.create_index(
        "uq_customer_merge_merged_id",
        "customer_merge",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "former_id",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_former_id_customer_id")
        ),
        sa.PrimaryKeyConstraint("source", "value", name=op.f("pk_former_id")),
    )
    op.create_index(op.f("ix_former_id_customer_id"), "former_id", ["customer_id"], unique=False)
    op.create_table(
        "saved_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("line1", sa.Text(), nullable=False),
        sa.Column("line2", sa.Text(), nullable=True),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_saved_address_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_address")),
    )
    op.create_index(
        op.f("ix_saved_address_customer_id"), "saved_address", ["customer_id"], unique=False
    )
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["shopper_session.id"], name=op.f("fk_challenge_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    op.create_index(
        op.f("ix_challenge_kind_value_asked_at"),
        "challenge",
        ["kind", "value", "asked_at"],
        unique=False,
    )
    op.create_index(op.f("ix_challenge_session_id"), "challenge", ["session_id"], unique=False)
    op.add_column(
        "contact_point", sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "shopper_session", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        op.f("ix_shopper_session_customer_id"),
        "shopper_session",
        ["customer_id"],
        unique=False,
        postgresql_where=sa.text("customer_id IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_email",
        "contact",
        [sa.text("lower(email)")],
        unique=False,
        postgresql_where=sa.text("email IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_customer_merged_into"),
        "customer",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )


def _widen_orders() -> None:
    op.create_table(
        "outside_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("payment_reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("back_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_outside_payment_amount_minor")),
        sa.CheckConstraint(
            "back_minor BETWEEN 0 AND amount_minor", name=op.f("ck_outside_payment_back_minor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_payment")),
        sa.UniqueConstraint(
            "source",
            "payment_reference",
            "reference_id",
            name=op.f("uq_outside_payment_source_payment_reference_reference_id"),
        ),
    )
    op.create_index(
        op.f("ix_outside_payment_reference_id"), "outside_payment", ["reference_id"], unique=False
    )
    op.create_table(
        "external_order",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("stated", postgresql.JSONB(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_external_order_key_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_external_order_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_external_order")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_external_order_source_number")),
    )
    op.create_index(
        op.f("ix_external_order_key_id_brought_at"),
        "external_order",
        ["key_id", "brought_at"],
        unique=False,
    )
    op.create_table(
        "pay_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("pay_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_pay_link_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_pay_link_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_link")),
    )
    op.create_index(
        "ix_pay_link_open",
        "pay_link",
        ["pay_by"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_pay_link_order_id"), "pay_link", ["order_id"], unique=False)
    op.add_column("api_key", sa.Column("source", sa.String(length=40), nullable=True))
    op.add_column("api_key", sa.Column("order_max_minor", sa.BigInteger(), nullable=True))
    op.add_column("api_key", sa.Column("day_max_minor", sa.BigInteger(), nullable=True))
    op.add_column("fulfillment", sa.Column("release_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sales_order", sa.Column("placed_at_id", sa.Uuid(), nullable=True))
    op.add_column("sales_order", sa.Column("seller_id", sa.Uuid(), nullable=True))
    op.add_column(
        "sales_order", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.create_index(
        op.f("ix_sales_order_placed_at_id"),
        "sales_order",
        ["placed_at_id"],
        unique=False,
        postgresql_where=sa.text("placed_at_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_sales_order_seller_id"), "sales_order", "staff", ["seller_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_sales_order_placed_at_id"), "sales_order", "location", ["placed_at_id"], ["id"]
    )


def _free_carts() -> None:
    """A basket keeps the id of the browser it was begun in, which goes on holding it."""
    op.drop_constraint(op.f("fk_cart_line_session_id"), "cart_line", type_="foreignkey")
    op.drop_constraint(op.f("fk_cart_session_id"), "cart", type_="foreignkey")
    op.alter_column("cart", "session_id", new_column_name="id")
    op.alter_column("cart_line", "session_id", new_column_name="cart_id")
    op.create_table(
        "cart_holder",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["cart_id"], ["cart.id"], name=op.f("fk_cart_holder_cart_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["shopper_session.id"], name=op.f("fk_cart_holder_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_cart_holder")),
    )
    op.create_index(op.f("ix_cart_holder_cart_id"), "cart_holder", ["cart_id"], unique=False)
    op.add_column("cart", sa.Column("code", sa.String(length=6), nullable=True))
    op.add_column("cart", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("cart", sa.Column("channel", sa.String(32), server_default="web", nullable=False))
    op.add_column("cart", sa.Column("contact_id", sa.Uuid(), nullable=True))
    op.add_column("cart", sa.Column("customer_id", sa.Uuid(), nullable=True))
    op.add_column("cart", sa.Column("staff_id", sa.Uuid(), nullable=True))
    op.add_column("cart", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("cart", sa.Column("order_id", sa.Uuid(), nullable=True))
    op.add_column(
        "cart",
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
    )
    op.create_index(op.f("ix_cart_changed_at"), "cart", ["changed_at"], unique=False)
    op.create_index(op.f("ix_cart_customer_id"), "cart", ["customer_id"], unique=False)
    op.create_index(op.f("ix_cart_staff_id"), "cart", ["staff_id"], unique=False)
    op.create_unique_constraint(op.f("uq_cart_code"), "cart", ["code"])
    op.create_unique_constraint(op.f("uq_cart_order_id"), "cart", ["order_id"])
    op.create_foreign_key(op.f("fk_cart_order_id"), "cart", "sales_order", ["order_id"], ["id"])
    op.create_foreign_key(op.f("fk_cart_contact_id"), "cart", "contact", ["contact_id"], ["id"])
    op.create_foreign_key(op.f("fk_cart_customer_id"), "cart", "customer", ["customer_id"], ["id"])
    op.create_foreign_key(op.f("fk_cart_staff_id"), "cart", "staff", ["staff_id"], ["id"])
    op.add_column("cart_line", sa.Column("method", sa.String(32), nullable=True))
    op.add_column("cart_line", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.add_column("cart_line", sa.Column("note", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_cart_line_location_id"), "cart_line", "location", ["location_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_cart_line_cart_id"), "cart_line", "cart", ["cart_id"], ["id"])
    op.execute("INSERT INTO cart_holder (session_id, cart_id) SELECT id, id FROM cart")


def _create_telling() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", postgresql.JSONB(), nullable=False),
        sa.Column("told_to", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_webhook_key_id")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_webhook_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_key_id"), "webhook", ["key_id"])
    op.create_index(
        "ix_webhook_due",
        "webhook",
        ["due_at"],
        postgresql_where=sa.text("paused_at IS NULL AND closed_at IS NULL"),
    )
    op.add_column("message", sa.Column("cart_id", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("challenge_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_message_cart_id"), "message", "cart", ["cart_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(
        op.f("ix_message_cart_id"),
        "message",
        ["cart_id"],
        unique=False,
        postgresql_where=sa.text("cart_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_message_challenge_id"), "message", "challenge", ["challenge_id"], ["id"]
    )
    op.drop_constraint(op.f("ck_message_about"), "message")
    op.create_check_constraint("about", "message", ABOUT)


def _tie_carts() -> None:
    op.drop_table("cart_holder")
    op.execute("DELETE FROM cart_line WHERE cart_id NOT IN (SELECT id FROM shopper_session)")
    op.execute("DELETE FROM cart WHERE id NOT IN (SELECT id FROM shopper_session)")
    for column in ("note", "location_id", "method"):
        op.drop_column("cart_line", column)
    op.drop_index(op.f("ix_cart_changed_at"), "cart")
    for column in (
        "created_at",
        "order_id",
        "note",
        "staff_id",
        "customer_id",
        "contact_id",
        "channel",
        "version",
        "code",
    ):
        op.drop_column("cart", column)
    op.drop_constraint(op.f("fk_cart_line_cart_id"), "cart_line", type_="foreignkey")
    op.alter_column("cart_line", "cart_id", new_column_name="session_id")
    op.alter_column("cart", "id", new_column_name="session_id")
    op.create_foreign_key(
        op.f("fk_cart_session_id"), "cart", "shopper_session", ["session_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_cart_line_session_id"), "cart_line", "cart", ["session_id"], ["session_id"]
    )
