"""Each invoice becomes an order once: under a key, each in its own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import orders.queries
from app.cli.replay.channels import Entry
from app.cli.replay.entering import ENTER, order_basket, prepare_basket
from app.cli.replay.once import SCOPE, once
from app.cli.replay.plan import PlannedOrder
from kernel.db import transaction
from kernel.idempotency import StoredAnswer
from orders.commands import Status
from orders.queries import FulfillmentFacts

BASKET: Final = ":basket"
ENDS: Final = (Status.HANDED_OVER, Status.DELIVERED, Status.EXPIRED, Status.CANCELLED)
"""How parcels end; an order of several ended as the first of these that one of them did."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The order an invoice became; `again` when an earlier replay placed it.

    `fulfillment_id` is the parcel that stood for it when it was placed.
    """

    planned: PlannedOrder
    order_id: UUID
    fulfillment_id: UUID
    again: bool

    def list_going(self) -> list[FulfillmentFacts]:
        """Return its parcels as they are now, without those that others took over from."""
        with transaction() as session:
            found = orders.queries.list_order_parcels(session, self.order_id)
        return [each for each in found if each.status is not Status.REROUTED]

    def list_ends(self) -> frozenset[Status]:
        """Return how its parcels ended; nothing while one has not."""
        statuses = frozenset(each.status for each in self.list_going())
        return statuses if statuses <= frozenset(ENDS) else frozenset()


def find_placed(plan: Sequence[PlannedOrder]) -> dict[str, Parcel]:
    """Return the orders that an earlier replay placed, by invoice number."""
    by_key = {planned.invoice.key: planned for planned in plan}
    with transaction() as session:
        rows = session.execute(
            select(StoredAnswer.key, StoredAnswer.body).where(
                StoredAnswer.scope == SCOPE, StoredAnswer.key.in_(by_key)
            )
        ).all()
    return {
        by_key[row.key].invoice.number: _parcel(by_key[row.key], row.body or {}, again=True)
        for row in rows
    }


def place(planned: PlannedOrder) -> Parcel:
    """Have the order of an invoice placed, now or by an earlier replay.

    Raises the refusals of how it enters.
    """
    with transaction() as session:
        body, again = once(session, planned.invoice.key, lambda: _enter(session, planned))
    return _parcel(planned, body, again=again)


def begin_basket(planned: PlannedOrder) -> None:
    """Have the basket of an invoice prepared, and its link on the way to the customer.

    Raises the refusals of a basket.
    """
    with transaction() as session:
        _have_basket(session, planned)


def _enter(session: Session, planned: PlannedOrder) -> Mapping[str, str]:
    if planned.entry is Entry.ADVISED:
        order_id, fulfillment_id = order_basket(session, planned, _have_basket(session, planned))
    else:
        order_id, fulfillment_id = ENTER[planned.entry](session, planned)
    return {"order_id": str(order_id), "fulfillment_id": str(fulfillment_id)}


def _have_basket(session: Session, planned: PlannedOrder) -> UUID:
    def prepare() -> Mapping[str, str]:
        return {"cart_id": str(prepare_basket(session, planned))}

    return UUID(once(session, planned.invoice.key + BASKET, prepare)[0]["cart_id"])


def _parcel(planned: PlannedOrder, body: Mapping[str, str], *, again: bool) -> Parcel:
    return Parcel(planned, UUID(body["order_id"]), UUID(body["fulfillment_id"]), again)
