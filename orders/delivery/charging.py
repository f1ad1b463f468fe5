"""What an order pays for the ways its goods go: once for each way, whatever doors it leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from orders import queries
from orders.commands import add_up
from orders.delivery.windows import Destination
from orders.errors import NotBroughtThere, UnknownDeliveryMethod
from orders.pricing import DeliveryWay, Fee, Quote, QuotedCharge, charge_for, price_way, quote_part


@dataclass(frozen=True, slots=True)
class Carried:
    """Goods of an order that go to one door; `code` is the way they go."""

    quantities: Mapping[str, int]
    to: Destination
    code: str


@dataclass(frozen=True, slots=True)
class Carriage:
    """The way and the fee of each of an order's doors, in their order, and what is paid for them.

    Several doors on one way are paid once: as much as the dearest of them.
    """

    doors: tuple[tuple[DeliveryWay, Fee], ...]
    charges: tuple[QuotedCharge, ...]


def list_offered_ways(session: Session, brand_id: UUID) -> list[DeliveryWay]:
    """Return the ways to a door a brand offers now."""
    return [way for way in queries.list_delivery_ways(session, brand_id) if way.offered]


def charge_ways(
    session: Session,
    quote: Quote,
    carried: Sequence[Carried],
    *,
    brand_id: UUID,
    language: str,
) -> Carriage:
    """Return what bringing these of a basket's goods costs; what goes one way is priced as one.

    Raises UnknownDeliveryMethod, or NotBroughtThere, which names the ways that lead there.
    """
    if not carried:
        return Carriage((), ())
    ways = {way.code: way for way in list_offered_ways(session, brand_id)}
    doors = [_door(ways, _goods(quote, carried, each.code), each) for each in carried]
    dearest: dict[UUID, tuple[DeliveryWay, Fee]] = {}
    for way, fee in doors:
        before = dearest.get(way.id)
        if before is None or fee.amount_minor > before[1].amount_minor:
            dearest[way.id] = (way, fee)
    charges = (charge_for(way, fee, language=language) for way, fee in dearest.values())
    return Carriage(tuple(doors), tuple(charges))


def _goods(quote: Quote, carried: Sequence[Carried], code: str) -> Quote:
    return quote_part(quote, add_up(each.quantities for each in carried if each.code == code))


def _door(ways: Mapping[str, DeliveryWay], goods: Quote, door: Carried) -> tuple[DeliveryWay, Fee]:
    country, postcode = door.to.country, door.to.postcode
    if door.code not in ways:
        raise UnknownDeliveryMethod(known=sorted(ways))
    fee = price_way(ways[door.code], goods, country=country, postcode=postcode)
    if fee is None:
        leading = (
            code
            for code, way in ways.items()
            if price_way(way, goods, country=country, postcode=postcode) is not None
        )
        raise NotBroughtThere(ways=sorted(leading), postcode=postcode)
    return ways[door.code], fee
