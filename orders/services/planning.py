"""What an order becomes: who does which part of it, and what all of it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import Actor
from orders import delivery, queries
from orders.commands import Agreed, Bring, Collect, Method, PlaceOrder, add_up
from orders.delivery import Carriage, DeliveryAsk
from orders.errors import EmptyOrder, StatedTotalDiffers
from orders.pricing import Quote, agree_charges
from orders.services.delivering import Door, carried, find_door
from orders.services.promising import WAYS, Promise, refuse_unless_offered, require_way
from stores.commands import StoreMethod
from stores.errors import UnknownBrand, UnknownLocation
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Share:
    """What one location does of one part: a parcel to be."""

    part_no: int
    store: StoreFacts
    method: Method
    quantities: Mapping[str, int]
    slot_id: UUID | None = None
    door: Door | None = None
    later: Promise | None = None
    """When it can be sent that is not there yet; what is there is promised when it is placed."""


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells an order, and at which stores: by the number of the part that is collected there.

    `home` is the store whose prices and patience hold: where it is collected, if that is one store,
    else where it is begun. `brand` is known where something is brought.
    """

    brand_id: UUID
    currency: str
    counters: Mapping[int, StoreFacts]
    begun_at: StoreFacts | None
    home: StoreFacts | None
    brand: delivery.SellingBrand | None


@dataclass(frozen=True, slots=True)
class Plan:
    """An order before it is written: its shares stand in the order in which they are locked."""

    command: PlaceOrder
    seller: Seller
    quote: Quote
    shares: Sequence[Share]
    doors: Mapping[int, Door]

    @property
    def store(self) -> StoreFacts:
        """Return the store whose patience holds: of an order of nobody's, the first to send."""
        return self.seller.home or self.shares[0].store


def plan_order(session: Session, command: PlaceOrder, *, actor: Actor) -> Plan:
    """Return who does what of an order and what it costs; what nobody can send is in its doors.

    Raises what `price_order`, `refuse_unless_offered` and `require_way` raise.
    """
    seller = read_seller(session, command, actor=actor)
    quote, carriage = price_order(session, command, seller)
    shares = [
        _at_counter(command, part_no, store, actor=actor)
        for part_no, store in seller.counters.items()
    ]
    doors = _find_doors(session, command, seller, quote=quote, carriage=carriage)
    for part_no, door in doors.items():
        for send in door.decision.sends:
            require_way(send.store, Method.DELIVERY)
            later = door.later(send, pay_by=command.pay_by) if door.is_open else None
            shares.append(
                Share(part_no, send.store, Method.DELIVERY, send.quantities, door=door, later=later)
            )
    shares.sort(key=lambda each: (each.store.id, each.part_no))
    return Plan(command, seller, quote, shares, doors)


def quote_order(session: Session, command: PlaceOrder, *, actor: Actor) -> tuple[Quote, str]:
    """Return what an order would cost now, having it brought included, and in which currency.

    Raises what `read_seller` and `price_order` raise.
    """
    seller = read_seller(session, command, actor=actor)
    return price_order(session, command, seller)[0], seller.currency


def read_seller(session: Session, command: PlaceOrder, *, actor: Actor) -> Seller:
    """Return who sells what is asked, at which stores: all of one brand.

    Raises EmptyOrder, UnknownLocation or UnknownBrand.
    """
    if not command.parts or not all(part.quantities for part in command.parts):
        raise EmptyOrder
    counters = _counters(session, command)
    begun_at = _begun_at(session, command, counters)
    alike = {store.id for store in counters.values()}
    first = next(iter(counters.values()), begun_at)
    home = first if len(alike) == 1 else begun_at
    if len(counters) == len(command.parts) and first is not None:
        seller = Seller(first.brand_id, first.currency, counters, begun_at, home, None)
    else:
        brand = delivery.read_seller(session, code=command.brand_code, store=first)
        seller = Seller(brand.id, brand.currency, counters, begun_at, home, brand)
    for store in counters.values():
        if store.brand_id != seller.brand_id or not actor.sees_brand(store.brand_id):
            raise UnknownLocation(store=store.code)
    if seller.brand is not None and not actor.sees_brand(seller.brand_id):
        raise UnknownBrand(brand=seller.brand.code)
    sells = seller.brand.code if seller.brand else first and first.brand_code
    if command.brand_code not in {None, sells}:
        raise UnknownBrand(brand=command.brand_code)
    return seller


