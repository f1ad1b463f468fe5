"""Baskets of the demonstration: one an agent prepared, one that became an order to pay by link."""

from typing import Final

from sqlalchemy import text

import inventory.queries
import stores.queries
from app.access import PERMISSIONS_OF
from app.demo.history import HOME
from app.demo.people import CUSTOMERS
from kernel.actors import Actor, ActorKind
from kernel.db import transaction
from orders import queries, services
from orders.commands import Channel, OpenCart, OrderCart, PayBy, SeenCart

AGENT: Final = "Luc Bernard"
NOTE: Final = "Comme convenu au téléphone : la même série, en deux tailles."
ENOUGH: Final = 5
_WHO: Final = text("SELECT id FROM staff WHERE name = :name")


def furnish_carts() -> None:
    """Have a basket that waits for its customer, and an order that is to be paid from a link."""
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
