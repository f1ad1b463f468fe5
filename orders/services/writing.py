"""Writing an order down, with its lines, parcels and charges, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from customers.commands import NameCompany
from kernel.fixed import run_fixed
from kernel.ids import new_id, new_order_number
from orders.commands import Channel, Formation, Method, Status
from orders.pricing import Quote, divide_discount
from orders.services.promising import Promise


@dataclass(frozen=True, slots=True)
class NewParcel:
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
    parcels: Sequence[NewParcel]
    pending_min: int | None = None
    decisions: Sequence[Mapping[str, Any]] = ()
    """Who was chosen to send what to which door, as `decision_values` tells it."""
    placed_at_id: UUID | None = None
    seller_id: UUID | None = None
    formation: Formation | None = None
    """How the contract comes about, where the channel does not say it."""
    company: NameCompany | None = None
    note: str | None = None

    @property
    def shares(self) -> list[dict[str, int]]:
        """Return what each parcel has of what is taken off, by SKU."""
        return divide_discount(self.quote.lines, [each.quantities for each in self.parcels])

    @property
    def worths_minor(self) -> list[int]:
        """Return what each parcel comes to; the first has what is paid beside the goods."""
        lines = {line.sku: line.priced for line in self.quote.lines}
        goods = [
            sum(
                replace(lines[sku], quantity=units, discount_minor=share[sku]).amount_minor
                for sku, units in parcel.quantities.items()
            )
            for parcel, share in zip(self.parcels, self.shares, strict=True)
        ]
        charged = sum(each.amount_minor for each in self.quote.charges)
        return [
            minor + charged * (parcel.promise.fulfillment_id == self.first_id)
            for parcel, minor in zip(self.parcels, goods, strict=True)
        ]

    @property
    def first_id(self) -> UUID:
        """Return the parcel that stands for the order where one has to."""
        return min(parcel.promise.fulfillment_id for parcel in self.parcels)


_OPEN: Final = """
    WITH opened AS (
        INSERT INTO sales_order (id, number, brand_id, channel, formation, language, currency,
                                 contact_id, placed_at_id, seller_id, company_name, company_siren,
                                 company_vat_number, note)
        VALUES (:order_id, :number, :brand_id, :channel, :formation, :language, :currency,
                :contact_id, :placed_at_id, :seller_id, :company_name, :company_siren,
                :company_vat_number, :note)
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
            ON i.fulfillment_id = parcels.id)"""
_SOMETIMES: Final = {
    "charges": """,
    charges AS (
        INSERT INTO order_charge (id, order_id, delivery_method_id, name, amount_minor, vat_bp)
        SELECT i.id, opened.id, i.delivery_method_id, i.name, i.amount_minor, i.vat_bp
        FROM opened, jsonb_to_recordset(:charges) AS i (
            id uuid, delivery_method_id uuid, name text, amount_minor integer, vat_bp integer))""",
    "promotions": """,
    promotions AS (
        INSERT INTO promotion_use (promotion_id, order_id, discount_minor)
        SELECT i.promotion_id, opened.id, sum(i.discount_minor)
        FROM opened, jsonb_to_recordset(:lines) AS i (promotion_id uuid, discount_minor integer)
        WHERE i.discount_minor > 0 AND i.promotion_id IS NOT NULL
        GROUP BY i.promotion_id, opened.id)""",
    "decisions": """,
    decisions AS (
        INSERT INTO sourcing_decision (id, order_id, brand_id, rule_set_id, channel, method,
                                       outcome, asked, place, chosen, candidates, losing)
        SELECT i.id, opened.id, i.brand_id, i.rule_set_id, i.channel, i.method, i.outcome,
               i.asked, i.place, i.chosen, i.candidates, i.losing
        FROM opened, jsonb_to_recordset(:decisions) AS i (
            id uuid, brand_id uuid, rule_set_id uuid, channel text, method text, outcome text,
            asked jsonb, place jsonb, chosen jsonb, candidates jsonb, losing jsonb))""",
}
"""What few orders have: each would cost every order, were it asked to write none."""
_TOLD: Final = """
    SELECT id, EXISTS (
        SELECT FROM rule_set r WHERE r.method = 'pickup' AND r.valid_to IS NULL
        AND (r.brand_id IS NULL OR r.brand_id = :brand_id)) AS is_ruled
    FROM opened
