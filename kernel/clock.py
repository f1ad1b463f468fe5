"""Time: the application's clock for what is shown, the database's for what is judged."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

DB_NOW = func.statement_timestamp()
"""The instant every expiry, lease and order of events is judged by."""


def now() -> datetime:
    """Return the present instant of this machine, aware, in UTC."""
    return datetime.now(UTC)


def db_now(session: Session) -> datetime:
    """Return the database's present instant, in UTC."""
    instant: datetime = session.execute(select(DB_NOW)).scalar_one()
    return instant.astimezone(UTC)
