"""Saying something to the assistant: a conversation is opened or gone on with, then answered."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.queries
import conversations.services
import customers.queries
import orders.queries
from app.care import assistant
from app.i18n import current
from app.shop.account import list_orders
from app.shop.visitor import Frame, as_shopper
from conversations.assisting import find_step
from conversations.commands import Intent, OpenThread, Said
from conversations.understanding import INTENTS, find_wish
from customers.commands import TouchChannel
from kernel.actors import Actor

OWN_MAX: Final = 10


def say(session: Session, text: str, *, thread_id: UUID | None, actor: Actor) -> dict[str, Any]:
    """Have the assistant hear and answer; return the conversation, and after which entry.

    Raises UnknownThread or NothingSaid.
    """
    own = sorted(actor.order_ids or ())
    said = Said(text, TouchChannel.CHAT)
    after = 0
    if thread_id is None:
        thread_id = conversations.services.open_thread(
            session, _opening(session, said, own, actor), actor=actor
        )
    else:
        entries = conversations.queries.list_entries(session, thread_id)
        after = entries[-1].id if entries else 0
        conversations.services.receive(session, thread_id, said, actor=actor)
    assistant.answer(session, thread_id, text, order_ids=own)
    return {"thread_id": str(thread_id), "after": after}


def list_shown(session: Session, frame: Frame, thread_id: UUID | None = None) -> list[UUID]:
    """Return the orders whoever sits at this browser has shown to be theirs, open ones.

    By the account they are signed in to; a link they opened is kept with the assistant's step.
    """
    account = frame.visitor.account
    found = list_orders(session, account)[:OWN_MAX] if account else []
    own = [each.id for each in found if any(one.ended_at is None for one in each.fulfillments)]
    step = find_step(session, thread_id) if thread_id else None
    return [*own, *([step.order_id] if step and step.order_id else [])]


def begin(session: Session, text: str, *, order_id: UUID | None, frame: Frame) -> UUID:
    """Begin a conversation with the assistant from a page of the shop; return it.

    Raises NothingSaid.
    """
    own = [order_id] if order_id else list_shown(session, frame)
    account = frame.visitor.account
    customer_id = account.customer_id if account else None
    actor = replace(as_shopper(), order_ids=frozenset(own), customer_id=customer_id)
    return UUID(say(session, text, thread_id=None, actor=actor)["thread_id"])


def _opening(session: Session, said: Said, own: list[UUID], actor: Actor) -> OpenThread:
    """Return the conversation to open: with the order and its customer, where one is shown."""
    order_id = own[0] if len(own) == 1 else None
    contact_id = orders.queries.find_contact_id(session, order_id) if order_id else None
    customer_id = actor.customer_id
    if customer_id is None and contact_id is not None:
        customer_id = customers.queries.find_giver(session, contact_id)
    wish = find_wish(said.body)
    return OpenThread(
        said,
        INTENTS[wish] if wish else Intent.OTHER,
        current(),
        customer_id=customer_id,
        contact_id=contact_id,
        order_id=order_id,
        automatic=True,
    )
