"""A conversation as staff see it: what was said, with whom, about which order; and the one queue.

Office and tablet show the same; rights and scope decide what of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
import conversations.queries
import customers.queries
import inventory.queries
import orders.queries
import orders.services
from app import customer_files
from app.case_words import KINDS
from app.customer_files import CHANNELS, File
from app.i18n import current
from app.i18n import gettext as _
from app.talk_words import TURNS, Left, say_intent, say_left, say_speaker, say_until
from conversations import desk
from conversations.commands import ThreadStatus
from conversations.queries import ThreadFacts
from customers.commands import TouchChannel
from kernel.actors import Actor
from kernel.clock import db_now
from kernel.ids import show_order_number
from kernel.links import cart_token
from orders.commands import CaseKind, Status
from orders.errors import UnknownCart, UnknownOrder
from orders.queries import CaseFacts, OrderFacts, Wanted
from orders.queries.cases import list_taken

QUEUE_MAX = 100
TASKS: tuple[Status, ...] = (Status.NEW, Status.ACCEPTED, Status.PICKING)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, in words."""

    id: int
    at: datetime
    who: str
    text: str
    channel: str
    icon: str
    side: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: all that was said, whose turn it is, until when, and where it can go on.

    `mark` changes whenever anything shown has changed.
    """

    thread: ThreadFacts
    lines: tuple[Line, ...]
    matter: str
    turn: tuple[str, str]
    left: Left | None
    ways: tuple[tuple[str, str], ...]
    newest: int
    mark: str

    @property
    def is_open(self) -> bool:
        """Tell whether it can be answered."""
        return self.thread.status is not ThreadStatus.CLOSED

    @property
    def may_forget(self) -> bool:
        """Tell whether nobody is known here, and nothing of it waits for us."""
        someone = self.thread.customer_id or self.thread.contact_id
        return someone is None and self.thread.status is not ThreadStatus.WAITING


@dataclass(frozen=True, slots=True)
class Basket:
    """A customer's basket: what opens it, and how many of what lie in it."""

    token: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue: a call, a chat, a mail, another case, or a task of the store.

    A task is a parcel, a put-back or a count, by its id.
    """

    case_id: UUID | None
    thread_id: UUID | None
    task: tuple[str, UUID] | None
    channel: str
    icon: str
    who: str
    matter: str
    number: str
    location_id: UUID | None
    left: Left
    owner_id: UUID | None
    due_at: datetime


def read_talk(session: Session, thread_id: UUID, *, actor: Actor) -> Talk:
    """Return a conversation.

    Raises UnknownThread.
    """
    thread = conversations.queries.get_thread(session, thread_id, actor=actor)
    entries = conversations.queries.list_entries(session, thread_id)
    newest = entries[-1].id if entries else 0
    kind, words = TURNS[thread.status]
    owner = thread.case.owner_id if thread.case else None
    lines = tuple(
        Line(
            each.id,
            each.said_at,
            say_speaker(each, thread),
            each.body,
            *_channel(each.channel),
            each.direction.value,
        )
        for each in entries
    )
    return Talk(
        thread=thread,
        lines=lines,
        matter=say_intent(thread.intent),
        turn=(kind, _(words)),
        left=say_left(thread.case, db_now(session)) if thread.case else None,
        ways=tuple((each.value, _way(each)) for each in desk.list_ways(session, thread)),
        newest=newest,
        mark=f"{newest}-{thread.status}-{owner or ''}-{thread.seen_at or ''}-{thread.transfers}",
    )


def find_file(session: Session, talk: Talk, *, door: str, actor: Actor) -> File | None:
    """Return the file of who writes, as far as the actor may see it; the look is kept."""
    customer_id = talk.thread.customer_id
    if customer_id is None or not actor.may("customers.read"):
        return None
    return customer_files.open_file(session, customer_id, door=door, actor=actor)


def find_order(session: Session, talk: Talk, *, actor: Actor) -> OrderFacts | None:
    """Return the order it is about, as far as it is the actor's."""
    if talk.thread.order_id is None:
        return None
    try:
        return orders.queries.get_order(session, talk.thread.order_id, actor=actor)
    except UnknownOrder:
        return None


def find_basket(session: Session, talk: Talk) -> Basket | None:
    """Return the basket it is about as it is now; None once it is empty, ordered or gone."""
    if talk.thread.cart_id is None:
        return None
    try:
        cart = orders.queries.get_cart_by_id(session, talk.thread.cart_id)
    except UnknownCart:
        return None
    if not cart.quantities or cart.order_id is not None:
        return None
    known = catalog.queries.describe_skus(session, cart.quantities, language=current())
    named = {sku: f"{each.name} {each.option}".strip() for sku, each in known.items()}
    lines = tuple((units, named.get(sku, sku)) for sku, units in cart.quantities.items())
    return Basket(cart_token(talk.thread.cart_id), lines)


