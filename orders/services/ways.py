"""The ways to a door as head office sets them: method by method, zone by zone."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final
from uuid import UUID

from babel import Locale
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import stores.queries
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.errors import NotFound
from kernel.ids import new_id
from orders import queries
from orders.carriers import find_carrier
from orders.commands import Band, SetDeliveryMethod, SetDeliveryZone
from orders.errors import UnknownDeliveryMethod, UnreadableZone
from orders.events import DeliveryMethodSet, DeliveryZoneRemoved, DeliveryZoneSet
from orders.models import DeliveryMethod, DeliveryZone
from stores.errors import UnknownBrand

CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
PREFIX: Final = re.compile(r"[A-Z0-9][A-Z0-9 -]{0,11}")
COUNTRY: Final = re.compile(r"[A-Z]{2}")
NO_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Territories of two letters that are no country's."""
FRANCE: Final = "FR"
FRENCH: Final = re.compile(r"[0-9]{1,5}")
"""Where a French postcode can begin; others never match."""
VAT_MAX_BP: Final = 10_000
DAYS_MAX: Final = 60
_KEPT: Final = ("country", "postcodes", "days_min", "days_max", "bands", "free_from_minor")
"""What a zone's row has of the event that tells of it."""


def set_delivery_method(session: Session, command: SetDeliveryMethod, *, actor: Actor) -> UUID:
    """Have a brand's way to a door be as said, new or not; a closed one is open again.

    Raises UnknownBrand, UnknownCarrier or UnreadableZone.
    """
    brand = stores.queries.find_brand(session, command.brand_code)
    if brand is None or not actor.sees_brand(brand.id):
        raise UnknownBrand
    names = {language: " ".join(name.split()) for language, name in command.names.items()}
    if CODE.fullmatch(command.code) is None or not names or not all(names.values()):
        raise UnreadableZone("Give a code like `express`, and a name in each language.")
    if not 0 <= command.vat_bp <= VAT_MAX_BP or (command.unknown_weight_g or 1) < 1:
        raise UnreadableZone("VAT is 0 to 10,000 basis points, a weight at least a gram.")
    values = {
        "names": names,
        "carrier": find_carrier(command.carrier).code,
        "priced_by": command.priced_by,
        "vat_bp": command.vat_bp,
        "unknown_weight_g": command.unknown_weight_g,
        "position": command.position,
        "offered": command.offered,
        "closed_at": None,
    }
    method_id: UUID = session.execute(
        insert(DeliveryMethod)
        .values(id=new_id(), brand_id=brand.id, code=command.code, **values)
        .on_conflict_do_update(index_elements=["brand_id", "code"], set_=values)
        .returning(DeliveryMethod.id)
    ).scalar_one()
    _record(session, _lock(session, method_id, actor), actor=actor)
    return method_id


def close_delivery_method(session: Session, method_id: UUID, *, actor: Actor) -> None:
    """Have a way to a door offered no more; orders that go that way keep it.

    Raises UnknownDeliveryMethod.
    """
    row = _lock(session, method_id, actor)
    if row.closed_at is not None:
        return
    row.closed_at = DB_NOW
    session.flush()
    session.refresh(row)
    _record(session, row, actor=actor)


def set_delivery_zone(session: Session, command: SetDeliveryZone, *, actor: Actor) -> UUID:
    """Have a way lead to a zone as said, new or not; return the zone's id.

    Raises UnknownDeliveryMethod or UnreadableZone.
    """
    _lock(session, command.method_id, actor)
    name = " ".join(command.name.split())
    postcodes = sorted({" ".join(each.upper().split()) for each in command.postcodes})
    _check(name, postcodes, command)
    _refuse_taken(session, command, name=name, postcodes=postcodes)
    fact = DeliveryZoneSet(
        method_id=command.method_id,
        zone=name,
        country=command.country,
        postcodes=postcodes,
        days_min=command.days_min,
        days_max=command.days_max,
        bands=[list(band) for band in command.bands],
        free_from_minor=command.free_from_minor,
    )
    values = {each: getattr(fact, each) for each in _KEPT}
    zone_id: UUID = session.execute(
        insert(DeliveryZone)
        .values(id=new_id(), method_id=command.method_id, name=name, **values)
        .on_conflict_do_update(index_elements=["method_id", "name"], set_=values)
        .returning(DeliveryZone.id)
    ).scalar_one()
    events.record(session, fact, actor=actor)
    return zone_id


