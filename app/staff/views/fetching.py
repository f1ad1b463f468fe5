"""« Faire venir »: what a parcel lacks comes from another store that has it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.articles import describe
from app.staff.stock_words import today
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.availability import find_sources, lacking
from orders.commands import FetchFrom, ReasonKind, Status
from orders.queries import FulfillmentFacts

AMOUNT: Final = "amount:"


@blueprint.get("/parcels/<uuid:parcel_id>/fetch")
@declare(permission="fulfillments.prepare")
def ask_fetch(parcel_id: UUID) -> str:
    """Show which stores have what a parcel lacks: all of it, or one article (`sku`)."""
    with transaction() as session:
        return _page(session, here(session), parcel_id)


@blueprint.post("/parcels/<uuid:parcel_id>/fetch")
@declare(permission="fulfillments.prepare")
def fetch(parcel_id: UUID) -> Shown:
    """Have it come from the store whose button was pressed."""
    return try_to(
        lambda session, place: _fetch(session, place, parcel_id),
        lambda session, place, error: _page(session, place, parcel_id, error=error),
    )


def _fetch(session: Session, place: Here, parcel_id: UUID) -> str:
    parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
    wanted = _asked(_lacking(session, parcel))
    code = request.form.get("from", "")
    sources = find_sources(session, parcel, wanted)
    source = next((each for each in sources if each.store.code == code), None)
    if source is None:
        raise Unfit(_("That store has none left. Choose another one."))
    command = FetchFrom(code, source.quantities, _day(place), request.form.get("reason") or None)
    if parcel.status is Status.NEW:
        services.accept(session, parcel.id, actor=place.actor)
    services.fetch_from(session, parcel.id, command, actor=place.actor)
    return url_for("tablet.show_parcel", parcel_id=parcel.id, did="fetched")


def _day(place: Here) -> date:
    try:
        day = date.fromisoformat(request.form.get("expected_on", ""))
    except ValueError:
        raise Unfit(_("Say on which day it arrives.")) from None
    if day < today(place.store):
        raise Unfit(_("It cannot arrive in the past."))
    return day


def _lacking(session: Session, parcel: FulfillmentFacts) -> dict[str, int]:
    """Return what of the parcel may come, only the article the page is about where it is one."""
    found, sku = lacking(session, parcel), request.values.get("sku")
    return {sku: found[sku]} if sku in found else found


def _asked(most: Mapping[str, int]) -> dict[str, int]:
    """Return how many of each article the form says, never more than the parcel lacks."""
    found = {}
    for sku, quantity in most.items():
        typed = request.form.get(f"{AMOUNT}{sku}", str(quantity))
        if typed.isascii() and typed.isdigit():
            found[sku] = min(int(typed), quantity)
    return {sku: quantity for sku, quantity in found.items() if quantity}


def _page(session: Session, place: Here, parcel_id: UUID, *, error: str | None = None) -> str:
    parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
    most = _lacking(session, parcel)
    asked = _asked(most) if request.method == "POST" else most
    names = {line.sku: line.name for line in parcel.lines if line.sku in most}
    shown = describe(session, names, language=current())
    reasons = queries.list_reasons(session, ReasonKind.SHORT)
    tomorrow = today(place.store) + timedelta(days=1)
    rows: list[dict[str, Any]] = [
        {"shown": shown[sku], "most": quantity, "asked": asked.get(sku, 0)}
        for sku, quantity in most.items()
    ]
    return render_template(
        "tablet/fetch.html",
        parcel=parcel,
        number=show_order_number(parcel.order_number),
        rows=rows,
        names={sku: each.name for sku, each in shown.items()},
        sources=find_sources(session, parcel, most),
        sku=request.values.get("sku", ""),
        reasons=[("", _("It is not doubted: only too few"))]
        + [(each.code, each.labels[current()]) for each in reasons],
        reason=request.form.get("reason", "not_found"),
        expected_on=request.form.get("expected_on", tomorrow.isoformat()),
        today=today(place.store).isoformat(),
        error=error,
    )
