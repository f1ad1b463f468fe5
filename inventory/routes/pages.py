"""What the lists and the acts of stock over HTTP have in common."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.db import transaction
from kernel.web import BadCursor, answer_once, make_cursor, read_cursor


def do_once(act: Callable[[Session], dict[str, Any]], *, status: int = 200) -> Response:
    """Do `act` in one transaction under the request's key; answer with what it returns."""
    with transaction() as session:
        return answer_once(session, lambda: (status, act(session)))


def due_cursor(due_at: datetime, row_id: UUID) -> str:
    """Return the cursor of a list that is ordered by deadline."""
    return make_cursor(due_at.isoformat(), str(row_id))


def day_cursor(day: date, row_id: UUID) -> str:
    """Return the cursor of a list that is ordered by day."""
    return make_cursor(day.isoformat(), str(row_id))


def read_day(cursor: str | None) -> tuple[date, UUID] | None:
    """Return the day and id that such a cursor stands for.

    Raises BadCursor.
    """
    parts = read_cursor(cursor, parts=2)
    if parts is None:
        return None
    try:
        return date.fromisoformat(parts[0]), UUID(parts[1])
    except ValueError as error:
        raise BadCursor from error


def read_id(cursor: str | None) -> UUID | None:
    """Return the id that a cursor of one id stands for.

    Raises BadCursor.
    """
    parts = read_cursor(cursor, parts=1)
    if parts is None:
        return None
    try:
        return UUID(parts[0])
    except ValueError as error:
        raise BadCursor from error
