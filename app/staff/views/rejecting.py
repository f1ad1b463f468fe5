"""A parcel the store cannot prepare: why, and whether the customer is asked or chose already."""

from typing import Final
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

import customers.queries
from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.availability import list_answers
from orders.commands import ReasonKind, Status

REJECTABLE: Final = frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING})
CODE_MAX: Final = 64


@blueprint.get("/parcels/<uuid:parcel_id>/reject")
@declare(permission="fulfillments.prepare")
def ask_to_reject(parcel_id: UUID) -> str:
    """Ask why the store cannot prepare a parcel, and what is to become of it."""
    with transaction() as session:
        return _page(session, here(session), parcel_id)


@blueprint.post("/parcels/<uuid:parcel_id>/reject")
@declare(permission="fulfillments.prepare")
def reject(parcel_id: UUID) -> Shown:
    """Have the customer choose, or another store prepare it with the customer's word."""
    return try_to(
        lambda session, place: _reject(session, place, parcel_id),
        lambda session, place, error: _page(session, place, parcel_id, error),
    )


def _reject(session: Session, place: Here, parcel_id: UUID) -> str:
    reason = request.form.get("reason", "")[:CODE_MAX]
    if not reason:
        raise Unfit(_("Choose why."))
    onward = request.form.get("onward", "")[:CODE_MAX]
    if onward:
        services.reassign(session, parcel_id, store_code=onward, reason=reason, actor=place.actor)
    else:
        services.reject_fulfillment(session, parcel_id, reason=reason, actor=place.actor)
    did = "reassigned" if onward else "rejected"
    return url_for("tablet.show_parcel", parcel_id=parcel_id, did=did)


def _page(session: Session, place: Here, parcel_id: UUID, error: str | None = None) -> str:
    parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
    people = customers.queries.get_contacts(session, [parcel.contact_id])
    rejectable = parcel.status in REJECTABLE
    return render_template(
        "tablet/reject.html",
        parcel=parcel,
        rejectable=rejectable,
        number=show_order_number(parcel.order_number),
        person=people.get(parcel.contact_id),
        reasons=[
            (each.code, each.labels[current()])
            for each in queries.list_reasons(session, ReasonKind.REJECT)
        ],
        others=list_answers(session, parcel).stores if rejectable else (),
        hours=place.store.rules.choice_hours,
        typed=request.form,
        error=error,
    )
