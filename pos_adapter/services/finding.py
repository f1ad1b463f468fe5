"""What the till asks before it sells: whose parcel is this, and who has the article."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import inventory.queries
import orders.availability
import orders.queries
import orders.services
import payments.queries
import stores.queries
from catalog.errors import UnknownSku
from catalog.queries import Scanned
from kernel.actors import SYSTEM, Actor
from kernel.errors import Refusal
from kernel.ids import read_order_number
from orders.availability import StoreOffer
from orders.commands import HandOver
from orders.errors import NotReady, UnknownOrder
from orders.queries import FulfillmentFacts, OrderFacts
from pos_adapter.commands import LookUp
from stores.queries import Near, StoreFacts, Where

DIGITS_MIN: Final = 6
"""Fewer digits of a phone number are not looked for: a till shows names."""
NEARBY_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class FoundParcel:
    """A parcel of the customer's, and whether it can be handed over here and now.

    Elsewhere only the store is told. `obstacle` is the code of what keeps it from being handed
    over, `due_minor` what is to be paid when nothing does. What is brought to its customer and
    waits for its payment is not handed over: `due_minor` is of all its parcels then.
    """

    store: StoreFacts
    here: bool
    facts: FulfillmentFacts
    customer_name: str
    due_minor: int | None
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class Nearby:
    """What a store has of an article, and who else can give how many of them."""

    scanned: Scanned
    on_hand: int
    reserved: int
    available: int
    offers: Sequence[StoreOffer]


def look_up(
    session: Session, command: LookUp, *, store: StoreFacts, actor: Actor
) -> list[FoundParcel]:
    """Return the parcels of who stands at the till; by QR and code exactly one.

    By phone number only those of this store are found. Nothing is changed.

    Raises PassNotValid, WrongStore, NotReady, AlreadyCollected and what else keeps a scanned
    parcel from being handed over, or UnknownOrder.
    """
    if command.qr is not None or command.code is not None:
        scanned = HandOver(store.code, qr=command.qr, code=command.code)
        parcel = orders.services.check_parcel(session, scanned, actor=actor)
        return [_found(session, parcel.facts, store, due_minor=parcel.due_minor)]
    if command.order_number is not None:
        number = read_order_number(command.order_number)
        if number is None:
            raise UnknownOrder
        order = orders.queries.get_order_by_number(session, number, actor=SYSTEM)
        if order.awaits_till:
            return [_payable(session, order, store)]
        return [_judged(session, each, store, actor) for each in order.fulfillments]
    return [_judged(session, each, store, actor) for each in _by_phone(session, command, store)]


def scan_shelf(
    session: Session, asked: str, *, store: StoreFacts, radius_km: float, quantity: int
) -> Nearby:
    """Return what this store has of a SKU or barcode, and which stores around can give some.

    Raises UnknownSku.
    """
    gtins = [asked] if asked.isascii() and asked.isdigit() else []
    known = catalog.queries.list_scanned(
        session, skus=[asked], gtins=gtins, language=store.default_language
    )
    if asked not in known:
        raise UnknownSku(skus=[asked])
    scanned = known[asked]
    levels = inventory.queries.list_levels(session, location_id=store.id, skus=[scanned.sku])
    near = Near(store.latitude, store.longitude, radius_km)
    offers = orders.availability.find_offers(
        session, quantities={scanned.sku: quantity}, where=Where(near=near)
    )
    return Nearby(
        scanned,
        on_hand=sum(level.on_hand for level in levels),
        reserved=sum(level.reserved for level in levels),
        available=sum(level.available for level in levels),
        offers=[
            each
            for each in offers
            if each.row.store_code != store.code and each.available[scanned.sku]
        ][:NEARBY_MAX],
    )


def _by_phone(session: Session, command: LookUp, store: StoreFacts) -> list[FulfillmentFacts]:
    digits = "".join(sign for sign in command.phone or "" if sign.isdigit()).lstrip("0")
    if len(digits) < DIGITS_MIN:
        return []
    present = orders.queries.list_open_contacts(session, location_id=store.id)
    people = customers.queries.match_contacts(session, among=present, said=digits)
    return orders.queries.list_parcels_of(
        session, location_id=store.id, contact_ids=list(people), actor=SYSTEM
    )


def _judged(
    session: Session, facts: FulfillmentFacts, store: StoreFacts, actor: Actor
) -> FoundParcel:
    """Return a parcel with what `hand_over` would say of it now."""
    if facts.location_id != store.id:
        other = stores.queries.get_store_by_id(session, facts.location_id)
        return FoundParcel(other, False, facts, "", None, "wrong-store")  # noqa: FBT003 (a row)
    wanted = HandOver(store.code, fulfillment_id=facts.id)
    try:
        due_minor = orders.services.check_parcel(session, wanted, actor=actor).due_minor
    except Refusal as refusal:
        return _found(session, facts, store, obstacle=refusal.code)
    return _found(session, facts, store, due_minor=due_minor)


def _payable(session: Session, order: OrderFacts, store: StoreFacts) -> FoundParcel:
    """Return a delivery that any till may be paid for: no goods, and what is due for all of it."""
    due_minor = order.owed.total_minor - payments.queries.paid_minor(session, order.id)
    first = order.fulfillments[0]
    return _found(session, first, store, due_minor=due_minor, obstacle=NotReady.code)


def _found(
    session: Session,
    facts: FulfillmentFacts,
    store: StoreFacts,
    *,
    due_minor: int | None = None,
    obstacle: str | None = None,
) -> FoundParcel:
    people = customers.queries.get_contacts(session, [facts.contact_id])
    person = people.get(facts.contact_id)
    return FoundParcel(
        store=store,
        here=True,
        facts=facts,
        customer_name=person.name if person else "",
        due_minor=due_minor,
        obstacle=obstacle,
    )
