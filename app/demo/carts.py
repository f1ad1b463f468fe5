"""What was begun by phone: baskets, orders of several parts to be paid; and a reservation."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.queries
import stores.queries
from app.access import PERMISSIONS_OF
from app.demo.doors import DOORS, STANDARD
from app.demo.exits import NEIGHBOUR
from app.demo.history import CLERK, HOME
from app.demo.people import CUSTOMERS
from kernel.actors import Actor, ActorKind
from kernel.db import transaction
from orders import queries, services
from orders.commands import (
    Bring,
    Channel,
    Collect,
    OpenCart,
    OrderCart,
    OrderPart,
    PayBy,
    PlaceOrder,
    SeenCart,
)

AGENT: Final = "Luc Bernard"
NOTE: Final = "Comme convenu au téléphone : la même série, en deux tailles."
ENOUGH: Final = 5
_WHO: Final = text("SELECT id FROM staff WHERE name = :name")


def furnish_carts() -> None:
    """Have a basket that waits for its customer, and what became of others."""
    with transaction() as session:
        staff_id = session.execute(_WHO, {"name": AGENT}).scalar_one()
        agent = Actor(
            ActorKind.AGENT,
            staff_id,
            AGENT,
            PERMISSIONS_OF[ActorKind.AGENT],
            location_ids=None,
        )
        home = stores.queries.get_store(session, HOME)
        levels = inventory.queries.list_levels(session, location_id=home.id)
        skus = [each.sku for each in levels if each.available >= ENOUGH]
        advised = OpenCart(Channel.PHONE, {skus[-1]: 1, skus[-2]: 2}, HOME, NOTE)
        waiting = services.open_cart(session, advised, actor=agent)
        services.give_cart_code(session, waiting)
        services.send_cart(session, waiting, CUSTOMERS[9], actor=agent)
        ordered = services.open_cart(
            session, OpenCart(Channel.PHONE, {skus[-3]: 1}, HOME), actor=agent
        )
        seen = SeenCart(ordered, queries.get_cart_by_id(session, ordered).version)
        order = OrderCart(seen, Channel.PHONE, CUSTOMERS[10], PayBy.CARD, by_link=True)
        services.order_cart(session, order, actor=agent)
        _mix(session, skus, agent)
        reserved = PlaceOrder(
            Channel.WEB, [Collect(HOME, {skus[-4]: 1, skus[-5]: 1})], CUSTOMERS[7], reservation=True
        )
        services.place_order(session, reserved, actor=CLERK)


def _mix(session: Session, skus: list[str], agent: Actor) -> None:
    """Two orders by phone go several ways: one is paid from a link, one in its two stores."""
    other = stores.queries.get_store(session, NEIGHBOUR)
    levels = inventory.queries.list_levels(session, location_id=other.id)
    there = next(each.sku for each in levels if each.available >= ENOUGH)
    here = [sku for sku in skus if sku != there]
    pickups = [Collect(HOME, {here[-6]: 2}), Collect(NEIGHBOUR, {there: 1})]
    bring = Bring(DOORS[0], {here[-7]: 1}, STANDARD.code)
    goods = {here[-6]: 2, there: 1}
    for brought, by_link, customer in (([bring], True, 11), ([], False, 8)):
        parts: list[OrderPart] = [*pickups, *brought]
        wanted = OpenCart(Channel.PHONE, {**goods, **({here[-7]: 1} if brought else {})}, HOME)
        seen = SeenCart(services.open_cart(session, wanted, actor=agent), 1)
        pay_by = PayBy.CARD if by_link else PayBy.PICKUP
        order = OrderCart(
            seen, Channel.PHONE, CUSTOMERS[customer], pay_by, by_link=by_link, parts=parts
        )
        services.order_cart(session, order, actor=agent)
