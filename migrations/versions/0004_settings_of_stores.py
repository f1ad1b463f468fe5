"""What stores had of their own becomes their settings."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """What stores had of their own becomes their settings."""
    for key, default in (("prepare_min", 120), ("hold_days", 7)):
        op.execute(
            f"""
            INSERT INTO setting (id, scope, scope_id, key, value)
            SELECT gen_random_uuid(), 'store', id, '{key}', jsonb_build_object('value', {key})
            FROM location WHERE {key} <> {default}
            """  # noqa: S608 (the two names above)
        )


def downgrade() -> None:
    """Undo: what stores had of their own stands on their rows still."""
