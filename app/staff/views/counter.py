"""The counter: one field finds the parcel, a verdict fills the screen, one tap hands it over."""

from itertools import chain
from typing import Any, Final
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

import customers.queries
from app.answers import Shown
from app.forms import once
from app.i18n import gettext as _
from app.problems import Unauthenticated, status_of
from app.staff.giving import SAID_MAX, describe_verdict, find_way, read_command, reasons_for
from app.staff.said import Kind, Said, read_said
from app.staff.verdicts import verdict_of
from app.staff.views.base import Here, blueprint, counted, here
from app.staff.words import state_of
from kernel.attempts import Limit
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.commands import Found, HandOver, ReasonKind, Status
from orders.errors import (
    IdentityNeeded,
    NotReady,
    OrderCancelled,
    PassNotValid,
    PassRevoked,
    PaymentDue,
    PaymentUnsettled,
    PickupExpired,
    UnknownOrder,
)
from orders.queries import FulfillmentFacts
from orders.routes.counter import CODE_TRIES_DEVICE, CODE_TRIES_STORE, CODE_WINDOW_S
from orders.services.checking import FORCE
from orders.services.parcels import REISSUED

GIVE: Final = "give"
UNPROCESSABLE: Final = 422
SHOWN_MAX: Final = 20


class SumChanged(Exception):
    """What is due is no longer what the associate was told to take."""


@blueprint.get("/hand-over")
@declare(permission="fulfillments.hand_over")
def counter() -> str:
    """Ask what the customer shows or says; `done` names a parcel that was just handed over."""
    with transaction() as session:
        place = here(session)
        done = _handed_over(session, place, request.args.get("done"))
    return render_template("tablet/counter.html", said="", matches=None, done=done, error=None)


@blueprint.post("/hand-over")
@declare(permission="fulfillments.hand_over")
def stand_at_counter() -> Shown:
    """Find the parcel and say whether it may go, or hand it over (`act`): a scan is one action."""
    with transaction() as session:
        place = here(session)
    try:
        if request.form.get("act") == GIVE:
            return _give(place)
        return _look(place)
    except Unauthenticated:
        raise
    except Refusal as error:
        return _refused(place, error)


def _look(place: Here) -> Shown:
    """Show the verdict on what was scanned, or the parcels a name or phone number may mean."""
    if request.form.get("found"):
        return _verdict(place, read_command(place.store.code))
    said = read_said(request.form.get("said", "")[:SAID_MAX])
    if said.kind is Kind.QR:
        return _verdict(place, HandOver(place.store.code, qr=said.text))
    if said.kind is Kind.CODE:
        return _verdict(place, HandOver(place.store.code, code=said.text))
    with transaction() as session:
        matches = _matches(session, place, said)
    if not matches and said.maybe_code:
        return _verdict(place, HandOver(place.store.code, code=said.text))
    if len(matches) == 1:
        return _verdict(place, HandOver(place.store.code, fulfillment_id=matches[0].id))
    return _list(place, said, matches)


def _matches(session: Session, place: Here, said: Said) -> list[FulfillmentFacts]:
    """Return the parcels of the order with that number, else those of people with that name."""
    if said.number is not None:
        try:
            order = queries.get_order_by_number(session, said.number, actor=place.actor)
            return list(order.fulfillments)
        except UnknownOrder:
            pass  # some names and ends of phone numbers look like numbers
    present = queries.list_open_contacts(session, location_id=place.store.id)
    people = customers.queries.match_contacts(session, among=present, said=said.text)
    return queries.list_parcels_of(
        session, location_id=place.store.id, contact_ids=list(people), actor=place.actor
    )


def _list(place: Here, said: Said, matches: list[FulfillmentFacts]) -> tuple[str, int]:
    with transaction() as session:
        sent = queries.list_sent(session, [each.order_id for each in matches])
        asked = [each.contact_id for each in matches]
        people = customers.queries.get_contacts(session, [*asked, *chain(*sent.values())])
    rows = [
        {
            "id": each.id,
            "number": show_order_number(each.order_number),
            "name": people[each.contact_id].name if each.contact_id in people else "",
            "sent": [people[one].name for one in sent[each.order_id] if one in people],
            "status": state_of(each),
            "bin": each.bin,
            "zone": place.store.time_zone,
        }
        for each in matches[:SHOWN_MAX]
    ]
    error = None if rows else _("Nothing in this store fits. Try the family name or the number.")
    page = render_template(
        "tablet/counter.html", said=said.text, matches=rows, done=None, error=error
    )
    return page, 200 if rows else UNPROCESSABLE


def _verdict(
    place: Here,
    command: HandOver,
    *,
    ticket_error: str | None = None,
    identity_error: str | None = None,
) -> tuple[str, int]:
    """Return the screen of a parcel that may go: who, what, where it lies, what is due."""
    with counted(_limits(place, command), wrong=PassNotValid), transaction() as session:
        parcel = services.check_parcel(session, command, actor=place.actor)
        context = describe_verdict(session, command, parcel, actor=place.actor)
    page = render_template(
        "tablet/verdict.html", ticket_error=ticket_error, identity_error=identity_error, **context
    )
    return page, UNPROCESSABLE if ticket_error or identity_error else 200


