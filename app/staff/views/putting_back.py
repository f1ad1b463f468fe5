"""What lies in bins nobody collects: back to the shelf, one bin after the other."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.articles import describe
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from inventory.commands import Disposition, Returned
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.queries import PutBackFacts

FIELDS = {"damaged": Disposition.WRITE_OFF, "missing": Disposition.QUARANTINE}


@blueprint.get("/put-backs")
@declare(permission="fulfillments.read")
def put_backs() -> str:
    """Show which bins have to be emptied, the most urgent first."""
    with transaction() as session:
        return _page(session, here(session))


@blueprint.post("/put-backs/<uuid:put_back_id>")
@declare(permission="fulfillments.prepare")
def put_back(put_back_id: UUID) -> Shown:
    """What lay in one bin is on the shelf: it is for sale again, but for what is said."""

    def act(session: Session, place: Here) -> str:
        task = queries.get_put_back(session, put_back_id, actor=place.actor)
        services.finish_put_back(session, task.id, others=_others(task), actor=place.actor)
        return url_for("tablet.put_backs", did="done")

    return try_to(act, _page)


def _others(task: PutBackFacts) -> list[Returned]:
    """Return what is damaged, and what is not there."""
    found = [
        Returned(sku, quantity, disposition)
        for sku in task.quantities
        for name, disposition in FIELDS.items()
        if (quantity := _units(f"{name}:{sku}"))
    ]
    for sku, most in task.quantities.items():
        if sum(each.quantity for each in found if each.sku == sku) > most:
            raise Unfit(_("That is more than lay in the bin."))
    return found


def _units(name: str) -> int:
    typed = request.form.get(name, "").strip()[:6]
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit()):
        raise Unfit(_("Type a whole number."))
    return int(typed)


def _page(session: Session, place: Here, error: str | None = None) -> str:
    tasks = queries.list_put_backs(session, location_id=place.store.id, actor=place.actor)
    skus = {sku: sku for task in tasks for sku in task.quantities}
    shown = describe(session, skus, language=current())
    rows: list[dict[str, Any]] = [
        {
            "task": task,
            "number": show_order_number(task.order_number),
            "items": [(shown[sku], quantity) for sku, quantity in sorted(task.quantities.items())],
        }
        for task in tasks
    ]
    return render_template(
        "tablet/put_backs.html", rows=rows, error=error, did=request.args.get("did")
    )
