"""A customer's file as people read it: what matters first, then all that happened.

Shop tablet, desk and office show the same file; rights and scope decide what of it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import orders.queries
import orders.services
import stores.queries
from app.admin.history import DETAILS, TITLES, Scene
from app.admin.reading import read_id
from app.admin.words import LATE, ROLES, STATES, TEMPLATES, Said
from app.i18n import N_, current
from app.i18n import gettext as _
from conversations.desk import find_known_of, has_open_complaint, list_named
from conversations.surveying import waits_for_call
from customers.commands import Direction, RecordInteraction, TouchChannel
from customers.queries import CustomerFacts, InteractionFacts, LookFacts, RepeatedContact
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.ids import show_order_number
from notifications.commands import Template
from orders.commands import CaseKind
from orders.queries import Flags

ZONE: Final = "Europe/Paris"
CURRENCY: Final = "EUR"
STORY_PAGE: Final = 500
CHANNELS: Final[Mapping[TouchChannel, tuple[str, str]]] = {
    TouchChannel.WEB: (N_("Web shop"), "shopping-bag"),
    TouchChannel.PHONE: (N_("Phone"), "phone"),
    TouchChannel.STORE: (N_("In the store"), "building-store"),
    TouchChannel.POS: (N_("Till"), "cash"),
    TouchChannel.EMAIL: (N_("E-mail"), "mail"),
    TouchChannel.SMS: (N_("Text message"), "message"),
    TouchChannel.CHAT: (N_("Chat"), "message"),
    TouchChannel.FORM: (N_("Contact form"), "mail"),
    TouchChannel.SOCIAL: (N_("Social network"), "message"),
    TouchChannel.POST: (N_("Letter"), "mail"),
    TouchChannel.EXTERNAL: (N_("Another system"), "external-link"),
    TouchChannel.SYSTEM: (N_("Comptoir"), "settings"),
}
MEETINGS: Final[Mapping[str, str]] = {
    "call": N_("Call"),
    "chat": N_("Chat"),
    "email": N_("E-mail"),
    "form": N_("Contact form"),
    "message": N_("Message"),
    "note": N_("Note"),
    "survey": N_("Answer to a question"),
    "visit": N_("Was in the store"),
    "account.opened": N_("Opened an account"),
    "account.closed": N_("Closed the account"),
    "card.given": N_("Was given a card"),
    "card.blocked": N_("A card was blocked"),
    "company.joined": N_("Speaks for a company"),
    "company.left": N_("Speaks for a company no longer"),
    "preference.said": N_("Said what they like best"),
    "customer.merged": N_("Found to be the same person as another customer"),
    "customer.parted": N_("Parted from another customer again"),
    "cart.sent": N_("A basket was sent"),
    "thread.received": N_("Wrote to us"),
    "thread.answered": N_("We answered"),
    "thread.handed_over": N_("Handed over to somebody else"),
    "thread.identified": N_("It became known who writes"),
    "thread.ended": N_("The conversation ended"),
    "message.sent": N_("Message sent"),
    "message.withheld": N_("Message held back: they do not want it"),
    "consent.recorded": N_("Said what we may tell them"),
    "customer.exported": N_("All that is kept of them was given out"),
    "customer.erasure_asked": N_("To be forgotten"),
    "customer.erasure_withdrawn": N_("Not to be forgotten after all"),
    "customer.erased": N_("Forgotten: only orders, goods and money are kept"),
}
NOTED: Final[Mapping[str, TouchChannel]] = {
    "call": TouchChannel.PHONE,
    "visit": TouchChannel.STORE,
    "email": TouchChannel.EMAIL,
    "note": TouchChannel.SYSTEM,
}
"""What somebody of ours may add to a file, and where it happened."""


DOORS: Final[Mapping[str, str]] = {
    "office": N_("Office"),
    "tablet": N_("Tablet"),
    "api": N_("API"),
    "export": N_("All of it, given out"),
}
"""By which door somebody looked into a file."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history, in words."""

    id: int
    at: datetime
    what: str
    detail: str
    text: str
    channel: str
    icon: str
    who: str
    order: str | None
    from_customer: bool
    is_note: bool
    order_id: UUID | None
    thread_id: UUID | None
    """The conversation it was said in, where whoever looks may open it."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The n-th contact about an order in a day; `before` tells of those that came earlier.

    Beside each of these: who answered it, "" where nobody did, None where it was heard at once.
    """

    title: str
    order: str
    before: tuple[tuple[Line, str | None], ...]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An order that is not over: where each part of it is."""

    id: UUID
    number: str
    state: Said
    parts: tuple[tuple[Said, str, datetime, str], ...]
    """Of each part its state, its store, when it is promised, and that store's time zone."""