def _give(place: Here) -> Shown:
    """Hand the parcel over, once; a sum that changed meanwhile is shown before anything moves."""
    command = read_command(place.store.code)
    if command.ticket_number and read_said(command.ticket_number).kind is Kind.QR:
        return _verdict(place, command, ticket_error=_("That is a collection code, not a ticket."))
    try:
        with (
            counted(_limits(place, command), wrong=PassNotValid),
            transaction() as session,
        ):
            return once(session, lambda: _hand_over(session, place, command))
    except IdentityNeeded:
        said = _("Look at an identity card and tick this, or give a reason below.")
        return _verdict(place, command, identity_error=said)
    except PaymentDue:
        return _verdict(place, command, ticket_error=_("Type the number of the till's ticket."))
    except SumChanged:
        return _verdict(place, command, ticket_error=_("The sum has changed: look at it again."))


def _hand_over(session: Session, place: Here, command: HandOver) -> str:
    parcel = services.check_parcel(session, command, actor=place.actor)
    if request.form.get("due") != str(parcel.due_minor):
        raise SumChanged
    _id, fulfillment_id = services.hand_over(session, command, actor=place.actor)
    return url_for("tablet.counter", done=str(fulfillment_id))


def _limits(place: Here, command: HandOver) -> list[Limit]:
    """Return what a try at a secret counts against; the same as at the API's door."""
    if command.qr is None and command.code is None:
        return []
    return [
        Limit(f"code:device:{place.tablet.id}", CODE_TRIES_DEVICE, CODE_WINDOW_S),
        Limit(f"code:store:{place.store.code}", CODE_TRIES_STORE, CODE_WINDOW_S),
    ]


def _refused(place: Here, error: Refusal) -> tuple[str, int]:
    """Fill the screen with why nothing is handed over, and what can be done about it.

    A parcel that is not ready can be prepared; some rules can be set aside with a reason.
    """
    prepare = _parcel_shown() if isinstance(error, NotReady) else None
    way, reasons = None, []
    if _may_be_set_aside(error, place):
        way = _way_again(place)
        with transaction() as session:
            reasons = reasons_for(session, ReasonKind.FORCE) if way else []
    page = render_template(
        "tablet/refused.html",
        verdict=verdict_of(error, zone=place.store.time_zone),
        prepare=prepare,
        again=url_for("tablet.counter"),
        way=way,
        reasons=reasons,
    )
    return page, status_of(type(error))


def _may_be_set_aside(error: Refusal, place: Here) -> bool:
    """Tell whether who stands here may hand over in spite of this, with a reason."""
    if isinstance(error, PaymentUnsettled):
        return True
    if isinstance(error, PassRevoked):
        return error.facts.get("why") == REISSUED
    if isinstance(error, PickupExpired | OrderCancelled):
        return bool(error.facts.get("in_bin")) and place.actor.may(FORCE)
    return False


def _way_again(place: Here) -> tuple[str, str] | None:
    """Return how the parcel was found, so that the next form finds the same one."""
    said = request.form.get("said", "")
    way = find_way(said)
    if way is not None:
        return way
    with transaction() as session:
        matches = _matches(session, place, read_said(said[:SAID_MAX]))
    return (Found.SEARCH.value, str(matches[0].id)) if len(matches) == 1 else None


def _parcel_shown() -> str | None:
    """Return the id of the parcel that was looked for, where the form or the search names it."""
    with transaction() as session:
        place = here(session)
        if request.form.get("found") == Found.SEARCH:
            return request.form.get("secret")
        matches = _matches(session, place, read_said(request.form.get("said", "")[:SAID_MAX]))
    return str(matches[0].id) if matches else None


def _handed_over(session: Session, place: Here, done: str | None) -> dict[str, Any] | None:
    """Return what the screen says after a hand-over; None when `done` names none of this store."""
    try:
        fulfillment_id = UUID(done or "")
    except ValueError:
        return None
    parcel = queries.get_fulfillment(session, fulfillment_id, actor=place.actor)
    given = queries.list_given(session, [fulfillment_id])[fulfillment_id]
    if not given:
        return None
    last = given[-1]
    holder_id = last.by_proxy or parcel.contact_id
    holder = customers.queries.get_contacts(session, [holder_id]).get(holder_id)
    return {
        "number": show_order_number(parcel.order_number),
        "name": holder.name if holder else "",
        "at": last.handed_over_at,
        "by": last.staff_name,
        "bin": parcel.bin,
        "nothing": not last.quantities,
        "refused": sum(each["quantity"] for each in last.refused.values()),
        "left": sum(line.open for line in parcel.lines) if parcel.status is Status.READY else 0,
    }
