"""Switching a store on and closing it, as far as stock and orders have a say."""

from sqlalchemy.orm import Session

import stores.queries
import stores.services
from kernel.actors import Actor
from orders import queries
from stores.errors import StoreBusy, UnknownLocation


def switch_on_store(session: Session, code: str, *, actor: Actor) -> None:
    """Have a store take orders from now on.

    Raises UnknownLocation, or NotReadyToOpen with what is missing.
    """
    evidence = queries.get_evidence(session, code, actor=actor)
    stores.services.switch_on(session, code, evidence=evidence, actor=actor)


def close_store(session: Session, code: str, *, reason: str, actor: Actor) -> None:
    """Close a store for good.

    Raises UnknownLocation, or StoreBusy while it has parcels that are not at an end.
    """
    store = stores.queries.get_store(session, code)
    if not actor.sees_location(store.id):
        raise UnknownLocation(store=code)
    # Closed first: that waits for orders under way, which are counted then.
    stores.services.close_location(session, code, reason=reason, actor=actor)
    left = queries.count_open(session, store.id)
    if left:
        raise StoreBusy(open=left)