def remove_delivery_zone(session: Session, method_id: UUID, *, zone_id: UUID, actor: Actor) -> None:
    """Have a way not lead to a zone any more.

    Raises UnknownDeliveryMethod or NotFound.
    """
    _lock(session, method_id, actor)
    name = session.execute(
        delete(DeliveryZone)
        .where(DeliveryZone.id == zone_id, DeliveryZone.method_id == method_id)
        .returning(DeliveryZone.name)
    ).scalar_one_or_none()
    if name is None:
        raise NotFound
    events.record(session, DeliveryZoneRemoved(method_id=method_id, zone=name), actor=actor)


def _lock(session: Session, method_id: UUID, actor: Actor) -> DeliveryMethod:
    row = session.execute(
        select(DeliveryMethod)
        .where(DeliveryMethod.id == method_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or not actor.sees_brand(row.brand_id):
        raise UnknownDeliveryMethod
    return row


def _record(session: Session, row: DeliveryMethod, *, actor: Actor) -> None:
    fact = DeliveryMethodSet(
        method_id=row.id,
        code=row.code,
        carrier=row.carrier,
        priced_by=row.priced_by.value,
        vat_bp=row.vat_bp,
        offered=row.offered,
        closed=row.closed_at is not None,
    )
    events.record(session, fact, actor=actor)


def _check(name: str, postcodes: Sequence[str], command: SetDeliveryZone) -> None:
    if not name or not postcodes or not all(PREFIX.fullmatch(each) for each in postcodes):
        raise UnreadableZone(
            "Give a name, and beginnings of postcodes like 75 or 97.", field="postcodes"
        )
    if command.country not in countries():
        raise UnreadableZone("The country is two capital letters, as in FR.", field="country")
    if command.country == FRANCE and not all(FRENCH.fullmatch(each) for each in postcodes):
        raise UnreadableZone("In France give one to five digits each.", field="postcodes")
    if not 0 <= command.days_min <= command.days_max <= DAYS_MAX:
        raise UnreadableZone("Working days are from fewest to most, 60 at most.", field="days_max")
    if (command.free_from_minor or 0) < 0 or not _rise(command.bands):
        right = "Bands rise, the one without end comes last, prices are not below 0."
        raise UnreadableZone(right, field="bands")


@cache
def countries() -> frozenset[str]:
    """Return the codes of the countries there are, as ISO 3166 has them."""
    known = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in known if COUNTRY.fullmatch(code)) - NO_COUNTRIES


def _rise(bands: Sequence[Band]) -> bool:
    """Tell whether bounds rise and only the last is without end."""
    bounds = [bound for bound, _price in bands]
    if not bounds or any(price_minor < 0 for _bound, price_minor in bands):
        return False
    if any(bound is None for bound in bounds[:-1]) or (bounds[0] is not None and bounds[0] < 1):
        return False
    return all(
        later is None or (earlier is not None and earlier < later)
        for earlier, later in pairwise(bounds)
    )


def _refuse_taken(
    session: Session, command: SetDeliveryZone, *, name: str, postcodes: Sequence[str]
) -> None:
    """Refuse a beginning that another zone of the way has: none of them would decide."""
    for zone in queries.get_delivery_way(session, command.method_id).zones:
        taken = sorted(set(zone.postcodes) & set(postcodes))
        if zone.name != name and zone.country == command.country and taken:
            raise UnreadableZone(
                f"{zone.name} has {', '.join(taken)} already.",
                field="taken",
                zone=zone.name,
                postcodes=taken,
            )
