"""What an amendment does to what is brought to a door: another address, another charge for it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import stores.queries
from kernel.actors import SYSTEM
from orders import delivery, queries
from orders.commands import Method, PricedBy, Status
from orders.errors import NotBroughtThere, TooLateToAmend
from orders.models import FINAL, Order, OrderCharge
from orders.pricing import DeliveryWay, Quote, QuotedLine, price_way
from orders.queries import LineFacts
from orders.services.locked import Locked

UNTOUCHED: Final = frozenset({Status.PENDING, Status.NEW, Status.ACCEPTED})


def bring_elsewhere(session: Session, parcels: Sequence[Locked], address_id: UUID) -> None:
    """Have all that an order still has to bring go to another address, with the days it takes.

    Raises TooLateToAmend when somebody is at one of the parcels, or NotBroughtThere.
    """
    for locked in parcels:
        parcel = locked.parcel
        if parcel.method is not Method.DELIVERY or parcel.status in FINAL:
            continue
        if parcel.status not in UNTOUCHED:
            raise TooLateToAmend(state=parcel.status.value, fulfillment_id=str(parcel.id))
        parcel.address_id = address_id
        if parcel.delivery_method_id is None:
            continue
        store = stores.queries.get_store_by_id(session, parcel.location_id)
        window = delivery.find_window(
            session,
            parcel.promised_at,
            time_zone=store.time_zone,
            method_id=parcel.delivery_method_id,
            address_id=address_id,
        )
        if window is None:
            raise NotBroughtThere(ways=[])
        parcel.arrives_from, parcel.arrives_by = window.first, window.last
        parcel.promise_inputs = {**parcel.promise_inputs, **window.inputs}
    session.flush()


def price_bringing(session: Session, locked: Locked) -> tuple[int, int] | None:
    """Have having it brought cost what it does today for what is brought now, to where it goes.

    Returns what it cost and costs, minor units; None where that is the same.

    Raises NotBroughtThere when the way brings no such goods there.
    """
    parcel, order = locked.parcel, session.get_one(Order, locked.parcel.order_id)
    address = customers.queries.find_address(session, parcel.address_id)
    charge = session.execute(
        select(OrderCharge).where(
            OrderCharge.order_id == order.id,
            OrderCharge.delivery_method_id == parcel.delivery_method_id,
        )
    ).scalar_one_or_none()
    if charge is None or address is None or parcel.delivery_method_id is None:
        return None
    way = queries.get_delivery_way(session, parcel.delivery_method_id)
    fee = price_way(
        way, _goods(session, order, way), country=address.country, postcode=address.postcode
    )
    if fee is None:
        raise NotBroughtThere(ways=[])
    before, charge.amount_minor = charge.amount_minor, fee.amount_minor
    session.flush()
    return None if before == fee.amount_minor else (before, fee.amount_minor)


def _goods(session: Session, order: Order, way: DeliveryWay) -> Quote:
    """Return what an order has brought in this way, at the prices it was agreed for."""
    facts = queries.get_order(session, order.id, actor=SYSTEM)
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
