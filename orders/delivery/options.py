"""What a customer can choose between when a basket is to be brought to a postcode."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import stores.queries
from orders import queries, sourcing
from orders.commands import AskDelivery, Channel, Method, PayBy
from orders.delivery.charging import list_offered_ways
from orders.delivery.windows import Destination, arrival_of
from orders.pricing import (
    DeliveryWay,
    Fee,
    Quote,
    QuotedCharge,
    Totals,
    charge_for,
    price_cheapest,
    price_way,
)
from orders.sourcing import After, Ask, Decision, Send
from payments.queries import HOLD_LASTS
from stores.errors import UnknownBrand
from stores.promises import Arrival
from stores.queries import StoreFacts

FRANCE: Final = "FR"
MIDDLE: Final = (46.6, 2.4)
"""Where somebody is whose postcode nobody knows: in the middle of France, WGS84."""


@dataclass(frozen=True, slots=True)
class SellingBrand:
    """The brand that sells what is brought."""

    id: UUID
    code: str
    currency: str


@dataclass(frozen=True, slots=True)
class DeliveryAsk:
    """Which basket is to be brought where; `store` is where the order is begun, if in one."""

    brand: SellingBrand
    channel: Channel
    language: str
    quantities: Mapping[str, int]
    to: Destination
    store: StoreFacts | None = None


@dataclass(frozen=True, slots=True)
class OptionParcel:
    """What one location sends, when it leaves there, and between which days it arrives."""

    send: Send
    arrival: Arrival

    @property
    def leaves_at(self) -> datetime:
        """Return when it can leave."""
        return self.send.ready_at


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """One way to a door for a basket: what it costs, what all of it comes to, when it arrives."""

    way: DeliveryWay
    fee: Fee
    charge: QuotedCharge
    totals: Totals
    parcels: tuple[OptionParcel, ...]

    @property
    def arrives_from(self) -> date | None:
        """Return the first day on which something can arrive; None while a person looks for it."""
        return min((parcel.arrival.first for parcel in self.parcels), default=None)

    @property
    def arrives_by(self) -> date | None:
        """Return the day by which all of it is there; None while a person looks for it."""
        return max((parcel.arrival.last for parcel in self.parcels), default=None)

    @property
    def pay_by(self) -> tuple[PayBy, ...]:
        """Return how it can be paid: a card lets go of what leaves too late for it."""
        late = any(
            parcel.leaves_at > parcel.send.store.asked_at + HOLD_LASTS for parcel in self.parcels
        )
        return (PayBy.TILL,) if late else (PayBy.CARD, PayBy.TILL)


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """The goods with their price, who sends them, and the ways; none while something is missing."""

    quote: Quote
    decision: Decision
    options: tuple[DeliveryOption, ...]

    @property
    def missing(self) -> Mapping[str, int]:
        """Return what keeps a basket from being taken, by SKU."""
        return self.decision.missing if self.decision.refused else {}

    @property
    def answer_by(self) -> datetime | None:
        """Return by when a person says how and when it comes; None where that is known."""
        if self.decision.follows is not After.CASE:
            return None
        return self.decision.sends[0].ready_at


def read_ask(session: Session, asked: AskDelivery) -> DeliveryAsk:
    """Return what is asked, with the brand that sells and the store it is asked in.

    Raises UnknownLocation, UnknownBrand, or UnreadablePostcode.
    """
    store = _store(session, asked)
    return DeliveryAsk(
        read_seller(session, code=asked.brand_code, store=store),
        asked.channel,
        asked.language,
        asked.quantities,
        read_destination(asked.postcode, country=asked.country),
        store,
    )


def read_destination(postcode: str, *, country: str) -> Destination:
    """Return where a postcode is, as it is compared.

    Raises UnreadablePostcode.
    """
    return Destination(country, customers.queries.normal_postcode(postcode, country=country))


def read_seller(session: Session, *, code: str | None, store: StoreFacts | None) -> SellingBrand:
    """Return the brand that sells: the store's, the one with a code, or the only one there is.

    Raises UnknownBrand.
    """
    if store is not None:
        return SellingBrand(store.brand_id, store.brand_code, store.currency)
    if code is not None:
        named = stores.queries.find_brand(session, code)
        brands = [named] if named else []
    else:
        brands = stores.queries.list_brands(session)
    if len(brands) != 1:
        raise UnknownBrand
    return SellingBrand(brands[0].id, brands[0].code, brands[0].currency)


def find_options(session: Session, asked: AskDelivery) -> DeliveryOptions:
    """Return the ways in which a basket can be brought to a postcode, in the brand's order.

    Raises UnknownSku, or what `read_ask` raises.
    """
    ask = read_ask(session, asked)
    quote = read_goods(session, ask)
    decision = sourcing.decide(session, to_source(ask, quote))
    if decision.refused:
        return DeliveryOptions(quote, decision, ())
    country, postcode = ask.to.country, ask.to.postcode
    priced = [
        (way, price_way(way, quote, country=country, postcode=postcode))
        for way in list_offered_ways(session, ask.brand.id)
    ]
    options = tuple(_option(ask, quote, decision, way, fee) for way, fee in priced if fee)
    return DeliveryOptions(quote, decision, options)


def find_least(session: Session, asked: AskDelivery) -> int | None:
    """Return the least it costs to have a basket brought, as long as nobody says where to.

    None when nobody can send it, or nothing is brought in that country. The postcode is not read.

    Raises UnknownSku, UnknownLocation, or UnknownBrand.
    """
    store = _store(session, asked)
    nowhere = Destination(asked.country, "")
    brand = read_seller(session, code=asked.brand_code, store=store)
    ask = DeliveryAsk(brand, asked.channel, asked.language, asked.quantities, nowhere, store)
    quote = read_goods(session, ask)
    fee = price_cheapest(list_offered_ways(session, brand.id), quote, country=asked.country)
    if fee is None or sourcing.decide(session, to_source(ask, quote)).missing:
        return None
    return fee.amount_minor


def read_goods(session: Session, ask: DeliveryAsk) -> Quote:
    """Return what the goods of a basket cost now, without having them brought.

    Raises UnknownSku.
    """
    return queries.read_quote(
        session,
        ask.quantities,
        brand_id=ask.brand.id,
        language=ask.language,
        store=ask.store,
    )


def to_source(
    ask: DeliveryAsk, quote: Quote, *, taken: Mapping[UUID, Mapping[str, int]] | None = None
) -> Ask:
    """Return what sourcing is asked so that goods of a basket come to a postcode.

    `taken` is what other parts of the same order take where.
    """
    latitude, longitude = whereabouts(ask)
    return Ask(
        brand_id=ask.brand.id,
        brand=ask.brand.code,
        channel=ask.channel,
        method=Method.DELIVERY,
        quantities=ask.quantities,
        latitude=latitude,
        longitude=longitude,
        values_minor={
            line.sku: replace(line.priced, quantity=1, discount_minor=0).amount_minor
            for line in quote.lines
            if line.sku in ask.quantities
        },
        postcode=ask.to.postcode,
        store_id=ask.store.id if ask.store else None,
        taken=taken or {},
    )


def _store(session: Session, asked: AskDelivery) -> StoreFacts | None:
    return stores.queries.get_store(session, asked.store_code) if asked.store_code else None


def _option(
    ask: DeliveryAsk, quote: Quote, decision: Decision, way: DeliveryWay, fee: Fee
) -> DeliveryOption:
    charge = charge_for(way, fee, language=ask.language)
    parcels = tuple(
        OptionParcel(
            send,
            arrival_of(
                send.ready_at,
                time_zone=send.store.time_zone,
                zone=fee.zone,
                to=ask.to,
            ),
        )
        for send in (() if decision.follows is After.CASE else decision.sends)
    )
    totals = replace(quote, charges=(charge,)).totals
    return DeliveryOption(way, fee, charge, totals, parcels)


def whereabouts(ask: DeliveryAsk) -> tuple[float, float]:
    """Return about where a postcode is, WGS84; nobody has to know it for goods to be sent there."""
    place = stores.queries.find_place(ask.to.postcode) if ask.to.country == FRANCE else None
    if place is not None:
        return place.latitude, place.longitude
    return (ask.store.latitude, ask.store.longitude) if ask.store else MIDDLE
