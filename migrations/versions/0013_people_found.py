"""People are found by whatever they say; cards, companies, preferences, and who may be the same."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NOW = sa.text("statement_timestamp()")

PLAIN_WORDS = """
    CREATE FUNCTION plain_words(said text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary,
                                       translate(said, '-''’', '   '))) $$;
    CREATE FUNCTION plain_words(one text, two text, three text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT ' ' || public.plain_words(concat_ws(' ', one, two, three)) || ' ' $$;
    CREATE FUNCTION plain_words(one text, two text, three text, four text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT ' ' || public.plain_words(concat_ws(' ', one, two, three, four)) || ' ' $$;
"""
"""What is said is compared without case, accents, hyphens and apostrophes. `unaccent` is stable
because its rules could be replaced: ours are those it comes with, so an index may rely on them."""


def upgrade() -> None:
    """One line of words of each contact, account and company is searched by its trigrams."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(PLAIN_WORDS)
    _search("contact", "plain_words(first_name, last_name, email, phone)")
    _search("account", "plain_words(first_name, last_name, email)")
    op.create_index(
        "ix_interaction_uncollected",
        "interaction",
        ["customer_id", "happened_at"],
        postgresql_where=sa.text("kind = 'fulfillment.expired'"),
    )
    _create_identity()
    _create_likely()


def downgrade() -> None:
    """Cards, companies, preferences and what was found likely go; people stay."""
    for table in ("likely_pair", "customer_preference", "company_member", "company"):
        op.drop_table(table)
    op.drop_table("loyalty_card")
    op.drop_index("ix_interaction_uncollected", table_name="interaction")
    for table in ("account", "contact"):
        op.drop_index(f"ix_{table}_searched", table_name=table)
        op.drop_column(table, "searched")
    op.execute("DROP FUNCTION plain_words(text, text, text, text)")
    op.execute("DROP FUNCTION plain_words(text, text, text)")
    op.execute("DROP FUNCTION plain_words(text)")
    op.execute("DROP EXTENSION pg_trgm")


def _search(table: str, words: str) -> None:
    op.add_column(table, sa.Column("searched", sa.Text(), sa.Computed(words, persisted=True)))
    _index_words(table)


def _index_words(table: str) -> None:
    op.create_index(
        f"ix_{table}_searched",
        table,
        ["searched"],
        postgresql_using="gin",
        postgresql_ops={"searched": "gin_trgm_ops"},
    )


def _create_identity() -> None:
    op.create_table(
        "loyalty_card",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(blocked_at IS NULL) = (blocked_by IS NULL)", name=op.f("ck_loyalty_card_blocked")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_loyalty_card_customer_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_loyalty_card")),
    )
    op.create_index(op.f("ix_loyalty_card_customer_id"), "loyalty_card", ["customer_id"])
    op.create_table(
        "company",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("siren", sa.String(9), nullable=True),
        sa.Column("vat_number", sa.String(16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column(
            "searched",
            sa.Text(),
            sa.Computed("plain_words(name, siren, vat_number)", persisted=True),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("siren", name=op.f("uq_company_siren")),
        sa.UniqueConstraint("vat_number", name=op.f("uq_company_vat_number")),
    )
    _index_words("company")
    op.create_table(
        "company_member",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_company_member_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_company_member_customer_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "customer_id", name=op.f("pk_company_member")),
    )
    op.create_index(op.f("ix_company_member_customer_id"), "company_member", ["customer_id"])
    op.create_table(
        "customer_preference",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(32), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_preference_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_preference")),
    )


def _create_likely() -> None:
    op.create_table(
        "likely_pair",
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_likely_pair_two")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_likely_pair_settled")
        ),
        sa.ForeignKeyConstraint(["one_id"], ["customer.id"], name=op.f("fk_likely_pair_one_id")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["customer.id"], name=op.f("fk_likely_pair_other_id")
        ),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_likely_pair")),
    )
    op.create_index(op.f("ix_likely_pair_other_id"), "likely_pair", ["other_id"])
    op.create_index(
        "ix_likely_pair_open",
        "likely_pair",
        ["found_at"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )
