"""Which stores somebody of the back office sees."""

from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import Actor
from stores.errors import UnknownLocation
from stores.queries import StoreFacts


def list_places(session: Session, actor: Actor) -> list[StoreFacts]:
    """Return the stores and warehouses of an actor, by name."""
    return [each for each in list_everywhere(session) if actor.sees_location(each.id)]


def list_everywhere(session: Session) -> list[StoreFacts]:
    """Return all stores and warehouses by name, for what may concern those of others."""
    found: list[StoreFacts] = []
    after = ""
    while page := stores.queries.list_stores(session, after=after, unopened_too=True):
        found += page
        after = page[-1].code
    return sorted(found, key=lambda each: each.name)


def get_place(session: Session, code: str, actor: Actor) -> StoreFacts:
    """Return one of an actor's stores.

    Raises UnknownLocation, also for stores that are none of the actor's.
    """
    store = stores.queries.get_store(session, code)
    if not actor.sees_location(store.id):
        raise UnknownLocation(store=code)
    return store


def get_run(session: Session, code: str, actor: Actor) -> StoreFacts:
    """Return one of an actor's stores that is theirs to change, not only shared with their brand.

    Raises UnknownLocation.
    """
    store = get_place(session, code, actor)
    if not actor.runs(store.id, store.brand_id):
        raise UnknownLocation(store=code)
    return store
