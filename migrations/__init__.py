"""Alembic migrations: one linear history, expand then contract, never edited once released."""
