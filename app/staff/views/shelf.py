"""The shelf: what this store has to count, to receive and to send."""

from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import inventory.services
from app.answers import Shown
from app.i18n import gettext as _
from app.staff.acts import SAID_MAX, Unfit
from app.staff.articles import find_sku
from app.staff.shelf import read_shelf
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from inventory.commands import OpenCount
from kernel.db import transaction
from kernel.web import declare


@blueprint.get("/shelf")
@declare(permission="stock.read")
def shelf() -> str:
    """Show what is to be done with the store's stock, what is overdue first."""
    with transaction() as session:
        return _page(session, here(session))


@blueprint.post("/shelf/counts")
@declare(permission="stock.count")
def begin_count() -> Shown:
    """Begin to count what was asked for (`task`), or an article that is scanned or typed."""
    return try_to(_begin, _page)


def _begin(session: Session, place: Here) -> str:
    command = OpenCount(place.store.id, task_ids=_task_ids())
    if not command.task_ids:
        command = OpenCount(place.store.id, skus=[_scanned(session, place)])
    count_id = inventory.services.open_count(session, command, actor=place.actor)
    return url_for("tablet.show_count", count_id=count_id)


def _task_ids() -> list[UUID]:
    try:
        return [UUID(each) for each in request.form.getlist("task")]
    except ValueError:
        abort(400)


def _scanned(session: Session, place: Here) -> str:
    said = " ".join(request.form.get("said", "").split())[:SAID_MAX]
    if not said:
        raise Unfit(_("Scan an article, or type its code."))
    sku = find_sku(session, said=said, brand_id=place.store.brand_id)
    if sku is None or not said.isprintable():
        raise Unfit(_("“%(said)s” is no article of ours.") % {"said": said})
    return sku


def _page(session: Session, place: Here, error: str | None = None) -> str:
    return render_template(
        "tablet/shelf.html",
        shelf=read_shelf(session, store=place.store, actor=place.actor),
        typed=request.form.get("said", ""),
        error=error,
        did=request.args.get("did"),
    )