def read_queue(session: Session, *, actor: Actor, location_id: UUID | None = None) -> list[Row]:
    """Return all that waits for somebody, in the order in which it is seen to.

    What a store has to prepare is in it where one store is asked for.
    """
    now = db_now(session)
    found = orders.queries.list_queue(
        session, actor=actor, location_id=location_id, limit=QUEUE_MAX
    )
    ids = [each.about_id for each in found if each.about_id is not None and _is_talk(each)]
    threads = {each.id: each for each in desk.list_named(session, ids, actor=actor)}
    contacts = [each.contact_id for each in threads.values()]
    names = {
        key: each.name for key, each in customers.queries.get_contacts(session, contacts).items()
    }
    rows = [
        _row(each, threads.get(each.about_id) if each.about_id else None, names, now)
        for each in found
    ]
    if location_id is None:
        return rows
    tasks = [*_tasks(session, location_id, now, actor)]
    tasks += [*_put_backs(session, location_id, now, actor), *_counts(session, location_id, now)]
    rows += _untaken(session, tasks, actor)
    signs = {"late": 0, "wait": 1, "plain": 2}
    return sorted(rows, key=lambda row: (signs[row.left.kind], row.due_at))


def take_next(session: Session, *, location_id: UUID, actor: Actor) -> Row | None:
    """Give whoever asks what waits most for a store, and nobody else has; None if nothing does."""
    for row in read_queue(session, actor=actor, location_id=location_id):
        if row.owner_id is not None:
            continue
        if row.task is not None:
            taken = orders.services.take_task(session, row.task[1], actor=actor)
        else:
            given = orders.services.take_next_case(session, case_id=row.case_id, actor=actor)
            taken = given is not None
        if taken:
            return row
    return None


def _untaken(session: Session, rows: list[Row], actor: Actor) -> list[Row]:
    """Return the tasks that nobody else is at; whose they are where it is the actor's."""
    taken = list_taken(session, [each.task[1] for each in rows if each.task])
    owners = [
        (each, each.owner_id or (taken.get(each.task[1]) if each.task else None)) for each in rows
    ]
    return [replace(each, owner_id=who) for each, who in owners if who in {None, actor.id}]


def _put_backs(session: Session, location_id: UUID, now: datetime, actor: Actor) -> Iterator[Row]:
    for each in orders.queries.list_put_backs(session, location_id=location_id, actor=actor):
        yield Row(
            None,
            None,
            ("put_back", each.id),
            _("Store task"),
            "package",
            _("Bin %(bin)s") % {"bin": each.bin} if each.bin else "",
            _("Put back on the shelf"),
            show_order_number(each.order_number),
            location_id,
            say_until(each.due_at, now),
            None,
            each.due_at,
        )


def _counts(session: Session, location_id: UUID, now: datetime) -> Iterator[Row]:
    tasks = inventory.queries.list_tasks(session, location_id=location_id)
    tasks = [each for each in tasks if each.count_id is None]
    skus = {each.sku for each in tasks}
    words = catalog.queries.describe_skus(session, skus, language=current()) if skus else {}
    for each in tasks:
        said = words.get(each.sku)
        yield Row(
            None,
            None,
            ("count", each.id),
            _("Store task"),
            "clipboard-list",
            ", ".join(filter(None, (said.name, said.option))) if said else each.sku,
            _("Count an article"),
            "",
            location_id,
            say_until(each.due_at, now),
            each.owner_id,
            each.due_at,
        )


def _is_talk(case: CaseFacts) -> bool:
    return case.kind is CaseKind.CONVERSATION


def _row(
    case: CaseFacts, thread: ThreadFacts | None, names: dict[UUID | None, str], now: datetime
) -> Row:
    channel, icon = (_("Case"), "alert-triangle")
    who, matter = "", _(KINDS[case.kind].label)
    if thread is not None:
        channel, icon = _channel(thread.channel)
        named = names.get(thread.contact_id) if thread.contact_id and not thread.claimed else None
        who = named or thread.writer or _("Somebody unknown")
        matter = say_intent(thread.intent)
    return Row(
        case.id,
        thread.id if thread else None,
        None,
        channel,
        icon,
        who,
        matter,
        show_order_number(case.order_number) if case.order_number else "",
        case.location_id,
        say_left(case, now),
        case.owner_id,
        case.due_at,
    )


def _tasks(session: Session, location_id: UUID, now: datetime, actor: Actor) -> list[Row]:
    """Return what a store has to prepare, by what is promised next."""
    wanted = Wanted(statuses=TASKS, location_id=location_id)
    parcels, _count = orders.queries.list_parcels(session, wanted, actor=actor)
    people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
    rows = []
    for each in parcels:
        person = people.get(each.contact_id)
        rows.append(
            Row(
                None,
                None,
                ("parcel", each.id),
                _("Store task"),
                "list-check",
                person.name if person else "",
                _("Prepare an order"),
                show_order_number(each.order_number),
                location_id,
                say_until(each.promised_at, now),
                None,
                each.promised_at,
            )
        )
    return rows


def _channel(channel: TouchChannel) -> tuple[str, str]:
    label, icon = CHANNELS[channel]
    return _(label), icon


def _way(channel: TouchChannel) -> str:
    if channel is TouchChannel.PHONE:
        return _("I called them")
    return _(CHANNELS[channel][0])