@dataclass(frozen=True, slots=True)
class File:
    """A customer's file: what is to be known first, orders under way, the history's newest page.

    `doors` has, of each order named in it that whoever looks may open, one parcel. `mark` changes
    whenever anything shown has changed.
    """

    person: CustomerFacts
    repeated: tuple[Repeated, ...]
    flags: Flags
    complains: bool
    scored_low: bool
    under_way: tuple[UnderWay, ...]
    lines: tuple[Line, ...]
    doors: Mapping[UUID, UUID]
    mark: str

    @property
    def notes(self) -> tuple[Line, ...]:
        """Return what colleagues wanted remembered, the newest first."""
        return tuple(each for each in self.lines if each.is_note)


@dataclass(frozen=True, slots=True)
class Leads:
    """Where the lines of a file lead: to a conversation, and to an order that may be opened."""

    talk: Callable[[UUID], str]
    order: Callable[[File, UUID, str], str]


def open_file(session: Session, customer_id: UUID, *, door: str, actor: Actor) -> File | None:
    """Return a customer's file; None for who is none of the actor's. The look is kept."""
    person = orders.services.look_into(session, customer_id, door=door, actor=actor)
    return read_file(session, person, actor=actor) if person else None


def read_file(session: Session, person: CustomerFacts, *, actor: Actor) -> File:
    """Return the file of somebody who has been looked into already."""
    page = orders.queries.read_history(session, person, actor=actor)
    flags = orders.queries.read_flags(session, person, actor=actor)
    entries = _of_brand(session, page.entries, actor)
    told = [*entries, *(each for one in flags.repeated for each in one.contacts)]
    say = _teller(session, told, actor=actor)
    ways = _under_way(session, person, actor)
    complains = has_open_complaint(session, person.id, actor=actor)
    low = any(each.kind is CaseKind.LOW_SCORE for each in flags.open_matters)
    low = low or waits_for_call(session, person.id)
    named = {*say.numbers, *(each.id for each in ways)}
    states = [part[0].label for each in ways for part in each.parts]
    newest = max((each.id for each in entries), default=0)
    seen = repr((newest, flags.open_matters, complains, low, states))
    return File(
        person=person,
        repeated=tuple(_repeated(one, say) for one in flags.repeated),
        flags=flags,
        complains=complains,
        scored_low=low,
        under_way=ways,
        lines=tuple(say.line(each) for each in entries),
        doors=orders.queries.list_order_places(session, named, actor=actor),
        mark=sha256(seen.encode()).hexdigest()[:16],
    )


def read_story(
    session: Session, customer_id: UUID, *, only: Collection[UUID] | None = None
) -> list[Line]:
    """Return all that happened to a customer, the newest first; with `only`, to these contacts."""
    lines: list[Line] = []
    before: tuple[datetime, int] | None = None
    while True:
        page = customers.queries.list_timeline(
            session, customer_id, contact_ids=only, before=before, limit=STORY_PAGE
        )
        say = _teller(session, page.entries, actor=SYSTEM)
        lines += [say.line(each) for each in page.entries]
        before = page.next
        if before is None:
            return lines


def add_note(
    session: Session, customer_id: UUID, *, kind: str, text: str, order: str, actor: Actor
) -> None:
    """Add what somebody of ours heard or wants remembered; about one order where it is named.

    Raises UnknownCustomer, UnknownOrder or OrderOfAnother.
    """
    place = min(actor.location_ids) if actor.location_ids else None
    command = RecordInteraction(
        customer_id=customer_id,
        kind=kind,
        channel=NOTED[kind],
        direction=Direction.WITHIN if kind == "note" else Direction.IN,
        location_id=place,
        text=text,
    )
    orders.services.record_meeting(session, command, order_number=order or None, actor=actor)


def say_looker(look: LookFacts) -> str:
    """Return who looked: by name, or what they are."""
    return look.actor_name or _role(look.actor_kind)


