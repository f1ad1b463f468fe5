"""A basket becomes an order, once: on whatever channel, with prices and promises of that moment."""

from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import SYSTEM, Actor
from orders import queries
from orders.commands import Bring, Collect, Method, OrderCart, OrderPart, PayBy, PlaceOrder
from orders.errors import AddressNeeded, EmptyCart, NoStoreChosen
from orders.queries import CartFacts
from orders.services.carting import claim_cart, close_cart
from orders.services.pay_links import make_pay_link
from orders.services.placing import PlacedOrder, place_order
from stores.queries import StoreFacts


def order_cart(session: Session, command: OrderCart, *, actor: Actor) -> PlacedOrder:
    """Have a basket be an order, as it was seen: of two who order it at once one does.

    Raises UnknownCart, CartChanged, CartOrdered, EmptyCart, NoStoreChosen, AddressNeeded, or what
    `place_order` raises.
    """
    claim_cart(session, command.seen)
    cart = queries.get_cart_by_id(session, command.seen.id)
    if not cart.quantities:
        raise EmptyCart
    placed = _place(session, cart, command, actor=actor)
    close_cart(session, command.seen.id, order_id=placed.id, actor=actor)
    if command.by_link:
        order = queries.get_order(session, placed.id, actor=SYSTEM)
        make_pay_link(session, order, actor=actor)
    return placed


def _place(session: Session, cart: CartFacts, command: OrderCart, *, actor: Actor) -> PlacedOrder:
    """Place what is in a basket in the way that was chosen."""
    store = stores.queries.get_store_by_id(session, cart.location_id) if cart.location_id else None
    brought = command.method is Method.DELIVERY
    order = PlaceOrder(
        command.channel,
        [_part(cart, command, store)],
        command.contact,
        PayBy.CARD if command.by_link else command.pay_by,
        begun_at=store.code if store and brought else None,
        seen_total_minor=command.seen_total_minor,
    )
    return place_order(session, order, actor=actor)


def _part(cart: CartFacts, command: OrderCart, store: StoreFacts | None) -> OrderPart:
    if command.method is Method.DELIVERY:
        if command.address is None or command.delivery_method is None:
            raise AddressNeeded
        return Bring(command.address, cart.quantities, command.delivery_method)
    if store is None:
        raise NoStoreChosen
    return Collect(store.code, cart.quantities, command.method, command.slot_id)
