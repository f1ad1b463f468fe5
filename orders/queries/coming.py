"""Reads of who comes for an order: proxies, people on their way, people who wait outside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.actors import Actor
from orders.commands import Status
from orders.models import Arrival, Fulfillment, HandOverRow, PickupPass, Proxy
from orders.queries.parcels import get_order


@dataclass(frozen=True, slots=True)
class ProxyFacts:
    """Somebody the customer sends; `collected` when their code was used."""

    id: UUID
    contact_id: UUID
    named_at: datetime
    withdrawn_at: datetime | None
    collected: bool


@dataclass(frozen=True, slots=True)
class ArrivalFacts:
    """That a customer is on the way, or waits outside: where, since when, until when."""

    on_my_way_at: datetime | None
    arrived_at: datetime | None
    bay: str | None
    vehicle: str | None
    served_at: datetime | None

    @property
    def waits(self) -> bool:
        """Tell whether they wait outside now."""
        return self.arrived_at is not None and self.served_at is None


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """One hand-over as it was recorded; `refused` is SKU to `quantity` and `reason`."""

    id: UUID
    handed_over_at: datetime
    staff_name: str
    found: str
    verified: str
    quantities: Mapping[str, int]
    refused: Mapping[str, Any]
    forced: str | None
    conflict: bool
    by_proxy: UUID | None


def list_sent(session: Session, order_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return the contacts of whom the customer of each order sends now."""
    sent: dict[UUID, list[UUID]] = {order_id: [] for order_id in order_ids}
    rows = session.execute(
        select(Proxy.order_id, Proxy.contact_id)
        .where(Proxy.order_id.in_(sent), Proxy.revoked_at.is_(None))
        .order_by(Proxy.named_at, Proxy.id)
    )
    for row in rows:
        sent[row.order_id].append(row.contact_id)
    return sent


def list_proxies(session: Session, order_id: UUID, *, actor: Actor) -> list[ProxyFacts]:
    """Return everybody who was ever named to collect an order, in that order.

    Raises UnknownOrder, also for orders that are none of the actor's.
    """
    get_order(session, order_id, actor=actor)
    came = exists(
        select(HandOverRow.id)
        .join(PickupPass, PickupPass.id == HandOverRow.pass_id)
        .join(Fulfillment, Fulfillment.id == HandOverRow.fulfillment_id)
        .where(Fulfillment.order_id == order_id, PickupPass.contact_id == Proxy.contact_id)
    )
    rows = session.execute(
        select(Proxy, came.label("came"))
        .where(Proxy.order_id == order_id)
        .order_by(Proxy.named_at, Proxy.id)
        .execution_options(populate_existing=True)
    )
    return [
        ProxyFacts(row.id, row.contact_id, row.named_at, row.revoked_at, came) for row, came in rows
    ]


def list_waiting_outside(session: Session, location_id: UUID) -> dict[UUID, ArrivalFacts]:
    """Return who is on the way to a store, or waits outside it, by the parcel they come for."""
    rows = session.execute(
        select(Arrival)
        .join(Fulfillment, Fulfillment.id == Arrival.fulfillment_id)
        .where(
            Fulfillment.location_id == location_id,
            Fulfillment.status == Status.READY,
            Arrival.served_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).scalars()
    return {row.fulfillment_id: _arrival(row) for row in rows}


def find_arrival(session: Session, fulfillment_id: UUID) -> ArrivalFacts | None:
    """Return what the customer of a parcel said of their coming, if they said anything."""
    row = session.get(Arrival, fulfillment_id, populate_existing=True)
    return None if row is None else _arrival(row)


def list_given(session: Session, fulfillment_ids: Sequence[UUID]) -> dict[UUID, list[GivenFacts]]:
    """Return every hand-over of these parcels, oldest first."""
    rows = session.execute(
        select(HandOverRow, PickupPass.contact_id)
        .outerjoin(PickupPass, PickupPass.id == HandOverRow.pass_id)
        .where(HandOverRow.fulfillment_id.in_(fulfillment_ids))
        .order_by(HandOverRow.handed_over_at)
    )
    found: dict[UUID, list[GivenFacts]] = {each: [] for each in fulfillment_ids}
    for row, contact_id in rows:
        found[row.fulfillment_id].append(
            GivenFacts(
                row.id,
                row.handed_over_at,
                row.staff_name,
                row.found.value,
                row.verified.value,
                row.quantities,
                row.refused,
                row.forced,
                row.conflict,
                contact_id,
            )
        )
    return found


def _arrival(row: Arrival) -> ArrivalFacts:
    return ArrivalFacts(row.on_my_way_at, row.arrived_at, row.bay, row.vehicle, row.served_at)
