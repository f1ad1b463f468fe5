"""What an amendment does to what is brought to a door: who sends it, where to, and for how much."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import customers.services
import stores.queries
from customers.commands import GiveAddress
from customers.queries import AddressFacts
from kernel.actors import SYSTEM
from kernel.ids import new_id
from orders import delivery, queries
from orders.commands import Method, PricedBy, Status
from orders.delivery import DeliveryAsk
from orders.errors import (
    AddressNeeded,
    NotBroughtThere,
    NotDeliverable,
    TooLateToAmend,
    UnknownDeliveryMethod,
    WrongMethod,
)
from orders.models import FINAL, Fulfillment, Order, OrderCharge
from orders.pricing import DeliveryWay, Quote, QuotedLine, charge_for, price_way
from orders.queries import LineFacts, OrderFacts
from orders.services.locked import Locked
from orders.services.sending_on import decide_whole
from orders.sourcing import Send, record_decision
from stores.queries import StoreFacts

UNTOUCHED: Final = frozenset({Status.PENDING, Status.NEW, Status.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Door:
    """Where what an order has brought goes from now on."""

    address_id: UUID
    address: AddressFacts


def find_door(
    session: Session, order: Order, parcels: Sequence[Locked], said: GiveAddress | None
) -> Door:
    """Return where an order has things brought: as it is said now, or where some of it goes.

    Raises AddressNeeded, or a refusal of the address.
    """
    known = [
        each.parcel.address_id
        for each in parcels
        if each.parcel.method is Method.DELIVERY and each.parcel.status not in FINAL
    ]
    address_id = next((each for each in known if each), None)
    if said is not None and order.contact_id is not None:
        address_id = customers.services.give_address(session, order.contact_id, said)
    address = customers.queries.find_address(session, address_id)
    if address_id is None or address is None:
        raise AddressNeeded
    return Door(address_id, address)


def find_way(session: Session, order: Order, code: str | None) -> DeliveryWay:
    """Return the way to a door that is meant: by its code, or the only one that is offered.

    Raises UnknownDeliveryMethod.
    """
    ways = {way.code: way for way in delivery.list_offered_ways(session, order.brand_id)}
    if code is None and len(ways) == 1:
        return next(iter(ways.values()))
    if code is None or code not in ways:
        raise UnknownDeliveryMethod(known=sorted(ways))
    return ways[code]


def find_sender(
    session: Session,
    order: Order,
    quantities: Mapping[str, int],
    *,
    begun_at: StoreFacts,
    door: Door,
    taken: Mapping[UUID, Mapping[str, int]],
) -> Send:
    """Return which one location sends what was to be collected; why it does is kept.

    `taken` is what the order takes elsewhere meanwhile, and below nothing what it gives back.

    Raises UnknownSku or NotDeliverable.
    """
    ask = DeliveryAsk(
        delivery.read_seller(session, code=None, store=begun_at),
        order.channel,
        order.language,
        quantities,
        delivery.read_destination(door.address.postcode, country=door.address.country),
        begun_at,
    )
    wanted = delivery.to_source(ask, delivery.read_goods(session, ask), taken=taken)
    decision = decide_whole(session, wanted)
    if not decision.sends:
        missing = dict(decision.missing) or dict(quantities)
        left = {sku: units - missing.get(sku, 0) for sku, units in quantities.items()}
        deliverable = {sku: units for sku, units in left.items() if units > 0}
        raise NotDeliverable(missing=missing, deliverable=deliverable, stores=[])
    record_decision(session, decision, wanted, order.id)
    return decision.sends[0]


def bring_elsewhere(session: Session, parcels: Sequence[Locked], address_id: UUID) -> None:
    """Have all that an order still has to bring go to another address, with the days it takes.

    Raises TooLateToAmend when somebody is at one of the parcels, NotBroughtThere, or WrongMethod
    when nothing is brought.
    """
    brought = [
        each.parcel
        for each in parcels
        if each.parcel.method is Method.DELIVERY and each.parcel.status not in FINAL
    ]
    if not brought:
        raise WrongMethod(method=parcels[0].parcel.method.value)
    for parcel in brought:
        if parcel.status not in UNTOUCHED:
            raise TooLateToAmend(state=parcel.status.value, fulfillment_id=str(parcel.id))
        parcel.address_id = address_id
        promise_days(session, parcel)
    session.flush()


def promise_days(session: Session, parcel: Fulfillment) -> None:
    """Have a parcel promised to arrive when it does to its address, in its way.

    Raises NotBroughtThere.
    """
    if parcel.delivery_method_id is None:
        return
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    window = delivery.find_window(
        session,
        parcel.promised_at,
        time_zone=store.time_zone,
        method_id=parcel.delivery_method_id,
        address_id=parcel.address_id,
    )
    if window is None:
        raise NotBroughtThere(ways=[])
    parcel.arrives_from, parcel.arrives_by = window.first, window.last
    parcel.promise_inputs = {**parcel.promise_inputs, **window.inputs}


def price_bringing(
    session: Session, order: Order, way_ids: Collection[UUID], *, chosen: Collection[UUID]
) -> None:
    """Have having it brought in these ways cost what it does today, for what goes that way now.

    What is brought at no charge stays so, unless its way was `chosen` now. Several doors on one way
    are paid once: as much as the dearest of them.

    Raises NotBroughtThere when a way brings no such goods there.
    """
    facts = queries.get_order(session, order.id, actor=SYSTEM)
    charged = {each.delivery_method_id for each in facts.charges} | set(chosen)
    for way_id in sorted(charged & set(way_ids)):
        way = queries.get_delivery_way(session, way_id)
        goods, places = _goods(session, order, facts, way), _places(session, facts, way)
        if not goods.lines or not places:
            continue
        fees = [
            price_way(way, goods, country=each.country, postcode=each.postcode) for each in places
        ]
        known = [each for each in fees if each is not None]
        if len(known) < len(fees):
            raise NotBroughtThere(ways=[])
        dearest = max(known, key=lambda each: each.amount_minor)
        charge = charge_for(way, dearest, language=order.language)
        session.execute(
            insert(OrderCharge)
            .values(
                id=new_id(),
                order_id=order.id,
                delivery_method_id=way.id,
                name=charge.name,
                amount_minor=charge.amount_minor,
                vat_bp=charge.vat_bp,
            )
            .on_conflict_do_update(
                index_elements=["order_id", "delivery_method_id"],
                set_={"amount_minor": charge.amount_minor},
            )
        )


def _places(session: Session, facts: OrderFacts, way: DeliveryWay) -> list[AddressFacts]:
    doors = {
        parcel.address_id
        for parcel in facts.fulfillments
        if parcel.delivery_method_id == way.id
        and any(line.quantity > line.cancelled for line in parcel.lines)
    }
    found = (customers.queries.find_address(session, each) for each in doors)
    return [each for each in found if each is not None]


def _goods(session: Session, order: Order, facts: OrderFacts, way: DeliveryWay) -> Quote:
    """Return what an order has brought in this way, at the prices it was agreed for."""
    lines = [
        line
        for parcel in facts.fulfillments
        if parcel.delivery_method_id == way.id
        for line in parcel.lines
        if line.quantity > line.cancelled
    ]
    weights: dict[str, int | None] = {}
    if way.priced_by is PricedBy.WEIGHT:
        offers = catalog.queries.get_offers(
            session,
            skus={line.sku for line in lines},
            brand_id=order.brand_id,
            language=order.language,
        )
        weights = {sku: offer.weight_g for sku, offer in offers.items()}
    return Quote(tuple(_quoted(line, weights.get(line.sku)) for line in lines))


def _quoted(line: LineFacts, weight_g: int | None) -> QuotedLine:
    owed = line.owed
    return QuotedLine(
        line.sku,
        line.name,
        owed.quantity,
        owed.unit_price_minor,
        owed.price_per,
        owed.vat_bp,
        line.eco_minor,
        owed.discount_minor,
        weight_g=weight_g,
    )
