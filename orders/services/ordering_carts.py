"""A basket becomes an order, once: on whatever channel, with prices and promises of that moment."""

from dataclasses import replace

from sqlalchemy.orm import Session

from kernel.actors import SYSTEM, Actor
from orders import queries
from orders.commands import (
    Bring,
    Channel,
    Collect,
    Method,
    OrderCart,
    OrderPart,
    PayBy,
    PlaceOrder,
    add_up,
)
from orders.errors import AddressNeeded, EmptyCart, NoStoreChosen
from orders.queries import CartFacts
from orders.services.carting import changed_meanwhile, claim_cart, close_cart
from orders.services.pay_links import Asked, make_first_link, make_pay_link
from orders.services.placing import PlacedOrder, place_order


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
        _ask_for_money(session, command, placed, actor=actor)
    return placed


def _ask_for_money(
    session: Session, command: OrderCart, placed: PlacedOrder, *, actor: Actor
) -> None:
    """Have the customer sent the link; a basket of the web was held for a shorter time."""
    if placed.obligation_id is None or command.channel is Channel.WEB:
        order = queries.get_order(session, placed.id, actor=SYSTEM)
        make_pay_link(session, order, actor=actor)
        return
    asked = Asked(placed.id, placed.fulfillment_id, placed.obligation_id, placed.time_zone)
    make_first_link(session, asked, actor=actor)


def _place(session: Session, cart: CartFacts, command: OrderCart, *, actor: Actor) -> PlacedOrder:
    """Place what is in a basket, all of it, in the way or ways that were chosen."""
    parts = command.parts or [_part(cart, command)]
    brought = any(isinstance(part, Bring) for part in parts)
    begun_at = command.begun_at or (cart.store_code if brought else None)
    if add_up(part.quantities for part in parts) != cart.quantities:
        raise changed_meanwhile(session, replace(cart, version=command.seen.version))
    order = PlaceOrder(
        command.channel,
        parts,
        command.contact,
        PayBy.CARD if command.by_link else command.pay_by,
        begun_at=begun_at,
        seen_total_minor=command.seen_total_minor,
        ticket_number=command.ticket_number,
        company=command.company,
        note=command.note,
    )
    return place_order(session, order, actor=actor)


def _part(cart: CartFacts, command: OrderCart) -> OrderPart:
    if command.method is Method.DELIVERY:
        if command.address is None or command.delivery_method is None:
            raise AddressNeeded
        return Bring(command.address, cart.quantities, command.delivery_method)
    if cart.store_code is None:
        raise NoStoreChosen
    return Collect(cart.store_code, cart.quantities, command.method, command.slot_id)
