"""Whose a conversation is: the right person first, so that nobody explains it three times."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import stores.queries
from conversations.commands import Intent, OpenThread
from kernel.actors import SYSTEM
from orders.commands import Method

OF_STORES: Final = frozenset({Intent.PICKUP, Intent.AVAILABILITY})
"""What only whoever stands in the store can answer: the parcel, the shelf, the car park."""
COLLECTED: Final = frozenset({Method.PICKUP, Method.DRIVE})


def find_brand(session: Session, command: OpenThread) -> UUID | None:
    """Return whose a conversation is: the brand of its order, the one turned to, or its store's.

    Otherwise that of the newest order of who writes, or of the shop's pages.
    """
    if command.order_id is not None:
        return orders.queries.get_order(session, command.order_id, actor=SYSTEM).brand_id
    if command.brand_id is not None:
        return command.brand_id
    if command.location_id is not None:
        return stores.queries.get_store_by_id(session, command.location_id).brand_id
    newest = None
    if command.customer_id is not None:
        newest = orders.queries.find_last_brand(session, command.customer_id)
    return newest or stores.queries.find_shown_brand(session)


def find_place(
    session: Session, intent: Intent, order_id: UUID | None, *, language: str
) -> UUID | None:
    """Return the store that answers best; None where the desk does.

    Questions about collecting go to the store where the order is collected: the parcel that is
    still open, else the last one. A store that does not answer in the customer's language leaves
    it to the desk.
    """
    if intent not in OF_STORES or order_id is None:
        return None
    parcels = [
        each
        for each in orders.queries.list_order_parcels(session, order_id)
        if each.method in COLLECTED
    ]
    parcels.sort(key=lambda each: (each.ended_at is None, each.created_at), reverse=True)
    if not parcels:
        return None
    location_id = parcels[0].location_id
    spoken = stores.queries.get_rules(session, location_id).answers_in.split()
    return location_id if language in spoken else None
