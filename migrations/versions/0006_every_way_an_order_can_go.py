"""Every way an order can go: cases, choices, waves, substitutes, packages, tills."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

ABOUT = (
    "(order_id IS NULL) = (fulfillment_id IS NULL)"
    " AND num_nonnulls(fulfillment_id, wish_id, case_id, location_id) = 1"
    " AND num_nonnulls(contact_id, staff_id) = 1"
    " AND (staff_id IS NULL) = (num_nonnulls(case_id, location_id) = 0)"
)
ABOUT_BEFORE = (
    "(order_id IS NULL) = (fulfillment_id IS NULL)"
    " AND (fulfillment_id IS NULL) <> (wish_id IS NULL)"
)
CHECKS = (
    ("fulfillment", "rerouted_to", "(status = 'rerouted') = (rerouted_to IS NOT NULL)"),
    ("fulfillment", "delivery_address", "method <> 'delivery' OR address_id IS NOT NULL"),
)
REASONS = (
    ("short", "not_found", "Introuvable", "Not found", "all_left"),
    ("short", "damaged", "Abîmé", "Damaged", "this_quantity"),
    (
        "short",
        "display_only",
        "Modèle d’exposition seulement",
        "Display piece only",
        "this_quantity",
    ),
    (
        "short",
        "sold_to_walk_in",
        "Vendu à un client en magasin",
        "Sold in the store",
        "this_quantity",
    ),
    ("short", "wrong_label", "Mal étiqueté", "Wrong label", "none"),
    ("short", "quality", "Qualité insuffisante", "Not good enough", "this_quantity"),
    ("reject", "no_stock", "Plus rien en rayon", "Nothing left on the shelf", "all_left"),
    ("reject", "no_time", "Pas le temps", "No time", "none"),
    ("reject", "closed", "Magasin fermé", "Store closed", "none"),
    ("reject", "wrong_item_data", "Fiche article fausse", "Wrong article data", "none"),
    ("refuse", "changed_mind", "Ne le veut plus", "Changed their mind", "none"),
    ("refuse", "not_as_described", "Pas conforme à la fiche", "Not as described", "none"),
    ("refuse", "wrong_size", "Mauvaise taille", "Wrong size", "none"),
    ("refuse", "damaged", "Abîmé", "Damaged", "this_quantity"),
    ("refuse", "too_late", "Trop tard", "Too late", "none"),
    ("force", "known_customer", "Client connu de l’équipe", "Known to the team", "none"),
    ("force", "phone_dead", "Téléphone éteint", "Phone is off", "none"),
    ("force", "till_down", "Caisse en panne", "Till is down", "none"),
    ("force", "manager_decision", "Décision du responsable", "Manager's decision", "none"),
)


def upgrade() -> None:
    """Every way an order can go."""
    op.create_table(
        "reason",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("effect", sa.String(32), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_reason")),
    )
    op.create_table(
        "address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("line1", sa.Text(), nullable=False),
        sa.Column("line2", sa.Text(), nullable=True),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_address_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(op.f("ix_address_contact_id"), "address", ["contact_id"], unique=False)
    op.create_table(
        "goods_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("ticket_number", sa.Text(), nullable=True),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column(
            "returned_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_goods_return_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_goods_return_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_return")),
    )
    op.create_index(
        op.f("ix_goods_return_location_id_returned_at"),
        "goods_return",
        ["location_id", "returned_at"],
        unique=False,
    )
    op.create_index(op.f("ix_goods_return_order_id"), "goods_return", ["order_id"], unique=False)
    op.create_table(
        "proxy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "named_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_proxy_contact_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_proxy_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy")),
    )
    op.create_index(op.f("ix_proxy_order_id"), "proxy", ["order_id"], unique=False)
    op.create_table(
        "shelf_place",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_shelf_place_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_shelf_place_sku")),
        sa.PrimaryKeyConstraint("location_id", "sku", name=op.f("pk_shelf_place")),
    )
    op.create_table(
        "terminal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "enrolled_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_terminal_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
    )
    op.create_index(op.f("ix_terminal_location_id"), "terminal", ["location_id"], unique=False)
    op.create_table(
        "wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("picker_id", sa.Uuid(), nullable=True),
        sa.Column("picker_name", sa.Text(), nullable=False),
        sa.Column("walk", sa.String(32), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_wave_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    op.create_index(
        "ix_wave_open",
        "wave",
        ["location_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "goods_return_line",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_goods_return_line_amount_minor")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_goods_return_line_quantity")),
        sa.ForeignKeyConstraint(
            ["return_id"], ["goods_return.id"], name=op.f("fk_goods_return_line_return_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_goods_return_line_sku")),
        sa.PrimaryKeyConstraint("return_id", "sku", name=op.f("pk_goods_return_line")),
    )
    op.create_table(
        "pos_receipt",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_number", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_pos_receipt_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["goods_return.id"], name=op.f("fk_pos_receipt_return_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_pos_receipt_terminal_id")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "seq", name=op.f("pk_pos_receipt")),
    )
    op.create_index(op.f("ix_pos_receipt_order_id"), "pos_receipt", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_pos_receipt_recorded_at"), "pos_receipt", ["recorded_at"], unique=False
    )
    op.create_table(
        "terminal_nonce",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column(
            "used_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_nonce_terminal_id")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "nonce", name=op.f("pk_terminal_nonce")),
    )
    op.create_index(op.f("ix_terminal_nonce_used_at"), "terminal_nonce", ["used_at"], unique=False)
    op.create_table(
        "arrival",
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("on_my_way_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bay", sa.Text(), nullable=True),
        sa.Column("vehicle", sa.Text(), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "served_at IS NULL OR arrived_at IS NOT NULL", name=op.f("ck_arrival_served_after")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_arrival_fulfillment_id")
        ),
        sa.PrimaryKeyConstraint("fulfillment_id", name=op.f("pk_arrival")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=True),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalations", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (resolution IS NULL)", name=op.f("ck_case_file_resolution")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_case_file_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_case_file_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_case_file_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index(
        "ix_case_file_due",
        "case_file",
        ["location_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_case_file_order_id"), "case_file", ["order_id"], unique=False)
    op.create_index(
        "uq_case_file_open",
        "case_file",
        ["key"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fallback", sa.String(32), nullable=False),
        sa.Column("answer", sa.String(32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "wait_until IS NULL OR answer = 'wait'", name=op.f("ck_choice_wait_until")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_choice_answered")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_choice_fulfillment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
        sa.UniqueConstraint("fulfillment_id", name=op.f("uq_choice_fulfillment_id")),
    )
    op.create_index(
        "ix_choice_answer_by",
        "choice",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index(
        "ix_choice_wait_until",
        "choice",
        ["wait_until"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "package",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("tracking_number", sa.String(length=40), nullable=False),
        sa.Column("quantities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("packed_by_name", sa.Text(), nullable=False),
        sa.Column(
            "packed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "shipped_at IS NOT NULL OR delivered_at IS NULL", name=op.f("ck_package_in_order")
        ),
        sa.CheckConstraint("weight_g IS NULL OR weight_g > 0", name=op.f("ck_package_weight_g")),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_package_fulfillment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint(
            "carrier", "tracking_number", name=op.f("uq_package_carrier_tracking_number")
        ),
    )
    op.create_index(op.f("ix_package_fulfillment_id"), "package", ["fulfillment_id"], unique=False)
    op.create_table(
        "put_back",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("bin", sa.Text(), nullable=True),
        sa.Column("quantities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_put_back_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_put_back_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_back")),
    )
    op.create_index(
        op.f("ix_put_back_fulfillment_id"), "put_back", ["fulfillment_id"], unique=False
    )
    op.create_index(
        "ix_put_back_open",
        "put_back",
        ["location_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("substitute_sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.Integer(), nullable=False),
        sa.Column("price_per", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("proposed_by_name", sa.Text(), nullable=False),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'proposed') = (answered_at IS NULL)", name=op.f("ck_substitution_answered")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_substitution_quantity")),
        sa.CheckConstraint("sku <> substitute_sku", name=op.f("ck_substitution_other_sku")),
        sa.CheckConstraint(
            "unit_price_minor >= 0 AND price_per > 0", name=op.f("ck_substitution_price")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_substitution_fulfillment_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["sku.code"], name=op.f("fk_substitution_sku")),
        sa.ForeignKeyConstraint(
            ["substitute_sku"], ["sku.code"], name=op.f("fk_substitution_substitute_sku")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index(
        "ix_substitution_answer_by",
        "substitution",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.create_index(
        "uq_substitution_open",
        "substitution",
        ["fulfillment_id", "sku"],
        unique=True,
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.create_table(
        "offline_fact",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("statement_timestamp()"),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_offline_fact_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["tablet.id"], name=op.f("fk_offline_fact_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillment.id"], name=op.f("fk_offline_fact_fulfillment_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "nonce", name=op.f("pk_offline_fact")),
    )
    op.create_index(
        op.f("ix_offline_fact_fulfillment_id"), "offline_fact", ["fulfillment_id"], unique=False
    )
    op.add_column("fulfillment", sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("wave_id", sa.Uuid(), nullable=True))
    op.add_column("fulfillment", sa.Column("address_id", sa.Uuid(), nullable=True))
    op.add_column("fulfillment", sa.Column("rerouted_to", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_fulfillment_wave",
        "fulfillment",
        ["wave_id"],
        unique=False,
        postgresql_where=sa.text("wave_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_fulfillment_address_id"), "fulfillment", "address", ["address_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_fulfillment_rerouted_to"), "fulfillment", "fulfillment", ["rerouted_to"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_fulfillment_wave_id"), "fulfillment", "wave", ["wave_id"], ["id"]
    )
    op.add_column(
        "hand_over", sa.Column("verified", sa.String(32), server_default="none", nullable=False)
    )
    op.add_column(
        "hand_over",
        sa.Column(
            "refused",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("hand_over", sa.Column("forced", sa.Text(), nullable=True))
    op.add_column(
        "hand_over", sa.Column("conflict", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("hand_over", sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("hand_over", sa.Column("terminal_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_hand_over_terminal_id"), "hand_over", "terminal", ["terminal_id"], ["id"]
    )
    op.add_column("message", sa.Column("case_id", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("staff_id", sa.Uuid(), nullable=True))
    op.alter_column("message", "contact_id", existing_type=sa.UUID(), nullable=True)
    op.create_foreign_key(op.f("fk_message_staff_id"), "message", "staff", ["staff_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_message_location_id"), "message", "location", ["location_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_message_case_id"), "message", "case_file", ["case_id"], ["id"])
    op.add_column("pickup_pass", sa.Column("contact_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_pickup_pass_contact_id"), "pickup_pass", "contact", ["contact_id"], ["id"]
    )
    op.add_column("sales_order", sa.Column("partly", sa.String(32), nullable=True))
    op.alter_column("sales_order", "contact_id", existing_type=sa.UUID(), nullable=True)
    op.add_column("transfer", sa.Column("fulfillment_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_transfer_fulfillment_id",
        "transfer",
        ["fulfillment_id"],
        unique=False,
        postgresql_where=sa.text("fulfillment_id IS NOT NULL"),
    )
    for table, name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.drop_constraint(op.f("ck_message_about"), "message", type_="check")
    op.create_check_constraint(op.f("ck_message_about"), "message", ABOUT)
    op.bulk_insert(
        sa.table(
            "reason",
            *(sa.column(each) for each in ("kind", "code", "label_fr", "label_en", "effect")),
            sa.column("position", sa.SmallInteger()),
        ),
        [
            dict(zip(("kind", "code", "label_fr", "label_en", "effect"), each, strict=True))
            | {"position": position}
            for position, each in enumerate(REASONS, start=1)
        ],
    )
    for table in ("obligation", "till_payment"):
        op.execute(
            f"UPDATE {table} SET reference_id = f.order_id FROM fulfillment f"  # noqa: S608 (names above)
            f" WHERE f.id = {table}.reference_id"
        )


def downgrade() -> None:
    """Only pickup orders as they were; money is known by the first parcel of its order."""
    op.execute("DELETE FROM message WHERE staff_id IS NOT NULL")
    op.drop_constraint(op.f("ck_message_about"), "message", type_="check")
    op.create_check_constraint(op.f("ck_message_about"), "message", ABOUT_BEFORE)
    for table in ("obligation", "till_payment"):
        op.execute(
            f"UPDATE {table} SET reference_id = f.id FROM"  # noqa: S608 (names above)
            " (SELECT DISTINCT ON (order_id) id, order_id FROM fulfillment ORDER BY order_id, id) f"
            f" WHERE f.order_id = {table}.reference_id"
        )
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.drop_index(
        "ix_transfer_fulfillment_id",
        table_name="transfer",
        postgresql_where=sa.text("fulfillment_id IS NOT NULL"),
    )
    op.drop_column("transfer", "fulfillment_id")
    op.alter_column("sales_order", "contact_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("sales_order", "partly")
    op.drop_constraint(op.f("fk_pickup_pass_contact_id"), "pickup_pass", type_="foreignkey")
    op.drop_column("pickup_pass", "contact_id")
    op.drop_constraint(op.f("fk_message_case_id"), "message", type_="foreignkey")
    op.drop_constraint(op.f("fk_message_location_id"), "message", type_="foreignkey")
    op.drop_constraint(op.f("fk_message_staff_id"), "message", type_="foreignkey")
    op.alter_column("message", "contact_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("message", "staff_id")
    op.drop_column("message", "location_id")
    op.drop_column("message", "case_id")
    op.drop_constraint(op.f("fk_hand_over_terminal_id"), "hand_over", type_="foreignkey")
    op.drop_column("hand_over", "terminal_id")
    op.drop_column("hand_over", "happened_at")
    op.drop_column("hand_over", "conflict")
    op.drop_column("hand_over", "forced")
    op.drop_column("hand_over", "refused")
    op.drop_column("hand_over", "verified")
    op.drop_constraint(op.f("fk_fulfillment_wave_id"), "fulfillment", type_="foreignkey")
    op.drop_constraint(op.f("fk_fulfillment_rerouted_to"), "fulfillment", type_="foreignkey")
    op.drop_constraint(op.f("fk_fulfillment_address_id"), "fulfillment", type_="foreignkey")
    op.drop_index(
        "ix_fulfillment_wave",
        table_name="fulfillment",
        postgresql_where=sa.text("wave_id IS NOT NULL"),
    )
    op.drop_column("fulfillment", "rerouted_to")
    op.drop_column("fulfillment", "address_id")
    op.drop_column("fulfillment", "wave_id")
    op.drop_column("fulfillment", "accept_by")
    op.drop_index(op.f("ix_offline_fact_fulfillment_id"), table_name="offline_fact")
    op.drop_table("offline_fact")
    op.drop_index(
        "uq_substitution_open",
        table_name="substitution",
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.drop_index(
        "ix_substitution_answer_by",
        table_name="substitution",
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.drop_table("substitution")
    op.drop_index(
        "ix_put_back_open", table_name="put_back", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_index(op.f("ix_put_back_fulfillment_id"), table_name="put_back")
    op.drop_table("put_back")
    op.drop_index(op.f("ix_package_fulfillment_id"), table_name="package")
    op.drop_table("package")
    op.drop_index(
        "ix_choice_wait_until", table_name="choice", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_index(
        "ix_choice_answer_by", table_name="choice", postgresql_where=sa.text("answered_at IS NULL")
    )
    op.drop_table("choice")
    op.drop_index(
        "uq_case_file_open", table_name="case_file", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_index(op.f("ix_case_file_order_id"), table_name="case_file")
    op.drop_index(
        "ix_case_file_due", table_name="case_file", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_table("case_file")
    op.drop_table("arrival")
    op.drop_index(op.f("ix_terminal_nonce_used_at"), table_name="terminal_nonce")
    op.drop_table("terminal_nonce")
    op.drop_index(op.f("ix_pos_receipt_recorded_at"), table_name="pos_receipt")
    op.drop_index(op.f("ix_pos_receipt_order_id"), table_name="pos_receipt")
    op.drop_table("pos_receipt")
    op.drop_table("goods_return_line")
    op.drop_index("ix_wave_open", table_name="wave", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_table("wave")
    op.drop_index(op.f("ix_terminal_location_id"), table_name="terminal")
    op.drop_table("terminal")
    op.drop_table("shelf_place")
    op.drop_index(op.f("ix_proxy_order_id"), table_name="proxy")
    op.drop_table("proxy")
    op.drop_index(op.f("ix_goods_return_order_id"), table_name="goods_return")
    op.drop_index(op.f("ix_goods_return_location_id_returned_at"), table_name="goods_return")
    op.drop_table("goods_return")
    op.drop_index(op.f("ix_address_contact_id"), table_name="address")
    op.drop_table("address")
    op.drop_table("reason")