"""


SAID: Final = ("company_name", "company_siren", "company_vat_number", "note")


@lru_cache(maxsize=8)
def _statement(kinds: tuple[str, ...]) -> TextClause:
    """Return the statement that writes an order which has these of what few orders have."""
    has_json = ("lines", "parcels", "parts", *(kind for kind in kinds if kind != "promotions"))
    return text(_OPEN + "".join(_SOMETIMES[kind] for kind in kinds) + _TOLD).bindparams(
        *(bindparam(each, type_=JSONB) for each in has_json),
        bindparam("pending_min", type_=Integer),
        *(bindparam(each, type_=Uuid) for each in ("placed_at_id", "seller_id")),
        *(bindparam(each, type_=Text) for each in SAID),
    )


@dataclass(frozen=True, slots=True)
class Written:
    """An order that was written down.

    `is_ruled` is whether any rules may say what follows where its store lacks goods.
    """

    id: UUID
    number: str
    is_ruled: bool


def write_order(session: Session, order: NewOrder) -> Written:
    """Write down an order with everything it consists of."""
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
        "placed_at_id": order.placed_at_id,
        "seller_id": order.seller_id,
        "company_name": order.company.name if order.company else None,
        "company_siren": order.company.siren if order.company else None,
        "company_vat_number": order.company.vat_number if order.company else None,
        "note": order.note,
        "status": (Status.NEW if order.pending_min is None else Status.PENDING).value,
        "pending_min": order.pending_min,
        "lines": _lines(order.quote),
        "parcels": [_parcel(parcel) for parcel in order.parcels],
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
        "decisions": [_plain(each) for each in order.decisions],
    }
    values["promotions"] = any(line.promotion_id for line in order.quote.lines)
    statement = _statement(tuple(kind for kind in _SOMETIMES if values[kind]))
    number = new_order_number()
    while not (rows := run_fixed(session, statement, {**values, "number": number})):
        number = new_order_number()  # one of a billion was taken: draw again
    return Written(order_id, number, rows[0].is_ruled)


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


def _parcel(parcel: NewParcel) -> dict[str, Any]:
    slot = parcel.promise.slot
    return {
        "id": str(parcel.promise.fulfillment_id),
        "location_id": str(parcel.location_id),
        "method": parcel.method.value,
        "promised_at": parcel.promise.at.isoformat(),
        "promise_inputs": dict(parcel.promise.inputs),
        "accept_by": parcel.accept_by.isoformat() if parcel.accept_by else None,
        "release_at": parcel.release_at.isoformat() if parcel.release_at else None,
        "address_id": _text(parcel.address_id),
        "delivery_method_id": _text(parcel.delivery_method_id),
        "arrives_from": parcel.arrives_from.isoformat() if parcel.arrives_from else None,
        "arrives_by": parcel.arrives_by.isoformat() if parcel.arrives_by else None,
        "slot_id": slot.id if slot else None,
        "slot_starts_at": slot.starts_at.isoformat() if slot else None,
        "slot_ends_at": slot.ends_at.isoformat() if slot else None,
    }


def _parts(order: NewOrder) -> list[dict[str, Any]]:
    return [
        {
            "fulfillment_id": str(parcel.promise.fulfillment_id),
            "sku": sku,
            "quantity": quantity,
            "discount_minor": share[sku],
        }
        for parcel, share in zip(order.parcels, order.shares, strict=True)
        for sku, quantity in parcel.quantities.items()
    ]


def _plain(decision: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, UUID) else value for name, value in decision.items()
    }


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
