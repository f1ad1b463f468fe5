"""Replayed orders that are brought home: ways opened, placed, paid at a till, sent, delivered."""

import random
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
import stores.services
from app.cli.replay_fates import Fate
from app.cli.replay_plan import PlannedOrder
from customers.commands import GiveAddress
from inventory.commands import Disposition
from kernel.actors import SYSTEM, Actor
from kernel.db import transaction
from orders.commands import (
    Box,
    Bring,
    DeliveryFailure,
    Pack,
    PayBy,
    PlaceOrder,
    PricedBy,
    SetDeliveryMethod,
    SetDeliveryZone,
    Status,
)
from orders.queries import FulfillmentFacts
from orders.services import PlacedOrder, TillTicket
from stores.commands import StoreMethod

BROUGHT: Final = frozenset({Fate.HOME, Fate.HOME_BACK})
WAY: Final = "replay"
FEE_MINOR: Final = 490
FREE_FROM_MINOR: Final = 15_000
CARRIER: Final = "local"
STREET: Final = "1 rue de l'Exemple"
UNDER_WAY: Final = frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING})


def draw_home(planned: PlannedOrder, *, seed: int, percent: int) -> Fate | None:
    """Return how an order goes that is brought home; None for one that is collected."""
    draw = random.Random(f"{seed}:{planned.invoice.number}:home")  # noqa: S311 (a lot, not a secret)
    if draw.randrange(100) >= percent:
        return None
    return draw.choices((Fate.HOME, Fate.HOME_BACK), weights=(19, 1))[0]


def open_doors(store_codes: Iterable[str]) -> None:
    """Have these stores send orders anywhere in France, in a way of the replay's own."""
    with transaction() as session:
        brands = {}
        for code in sorted(set(store_codes)):
            store = stores.queries.get_store(session, code, method=StoreMethod.SHIP)
            brands[store.brand_id] = stores.queries.get_brand(session, store.brand_id).code
            if not store.offered:
                stores.services.set_method(
                    session, code=code, method=StoreMethod.SHIP, offered=True, actor=SYSTEM
                )
        for brand in sorted(brands.values()):
            names = {"fr": "Livraison (rejeu)", "en": "Delivery (replay)"}
            way = SetDeliveryMethod(brand, WAY, names, CARRIER, PricedBy.AMOUNT, 2_000, 99)
            method_id = orders.services.set_delivery_method(session, way, actor=SYSTEM)
            zone = SetDeliveryZone(
                method_id,
                "France",
                "FR",
                [str(digit) for digit in range(10)],
                2,
                3,
                [(None, FEE_MINOR)],
                FREE_FROM_MINOR,
            )
            orders.services.set_delivery_zone(session, zone, actor=SYSTEM)


def place_home(session: Session, planned: PlannedOrder, *, actor: Actor) -> PlacedOrder:
    """Place an order that is brought next to its store, and have that store's till paid for it.

    Raises the refusals of `place_order` and `take_till_payment`.
    """
    store = stores.queries.get_store(session, planned.store_code)
    door = GiveAddress(STREET, store.postcode, store.city)
    command = PlaceOrder(
        planned.channel,
        [Bring(door, planned.invoice.quantities, WAY)],
        planned.contact,
        PayBy.TILL,
        begun_at=store.code,
    )
    placed = orders.services.place_order(session, command, actor=actor)
    ticket = TillTicket(store.id, f"H-{planned.invoice.number}")
    orders.services.take_till_payment(session, placed.id, ticket=ticket, actor=SYSTEM)
    return placed


def send_home(order_id: UUID, fate: Fate) -> None:
    """Every parcel of the order is delivered, or comes back; goes on where it stopped."""
    with transaction() as session:
        parcels = orders.queries.list_order_parcels(session, order_id)
    for parcel in parcels:
        if parcel.status in UNDER_WAY:
            _prepare(parcel)
        _bring(parcel.id, fate)


def _prepare(parcel: FulfillmentFacts) -> None:
    goods = {line.sku: line.quantity - line.cancelled for line in parcel.lines}
    undecided = {
        line.sku: left
        for line in parcel.lines
        if (left := line.quantity - line.cancelled - line.picked)
    }
    with transaction() as session:
        if parcel.status is Status.NEW:
            orders.services.accept(session, parcel.id, actor=SYSTEM)
        if undecided:
            orders.services.pick(session, parcel.id, quantities=undecided, actor=SYSTEM)
        orders.services.pack(session, parcel.id, Pack(CARRIER, [Box(goods)]), actor=SYSTEM)


def _bring(fulfillment_id: UUID, fate: Fate) -> None:
    with transaction() as session:
        parcel = orders.queries.get_fulfillment(session, fulfillment_id, actor=SYSTEM)
        if parcel.status is Status.PACKED:
            orders.services.ship(session, fulfillment_id, actor=SYSTEM)
        if parcel.status not in {Status.PACKED, Status.SHIPPED}:
            return
        if fate is Fate.HOME:
            orders.services.confirm_delivery(session, fulfillment_id, actor=SYSTEM)
            return
        orders.services.report_failed_delivery(
            session, fulfillment_id, reason=DeliveryFailure.ABSENT.value, actor=SYSTEM
        )
        orders.services.return_to_store(
            session, fulfillment_id, disposition=Disposition.RESTOCK, actor=SYSTEM
        )
