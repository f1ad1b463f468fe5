"""What Aubépin's customers said: calls, visits and notes of the last weeks, and conversations.

Everything runs through the use cases; then its rows are moved back to when it would have been said,
as those of the past orders are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

import conversations.services
import customers.queries
import customers.services
import orders.queries
import stores.queries
from app.demo.people import CUSTOMERS
from app.demo.retailer import STORES
from conversations.commands import Intent, OpenThread, Said
from customers.commands import Direction, PointKind, RecordInteraction, TouchChannel
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import db_now
from kernel.db import transaction
from orders.queries import OrderFacts
from stores.commands import StaffRole

HOUR, DAY = 60, 1_440


@dataclass(frozen=True, slots=True)
class Met:
    """That a customer called or came by: who took it, how many minutes ago, what was said."""

    customer: int
    kind: str
    channel: TouchChannel
    minutes_ago: int
    text: str
    of: StaffRole = StaffRole.AGENT
    about_order: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: what was said in turns, theirs first, and whether it is over.

    With `at_store` the first store answers, otherwise the desk.
    """

    customer: int
    intent: Intent
    channel: TouchChannel
    minutes_ago: int
    turns: tuple[str, ...]
    subject: str = ""
    ended: str = ""
    at_store: bool = False


MEETINGS: Final = (
    Met(0, "call", TouchChannel.PHONE, 9 * DAY, "Demande si le vase existe en plus grand. Non."),
    Met(0, "visit", TouchChannel.STORE, 6 * DAY, "A regardé les assiettes.", StaffRole.ASSOCIATE),
    Met(3, "call", TouchChannel.PHONE, 2 * HOUR, "Sa commande n’est pas prête.", about_order=True),
    Met(3, "call", TouchChannel.PHONE, 35, "Rappelle pour la même. Mécontent.", about_order=True),
    Met(1, "note", TouchChannel.SYSTEM, 4 * DAY, "Préfère être prévenu par SMS."),
    Met(8, "call", TouchChannel.PHONE, 3 * DAY, "Speaks English. Asked for the opening hours."),
)
TALKS: Final = (
    Talk(
        0,
        Intent.PRODUCT,
        TouchChannel.CHAT,
        7 * DAY,
        (
            "La théière bleue va-t-elle au lave-vaisselle ?",
            "Oui, jusqu’à 60 °C.",
            "Parfait, merci !",
        ),
        ended="told",
    ),
    Talk(
        6,
        Intent.PICKUP,
        TouchChannel.FORM,
        50,
        ("Ma sœur peut-elle venir chercher ma commande à ma place ?",),
        at_store=True,
    ),
    Talk(
        9,
        Intent.CHANGE,
        TouchChannel.EMAIL,
        9 * HOUR,
        ("Bonjour, je ne peux pas venir avant lundi. Pouvez-vous garder mon colis ? Jeanne Roche",),
        subject="Ma commande",
    ),
    Talk(
        8,
        Intent.ORDER_STATE,
        TouchChannel.SMS,
        25,
        ("Hi, is my order ready yet?", "Not yet: we will text you when it is.", "Great, thank you"),
    ),
)
"""Who is on which line of `CUSTOMERS`: nobody's words are anybody's."""


def furnish_talks(owner_url: str) -> None:
    """Have the customers' histories be as if they had been lived."""
    engine = create_engine(owner_url)
    try:
        with transaction() as session:
            staff = _staff(session)
            for met in MEETINGS:
                _meet(session, met, staff[met.of])
        for talk in TALKS:
            with transaction() as session:
                thread_id = _talk(session, talk, staff[StaffRole.AGENT])
            with engine.begin() as connection:
                _move_back(connection, thread_id, talk.minutes_ago)
    finally:
        engine.dispose()


def _staff(session: Session) -> Mapping[StaffRole, Actor]:
    """Return somebody of each role, as whoever speaks for us."""
    return {
        each.role: Actor(ActorKind(each.role.value), each.id, each.name, location_ids=None)
        for each in stores.queries.list_staff(session, location_id=None)
    }


