"""Home delivery in the demonstration: two ways with their zones, and orders that go there."""

from typing import Final

from sqlalchemy.orm import Session

import inventory.queries
import orders.queries
import stores.queries
from app.demo.history import CLERK, HOME
from app.demo.people import CUSTOMERS
from app.demo.retailer import WAREHOUSE
from customers.commands import GiveAddress
from kernel.actors import Actor
from kernel.db import transaction
from orders import services
from orders.commands import (
    Box,
    Bring,
    Channel,
    Pack,
    PayBy,
    PlaceOrder,
    PricedBy,
    SetDeliveryMethod,
    SetDeliveryZone,
)
from orders.services import PlacedOrder, TillTicket

BRAND_CODE: Final = "aubepin"
STANDARD: Final = SetDeliveryMethod(
    BRAND_CODE,
    "standard",
    {"fr": "Livraison à domicile", "en": "Home delivery"},
    "local",
    PricedBy.AMOUNT,
    2_000,
)
EXPRESS: Final = SetDeliveryMethod(
    BRAND_CODE,
    "express",
    {"fr": "Livraison express", "en": "Express delivery"},
    "local",
    PricedBy.WEIGHT,
    2_000,
    position=1,
    unknown_weight_g=500,
)
PARIS_REGION: Final = ("75", "77", "78", "91", "92", "93", "94", "95")
ISLANDS: Final = ("20", "97", "98")
MAINLAND: Final = tuple(str(digit) for digit in range(10))
ENDLESS: Final = None
DOORS: Final = (
    GiveAddress("27 montée des Canuts", "69001", "Lyon", "Escalier B, 3e étage"),
    GiveAddress("8 rue des Capucins", "33000", "Bordeaux"),
    GiveAddress("14 rue Oberkampf", "75011", "Paris"),
)
ENOUGH: Final = 5


def open_ways(session: Session, *, head: Actor) -> None:
    """Have orders brought in two ways: everywhere in a few days, quickly on the mainland."""
    standard = services.set_delivery_method(session, STANDARD, actor=head)
    express = services.set_delivery_method(session, EXPRESS, actor=head)
    for zone in (
        SetDeliveryZone(
            standard, "Île-de-France", "FR", PARIS_REGION, 1, 2, [(ENDLESS, 390)], 4_900
        ),
        SetDeliveryZone(
            standard, "France", "FR", MAINLAND, 2, 3, [(3_000, 590), (ENDLESS, 490)], 6_900
        ),
        SetDeliveryZone(standard, "Corse et outre-mer", "FR", ISLANDS, 5, 9, [(ENDLESS, 1_490)]),
        SetDeliveryZone(
            express, "Île-de-France", "FR", PARIS_REGION, 0, 1, [(2_000, 890), (20_000, 1_290)]
        ),
        SetDeliveryZone(express, "France", "FR", MAINLAND, 1, 1, [(2_000, 1_090), (20_000, 1_690)]),
    ):
        services.set_delivery_zone(session, zone, actor=head)


def furnish_doors() -> None:
    """Have orders on their way to doors: two to be paid, one to be prepared, one that left."""
    with transaction() as session:
        store = stores.queries.get_store(session, WAREHOUSE.code)
        levels = inventory.queries.list_levels(session, location_id=store.id)
        skus = iter([each.sku for each in levels if each.available >= ENOUGH])
        _place(session, 0, {next(skus): 1, next(skus): 2}, PayBy.CARD)
        _place(session, 1, {next(skus): 1}, PayBy.TILL)
        paid = _place(session, 1, {next(skus): 1, next(skus): 1}, PayBy.TILL)
        left = _place(session, 2, {next(skus): 2}, PayBy.TILL)
        home = stores.queries.get_store(session, HOME)
        for order, number in ((paid, "T-2231"), (left, "T-2232")):
            ticket = TillTicket(home.id, number)
            services.take_till_payment(session, order.id, ticket=ticket, actor=CLERK)
        _send(session, left)


def _place(session: Session, turn: int, goods: dict[str, int], pay_by: PayBy) -> PlacedOrder:
    command = PlaceOrder(
        Channel.STORE if pay_by is PayBy.TILL else Channel.WEB,
        [Bring(DOORS[turn], goods, STANDARD.code)],
        CUSTOMERS[turn],
        pay_by,
        begun_at=HOME,
    )
    return services.place_order(session, command, actor=CLERK)


def _send(session: Session, placed: PlacedOrder) -> None:
    for parcel in orders.queries.list_order_parcels(session, placed.id):
        goods = {line.sku: line.quantity for line in parcel.lines}
        services.accept(session, parcel.id, actor=CLERK)
        services.pick(session, parcel.id, quantities=goods, actor=CLERK)
        services.pack(session, parcel.id, Pack("local", [Box(goods)]), actor=CLERK)
        services.ship(session, parcel.id, actor=CLERK)
