"""Writing an order down, with its lines, parcels and charges, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from kernel.ids import new_id, new_order_number
from orders.commands import Channel, Formation, Method, Status
from orders.pricing import Quote, divide_discount
from orders.services.promising import Promise


@dataclass(frozen=True, slots=True)
class Part:
    """What one location does of an order: its promise, its goods, and the door they go to."""

    promise: Promise
    location_id: UUID
    method: Method
    quantities: Mapping[str, int]
    accept_by: datetime | None = None
    address_id: UUID | None = None
    delivery_method_id: UUID | None = None
    arrives_from: date | None = None
    arrives_by: date | None = None
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as it is written down; `pending_min` is how long it waits to be paid, if it does."""

    brand_id: UUID
    channel: Channel
    language: str
    currency: str
    contact_id: UUID
    quote: Quote
    parts: Sequence[Part]
    pending_min: int | None = None
    formation: Formation | None = None
    """How the contract comes about, where the channel does not say it."""


_WRITE = text("""
    WITH opened AS (
        INSERT INTO sales_order (id, number, brand_id, channel, formation, language, currency,
                                 contact_id)
        VALUES (:order_id, :number, :brand_id, :channel, :formation, :language, :currency,
                :contact_id)
        ON CONFLICT (number) DO NOTHING RETURNING id),
    lines AS (
        INSERT INTO order_line (order_id, sku, position, name, quantity, unit_price_minor,
                                price_per, vat_bp, discount_minor, eco_minor, promotion_id)
        SELECT opened.id, i.* FROM opened, jsonb_to_recordset(:lines) AS i (
            sku text, position smallint, name text, quantity integer, unit_price_minor integer,
            price_per integer, vat_bp integer, discount_minor integer, eco_minor integer,
            promotion_id uuid)),
    parcels AS (
        INSERT INTO fulfillment (id, order_id, location_id, method, status, promised_at,
                                 promise_inputs, pending_until, accept_by, release_at, address_id,
                                 delivery_method_id, arrives_from, arrives_by, slot_id,
                                 slot_starts_at, slot_ends_at)
        SELECT i.id, opened.id, i.location_id, i.method, :status, i.promised_at, i.promise_inputs,
               statement_timestamp() + make_interval(mins => :pending_min), i.accept_by,
               i.release_at, i.address_id, i.delivery_method_id, i.arrives_from, i.arrives_by,
               i.slot_id, i.slot_starts_at, i.slot_ends_at
        FROM opened, jsonb_to_recordset(:parcels) AS i (
            id uuid, location_id uuid, method text, promised_at timestamptz, promise_inputs jsonb,
            accept_by timestamptz, release_at timestamptz, address_id uuid,
            delivery_method_id uuid, arrives_from date, arrives_by date, slot_id uuid,
            slot_starts_at timestamptz, slot_ends_at timestamptz)
        RETURNING id),
    parts AS (
        INSERT INTO fulfillment_line (fulfillment_id, sku, quantity, discount_minor)
        SELECT parcels.id, i.sku, i.quantity, i.discount_minor
        FROM parcels JOIN jsonb_to_recordset(:parts) AS i (
            fulfillment_id uuid, sku text, quantity integer, discount_minor integer)
            ON i.fulfillment_id = parcels.id),
    charges AS (
        INSERT INTO order_charge (id, order_id, delivery_method_id, name, amount_minor, vat_bp)
        SELECT i.id, opened.id, i.delivery_method_id, i.name, i.amount_minor, i.vat_bp
        FROM opened, jsonb_to_recordset(:charges) AS i (
            id uuid, delivery_method_id uuid, name text, amount_minor integer, vat_bp integer)),
    promotions AS (
        INSERT INTO promotion_use (promotion_id, order_id, discount_minor)
        SELECT i.promotion_id, opened.id, sum(i.discount_minor)
        FROM opened, jsonb_to_recordset(:lines) AS i (promotion_id uuid, discount_minor integer)
        WHERE i.discount_minor > 0
        GROUP BY i.promotion_id, opened.id)
    SELECT id FROM opened
""").bindparams(
    *(bindparam(each, type_=JSONB) for each in ("lines", "parcels", "parts", "charges")),
    bindparam("pending_min", type_=Integer),
)


def write_order(session: Session, order: NewOrder) -> tuple[UUID, str]:
    """Write down an order with everything it consists of; return its id and its number."""
    order_id = new_id()
    in_store = order.channel in {Channel.STORE, Channel.POS}
    usual = Formation.IN_STORE if in_store else Formation.DISTANCE
    values = {
        "order_id": order_id,
        "brand_id": order.brand_id,
        "channel": order.channel.value,
        "formation": (order.formation or usual).value,
        "language": order.language,
        "currency": order.currency,
        "contact_id": order.contact_id,
        "status": (Status.NEW if order.pending_min is None else Status.PENDING).value,
        "pending_min": order.pending_min,
        "lines": _lines(order.quote),
        "parcels": [_parcel(part) for part in order.parts],
        "parts": _parts(order),
        "charges": [
            {
                "id": str(new_id()),
                "delivery_method_id": str(charge.delivery_method_id),
                "name": charge.name,
                "amount_minor": charge.amount_minor,
                "vat_bp": charge.vat_bp,
            }
            for charge in order.quote.charges
        ],
    }
    number = new_order_number()
    while session.execute(_WRITE, {**values, "number": number}).first() is None:
        number = new_order_number()  # one of a billion was taken: draw again
    return order_id, number


def _lines(quote: Quote) -> list[dict[str, Any]]:
    return [
        {
            "sku": line.sku,
            "position": position,
            "name": line.label,
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price_minor,
            "price_per": line.price_per,
            "vat_bp": line.vat_bp,
            "discount_minor": line.discount_minor,
            "eco_minor": line.eco_minor,
            "promotion_id": _text(line.promotion_id),
        }
        for position, line in enumerate(quote.lines, start=1)
    ]


def _parcel(part: Part) -> dict[str, Any]:
    slot = part.promise.slot
    return {
        "id": str(part.promise.fulfillment_id),
        "location_id": str(part.location_id),
        "method": part.method.value,
        "promised_at": part.promise.at.isoformat(),
        "promise_inputs": dict(part.promise.inputs),
        "accept_by": part.accept_by.isoformat() if part.accept_by else None,
        "release_at": part.release_at.isoformat() if part.release_at else None,
        "address_id": _text(part.address_id),
        "delivery_method_id": _text(part.delivery_method_id),
        "arrives_from": part.arrives_from.isoformat() if part.arrives_from else None,
        "arrives_by": part.arrives_by.isoformat() if part.arrives_by else None,
        "slot_id": slot.id if slot else None,
        "slot_starts_at": slot.starts_at.isoformat() if slot else None,
        "slot_ends_at": slot.ends_at.isoformat() if slot else None,
    }


def _parts(order: NewOrder) -> list[dict[str, Any]]:
    shares = divide_discount(order.quote.lines, [part.quantities for part in order.parts])
    return [
        {
            "fulfillment_id": str(part.promise.fulfillment_id),
            "sku": sku,
            "quantity": quantity,
            "discount_minor": share[sku],
        }
        for part, share in zip(order.parts, shares, strict=True)
        for sku, quantity in part.quantities.items()
    ]


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
