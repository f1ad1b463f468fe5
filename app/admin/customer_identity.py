"""Who a customer is: cards, companies, what they like best; and who may be one person."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
from app import forms
from app.admin.blueprint import DOOR, blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form, read_id
from app.answers import Shown
from app.i18n import N_
from app.i18n import gettext as _
from app.liking import list_liked_stores, list_ways, read_liking, say_liking
from customers.commands import Alike, NameCompany
from customers.errors import (
    BlockedCard,
    CardOfAnother,
    CompanyOfAnotherNumber,
    UnknownCustomer,
    UnknownPair,
    UnreadableCard,
    UnreadableCompany,
)
from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import current_actor, declare

NUMBER_MAX: Final = 40
NAME_MAX: Final = 120
WHY: Final = {
    Alike.PHONE: N_("Same telephone number"),
    Alike.EMAIL: N_("Same e-mail address"),
    Alike.NAME_AND_POSTCODE: N_("Same name and postcode"),
}
CARD_SAID: Final[dict[type[Refusal], str]] = {
    UnreadableCard: N_("A card has four to thirty-two letters and digits. Scan it again."),
    CardOfAnother: N_("This card is somebody else's. Look for them by it."),
    BlockedCard: N_("This card was blocked. Give another one."),
}
COMPANY_SAID: Final = {
    "siren": N_("A SIREN has nine digits, of which the last checks the others."),
    "vat_number": N_("This VAT number cannot be right, or is another company's."),
    "name": N_("Say the name."),
}
Act = Callable[[Session, Actor], object]


@blueprint.get("/customers/<uuid:customer_id>/identity")
@declare(permission="customers.note")
def customer_identity(customer_id: UUID) -> str:
    """Show the cards and companies of a customer, and what they like best."""
    return _page(customer_id, Answers({}))


@blueprint.post("/customers/<uuid:customer_id>/cards")
@declare(permission="customers.note")
def give_card(customer_id: UUID) -> Shown:
    """Have the customer found by a card."""
    answers = read_form()
    number = answers.text("number", _("Scan the card, or type its number."), longest=NUMBER_MAX)

    def act(session: Session, actor: Actor) -> object:
        return orders.services.give_card(session, customer_id, number, actor=actor)

    return _do(customer_id, answers, act, done="card")


@blueprint.post("/customers/<uuid:customer_id>/cards/block")
@declare(permission="customers.note")
def block_card(customer_id: UUID) -> Shown:
    """Have a card find nobody any more."""
    answers = read_form()
    number = answers.text("blocked", longest=NUMBER_MAX)

    def act(session: Session, actor: Actor) -> object:
        return orders.services.block_card(session, customer_id, number, actor=actor)

    return _do(customer_id, answers, act, done="blocked")


@blueprint.post("/customers/<uuid:customer_id>/companies")
@declare(permission="customers.note")
def join_company(customer_id: UUID) -> Shown:
    """Have the customer speak for a company."""
    answers = read_form()
    command = NameCompany(
        answers.text("name", _("Say the name."), longest=NAME_MAX),
        answers.text("siren", longest=NUMBER_MAX) or None,
        answers.text("vat_number", longest=NUMBER_MAX) or None,
    )

    def act(session: Session, actor: Actor) -> object:
        return orders.services.join_company(session, customer_id, command, actor=actor)

    return _do(customer_id, answers, act, done="company")


@blueprint.post("/customers/<uuid:customer_id>/companies/<uuid:company_id>/leave")
@declare(permission="customers.note")
def leave_company(customer_id: UUID, company_id: UUID) -> Shown:
    """Have the customer speak for a company no longer."""

    def act(session: Session, actor: Actor) -> None:
        orders.services.leave_company(session, customer_id, company_id, actor=actor)

    return _do(customer_id, read_form(), act, done="left")


@blueprint.post("/customers/<uuid:customer_id>/preferences")
@declare(permission="customers.note")
def prefer(customer_id: UUID) -> Shown:
    """Keep what the customer told us that they like best."""
    answers = read_form()

    def act(session: Session, actor: Actor) -> None:
        command = read_liking(session, answers.typed)
        orders.services.prefer(session, customer_id, command, actor=actor)

    return _do(customer_id, answers, act, done="liked")


@blueprint.get("/customers/pairs")
@declare(permission="customers.merge")
def customer_pairs() -> str:
    """Show customers who may be one person: people look at them, nothing is joined by itself."""
    with transaction() as session:
        pairs = orders.queries.list_pairs(session, actor=current_actor())
    rows = [
        {"one": one, "other": other, "why": [_(WHY[why]) for why in pair.why], "at": pair.found_at}
        for pair, one, other in pairs
    ]
    return show("customer_pairs.html", tab="customers", rows=rows, done=asked("done"))


@blueprint.post("/customers/pairs")
@declare(permission="customers.merge")
def tell_apart() -> Shown:
    """Two customers who look the same are not: nobody is asked again."""
    answers = read_form()
    one, other = read_id(answers.text("one")), read_id(answers.text("other"))
    if one is None or other is None:
        raise UnknownPair

    def act() -> str:
        orders.services.tell_apart(session, one, other, actor=current_actor())
        return go_to("customer_pairs", done="apart")

    with transaction() as session:
        return forms.once(session, act)


def _do(customer_id: UUID, answers: Answers, act: Act, *, done: str) -> Shown:
    """Do what a form says and show the page again: with what was wrong beside its field."""

    def once() -> str:
        act(session, current_actor())
        return go_to("customer_identity", customer_id=customer_id, done=done)

    if answers.errors:
        return _page(customer_id, answers), 422
    try:
        with transaction() as session:
            return forms.once(session, once)
    except (UnreadableCard, CardOfAnother, BlockedCard) as refusal:
        answers.errors["number"] = _(CARD_SAID[type(refusal)])
    except UnreadableCompany as refusal:
        wrong = str(refusal.facts["field"])
        answers.errors[wrong] = _(COMPANY_SAID[wrong])
    except CompanyOfAnotherNumber:
        answers.errors["vat_number"] = _("Both numbers are known, as those of two companies.")
    return _page(customer_id, answers), 422


def _page(customer_id: UUID, answers: Answers) -> str:
    actor = current_actor()
    with transaction() as session:
        person = orders.services.look_into(session, customer_id, door=DOOR, actor=actor)
        liked = say_liking(session, person.preference) if person else {}
        places = list_liked_stores(session)
    if person is None:
        raise UnknownCustomer
    return show(
        "customer_identity.html",
        tab="customers",
        person=person,
        liked=liked,
        places=places,
        ways=list_ways(),
        typed=answers.typed,
        errors=answers.errors,
        done=asked("done"),
        whole=actor.may("customers.contacts"),
        back=url_for("office.customer", customer_id=person.id),
    )
