"""Entering: a device is enrolled, people switch on it by PIN, and lock it behind them."""

from typing import Final
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import stores.queries
import stores.services
from app import sessions
from app.answers import Shown
from app.forms import SEE_OTHER
from app.problems import Unauthenticated, status_of
from app.staff.verdicts import sentence_of
from app.staff.views.base import blueprint, counted, find_device
from kernel.attempts import Limit
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import declare
from stores.errors import EnrolmentRefused, SignInRefused
from stores.queries import StaffFacts, TabletFacts

PIN_TRIES: Final = 5
ENROL_TRIES: Final = 10
WINDOW_S: Final = 600
SECRET_MAX: Final = 40
"""Signs of a code or PIN that are looked at: hashing a long one would only cost time."""


@blueprint.get("/enrol")
@declare(permission="api.read")
def enrol() -> str:
    """Ask for the code that makes this device a tablet of a store."""
    return render_template("tablet/enrol.html", typed="", error=None)


@blueprint.post("/enrol")
@declare(permission="api.read", rate="60/minute")
def enrol_device() -> Shown:
    """Make this device a tablet of the store the code was made for."""
    typed = request.form.get("code", "")[:SECRET_MAX]
    limits = [Limit(f"enrol:{request.remote_addr}", ENROL_TRIES, WINDOW_S)]
    try:
        with counted(limits, wrong=EnrolmentRefused), transaction() as session:
            tablet = stores.services.enrol_tablet(session, code=typed)
    except Refusal as error:
        said = sentence_of(error, zone="UTC")
        return render_template("tablet/enrol.html", typed=typed, error=said), status_of(type(error))
    sessions.give_cookie(sessions.TABLET, tablet.token)
    sessions.give_cookie(sessions.STAFF, "")
    return redirect(url_for("tablet.sign_in"), code=SEE_OTHER)


@blueprint.get("/sign-in")
@declare(permission="api.read")
def sign_in() -> Shown:
    """Show who works in this store; a device that is no tablet is enrolled first."""
    with transaction() as session:
        tablet = find_device(session)
        if tablet is None:
            return redirect(url_for("tablet.enrol"), code=SEE_OTHER)
        people = [
            person
            for person in stores.queries.list_staff(session, location_id=tablet.location_id)
            if person.active and person.has_pin
        ]
    return render_template("tablet/people.html", tablet=tablet, people=people)


@blueprint.get("/sign-in/<uuid:staff_id>")
@declare(permission="api.read")
def ask_pin(staff_id: UUID) -> str:
    """Ask one of the store's people for their PIN."""
    tablet, person = _at_the_door(staff_id)
    return render_template("tablet/pin.html", tablet=tablet, person=person, error=None)


@blueprint.post("/sign-in/<uuid:staff_id>")
@declare(permission="api.read", rate="60/minute")
def enter(staff_id: UUID) -> Shown:
    """Sign somebody in on this tablet; five tries in ten minutes for each person and tablet."""
    tablet, person = _at_the_door(staff_id)
    pin = request.form.get("pin", "")[:SECRET_MAX]
    limits = [Limit(f"pin:{tablet.id}:{staff_id}", PIN_TRIES, WINDOW_S)]
    try:
        with counted(limits, wrong=SignInRefused), transaction() as session:
            token = stores.services.sign_in_with_pin(
                session, tablet_id=tablet.id, staff_id=staff_id, pin=pin
            )
    except Refusal as error:
        page = render_template(
            "tablet/pin.html", tablet=tablet, person=person, error=sentence_of(error, zone="UTC")
        )
        return page, status_of(type(error))
    sessions.give_cookie(sessions.STAFF, token)
    return redirect(url_for("tablet.board"), code=SEE_OTHER)


@blueprint.post("/lock")
@declare(permission="api.read")
def lock() -> Response:
    """End the session of whoever is signed in, and ask who is next."""
    token = sessions.read_cookie(sessions.STAFF)
    if token is not None:
        with transaction() as session:
            stores.services.sign_out(session, token=token)
        sessions.give_cookie(sessions.STAFF, "")
    return redirect(url_for("tablet.sign_in"), code=SEE_OTHER)


def _at_the_door(staff_id: UUID) -> tuple[TabletFacts, StaffFacts]:
    """Return this tablet and the person of its store; 404 for anybody else.

    Raises Unauthenticated when this device is no tablet.
    """
    with transaction() as session:
        tablet = find_device(session)
        if tablet is None:
            raise Unauthenticated
        people = stores.queries.list_staff(session, location_id=tablet.location_id)
    person = next((each for each in people if each.id == staff_id and each.active), None)
    if person is None:
        abort(404)
    return tablet, person
