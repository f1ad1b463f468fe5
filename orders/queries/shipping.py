"""Packages: what is in them, who brings them, and where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import customers.queries
import stores.queries
from kernel.actors import Actor
from kernel.ids import show_order_number
from orders.carriers import Label, Shipment, Site, find_carrier
from orders.errors import UnknownFulfillment, UnknownPackage
from orders.models import Order, Package
from orders.queries.parcels import get_fulfillment
from orders.queries.shapes import FulfillmentFacts


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """One package: `track_url` is where its carrier says where it is, if it does anywhere."""

    id: UUID
    fulfillment_id: UUID
    carrier: str
    carrier_name: str
    tracking_number: str
    track_url: str | None
    quantities: Mapping[str, int]
    weight_g: int | None
    packed_by_name: str
    packed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    failure: str | None


def list_packages(
    session: Session, fulfillment_ids: Sequence[UUID], *, language: str = "en"
) -> dict[UUID, list[PackageFacts]]:
    """Return the packages of these parcels in the order they were packed, by parcel."""
    found: dict[UUID, list[PackageFacts]] = {each: [] for each in fulfillment_ids}
    if found:
        rows = session.execute(
            select(Package)
            .where(Package.fulfillment_id.in_(found))
            .order_by(Package.id)
            .execution_options(populate_existing=True)
        ).scalars()
        for row in rows:
            found[row.fulfillment_id].append(_facts(row, language))
    return found


def get_label(session: Session, package_id: UUID, *, actor: Actor) -> Label:
    """Return what is stuck on a package.

    Raises UnknownPackage, also for those of stores that are not the actor's.
    """
    package = session.get(Package, package_id)
    if package is None:
        raise UnknownPackage(package_id=str(package_id))
    try:
        parcel = get_fulfillment(session, package.fulfillment_id, actor=actor)
    except UnknownFulfillment as error:
        raise UnknownPackage(package_id=str(package_id)) from error
    packages = list_packages(session, [parcel.id])[parcel.id]
    shipment = Shipment(
        package_id=package.id,
        order_number=show_order_number(parcel.order_number),
        sender=_sender(session, parcel),
        to=_receiver(session, parcel),
        weight_g=package.weight_g,
        place=[each.id for each in packages].index(package.id) + 1,
        places=len(packages),
        language=parcel.language,
        note=parcel.note,
    )
    return find_carrier(package.carrier).label(shipment, package.tracking_number)


def _facts(row: Package, language: str) -> PackageFacts:
    carrier = find_carrier(row.carrier)
    return PackageFacts(
        row.id,
        row.fulfillment_id,
        row.carrier,
        carrier.name,
        row.tracking_number,
        carrier.track_url(row.tracking_number, language=language),
        row.quantities,
        row.weight_g,
        row.packed_by_name,
        row.packed_at,
        row.shipped_at,
        row.delivered_at,
        row.failed_at,
        row.failure,
    )


def _sender(session: Session, parcel: FulfillmentFacts) -> Site:
    """Return who sends it: whose order it is, for a shared warehouse sends for several brands."""
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    brand_id = session.execute(select(Order.brand_id).where(Order.id == parcel.order_id))
    brand = stores.queries.get_brand(session, brand_id.scalar_one())
    return Site(
        f"{brand.name}, {store.name}", (store.street, f"{store.postcode} {store.city}"), store.phone
    )


def _receiver(session: Session, parcel: FulfillmentFacts) -> Site:
    person = customers.queries.get_contacts(session, [parcel.contact_id]).get(parcel.contact_id)
    address = customers.queries.find_address(session, parcel.address_id)
    name = person.name if person else ""
    phone = person.phone if person else None
    return Site(name, address.lines if address else (), phone)
