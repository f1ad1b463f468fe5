"""On paper: the pick list, a bin's label, the day sheet."""

from typing import Any
from uuid import UUID

from flask import render_template
from sqlalchemy.orm import Session

import customers.queries
import payments.queries
from app.i18n import current
from app.staff.articles import describe
from app.staff.views.base import blueprint, here
from kernel.clock import db_now
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries
from orders.commands import Status
from orders.queries import FulfillmentFacts

TO_PICK = (Status.NEW, Status.ACCEPTED, Status.PICKING)


@blueprint.get("/print/pick-list")
@declare(permission="fulfillments.read")
def pick_list() -> str:
    """Show every parcel that is to be picked, as one list to walk with."""
    with transaction() as session:
        place = here(session)
        parcels = queries.list_fulfillments(
            session, location_id=place.store.id, statuses=TO_PICK, actor=place.actor
        )
        return _pick_list(session, parcels)


@blueprint.get("/print/pick-list/<uuid:parcel_id>")
@declare(permission="fulfillments.read")
def pick_list_of(parcel_id: UUID) -> str:
    """Show the pick list of one parcel."""
    with transaction() as session:
        place = here(session)
        parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
        return _pick_list(session, [parcel])


@blueprint.get("/print/label/<uuid:parcel_id>")
@declare(permission="fulfillments.read")
def bin_label(parcel_id: UUID) -> str:
    """Show the label of a parcel's bin: the order's number and name, never its secret code."""
    with transaction() as session:
        place = here(session)
        parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
        people = customers.queries.get_contacts(session, [parcel.contact_id])
    return render_template(
        "tablet/print_label.html",
        parcel=parcel,
        number=show_order_number(parcel.order_number),
        person=people[parcel.contact_id],
        units=sum(line.open for line in parcel.lines),
    )


@blueprint.get("/print/day-sheet")
@declare(permission="fulfillments.hand_over")
def day_sheet() -> str:
    """Show what waits for its customers, by bin: for a counter without power or network."""
    with transaction() as session:
        place = here(session)
        parcels = queries.list_fulfillments(
            session, location_id=place.store.id, statuses=[Status.READY], actor=place.actor
        )
        people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
        rows = [
            {
                "bin": each.bin,
                "name": people[each.contact_id].name,
                "number": show_order_number(each.order_number),
                "units": sum(line.open for line in each.lines),
                "due_minor": _due_minor(session, each),
                "saved_minor": each.saved_minor,
                "currency": each.currency,
                "until": each.collect_by,
            }
            for each in parcels
        ]
        now = db_now(session)
    rows.sort(key=lambda row: (str(row["bin"]), str(row["name"])))
    return render_template("tablet/print_day.html", rows=rows, now=now)


def _pick_list(session: Session, parcels: list[FulfillmentFacts]) -> str:
    people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
    names = {line.sku: line.name for each in parcels for line in each.lines}
    shown = describe(session, names, language=current())
    rows: list[dict[str, Any]] = [
        {
            "number": show_order_number(each.order_number),
            "name": people[each.contact_id].name,
            "promised_at": each.promised_at,
            "note": each.note,
            "lines": [
                (line, shown[line.sku], line.quantity - line.cancelled - line.picked)
                for line in each.lines
            ],
        }
        for each in parcels
    ]
    return render_template("tablet/print_picks.html", parcels=rows, now=db_now(session))


def _due_minor(session: Session, parcel: FulfillmentFacts) -> int:
    """Return what is still to be paid at the till; money a card holds counts as paid."""
    held = sum(
        owed.amount_minor
        for owed in payments.queries.list_obligations(session, parcel.order_id)
        if owed.status.value == "authorised"
    )
    paid = queries.paid_for(session, parcel)
    return max(parcel.owed.total_minor - paid - held, 0)
