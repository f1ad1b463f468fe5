"""The one blueprint of stock, and whose stock a caller may see."""

from uuid import UUID

from sqlalchemy.orm import Session

import stores.queries
from kernel.web import ApiBlueprint, BadCursor, current_actor
from stores.errors import UnknownLocation
from stores.queries import StoreFacts

blueprint = ApiBlueprint("inventory", __name__, url_prefix="/api/v1", description="Stock")


def own_store(session: Session, code: str) -> StoreFacts:
    """Return the store with this code.

    Raises UnknownLocation, also for stores that are not the caller's.
    """
    store = stores.queries.get_store(session, code)
    if not current_actor().sees_location(store.id):
        raise UnknownLocation(store=code)
    return store


def read_id(part: str) -> UUID:
    """Return the id in a cursor.

    Raises BadCursor.
    """
    try:
        return UUID(part)
    except ValueError as error:
        raise BadCursor from error
