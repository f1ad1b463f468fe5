"""How the demonstration runs its stores: groups, settings, slots, other days, one store to come."""

from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
import orders.queries
import orders.services
import stores.queries
import stores.services
from app.demo.people import CUSTOMERS
from kernel.actors import Actor
from orders.commands import Channel, Collect, Method, PlaceOrder
from stores.commands import (
    AddPattern,
    ExceptDays,
    OpenLocation,
    Scope,
    SetRule,
    StartOpening,
    StoreMethod,
)

HOME: Final = "lyon-croix-rousse"
TO_COME: Final = "grenoble"
GROUPS: Final = (
    ("rhone-alpes", "Rhône-Alpes", (HOME, "villeurbanne", "annecy")),
    ("grandes-villes", "Grandes villes", ("paris-bastille", "lille-centre")),
)
RULES: Final = (
    SetRule(Scope.BRAND, "aubepin", "hold_reservation_min", 1_440),
    SetRule(Scope.GROUP, "rhone-alpes", "orders_per_hour", 12),
    SetRule(Scope.GROUP, "grandes-villes", "count_limit_units", 8),
    SetRule(Scope.STORE, HOME, "low_stock_units", 3),
)
SLOTS: Final = (
    AddPattern(StoreMethod.DRIVE, (1, 2, 3, 4, 5, 6), time(10), time(12), 30, 3),
    AddPattern(StoreMethod.DRIVE, (1, 2, 3, 4, 5, 6), time(16), time(19), 30, 2),
)
BOOKED: Final = (0, 0, 1, 3, 3)
"""Which of the next free slots customers have booked."""


def arrange(session: Session, *, brand_id: UUID, head: Actor) -> None:
    """Have the stores run as a chain does, and one more that is being set up."""
    for code, name, members in GROUPS:
        stores.services.create_group(session, brand="aubepin", code=code, name=name)
        for member in members:
            stores.services.assign_group(session, code=member, group=code, actor=head)
    for rule in RULES:
        stores.services.set_setting(session, rule, actor=head)
    stores.services.set_method(
        session, code=HOME, method=StoreMethod.DRIVE, offered=True, actor=head
    )
    for pattern in SLOTS:
        stores.services.add_pattern(session, pattern, code=HOME, actor=head)
    today = stores.queries.get_store(session, HOME).asked_at.date()
    for days in _other_days(today):
        stores.services.except_days(session, days, code=HOME, actor=head)
    stores.services.start_opening(session, _to_come(brand_id), actor=head)


def book_slots(session: Session, *, actor: Actor) -> int:
    """Have customers come to the drive of the coming days; return how many."""
    store = stores.queries.get_store(session, HOME)
    levels = inventory.queries.list_levels(session, location_id=store.id)
    plenty = [each.sku for each in levels if each.available > len(BOOKED)]
    slots = orders.queries.list_offered_slots(
        session, store_code=HOME, method=StoreMethod.DRIVE, limit=max(BOOKED) + 1
    )
    booked = [slots[turn] for turn in BOOKED if turn < len(slots)]
    for customer, sku, slot in zip(CUSTOMERS, plenty, booked, strict=False):
        part = Collect(HOME, {sku: 1}, Method.DRIVE, slot.id)
        command = PlaceOrder(Channel.PHONE, [part], customer)
        orders.services.place_order(session, command, actor=actor)
    return len(booked)


def _other_days(today: date) -> tuple[ExceptDays, ...]:
    soon, later = today + timedelta(days=9), today + timedelta(days=24)
    return (
        ExceptDays(soon, soon, "09:30-21:00", "Nocturne des artisans"),
        ExceptDays(later, later + timedelta(days=1), None, "Inventaire annuel"),
    )


def _to_come(brand_id: UUID) -> StartOpening:
    place = OpenLocation(
        brand_id=brand_id,
        code=TO_COME,
        name="Grenoble Victor-Hugo",
        street="3 rue des Gantiers",
        postcode="38000",
        city="Grenoble",
        country="FR",
        phone="+33465710476",
        latitude=45.1892,
        longitude=5.7245,
        time_zone="Europe/Paris",
        opening_hours=None,
    )
    return StartOpening(place, like=HOME)
