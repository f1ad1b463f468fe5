"""Opening a store: begun like another one, done step by step in any order, then switched on.

Every step is read from what is truly there, so one may leave at any time and come back.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import customers.services
import inventory.queries
import orders.queries
import orders.services
import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form
from app.admin.scope import get_place, list_places
from app.admin.store_frame import show_store
from app.admin.store_reading import read_code
from app.admin.store_words import STEPS
from app.i18n import current
from app.i18n import gettext as _
from customers.commands import GiveContact
from customers.errors import UnreadableEmail
from kernel.actors import Actor
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders.commands import Channel, Collect, PlaceOrder
from stores.commands import OpenLocation, StartOpening
from stores.errors import NotReadyToOpen
from stores.imports import place_in_time
from stores.queries import OpeningStep, PlaceFacts, StoreFacts

COUNTRY: Final = "FR"
POSTCODE_MAX, PHONE_MAX = 12, 32
NOT_THERE: Final = ""
NO_EMAIL: Final = "nobody@example.org"
"""Readable, so that an empty field is told once: as empty."""


@blueprint.get("/openings/new", endpoint="new_store")
@declare(permission="stores.edit")
def new_store() -> str:
    """Show the form with which the opening of a store begins."""
    with transaction() as session:
        return _form(session, Answers({"like": asked("like")}))


@blueprint.post("/openings/new")
@declare(permission="stores.edit")
def begin_store() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Begin to set up a store, like another one if it is named."""
    answers, actor = read_form(), current_actor()
    with transaction() as session:
        command = _command(session, answers)
        if command is None:
            return _form(session, answers), 422

        def act() -> str:
            stores.services.start_opening(session, command, actor=actor)
            return go_to("store_opening", code=command.place.code, done="begun")

        return forms.once(session, act)


@blueprint.get("/stores/<string:code>/opening")
@declare(permission="stores.run")
def store_opening(code: str) -> str:
    """Show what is done and what is missing before a store can be switched on."""
    with transaction() as session:
        return _page(session, code, Answers({}))


