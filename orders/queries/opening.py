"""What stock and orders know of a store that is being set up, or to be closed."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import inventory.queries
import stores.queries
from kernel.actors import Actor
from orders.models import FINAL, Fulfillment, HandOverRow
from stores.commands import Evidence
from stores.errors import UnknownLocation
from stores.queries import OpeningFacts


def get_opening(session: Session, code: str, *, actor: Actor) -> OpeningFacts:
    """Return what is done and what is missing of setting up a store.

    Raises UnknownLocation, also for stores that are not the actor's.
    """
    evidence = get_evidence(session, code, actor=actor)
    return stores.queries.get_opening(session, code, evidence=evidence)


def get_evidence(session: Session, code: str, *, actor: Actor) -> Evidence:
    """Return whether a store has stock, and whether an order was practised to its end.

    Raises UnknownLocation, also for stores that are not the actor's.
    """
    store = stores.queries.get_store(session, code)
    if not actor.sees_location(store.id):
        raise UnknownLocation(store=code)
    levels = inventory.queries.list_levels(session, location_id=store.id, limit=1)
    practised = session.execute(
        select(HandOverRow.id).where(HandOverRow.location_id == store.id).limit(1)
    ).first()
    return Evidence(has_stock=bool(levels), practised=practised is not None)


def count_open(session: Session, location_id: UUID) -> int:
    """Return how many parcels of a location are not at an end."""
    statement = (
        select(func.count())
        .select_from(Fulfillment)
        .where(Fulfillment.location_id == location_id, Fulfillment.status.not_in(FINAL))
    )
    return session.execute(statement).scalar_one()
