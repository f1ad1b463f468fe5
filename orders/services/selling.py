"""A sale in the store: an order like any other, over before we hear of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, JSONB
from sqlalchemy.orm import Session

import customers.services
import inventory.services
import payments.services
import stores.queries
from customers.errors import UnreachableContact, UnreadableEmail, UnreadablePhone
from kernel import events
from kernel.actors import Actor, ActorKind
from kernel.ids import new_id, new_order_number
from orders.commands import Channel, Formation, Found, Method, SellAtTill, Status
from orders.events import OrderSold
from payments.services import Ticket
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """An order that a till made; `found` is what was sold beyond what was booked, by SKU."""

    id: UUID
    number: str
    fulfillment_id: UUID
    total_minor: int
    found: Mapping[str, int]
    known_customer: bool


_OPEN = text("""
    WITH opened AS (
        INSERT INTO sales_order (id, number, brand_id, channel, formation, language, currency,
                                 contact_id)
        VALUES (:order_id, :number, :brand_id, :channel, :formation, :language, :currency,
                :contact_id)
        ON CONFLICT (number) DO NOTHING RETURNING id),
    items AS (
        SELECT * FROM opened, unnest(:skus, :names, :quantities, :prices, :price_pers, :vats)
            WITH ORDINALITY AS i (sku, name, quantity, price, price_per, vat, place)),
    lines AS (
        INSERT INTO order_line (order_id, sku, position, name, quantity, unit_price_minor,
                                price_per, vat_bp)
        SELECT id, sku, place, name, quantity, price, price_per, vat FROM items),
    parcel AS (
        INSERT INTO fulfillment (id, order_id, location_id, method, status, promised_at,
                                 promise_inputs, ended_at)
        SELECT :fulfillment_id, id, :location_id, :method, :status, statement_timestamp(), '{}',
               statement_timestamp()
        FROM opened RETURNING id),
    parts AS (
        INSERT INTO fulfillment_line (fulfillment_id, sku, quantity, picked, handed_over)
        SELECT parcel.id, items.sku, items.quantity, items.quantity, items.quantity
        FROM parcel, items),
    given AS (
        INSERT INTO hand_over (id, fulfillment_id, location_id, found, quantities, staff_name,
                               device_id, terminal_id)
        SELECT :hand_over_id, id, :location_id, :found, :taken, :staff_name, :terminal_id,
               :terminal_id
        FROM parcel)
    SELECT id FROM opened
""").bindparams(
    bindparam("skus", type_=ARRAY(Text)),
    bindparam("names", type_=ARRAY(Text)),
    *(bindparam(each, type_=ARRAY(INTEGER)) for each in ("quantities", "prices")),
    *(bindparam(each, type_=ARRAY(INTEGER)) for each in ("price_pers", "vats")),
    bindparam("taken", type_=JSONB),
    *(bindparam(each, type_=Uuid) for each in ("contact_id", "terminal_id")),
)
"""The order is born where its only move leads: `new` to `handed_over`, at the same instant."""


def sell_at_till(session: Session, command: SellAtTill, *, actor: Actor) -> SoldOrder:
    """Record that goods were sold over the counter: order, hand-over, payment, stock.

    It happened, so it is never refused for want of stock: see `inventory.services.sell`. Who cannot
    be written to stays nobody. The caller makes sure that a sale is told once.

    Raises UnknownSku or UnknownLocation.
    """
    store = stores.queries.get_store_by_id(session, command.location_id)
    order_id, quantities = new_id(), {line.sku: line.quantity for line in command.lines}
    contact_id = _give_contact(session, command)
    values = _values(command, store, actor) | {"order_id": order_id, "contact_id": contact_id}
    number = new_order_number()
    while session.execute(_OPEN, {**values, "number": number}).first() is None:
        number = new_order_number()  # one of a billion was taken: draw again
    total_minor = sum(line.amount_minor for line in command.lines)
    fact = OrderSold(
        order_id=order_id,
        fulfillment_id=values["fulfillment_id"],
        location_id=store.id,
        channel=Channel.POS.value,
        quantities=quantities,
        total_minor=total_minor,
        currency=store.currency,
    )
    events.record(session, fact, actor=actor)
    ticket = Ticket(store.id, command.ticket_number, total_minor, store.currency)
    payments.services.record_till_payment(session, reference_id=order_id, ticket=ticket)
    found = inventory.services.sell(
        session, sale_id=order_id, location_id=store.id, quantities=quantities, actor=actor
    )
    return SoldOrder(
        order_id, number, values["fulfillment_id"], total_minor, found, contact_id is not None
    )


def _give_contact(session: Session, command: SellAtTill) -> UUID | None:
    """Return who bought; an address nobody can be reached at does not undo a sale."""
    if command.contact is None:
        return None
    try:
        return customers.services.give_contact(session, command.contact).id
    except (UnreachableContact, UnreadableEmail, UnreadablePhone):
        return None


def _values(command: SellAtTill, store: StoreFacts, actor: Actor) -> dict[str, Any]:
    prices = [line.price for line in command.lines]
    language = command.contact.language if command.contact else store.default_language
    return {
        "brand_id": store.brand_id,
        "channel": Channel.POS.value,
        "formation": Formation.IN_STORE.value,
        "language": language,
        "currency": store.currency,
        "skus": [line.sku for line in command.lines],
        "names": [line.name for line in command.lines],
        "quantities": [line.quantity for line in command.lines],
        "prices": [price for price, _ in prices],
        "price_pers": [price_per for _, price_per in prices],
        "vats": [line.vat_bp for line in command.lines],
        "fulfillment_id": new_id(),
        "location_id": store.id,
        "method": Method.CARRY_OUT.value,
        "status": Status.HANDED_OVER.value,
        "hand_over_id": new_id(),
        "found": Found.SEARCH.value,
        "taken": {line.sku: line.quantity for line in command.lines},
        "staff_name": actor.name,
        "terminal_id": actor.id if actor.kind is ActorKind.TERMINAL else None,
    }
