"""Correcting a figure without a count, with its reason: for managers."""

from typing import Final

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.articles import describe, find_sku
from app.staff.stock_words import FEWER, adjust_reasons
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from inventory.commands import Adjust, AdjustReason
from kernel.db import transaction
from kernel.fields import QUANTITY_MAX, SKU_MAX
from kernel.web import declare

NOTE_MAX: Final = 200
WAYS: Final = {"fewer": -1, "more": 1}


@blueprint.get("/shelf/correct")
@declare(permission="stock.adjust")
def ask_correction() -> str:
    """Ask by how many the figure of an article is wrong, and why."""
    with transaction() as session:
        return _page(session, here(session))


@blueprint.post("/shelf/correct")
@declare(permission="stock.adjust")
def correct() -> Shown:
    """Have the figure of an article be right from now on."""
    return try_to(_correct, _page)


def _correct(session: Session, place: Here) -> str:
    sku, quantity = _sku(session, place), _quantity()
    way = request.form.get("way", "")
    if way not in WAYS:
        raise Unfit(_("Say whether there are fewer or more."))
    try:
        reason = AdjustReason(request.form.get("reason", ""))
    except ValueError:
        raise Unfit(_("Choose a reason.")) from None
    if FEWER.get(reason, way == "fewer") != (way == "fewer"):
        raise Unfit(_("This reason does not fit: choose another, or the other way."))
    note = " ".join(request.form.get("note", "").split())
    if len(note) > NOTE_MAX or not note.isprintable():
        raise Unfit(_("The note is too long."))
    deltas = {sku: quantity * WAYS[way]}
    command = Adjust(place.store.id, deltas, reason, note or None)
    inventory.services.adjust(session, command, actor=place.actor)
    return url_for("tablet.find_article", said=sku, did="corrected")


def _sku(session: Session, place: Here) -> str:
    asked = request.values.get("sku", "")
    if not 0 < len(asked) <= SKU_MAX or not asked.isprintable():
        abort(404)
    sku = find_sku(session, said=asked, brand_id=place.store.brand_id)
    if sku is None:
        abort(404)
    return sku


def _quantity() -> int:
    typed = request.form.get("quantity", "").strip()[:12]
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed) <= QUANTITY_MAX):
        raise Unfit(_("Type by how many, as a whole number."))
    return int(typed)


def _page(session: Session, place: Here, error: str | None = None) -> str:
    sku = _sku(session, place)
    shown = describe(session, {sku: sku}, language=current())[sku]
    levels = inventory.queries.list_levels(session, location_id=place.store.id, skus=[sku])
    return render_template(
        "tablet/correct.html",
        one=shown,
        level=levels[0] if levels else None,
        reasons=adjust_reasons(),
        typed=request.form,
        error=error,
    )
