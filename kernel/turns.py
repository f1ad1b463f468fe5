"""Turns: work on a clock is done once per period, however many processes offer to do it."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.db import Base


class Turn(Base):
    """When a piece of periodic work may be done next, by the database's clock."""

    __tablename__ = "turn"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]


_TAKE = text("""
    INSERT INTO turn AS t (name, due_at)
    VALUES (:name, statement_timestamp() + make_interval(secs => :every_s))
    ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at
    WHERE t.due_at <= statement_timestamp() RETURNING name
""")


def take_turn(session: Session, *, name: str, every_s: int) -> bool:
    """Tell whether this caller is the one to do the work of this period."""
    return session.execute(_TAKE, {"name": name, "every_s": every_s}).first() is not None


def give_turn_back(session: Session, *, name: str) -> None:
    """Have the work be anybody's again at once: whoever took the turn is done with it."""
    session.execute(
        text("UPDATE turn SET due_at = statement_timestamp() WHERE name = :name"), {"name": name}
    )
