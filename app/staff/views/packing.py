"""Deliveries: packed into boxes, their labels, and what the carrier has."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import customers.queries
from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.articles import describe
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from app.staff.words import state_of
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.carriers import list_carriers
from orders.commands import Box, Pack, Status
from orders.errors import WrongState
from orders.queries import FulfillmentFacts

BOXES_MAX: Final = 12
WEIGHT_MAX_G: Final = 100_000
GRAMS: Final = 1_000
SENT: Final = (Status.PACKED, Status.SHIPPED)


@dataclass(slots=True)
class Typed:
    """What stands in the form: how much of each SKU is in each box, and what each weighs."""

    amounts: list[dict[str, str]] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)


@blueprint.get("/parcels/<uuid:parcel_id>/pack")
@declare(permission="fulfillments.prepare")
def ask_pack(parcel_id: UUID) -> str:
    """Ask how what was picked is packed: everything in one box, unless told otherwise."""
    with transaction() as session:
        place = here(session)
        parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
        everything = {line.sku: str(line.collectable) for line in _picked(parcel)}
        return _page(session, parcel, Typed([everything], [""]))


@blueprint.post("/parcels/<uuid:parcel_id>/pack")
@declare(permission="fulfillments.prepare")
def pack(parcel_id: UUID) -> Shown:
    """Pack it; or show the form with one box more or fewer (`act`)."""
    act = request.form.get("act", "pack")
    if act not in {"pack", "more", "fewer"}:
        abort(400)
    with transaction() as session:
        place = here(session)
        parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
        typed = _read(parcel, more={"more": 1, "fewer": -1}.get(act, 0))
        if act != "pack":
            return _page(session, parcel, typed)
    return try_to(
        lambda session, place: _pack(session, place, parcel, typed),
        lambda session, _place, error: _page(session, parcel, typed, error=error),
    )


@blueprint.get("/print/package/<uuid:package_id>")
@declare(permission="fulfillments.read")
def package_label(package_id: UUID) -> str:
    """Show the label of a package, to be printed."""
    with transaction() as session:
        label = queries.get_label(session, package_id, actor=here(session).actor)
    picture = f"data:{label.media_type};base64,{b64encode(label.content).decode()}"
    return render_template("tablet/print_package.html", picture=picture)


@blueprint.get("/shipped")
@declare(permission="fulfillments.read")
def shipped() -> str:
    """Show what waits for the carrier, and what the carrier has."""
    with transaction() as session:
        place = here(session)
        parcels = queries.list_fulfillments(
            session, location_id=place.store.id, statuses=SENT, actor=place.actor
        )
        people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
        packages = queries.list_packages(session, [each.id for each in parcels])
    rows = [_row(each, people, packages[each.id]) for each in parcels]
    return render_template("tablet/shipped.html", rows=rows)


def _row(parcel: FulfillmentFacts, people: Any, packages: Any) -> dict[str, Any]:  # noqa: ANN401 (as the queries give them)
    kind, word = state_of(parcel)
    person = people.get(parcel.contact_id)
    return {
        "id": parcel.id,
        "number": show_order_number(parcel.order_number),
        "name": person.name if person else "",
        "numbers": [each.tracking_number for each in packages],
        "since": packages[-1].shipped_at or packages[-1].packed_at if packages else None,
        "failed": any(each.failed_at for each in packages),
        "kind": kind,
        "word": word,
        "packed": parcel.status is Status.PACKED,
    }


def _pack(session: Session, place: Here, parcel: FulfillmentFacts, typed: Typed) -> str:
    boxes = []
    for amounts, weight in zip(typed.amounts, typed.weights, strict=True):
        quantities = {sku: _whole(text) for sku, text in amounts.items()}
        held = {sku: quantity for sku, quantity in quantities.items() if quantity}
        if held:
            boxes.append(Box(held, _grams(weight)))
    command = Pack(_carrier(session, parcel), boxes)
    services.pack(session, parcel.id, command, actor=place.actor)
    return url_for("tablet.show_parcel", parcel_id=parcel.id, did="packed")


def _carrier(session: Session, parcel: FulfillmentFacts) -> str:
    """Return who takes it: the carrier of the way it goes, or else the usual one."""
    if parcel.delivery_method_id is None:
        return list_carriers()[0].code
    return queries.get_delivery_way(session, parcel.delivery_method_id).carrier


def _picked(parcel: FulfillmentFacts) -> list[queries.LineFacts]:
    return [line for line in parcel.lines if line.collectable]


def _read(parcel: FulfillmentFacts, *, more: int) -> Typed:
    boxes = request.form.get("boxes", "1")
    number = int(boxes) if boxes.isascii() and boxes.isdigit() else 1
    number = min(max(number + more, 1), BOXES_MAX)
    typed = Typed()
    for box in range(number):
        typed.amounts.append(
            {line.sku: request.form.get(f"n:{box}:{line.sku}", "0") for line in _picked(parcel)}
        )
        typed.weights.append(request.form.get(f"kg:{box}", ""))
    return typed


def _whole(text: str) -> int:
    if not text.strip():
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(BOXES_MAX)) + 4):
        raise Unfit(_("A figure cannot be read: type whole numbers."))
    return int(text)


def _grams(text: str) -> int | None:
    """Return a weight typed in kilograms, with comma or point."""
    if not text.strip():
        return None
    try:
        grams = round(float(text.strip().replace(",", ".")) * GRAMS)
    except (ValueError, OverflowError):
        raise Unfit(_("The weight cannot be read: type kilograms, like 2,5.")) from None
    if not 0 < grams <= WEIGHT_MAX_G:
        raise Unfit(_("A package weighs more than nothing and at most 100 kg."))
    return grams


def _page(
    session: Session, parcel: FulfillmentFacts, typed: Typed, *, error: str | None = None
) -> str:
    if parcel.status is not Status.PICKING:
        raise WrongState(state=parcel.status.value)
    names = {line.sku: line.name for line in parcel.lines}
    return render_template(
        "tablet/pack.html",
        parcel=parcel,
        number=show_order_number(parcel.order_number),
        lines=_picked(parcel),
        shown=describe(session, names, language=current()),
        typed=typed,
        boxes_max=BOXES_MAX,
        error=error,
    )
