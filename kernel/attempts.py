"""Attempts at secrets, counted in SQL: typed codes, PINs, sign-ins.

The door takes an attempt in a transaction of its own before it looks at the secret, and gives it
back when the secret was right; so a wrong try is counted even though its use case rolled back.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from kernel.errors import TooManyAttempts


class Attempt(Base):
    """How many tries were made in the running window of one scope, e.g. `code:store:<id>`."""

    __tablename__ = "attempt"

    scope: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    tries: Mapped[int] = mapped_column(server_default="1")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` within `window_s` seconds for one scope."""

    scope: str
    tries: int
    window_s: int


_TAKE = text("""
    INSERT INTO attempt AS a (scope) VALUES (:scope)
    ON CONFLICT (scope) DO UPDATE SET
        tries = CASE WHEN a.started_at < statement_timestamp() - make_interval(secs => :window)
                     THEN 1 ELSE a.tries + 1 END,
        started_at = CASE WHEN a.started_at < statement_timestamp() - make_interval(secs => :window)
                     THEN statement_timestamp() ELSE a.started_at END
    WHERE a.tries < :tries
       OR a.started_at < statement_timestamp() - make_interval(secs => :window)
    RETURNING tries
""")


def take_attempt(session: Session, limits: list[Limit]) -> None:
    """Count one attempt against each limit.

    Raises TooManyAttempts, with `retry_after_s`, when a limit is used up.
    """
    for limit in sorted(limits, key=lambda each: each.scope):
        values = {"scope": limit.scope, "tries": limit.tries, "window": limit.window_s}
        if session.execute(_TAKE, values).first() is None:
            raise TooManyAttempts(retry_after_s=limit.window_s)


def give_back_attempt(session: Session, limits: list[Limit]) -> None:
    """Take one attempt off each limit: the secret was right."""
    for limit in sorted(limits, key=lambda each: each.scope):
        session.execute(
            text("UPDATE attempt SET tries = greatest(tries - 1, 0) WHERE scope = :scope"),
            {"scope": limit.scope},
        )


def prune(session: Session) -> None:
    """Remove counts whose window is long over."""
    session.execute(
        text("DELETE FROM attempt WHERE started_at < statement_timestamp() - interval '1 day'")
    )
