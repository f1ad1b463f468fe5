"""How much stores have to do: what a promise must know, in the statement of the store itself."""

from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ScalarSelect, SQLColumnExpression, bindparam, func, select

from orders.commands import Status
from orders.models import Fulfillment

TO_PREPARE = (Status.PENDING, Status.NEW, Status.ACCEPTED, Status.PICKING)


def waiting_at(location_id: SQLColumnExpression[UUID]) -> ScalarSelect[int]:
    """Return the statement of how many parcels a location has still to prepare, by its id.

    The states stand in it as they are: a plan that was made once can use the index of open parcels
    only so, and PostgreSQL would plan the statement anew for every order instead.
    """
    states: BindParameter[Any] = bindparam(None, TO_PREPARE, expanding=True, literal_execute=True)
    return (
        select(func.count())
        .select_from(Fulfillment)
        .where(Fulfillment.location_id == location_id, Fulfillment.status.in_(states))
        .scalar_subquery()
    )
