"""The steps of a delivery, as the forms of its page name them, and what its page shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import abort, request
from sqlalchemy.orm import Session

import customers.queries
import inventory.queries
from app import formats
from app.doors import say_arrival
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Work
from app.staff.stock_words import day_word
from inventory.commands import Disposition
from inventory.queries import TransferFacts
from kernel.ids import show_order_number
from orders import queries, services
from orders.carriers import find_carrier
from orders.commands import DeliveryFailure, Method, Status
from orders.queries import FulfillmentFacts, PackageFacts
from stores.queries import StoreFacts

TICKET_MAX: Final = 64
GRAMS: Final = 1_000
UNDERWAY: Final = frozenset({Status.PACKED, Status.SHIPPED, Status.DELIVERED})


@dataclass(frozen=True, slots=True)
class Coming:
    """A transfer that carries something for a parcel: from where, and when it is expected."""

    transfer: TransferFacts
    number: str
    day: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the page of a delivery shows beside its lines."""

    address: tuple[str, ...]
    packages: list[PackageFacts]
    weights: Mapping[UUID, str]
    to_pack: bool
    packed: bool
    shipped: bool
    way: str | None = None
    window: str | None = None


def read_delivery(session: Session, parcel: FulfillmentFacts) -> Delivery | None:
    """Return what the page of a delivery shows; None for what is collected."""
    if parcel.method is not Method.DELIVERY:
        return None
    address = customers.queries.find_address(session, parcel.address_id)
    left = any(line.quantity - line.cancelled - line.picked for line in parcel.lines)
    packages = queries.list_packages(session, [parcel.id], language=current())[parcel.id]
    return Delivery(
        address.lines if address else (),
        packages if parcel.status in UNDERWAY else [],
        {each.id: _kilograms(each.weight_g) for each in packages if each.weight_g},
        to_pack=parcel.status is Status.PICKING and not left,
        packed=parcel.status is Status.PACKED,
        shipped=parcel.status is Status.SHIPPED,
        way=_way(session, parcel),
        window=say_arrival(parcel),
    )


def _way(session: Session, parcel: FulfillmentFacts) -> str | None:
    if parcel.delivery_method_id is None:
        return None
    way = queries.get_delivery_way(session, parcel.delivery_method_id)
    return f"{way.name_in(current())} · {find_carrier(way.carrier).name}"


def _kilograms(grams: int) -> str:
    return f"{formats.number(grams / GRAMS, language=current())}\u00a0kg"


def read_coming(session: Session, parcel: FulfillmentFacts, store: StoreFacts) -> list[Coming]:
    """Return what is on its way for a parcel."""
    if parcel.status is not Status.IN_TRANSFER:
        return []
    found = inventory.queries.list_carrying(session, parcel.id, open_only=True)
    return [
        Coming(
            each,
            show_order_number(each.number),
            day_word(each.expected_on, store) if each.expected_on else None,
        )
        for each in found
    ]


def failures() -> list[tuple[str, str]]:
    """Return why a carrier can fail, in words, the likeliest first."""
    return [
        (DeliveryFailure.ABSENT.value, _("Nobody was there")),
        (DeliveryFailure.WRONG_ADDRESS.value, _("The address is wrong")),
        (DeliveryFailure.REFUSED.value, _("The customer refused it")),
        (DeliveryFailure.DAMAGED.value, _("Damaged on the way")),
        (DeliveryFailure.LOST.value, _("Lost on the way")),
    ]


def dispositions() -> list[tuple[str, str]]:
    """Return what becomes of goods that came back, in words."""
    return [
        (Disposition.RESTOCK.value, _("Good: for sale again")),
        (Disposition.QUARANTINE.value, _("To be looked at first")),
        (Disposition.WRITE_OFF.value, _("Broken: thrown away")),
    ]


def _ship(work: Work) -> dict[str, Any]:
    """The carrier took the packages; with the till's ticket where money was due."""
    ticket = " ".join(request.form.get("ticket", "").split())[:TICKET_MAX] or None
    services.ship(*work.ids, ticket_number=ticket, actor=work.actor)
    return {"did": "shipped"}


def _delivered(work: Work) -> dict[str, Any]:
    services.confirm_delivery(*work.ids, actor=work.actor)
    return {"did": "delivered"}


def _failed(work: Work) -> dict[str, Any]:
    reason = request.form.get("reason", "")
    if reason not in set(DeliveryFailure):
        abort(400)
    services.report_failed_delivery(*work.ids, reason=reason, actor=work.actor)
    return {"did": "failed"}


def _returned(work: Work) -> dict[str, Any]:
    try:
        disposition = Disposition(request.form.get("disposition", ""))
    except ValueError:
        abort(400)
    services.return_to_store(*work.ids, disposition=disposition, actor=work.actor)
    return {"did": "returned"}


DELIVERY_ACTS: Final[Mapping[str, Callable[[Work], dict[str, Any]]]] = {
    "ship": _ship,
    "delivered": _delivered,
    "failed": _failed,
    "returned": _returned,
}
