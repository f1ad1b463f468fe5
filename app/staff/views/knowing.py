"""Who stands at the counter: a customer says who they are, and their file is open to the seller."""

from typing import Final
from uuid import UUID

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

import customers.queries
import orders.queries
import orders.services
from app import customer_files, forms
from app.admin.consents import show_standing
from app.admin.customer_identity import CARD_SAID
from app.admin.reading import plain
from app.admin.words import STATES
from app.answers import Shown
from app.customer_files import File, Leads
from app.i18n import current
from app.i18n import gettext as _
from app.liking import say_liking
from app.staff.views.base import blueprint, here
from customers.errors import BlockedCard, CardOfAnother, UnknownCustomer, UnreadableCard
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders.queries import Found

SAID_MAX: Final = 254
NOTE_MAX: Final = 2_000
DOOR: Final = "tablet"
LEADS: Final = Leads(
    talk=lambda thread_id: url_for("tablet.show_conversation", thread_id=thread_id),
    order=lambda file, order_id, _number: url_for(
        "tablet.show_parcel", parcel_id=file.doors[order_id]
    ),
)


@blueprint.get("/customers")
@declare(permission="customers.read")
def ask_customer() -> str:
    """Ask who stands at the counter."""
    return _ask("", None)


@blueprint.post("/customers")
@declare(permission="customers.read", rate="30/minute")
def receive_customer() -> Shown:
    """Open the file of whose whole number, address or card this is; else list who fits."""
    said = " ".join(request.form.get("said", "").split())[:SAID_MAX]

    def act() -> str:
        found = orders.services.receive_visitor(
            session, said, store_code=place.store.code, actor=place.actor
        )
        return url_for("tablet.show_customer", customer_id=found)

    try:
        with transaction() as session:
            place = here(session)
            return forms.once(session, act)
    except BlockedCard:
        wrong = _("This card was blocked. Ask for the number or the address, and give another.")
        return _ask(said, wrong), 409
    except UnknownCustomer:
        return _find(said)


@blueprint.get("/customers/<uuid:customer_id>")
@declare(permission="customers.read")
def show_customer(customer_id: UUID) -> str:
    """Show what happened between a customer and us, on every channel."""
    return _page(customer_id, "", None)


@blueprint.get("/customers/<uuid:customer_id>/news")
@declare(permission="customers.read")
def customer_news(customer_id: UUID) -> AnyResponse | str:
    """Show the history anew where something was added since it was shown; else nothing."""
    with transaction() as session:
        place = here(session)
        person = orders.queries.get_person(session, customer_id, actor=place.actor)
        file = customer_files.read_file(session, person, actor=place.actor)
    if file.mark == request.args.get("seen", ""):
        return Response(status=204)
    return render_template("file/live.html", file=file, news=_news(file), leads=LEADS)


@blueprint.post("/customers/<uuid:customer_id>")
@declare(permission="customers.note")
def note_customer(customer_id: UUID) -> Shown:
    """Add what the customer said to their history."""
    said = plain(request.form.get("text", ""))
    if not said or len(said) > NOTE_MAX:
        wrong = _("Say what it was about.") if not said else _("At most %(most)d signs.")
        return _page(customer_id, said[:NOTE_MAX], wrong % {"most": NOTE_MAX}), 422

    def act() -> str:
        customer_files.add_note(
            session, customer_id, kind="note", text=said, order="", actor=place.actor
        )
        return url_for("tablet.show_customer", customer_id=customer_id, did="noted")

    with transaction() as session:
        place = here(session)
        return forms.once(session, act)


@blueprint.post("/customers/<uuid:customer_id>/cards")
@declare(permission="customers.note")
def give_card(customer_id: UUID) -> Shown:
    """Have the customer found by the card that was scanned."""
    number = " ".join(request.form.get("number", "").split())[:SAID_MAX]

    def act() -> str:
        orders.services.give_card(session, customer_id, number, actor=place.actor)
        return url_for("tablet.show_customer", customer_id=customer_id, did="card")

    try:
        with transaction() as session:
            place = here(session)
            return forms.once(session, act)
    except (UnreadableCard, CardOfAnother, BlockedCard) as refusal:
        return _page(customer_id, "", None, card=_(CARD_SAID[type(refusal)])), 422


def _find(said: str) -> Shown:
    """List whom, of this store's customers, anything else that was said may mean."""
    with transaction() as session:
        place = here(session)
        found = orders.queries.find_anything(session, said, language=current(), actor=place.actor)
    if not found.any:
        return _ask(
            said, _("Nobody is known by this. Ask for the whole number, or another one.")
        ), 422
    return _ask(said, None, found)


def _ask(typed: str, wrong: str | None, found: Found | None = None) -> str:
    with transaction() as session:
        here(session)
    rows = [
        {"number": show_order_number(each.number), "name": name}
        | {"state": STATES[each.status], "parcel": each.first_id}
        for each, name in (found.orders if found else ())
    ]
    return render_template(
        "tablet/customer_ask.html",
        typed=typed,
        wrong=wrong,
        people=found.people if found else (),
        article=found.article if found else None,
        rows=rows,
    )


def _page(customer_id: UUID, typed: str, wrong: str | None, *, card: str | None = None) -> str:
    with transaction() as session:
        place = here(session)
        file = customer_files.open_file(session, customer_id, door=DOOR, actor=place.actor)
        said = customers.queries.list_consents(session, file.person.id) if file else []
        liked = say_liking(session, file.person.preference) if file else {}
    if file is None:
        raise UnknownCustomer
    return render_template(
        "tablet/customer.html",
        file=file,
        news=_news(file),
        leads=LEADS,
        **show_standing(said),
        typed=typed,
        wrong=wrong,
        liked=liked,
        card_wrong=card,
        did=request.args.get("did"),
    )


def _news(file: File) -> str:
    return url_for("tablet.customer_news", customer_id=file.person.id, seen=file.mark)
