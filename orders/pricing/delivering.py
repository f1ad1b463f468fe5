"""What having a basket brought costs: which zone, by its weight or its amount. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from orders.commands import Band, PricedBy
from orders.pricing.quoting import Quote, QuotedCharge

ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a way leads, for how much, and in how many working days after goods left."""

    id: UUID
    name: str
    country: str
    postcodes: tuple[str, ...]
    days_min: int
    days_max: int
    bands: tuple[Band, ...]
    free_from_minor: int | None

    def fits(self, country: str, postcode: str) -> int:
        """Return how many signs of a postcode one of its beginnings covers; -1 when none does."""
        if country != self.country:
            return -1
        return max((len(each) for each in self.postcodes if postcode.startswith(each)), default=-1)


@dataclass(frozen=True, slots=True)
class DeliveryWay:
    """A way to a door with its zones; `names` maps language to name."""

    id: UUID
    brand_id: UUID
    code: str
    names: Mapping[str, str]
    carrier: str
    priced_by: PricedBy
    vat_bp: int
    unknown_weight_g: int | None
    position: int
    offered: bool
    closed: bool
    zones: tuple[Zone, ...]

    def name_in(self, language: str) -> str:
        """Return what it is called in a language, or else in English, or its code."""
        return self.names.get(language) or self.names.get(ENGLISH) or self.code


@dataclass(frozen=True, slots=True)
class Fee:
    """What a way costs for a basket; `to_free_minor` is how much more makes it free, if any does.

    `weight_g` is what the basket counted as; None where the way is priced by its amount.
    """

    zone: Zone
    amount_minor: int
    to_free_minor: int | None
    weight_g: int | None


def find_zone(zones: Sequence[Zone], *, country: str, postcode: str) -> Zone | None:
    """Return the zone a postcode lies in: the one with the longest beginning that fits."""
    best = max(zones, key=lambda each: each.fits(country, postcode), default=None)
    return best if best is not None and best.fits(country, postcode) >= 0 else None


def price_way(way: DeliveryWay, quote: Quote, *, country: str, postcode: str) -> Fee | None:
    """Return what a way costs for the goods of a quote; None when it does not bring them there.

    The whole basket counts, in however many parcels it is sent; goods count after promotions. It is
    not brought outside every zone, above the last band, or by weight when a weight is unknown and
    the way says nothing of that.
    """
    zone = find_zone(way.zones, country=country, postcode=postcode)
    return None if zone is None else _fee_in(zone, way, quote)


def price_cheapest(ways: Iterable[DeliveryWay], quote: Quote, *, country: str) -> Fee | None:
    """Return the least that any way costs for the goods of a quote to anywhere in a country."""
    fees = (
        _fee_in(zone, way, quote) for way in ways for zone in way.zones if zone.country == country
    )
    known = [each for each in fees if each is not None]
    return min(known, key=lambda each: each.amount_minor, default=None)


def _fee_in(zone: Zone, way: DeliveryWay, quote: Quote) -> Fee | None:
    goods_minor = sum(line.priced.amount_minor for line in quote.lines)
    weight_g = None
    if way.priced_by is PricedBy.WEIGHT:
        units = ((line.quantity, line.weight_g) for line in quote.lines)
        weight_g = weigh(units, unknown_weight_g=way.unknown_weight_g)
        if weight_g is None:
            return None
    price_minor = _of_band(zone.bands, goods_minor if weight_g is None else weight_g)
    if price_minor is None:
        return None
    if zone.free_from_minor is None:
        return Fee(zone, price_minor, None, weight_g)
    left_minor = zone.free_from_minor - goods_minor
    if left_minor <= 0:
        return Fee(zone, 0, None, weight_g)
    return Fee(zone, price_minor, left_minor if price_minor else None, weight_g)


def weigh(units: Iterable[tuple[int, int | None]], *, unknown_weight_g: int | None) -> int | None:
    """Return what (quantity, grams of one) weigh together; None when one is and stays unknown."""
    total_g = 0
    for quantity, each_g in units:
        known_g = each_g if each_g is not None else unknown_weight_g
        if known_g is None:
            return None
        total_g += quantity * known_g
    return total_g


def charge_for(way: DeliveryWay, fee: Fee, *, language: str) -> QuotedCharge:
    """Return what an order pays for a way, as it is told."""
    return QuotedCharge(way.id, way.name_in(language), fee.amount_minor, way.vat_bp)


def _of_band(bands: Iterable[Band], measure: int) -> int | None:
    for bound, price_minor in bands:
        if bound is None or measure <= bound:
            return price_minor
    return None
