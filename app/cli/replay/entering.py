"""How the order of an invoice is placed, on each channel as its people place it.

Everything here stands in one transaction with the key that keeps an invoice from becoming two.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.services
import orders.queries
import orders.services
import stores.queries
from app.cli.replay import cards, shops, tills
from app.cli.replay.channels import Entry
from app.cli.replay.opening import WAY
from app.cli.replay.people import AGENT, SHOPPER, associate_at
from app.cli.replay.plan import PlannedOrder
from customers.commands import GiveAddress
from orders.commands import (
    Bring,
    ChangeCart,
    Channel,
    Collect,
    Method,
    OpenCart,
    OrderCart,
    OrderPart,
    PayBy,
    PlaceOrder,
    SeenCart,
)
from stores.queries import StoreFacts

STREET: Final = "1 rue de l'Exemple"
NOTE: Final = "Comme convenu en magasin."

Placed = tuple[UUID, UUID]
"""An order, and the parcel that stands for it."""


def order_on_web(session: Session, planned: PlannedOrder) -> Placed:
    """A shopper orders: to collect, to have it brought, or some of it either way."""
    store = stores.queries.get_store(session, planned.store_code)
    parts = _web_parts(planned, store)
    brought = any(part.method is Method.DELIVERY for part in parts)
    by_card = brought or (planned.by_card and cards.are_taken())
    command = PlaceOrder(
        Channel.WEB,
        parts,
        planned.contact,
        cards.beforehand() if by_card else PayBy.PICKUP,
        begun_at=store.code if brought else None,
        reservation=planned.entry is Entry.RESERVED,
    )
    placed = orders.services.place_order(session, command, actor=SHOPPER)
    return placed.id, placed.fulfillment_id


def order_by_phone(session: Session, planned: PlannedOrder) -> Placed:
    """An agent fills a basket at the desk and orders it, to be paid from a link that is sent."""
    basket = OpenCart(Channel.PHONE, planned.invoice.quantities, planned.store_code)
    cart_id = orders.services.open_cart(session, basket, actor=AGENT)
    order = OrderCart(
        _seen(session, cart_id),
        Channel.PHONE,
        planned.contact,
        cards.beforehand(),
        by_link=cards.are_taken(),
    )
    placed = orders.services.order_cart(session, order, actor=AGENT)
    return placed.id, placed.fulfillment_id


def order_on_tablet(session: Session, planned: PlannedOrder) -> Placed:
    """An associate orders what a customer takes along, collects here later, or at another store.

    The ticket of the till is typed at once, or the till is paid afterwards.
    """
    store = stores.queries.get_store(session, planned.store_code)
    actor, quantities = associate_at(store.id), planned.invoice.quantities
    basket = OpenCart(Channel.STORE, quantities, store.code)
    cart_id = orders.services.open_cart(session, basket, actor=actor)
    orders.services.claim_cart(session, _seen(session, cart_id))
    ticket = f"H-{planned.invoice.number}" if planned.lot % 2 else None
    command = PlaceOrder(
        Channel.STORE,
        _store_parts(planned),
        planned.contact,
        PayBy.TILL,
        begun_at=store.code,
        ticket_number=ticket,
    )
    placed = orders.services.place_order(session, command, actor=actor)
    orders.services.close_cart(session, cart_id, order_id=placed.id, actor=actor)
    return placed.id, placed.fulfillment_id


def prepare_basket(session: Session, planned: PlannedOrder) -> UUID:
    """An adviser fills a basket and sends its customer the link; return its id."""
    store = stores.queries.get_store(session, planned.store_code)
    adviser = associate_at(store.id)
    basket = OpenCart(Channel.STORE, planned.invoice.quantities, store.code, NOTE)
    cart_id = orders.services.open_cart(session, basket, actor=adviser)
    sent_to = orders.services.send_cart(session, cart_id, planned.contact, actor=adviser)
    orders.services.change_cart(session, cart_id, ChangeCart(contact_id=sent_to))
    return cart_id


def order_basket(session: Session, planned: PlannedOrder, cart_id: UUID) -> Placed:
    """The customer opens the link of a basket, looks through it and orders it."""
    browser_id = customers.services.begin_session(session, token=f"replay:{planned.invoice.key}")
    orders.services.take_up_cart(session, browser_id, cart_id=cart_id)
    seen = _seen(session, cart_id)
    sku = next(iter(planned.invoice.quantities))
    change = ChangeCart({sku: planned.invoice.quantities[sku]}, seen_version=seen.version)
    version = orders.services.change_cart(session, cart_id, change)
    by_card = planned.by_card and cards.are_taken()
    order = OrderCart(
        SeenCart(cart_id, version),
        Channel.WEB,
        planned.contact,
        PayBy.CARD if by_card else PayBy.PICKUP,
    )
    placed = orders.services.order_cart(session, order, actor=SHOPPER)
    return placed.id, placed.fulfillment_id


def sell_at_till(session: Session, planned: PlannedOrder) -> Placed:
    """Somebody took it from the shelf and paid at the till, which tells us."""
    order = tills.sell(session, planned)
    return order.id, order.first_id


def bring_from_shop(session: Session, planned: PlannedOrder) -> Placed:
    """A foreign shop brings an order under its number, to collect or to a door."""
    store = stores.queries.get_store(session, planned.store_code)
    order = shops.bring(session, planned, door=_door(store))
    return order.id, order.first_id


ENTER: Final[Mapping[Entry, Callable[[Session, PlannedOrder], Placed]]] = {
    Entry.WEB: order_on_web,
    Entry.MIXED: order_on_web,
    Entry.HOME: order_on_web,
    Entry.RESERVED: order_on_web,
    Entry.PHONE: order_by_phone,
    Entry.TABLET: order_on_tablet,
    Entry.TILL: sell_at_till,
    Entry.SHOP: bring_from_shop,
}
"""How each order is placed at once; one of a basket is when its customer has the link."""


def _web_parts(planned: PlannedOrder, store: StoreFacts) -> list[OrderPart]:
    door = _door(store)
    quantities = planned.invoice.quantities
    if planned.entry is Entry.MIXED:
        here, there = _deal(quantities, 2)
        return [Collect(store.code, here), Bring(door, there, WAY)]
    if planned.is_brought:
        return [Bring(door, quantities, WAY)]
    return [Collect(store.code, quantities)]


def _door(store: StoreFacts) -> GiveAddress:
    """Return an address next to a store."""
    return GiveAddress(STREET, store.postcode, store.city)


def _store_parts(planned: PlannedOrder) -> list[OrderPart]:
    """Return what is taken along, kept here for later, and collected at the other store."""
    ways = [(planned.store_code, Method.CARRY_OUT), (planned.store_code, Method.PICKUP)]
    if planned.second_store is not None:
        ways.append((planned.second_store, Method.PICKUP))
    dealt = _deal(planned.invoice.quantities, len(ways))
    return [Collect(code, units, how) for (code, how), units in zip(ways, dealt, strict=False)]


def _deal(quantities: Mapping[str, int], hands: int) -> Sequence[dict[str, int]]:
    """Return articles dealt out in turn, to as many hands as there are any for."""
    skus = sorted(quantities)
    dealt = [{sku: quantities[sku] for sku in skus[hand::hands]} for hand in range(hands)]
    return [each for each in dealt if each]


def _seen(session: Session, cart_id: UUID) -> SeenCart:
    return SeenCart(cart_id, orders.queries.get_cart_by_id(session, cart_id).version)