def price_order(session: Session, command: PlaceOrder, seller: Seller) -> tuple[Quote, Carriage]:
    """Return what an order costs now, all its parts together, and what bringing them does.

    Raises UnknownSku, UnreadablePostcode, UnknownDeliveryMethod, NotBroughtThere, or
    StatedTotalDiffers for an order of another shop.
    """
    goods = _price_goods(session, command, seller)
    carriage = delivery.charge_ways(
        session,
        goods,
        carried([part for part in command.parts if isinstance(part, Bring)]),
        brand_id=seller.brand_id,
        language=command.contact.language,
    )
    if command.agreed is None:
        return replace(goods, charges=carriage.charges), carriage
    ways = {way.id: way.code for way, _fee in carriage.doors}
    said = command.agreed.charges
    by_id = {way_id: said[code] for way_id, code in ways.items() if code in said}
    quote = replace(goods, charges=agree_charges(carriage.charges, by_id))
    _refuse_other_total(quote, command.agreed, currency=seller.currency)
    return quote, carriage


def _price_goods(session: Session, command: PlaceOrder, seller: Seller) -> Quote:
    """Return what the goods cost here now, or what another shop agreed for them."""
    brand_id, language = seller.brand_id, command.contact.language
    if command.agreed is not None:
        lines = command.agreed.lines
        return queries.read_agreed(
            session, command.quantities, lines, brand_id=brand_id, language=language
        )
    return queries.read_quote(
        session, command.quantities, brand_id=brand_id, language=language, store=seller.home
    )


def _refuse_other_total(quote: Quote, agreed: Agreed, *, currency: str) -> None:
    """Return nothing when what another shop stated is what its lines and charges add up to."""
    lines_minor = quote.totals.total_minor
    if lines_minor != agreed.total_minor:
        raise StatedTotalDiffers(
            stated_minor=agreed.total_minor,
            lines_minor=lines_minor,
            currency=currency,
            lines={line.sku: line.priced.amount_minor for line in quote.lines},
            charges={charge.name: charge.amount_minor for charge in quote.charges},
        )


def _counters(session: Session, command: PlaceOrder) -> dict[int, StoreFacts]:
    """Return the store of each part that is collected, judged for the way it is."""
    found: dict[tuple[str, StoreMethod], StoreFacts] = {}
    counters = {}
    for part_no, part in enumerate(command.parts):
        if isinstance(part, Bring):
            continue
        key = (part.store_code, WAYS[part.method])
        if key not in found:
            found[key] = stores.queries.get_store(
                session, part.store_code, method=key[1], waiting=queries.waiting_at
            )
        counters[part_no] = found[key]
    return counters


def _begun_at(
    session: Session, command: PlaceOrder, counters: Mapping[int, StoreFacts]
) -> StoreFacts | None:
    if command.begun_at is None:
        return None
    known = {store.code: store for store in counters.values()}
    return known.get(command.begun_at) or stores.queries.get_store(session, command.begun_at)


def _at_counter(command: PlaceOrder, part_no: int, store: StoreFacts, *, actor: Actor) -> Share:
    part = command.parts[part_no]
    slot_id = part.slot_id if isinstance(part, Collect) else None
    refuse_unless_offered(store, part.method, channel=command.channel, actor=actor)
    return Share(part_no, store, part.method, part.quantities, slot_id)


def _find_doors(
    session: Session, command: PlaceOrder, seller: Seller, *, quote: Quote, carriage: Carriage
) -> dict[int, Door]:
    """Return who sends what to each door; what one takes is not there for the next."""
    if seller.brand is None:
        return {}
    bring = [(no, part) for no, part in enumerate(command.parts) if isinstance(part, Bring)]
    taken: dict[UUID, dict[str, int]] = {}
    for part_no, store in seller.counters.items():
        _take(taken, store.id, command.parts[part_no].quantities)
    doors = {}
    for (part_no, part), by in zip(bring, carriage.doors, strict=True):
        ask = _ask(command, seller.brand, part, begun_at=seller.begun_at)
        door = find_door(session, part, ask, quote=quote, by=by, taken=dict(taken))
        for send in (*door.decision.sends, *door.decision.lacks.brings):
            _take(taken, send.store.id, send.quantities)
        doors[part_no] = door
    return doors


def _take(taken: dict[UUID, dict[str, int]], place: UUID, quantities: Mapping[str, int]) -> None:
    taken[place] = add_up([taken.get(place, {}), quantities])


def _ask(
    command: PlaceOrder, brand: delivery.SellingBrand, part: Bring, *, begun_at: StoreFacts | None
) -> DeliveryAsk:
    address = part.address
    return DeliveryAsk(
        brand,
        command.channel,
        command.contact.language,
        part.quantities,
        delivery.read_destination(address.postcode, country=address.country),
        begun_at,
    )
