"""Another article for one that is missing: found, and offered to the customer."""

from typing import Any, Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit, undecided
from app.staff.articles import describe, find_skus
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from app.staff.words import short_reasons
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.commands import OfferSubstitute, Status
from orders.queries import FulfillmentFacts, LineFacts

SAID_MAX: Final = 100
SHOWN_MAX: Final = 12


@blueprint.get("/parcels/<uuid:parcel_id>/substitute")
@declare(permission="fulfillments.prepare")
def ask_substitute(parcel_id: UUID) -> str:
    """Find another article for one that is missing in a parcel."""
    with transaction() as session:
        return _page(session, here(session), parcel_id)


@blueprint.post("/parcels/<uuid:parcel_id>/substitute")
@declare(permission="fulfillments.prepare")
def offer_substitute(parcel_id: UUID) -> Shown:
    """Ask the customer whether they take the other article."""

    def act(session: Session, place: Here) -> str:
        parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
        line = _line(parcel)
        quantity, most = request.form.get("quantity", "1"), undecided(line)
        if not (quantity.isascii() and quantity.isdigit() and 1 <= int(quantity[:6]) <= most):
            raise Unfit(_("Only what is still to be picked can be missing."))
        if parcel.status is Status.NEW:
            services.accept(session, parcel_id, actor=place.actor)
        offer = OfferSubstitute(
            parcel_id,
            line.sku,
            request.form.get("substitute", "")[:SAID_MAX],
            int(quantity),
            request.form.get("reason", "")[:SAID_MAX],
        )
        services.offer_substitute(session, offer, actor=place.actor)
        return url_for("tablet.show_parcel", parcel_id=parcel_id, did="asked")

    return try_to(act, lambda session, place, error: _page(session, place, parcel_id, error=error))


def _line(parcel: FulfillmentFacts) -> LineFacts:
    """Return the line of the parcel that is missing."""
    named = [line for line in parcel.lines if line.sku == request.values.get("sku")]
    if not named:
        abort(404)
    return named[0]


def _page(session: Session, place: Here, parcel_id: UUID, *, error: str | None = None) -> str:
    parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
    line = _line(parcel)
    said = " ".join(request.values.get("said", "").split())[:SAID_MAX]
    looks = describe(session, {line.sku: line.name}, language=current())[line.sku]
    return render_template(
        "tablet/substitute.html",
        parcel=parcel,
        number=show_order_number(parcel.order_number),
        line=line,
        looks=looks,
        left=undecided(line),
        said=said,
        found=_found(session, place, parcel, said),
        reasons=[(code, words, None) for code, words in short_reasons(session)],
        amounts=[(str(many), str(many)) for many in range(undecided(line), 0, -1)],
        minutes=place.store.rules.substitute_min,
        typed=request.form,
        error=error,
    )


def _found(
    session: Session, place: Here, parcel: FulfillmentFacts, said: str
) -> list[dict[str, Any]]:
    """Return what could be offered, with its price and how many are free; what is there first."""
    if not said or not said.isprintable():
        return []
    brand_id, taken = place.store.brand_id, {line.sku for line in parcel.lines}
    shown = [
        each
        for each in find_skus(session, said=said, brand_id=brand_id, language=current())
        if each.sku not in taken
    ][:SHOWN_MAX]
    skus = [each.sku for each in shown]
    if not skus:
        return []
    offers = catalog.queries.get_offers(session, skus=skus, brand_id=brand_id, language=current())
    shelf = queries.read_shelf(
        session, offers, brand_id=brand_id, language=current(), store=place.store
    )
    levels = inventory.queries.list_levels(session, location_id=place.store.id, skus=skus)
    free = {level.sku: level.available for level in levels}
    rows = [
        {"looks": each, "price": shelf[each.sku], "free": free.get(each.sku, 0)} for each in shown
    ]
    return sorted(rows, key=lambda row: not row["free"])
