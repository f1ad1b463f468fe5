"""Reads of the ways to a door."""

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
        select(DeliveryMethod, DeliveryZone)
        .outerjoin(DeliveryZone, DeliveryZone.method_id == DeliveryMethod.id)
        .where(*wanted)
        .order_by(DeliveryMethod.position, DeliveryMethod.code, DeliveryZone.name)
        .execution_options(populate_existing=True)
    )
    ways: dict[UUID, tuple[DeliveryMethod, list[Zone]]] = {}
    for method, zone in rows:
        zones = ways.setdefault(method.id, (method, []))[1]
        if zone is not None:
            zones.append(_zone(zone))
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
            tuple(zones),
        )
        for row, zones in ways.values()
    ]


def _zone(row: DeliveryZone) -> Zone:
    return Zone(
        row.id,
        row.name,
        row.country,
        tuple(row.postcodes),
        row.days_min,
        row.days_max,
        tuple((bound, price_minor) for bound, price_minor in row.bands),
        row.free_from_minor,
    )