def _meet(session: Session, met: Met, actor: Actor) -> None:
    customer_id, order = _whose(session, met.customer)
    command = RecordInteraction(
        customer_id,
        met.kind,
        met.channel,
        Direction.WITHIN if met.kind == "note" else Direction.IN,
        happened_at=db_now(session) - timedelta(minutes=met.minutes_ago),
        contact_id=order.contact_id if order else None,
        order_id=order.id if order and met.about_order else None,
        text=met.text,
    )
    customers.services.record_interaction(session, command, actor=actor)


def _talk(session: Session, talk: Talk, agent: Actor) -> UUID:
    customer_id, order = _whose(session, talk.customer)
    person = CUSTOMERS[talk.customer]
    home = stores.queries.get_store(session, STORES[0].code).id
    first, *others = talk.turns
    command = OpenThread(
        Said(first, talk.channel),
        talk.intent,
        person.language,
        writer=f"{person.first_name} {person.last_name}",
        subject=talk.subject,
        customer_id=customer_id,
        contact_id=order.contact_id if order else None,
        order_id=order.id if order and not talk.ended else None,
        location_id=home if talk.at_store else None,
    )
    thread_id = conversations.services.open_thread(session, command, actor=SYSTEM)
    for turn, body in enumerate(others):
        said = Said(body, talk.channel)
        if turn % 2:
            conversations.services.receive(session, thread_id, said, actor=SYSTEM)
        else:
            conversations.services.reply(session, thread_id, said, actor=agent)
    if talk.ended:
        conversations.services.end_thread(session, thread_id, resolution=talk.ended, actor=agent)
    return thread_id


def _whose(session: Session, number: int) -> tuple[UUID, OrderFacts | None]:
    """Return a customer of the demonstration, and their newest order if they have one."""
    email = str(CUSTOMERS[number].email)
    customer_id = customers.queries.find_point_owner(session, kind=PointKind.EMAIL, value=email)
    if customer_id is None:
        contact = customers.services.give_contact(session, CUSTOMERS[number])
        customer_id = customers.queries.find_giver(session, contact.id)
        assert customer_id is not None  # noqa: S101 (a contact that was just given)
    contacts = customers.queries.list_contacts_of(session, customer_id)
    found = orders.queries.list_orders_of(session, contacts, actor=SYSTEM, limit=1)
    return customer_id, next(iter(found), None)


_BACK: Final = (
    """UPDATE event SET recorded_at = recorded_at - CAST(:ago AS interval)
        + least(version * interval '4 minutes', CAST(:ago AS interval))
        WHERE aggregate_id = :thread_id""",
    """UPDATE thread_entry e SET said_at = said_at - CAST(:ago AS interval)
        + least((SELECT count(*) FROM thread_entry b
                 WHERE b.thread_id = e.thread_id AND b.id < e.id) * interval '4 minutes',
                CAST(:ago AS interval))
        WHERE thread_id = :thread_id""",
    """UPDATE thread SET opened_at = opened_at - CAST(:ago AS interval),
        waiting_since = waiting_since - CAST(:ago AS interval),
        first_reply_at = first_reply_at - CAST(:ago AS interval) + interval '4 minutes',
        closed_at = closed_at - CAST(:ago AS interval) + interval '12 minutes'
        WHERE id = :thread_id""",
    """UPDATE case_file SET opened_at = opened_at - CAST(:ago AS interval),
        warn_at = warn_at - CAST(:ago AS interval), due_at = due_at - CAST(:ago AS interval)
        WHERE about_id = :thread_id""",
)


def _move_back(connection: Connection, thread_id: UUID, minutes: int) -> None:
    values = {"thread_id": thread_id, "ago": timedelta(minutes=minutes)}
    for statement in _BACK:
        connection.execute(text(statement), values)
