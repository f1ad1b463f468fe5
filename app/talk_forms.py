"""What staff do to a conversation from a page: answer, note, hand over, identify, end it."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.services
import stores.queries
from app import forms, talks
from app.admin.reading import Answers, plain, read_form, read_id
from app.admin.scope import list_everywhere
from app.answers import Shown
from app.i18n import N_
from app.i18n import gettext as _
from app.talk_words import list_intents
from app.talks import Talk
from conversations import desk
from conversations.commands import Intent, ProvenBy, Said
from conversations.errors import NothingWaits, ThreadClosed, ThreadTaken
from customers.commands import TouchChannel
from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import Refusal
from orders.errors import OrderOfAnother, UnknownOrder
from stores.errors import UnknownLocation, UnknownStaff

BODY_MAX: Final = 4_000
SENTENCE_MAX: Final = 500
REFUSED: Final = 422
LEAVING: Final = ("end", "hand")
"""What is done to a conversation that one then goes away from."""
PLACE, PERSON, DESK = "place:", "person:", "desk"
Deed = Callable[[Session, Actor], object]
PROOFS: Final[Mapping[ProvenBy, str]] = {
    ProvenBy.CODE: N_("A code sent to the customer’s address, or their account"),
    ProvenBy.CALLED: N_("I called the customer at the number we know"),
    ProvenBy.SEEN: N_("I saw who they are"),
}
BESIDE: Final[Mapping[type[Refusal], tuple[str, str]]] = {
    ThreadTaken: ("body", N_("A colleague answers, or has just answered. Read it first.")),
    ThreadClosed: ("body", N_("The conversation has ended. Begin a new one with the customer.")),
    NothingWaits: ("whom", N_("It waits for nothing of ours: hand it to a store or to the desk.")),
    UnknownStaff: ("whom", N_("They do not work here any more, or not at this place.")),
    UnknownLocation: ("whom", N_("There is no such store.")),
    UnknownOrder: ("order", N_("No order that you may see has this number.")),
    OrderOfAnother: ("order", N_("This order is somebody else's.")),
}
"""Beside which field a refusal is said."""


def read_deed(talk: Talk, answers: Answers) -> Deed | None:
    """Return what the pressed button asks for; None, and errors, where something is missing."""
    reader = _READERS.get(answers.typed.get("do", ""))
    deed = reader(talk, answers) if reader else None
    return None if answers.errors else deed


def work_on(
    thread_id: UUID,
    actor_in: Callable[[Session], Actor],
    *,
    onward: Callable[[str | None], str],
    page: Callable[[UUID, Answers], str],
) -> Shown:
    """Do what the form of a conversation says, once.

    `onward` says where one goes then: with `end` or `hand` away from it, with None back to it.
    What cannot be done is said beside its field, on the `page` of the conversation.
    """
    answers = read_form()
    with transaction() as session:
        actor = actor_in(session)
        talk = talks.read_talk(session, thread_id, actor=actor)
    deed = read_deed(talk, answers)
    if deed is None:
        return page(thread_id, answers), REFUSED

    def act() -> str:
        deed(session, actor)
        done = answers.typed.get("do")
        return onward(done if done in LEAVING else None)

    try:
        with transaction() as session:
            return forms.once(session, act)
    except tuple(BESIDE) as refused:
        field, words = next(said for kind, said in BESIDE.items() if isinstance(refused, kind))
        answers.errors[field] = _(words)
        return page(thread_id, answers), REFUSED


def read_around(session: Session, talk: Talk, *, door: str, actor: Actor) -> dict[str, Any]:
    """Return what stands around a conversation: whose it is, the order, who else could answer."""
    home = talk.thread.location_id
    places = list_everywhere(session)
    theirs = stores.queries.list_serving(session, talk.thread.brand_id)
    return {
        "file": talks.find_file(session, talk, door=door, actor=actor),
        "order": talks.find_order(session, talk, actor=actor),
        "basket": talks.find_basket(session, talk),
        "at": next((each.name for each in places if each.id == home), _("The desk")),
        "takers": [
            *([(DESK, _("The desk"))] if home is not None else []),
            *((f"{PLACE}{each.code}", each.name) for each in places if each.id in theirs - {home}),
            *_list_people(session, talk, actor),
        ],
        "intents": list_intents(),
        "proofs": [("", "–"), *((each.value, _(words)) for each, words in PROOFS.items())],
    }


def _list_people(session: Session, talk: Talk, actor: Actor) -> list[tuple[str, str]]:
    """Return who else could answer: those of its brand who work at its place, or at the desk."""
    place, brands = talk.thread.location_id, {None, talk.thread.brand_id}
    return [
        (f"{PERSON}{each.id}", each.name)
        for each in stores.queries.list_staff(session, location_id=place)
        if each.active
        and each.id != actor.id
        and each.brand_id in brands
        and (place or not each.location_ids)
    ]


def read_words(answers: Answers, name: str, missing: str) -> str:
    """Return what was written on several lines."""
    lines = [plain(line) for line in answers.typed.get(name, "").splitlines()]
    said = "\n".join(lines).strip()
    if not said:
        answers.errors[name] = missing
    elif len(said) > BODY_MAX:
        answers.errors[name] = _("At most %(most)d signs.") % {"most": BODY_MAX}
    return said


def _read_reply(talk: Talk, answers: Answers) -> Deed:
    said = read_words(answers, "body", _("Write what you answer."))
    channel = answers.choice("channel", TouchChannel, _("Choose one."))
    if channel is None or channel.value not in dict(talk.ways):
        answers.errors["channel"] = _("Choose one.")
        channel = TouchChannel.PHONE
    seen = answers.typed.get("seen", "")
    last = int(seen) if seen.isascii() and seen.isdigit() else None
    way = channel
    return lambda session, actor: conversations.services.reply(
        session, talk.thread.id, Said(said, way), seen=last, actor=actor
    )


def _read_note(talk: Talk, answers: Answers) -> Deed:
    said = read_words(answers, "body", _("Write what colleagues should know."))
    return lambda session, actor: conversations.services.note(
        session, talk.thread.id, said, actor=actor
    )


def _read_end(talk: Talk, answers: Answers) -> Deed:
    said = answers.text("resolution", _("Say in a sentence how it ended."), longest=SENTENCE_MAX)
    return lambda session, actor: conversations.services.end_thread(
        session, talk.thread.id, resolution=said, actor=actor
    )


def _read_hand(talk: Talk, answers: Answers) -> Deed:
    whom = answers.text("whom", _("Choose one."))
    if whom.startswith(PERSON) and (owner_id := read_id(whom.removeprefix(PERSON))):
        owner: UUID = owner_id
        return lambda session, actor: conversations.services.hand_to_person(
            session, talk.thread.id, owner_id=owner, actor=actor
        )

    def hand(session: Session, actor: Actor) -> None:
        code = whom.removeprefix(PLACE)
        place = None if whom == DESK else stores.queries.get_store(session, code).id
        conversations.services.hand_to_place(
            session, talk.thread.id, location_id=place, actor=actor
        )

    return hand


def _read_intent(talk: Talk, answers: Answers) -> Deed:
    intent = answers.choice("intent", Intent, _("Choose one.")) or talk.thread.intent
    return lambda session, actor: conversations.services.change_intent(
        session, talk.thread.id, intent=intent, actor=actor
    )


def _read_identify(talk: Talk, answers: Answers) -> Deed:
    number = answers.text("order", _("Type the number of the order."))

    def identify(session: Session, actor: Actor) -> None:
        named = desk.find_named(session, customer_id=None, order_number=number, actor=actor)
        if named.customer_id is None:
            raise UnknownOrder
        conversations.services.identify_thread(
            session,
            talk.thread.id,
            customer_id=named.customer_id,
            contact_id=named.contact_id,
            order_id=named.order_id,
            actor=actor,
        )

    return identify


def _read_proof(talk: Talk, answers: Answers) -> Deed:
    by = answers.choice("proven_by", ProvenBy, _("Choose one.")) or ProvenBy.CODE
    return lambda session, actor: conversations.services.believe(
        session, talk.thread.id, by=by, actor=actor
    )


_READERS: Final[Mapping[str, Callable[[Talk, Answers], Deed]]] = {
    "reply": _read_reply,
    "note": _read_note,
    "end": _read_end,
    "hand": _read_hand,
    "intent": _read_intent,
    "identify": _read_identify,
    "believe": _read_proof,
}