@dataclass(frozen=True, slots=True)
class _Teller:
    scene: Scene
    numbers: Mapping[UUID, str]
    talks: Collection[UUID]

    def line(self, told: InteractionFacts) -> Line:
        wire = f"{told.kind}.v1"
        channel, icon = CHANNELS[told.channel]
        number = self.numbers.get(told.order_id) if told.order_id else None
        talk = read_id(str(told.facts.get("thread_id", "")))
        return Line(
            id=told.id,
            at=told.happened_at,
            what=_(MEETINGS.get(told.kind) or TITLES.get(wire, told.kind)),
            detail=self._detail(told, wire),
            text=told.text,
            channel=_(channel),
            icon=icon,
            who=told.actor_name or _role(told.actor_kind),
            order=show_order_number(number) if number else None,
            from_customer=told.direction is Direction.IN,
            is_note=told.kind == "note",
            order_id=told.order_id,
            thread_id=talk if talk in self.talks else None,
        )

    def _detail(self, told: InteractionFacts, wire: str) -> str:
        if "template" in told.facts:
            label = TEMPLATES.get(Template(told.facts["template"]))
            return _(label) if label else ""
        teller = DETAILS.get(wire)
        return teller(told.facts, self.scene) if teller else ""


def _teller(session: Session, told: Sequence[InteractionFacts], *, actor: Actor) -> _Teller:
    skus = {sku for each in told for sku in _skus(each)}
    words = catalog.queries.describe_skus(session, skus, language=current()) if skus else {}
    reasons = {
        each.code: each.labels[current()]
        for each in orders.queries.list_reasons(session, closed=True)
    }
    names = {sku: each.name for sku, each in words.items()}
    ids = {each.order_id for each in told if each.order_id is not None}
    return _Teller(
        Scene(names, {}, ZONE, CURRENCY, reasons),
        orders.queries.name_orders(session, ids),
        _openable(session, told, actor),
    )


def _of_brand(
    session: Session, told: Sequence[InteractionFacts], actor: Actor
) -> Sequence[InteractionFacts]:
    """Return what was told without what was said to another brand than the actor's."""
    if actor.brand_id is None:
        return told
    talks = {each.id: read_id(str(each.facts.get("thread_id", ""))) for each in told}
    known = find_known_of(session, [each for each in talks.values() if each], actor=actor)
    return [each for each in told if talks[each.id] is None or talks[each.id] in known]


def _openable(session: Session, told: Sequence[InteractionFacts], actor: Actor) -> set[UUID]:
    """Return the conversations that what was told was said in, as far as they are the actor's."""
    if not actor.may("conversations.answer"):
        return set()
    named = {read_id(str(each.facts.get("thread_id", ""))) for each in told} - {None}
    found = list_named(session, [each for each in named if each], actor=actor) if named else []
    return {each.id for each in found}


def _under_way(session: Session, person: CustomerFacts, actor: Actor) -> tuple[UnderWay, ...]:
    found = orders.queries.list_under_way(session, person, actor=actor)
    places = {each.location_id for one in found for each in one.fulfillments}
    known = stores.queries.get_stores(session, places)
    return tuple(
        UnderWay(
            one.id,
            show_order_number(one.number),
            STATES[one.status],
            tuple(
                (
                    LATE if each.overdue else STATES[each.status],
                    known[each.location_id].name,
                    each.promised_at,
                    known[each.location_id].time_zone,
                )
                for each in one.fulfillments
            ),
        )
        for one in found
    )


def _skus(told: InteractionFacts) -> set[str]:
    facts = told.facts
    lines = facts.get("changes", {}).get("lines", {})
    named = {*facts.get("quantities", {}), *facts.get("refused", {}), *lines}
    return named | ({told.sku} if told.sku else set())


def _repeated(one: RepeatedContact, say: _Teller) -> Repeated:
    lines = tuple(say.line(each) for each in one.contacts)
    heard = [
        one.answered_by.get(each.id, "") if each.actor_kind == ActorKind.SHOPPER else None
        for each in one.contacts
    ]
    order = lines[0].order or ""
    count = len(lines)
    said = _("%(nth)s contact about order %(order)s in 24 hours")
    before = tuple(zip(lines, heard, strict=True))[1:]
    return Repeated(said % {"nth": _nth(count), "order": order}, order, before)


def _nth(count: int) -> str:
    """Return « 3e », « 3rd »."""
    if current() == "fr":
        return f"{count}e" if count > 1 else "1er"
    tens = count % 100 in range(11, 14)
    return f"{count}{'th' if tens else {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th')}"


def _role(kind: str) -> str:
    known = next((each for each in ActorKind if each.value == kind), None)
    return _(ROLES[known]) if known is not None and known in ROLES else "Comptoir"
