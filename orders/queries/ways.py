"""Reads of the ways to a door."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from orders.errors import UnknownDeliveryMethod
from orders.models import DeliveryMethod, DeliveryZone
from orders.pricing import DeliveryWay, Zone


def list_delivery_ways(
    session: Session, brand_id: UUID, *, closed_too: bool = False
) -> list[DeliveryWay]:
    """Return the ways in which a brand brings orders, in the order they are offered."""
    wanted = [DeliveryMethod.brand_id == brand_id]
    if not closed_too:
        wanted.append(DeliveryMethod.closed_at.is_(None))
    return _ways(session, *wanted)


def get_delivery_way(session: Session, method_id: UUID) -> DeliveryWay:
    """Return a way to a door, closed or not.

    Raises UnknownDeliveryMethod.
    """
    found = _ways(session, DeliveryMethod.id == method_id)
    if not found:
        raise UnknownDeliveryMethod
    return found[0]


def _ways(session: Session, *wanted: ColumnElement[bool]) -> list[DeliveryWay]:
    rows = session.execute(
        select(DeliveryMethod)
        .where(*wanted)
        .order_by(DeliveryMethod.position, DeliveryMethod.code)
        .execution_options(populate_existing=True)
    ).scalars()
    methods = rows.all()
    zones = _zones(session, [each.id for each in methods])
    return [
        DeliveryWay(
            row.id,
            row.brand_id,
            row.code,
            row.names,
            row.carrier,
            row.priced_by,
            row.vat_bp,
            row.unknown_weight_g,
            row.position,
            row.offered,
            row.closed_at is not None,
            tuple(zones[row.id]),
        )
        for row in methods
    ]


def _zones(session: Session, method_ids: Sequence[UUID]) -> dict[UUID, list[Zone]]:
    found: dict[UUID, list[Zone]] = {each: [] for each in method_ids}
    if not found:
        return found
    rows = session.execute(
        select(DeliveryZone)
        .where(DeliveryZone.method_id.in_(method_ids))
        .order_by(DeliveryZone.name)
        .execution_options(populate_existing=True)
    ).scalars()
    for row in rows:
        zone = Zone(
            row.id,
            row.name,
            row.country,
            tuple(row.postcodes),
            row.days_min,
            row.days_max,
            tuple((bound, price_minor) for bound, price_minor in row.bands),
            row.free_from_minor,
        )
        found[row.method_id].append(zone)
    return found