@blueprint.post("/stores/<string:code>/practice")
@declare(permission="stores.edit")
def practise(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Place an order at a store that is being set up, to be prepared and handed over there."""
    answers, actor = read_form(), current_actor()
    email = answers.text("email", _("Say where its messages shall go."))
    try:
        customers.services.normal_email(email or NO_EMAIL)
    except UnreadableEmail:
        answers.errors["email"] = _("Write the whole address, as in name@example.org.")
    with transaction() as session:
        place = get_place(session, code, actor)
        sku = _in_stock(session, place)
        if sku is None:
            answers.errors["stock"] = _("Nothing is in stock yet to practise with.")
        if answers.errors or sku is None:
            return _page(session, code, answers), 422

        def act() -> str:
            placed = orders.services.place_order(
                session, _practice(place, sku, email, actor), actor=actor
            )
            number = show_order_number(placed.number)
            return go_to("store_opening", code=code, done="practice", number=number)

        return forms.once(session, act)


@blueprint.post("/stores/<string:code>/switch-on")
@declare(permission="stores.edit")
def switch_on(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have a store take orders from now on."""
    with transaction() as session:
        try:
            orders.services.switch_on_store(session, code, actor=current_actor())
        except NotReadyToOpen:
            missing = _("Something is missing still: the list says what.")
            return _page(session, code, Answers({}, {"switch": missing})), 422
    return redirect(url_for("office.store", code=code, done="opened"), SEE_OTHER)


def _page(session: Session, code: str, answers: Answers) -> str:
    actor = current_actor()
    place = get_place(session, code, actor)
    opening = orders.queries.get_opening(session, code, actor=actor)
    load = orders.queries.count_loads(session, actor=actor).get(place.id)
    return show_store(
        "opening.html",
        place,
        here="store_opening",
        opening=opening,
        steps=[
            {"facts": each, "words": STEPS[each.step], "way": _way(each.step, place)}
            for each in opening.steps
        ],
        practice=OpeningStep.PRACTICE,
        can_practise=_in_stock(session, place) is not None,
        open_orders=load.open if load else 0,
        can_switch=actor.may("stores.edit"),
        typed=answers.typed,
        errors=answers.errors,
        done=request.args.get("done", ""),
        number=asked("number"),
    )


def _way(step: OpeningStep, place: StoreFacts) -> str:
    """Return where a step is done; empty for the practice order, which is done on the page."""
    ways = {
        OpeningStep.HOURS: lambda: url_for("office.store_hours", code=place.code),
        OpeningStep.STAFF: lambda: url_for("office.store_people", code=place.code),
        OpeningStep.STOCK: lambda: url_for("office.arrivals", store=place.code),
        OpeningStep.TABLET: lambda: url_for("office.store_people", code=place.code) + "#enrol",
    }
    return str(ways[step]()) if step in ways else NOT_THERE


def _in_stock(session: Session, place: StoreFacts) -> str | None:
    levels = inventory.queries.list_levels(session, location_id=place.id)
    return next((each.sku for each in levels if each.available > 0), None)


def _practice(place: StoreFacts, sku: str, email: str, actor: Actor) -> PlaceOrder:
    """Return an order of one article, in the name of whoever practises."""
    first, _blank, last = (actor.name or _("Practice")).partition(" ")
    contact = GiveContact(first, last or _("Practice"), email, None, current())
    return PlaceOrder(Channel.STORE, [Collect(place.code, {sku: 1})], contact)


def _command(session: Session, answers: Answers) -> StartOpening | None:
    """Return the store to begin; None, with every complaint said, when it cannot be meant."""
    code = read_code(answers, "code", _("Give the store a code."))
    places = {each.code for each in list_places(session, current_actor())}
    if code in places:
        answers.errors["code"] = _("This code is taken. Choose another one.")
    name = answers.text("name", _("Say what the store is called."))
    street = answers.text("street", _("Say street and number."))
    postcode = answers.text("postcode", _("Say the postcode."), longest=POSTCODE_MAX)
    city = answers.text("city", _("Say the town."))
    phone = answers.text("phone", longest=PHONE_MAX) or None
    brands = {each.code: each.id for each in stores.queries.list_brands(session)}
    brand_id = brands.get(answers.text("brand", _("Choose a brand.")))
    like = answers.text("like") or None
    if like and like not in places:
        answers.errors["like"] = _("Choose a store of the list, or none.")
    where = _position(answers, postcode, city)
    if answers.errors or brand_id is None or where is None:
        return None
    zone, region = place_in_time(COUNTRY, postcode)
    place = OpenLocation(
        brand_id=brand_id,
        code=code,
        name=name,
        street=street,
        postcode=postcode,
        city=city,
        country=COUNTRY,
        phone=phone,
        latitude=where[0],
        longitude=where[1],
        time_zone=zone,
        opening_hours=None,
        holiday_region=region,
    )
    return StartOpening(place, like)


def _position(answers: Answers, postcode: str, city: str) -> tuple[float, float] | None:
    """Return where the store is: as it was typed, or the middle of its commune."""
    typed = answers.text("position")
    if not typed:
        found: PlaceFacts | None = stores.queries.find_place(f"{postcode} {city}")
        if found is None and postcode:
            answers.errors.setdefault("postcode", _("No French town has this postcode."))
        return (found.latitude, found.longitude) if found else None
    try:
        north, east = (float(part) for part in typed.split(","))
    except ValueError:
        north = east = float("nan")
    if not (-90 <= north <= 90 and -180 <= east <= 180):  # noqa: PLR2004 (degrees)
        answers.errors["position"] = _("Write it like 45.7767, 4.8310.")
        return None
    return north, east


def _form(session: Session, answers: Answers) -> str:
    brands = stores.queries.list_brands(session)
    places = list_places(session, current_actor())
    first: Mapping[str, str] = {"brand": brands[0].code} if len(brands) == 1 else {}
    return show(
        "store/begin.html",
        tab="stores",
        brands=[(each.code, each.name) for each in brands],
        places=[("", _("None: I set everything myself")), *((p.code, p.name) for p in places)],
        typed={**first, **answers.typed},
        errors=answers.errors,
    )
