"""The one blueprint of stores, and whose stores a caller may run."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import ApiBlueprint, BadCursor, answer_once, current_actor, read_cursor
from stores import queries
from stores.errors import UnknownLocation
from stores.queries import StoreFacts

blueprint = ApiBlueprint("stores", __name__, url_prefix="/api/v1", description="Stores")


def own_store(session: Session, code: str) -> StoreFacts:
    """Return the store with this code.

    Raises UnknownLocation, also for stores that are not the caller's.
    """
    store = queries.get_store(session, code)
    if not current_actor().sees_location(store.id):
        raise UnknownLocation(store=code)
    return store


def once(
    use_case: Callable[[Session, Actor], object], schema: Schema, *, status: int = 200
) -> Response:
    """Do a use case under the request's key and answer with what it returns, in JSON."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            return status, schema.dump(use_case(session, current_actor()))

        return answer_once(session, act)


def read_id(cursor: str | None) -> UUID | None:
    """Return the id a cursor stands for.

    Raises BadCursor.
    """
    parts = read_cursor(cursor, parts=1)
    try:
        return UUID(parts[0]) if parts else None
    except ValueError as error:
        raise BadCursor from error
