"""How much stores have to do: what a promise must know, in the statement of the store itself."""

from uuid import UUID

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, select

from orders.commands import Status
from orders.models import Fulfillment

TO_PREPARE = (Status.PENDING, Status.NEW, Status.ACCEPTED, Status.PICKING)


def waiting_at(location_id: SQLColumnExpression[UUID]) -> ScalarSelect[int]:
    """Return the statement of how many parcels a location has still to prepare, by its id."""
    return (
        select(func.count())
        .select_from(Fulfillment)
        .where(Fulfillment.location_id == location_id, Fulfillment.status.in_(TO_PREPARE))
        .scalar_subquery()
    )
