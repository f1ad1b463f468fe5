"""Forgetting somebody, through every package that keeps a word of theirs: orders first.

What the law has kept stays: what was ordered, moved, owed and paid, without who it was for.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.queries
import conversations.services
import customers.queries
import customers.services
import notifications.services
import orders.queries
import orders.services
from conversations.queries import Party
from customers.queries import ErasureFacts
from kernel.actors import SYSTEM, Actor
from kernel.db import transaction
from kernel.ids import show_order_number

AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Outlook:
    """What forgetting somebody would do: the orders it waits for, and what stays without them.

    `conversations` are those that wait for our answer: it waits for them too.
    """

    known: ErasureFacts | None
    open_numbers: tuple[str, ...]
    conversations: int
    orders: int

    @property
    def waits(self) -> bool:
        """Tell whether it was asked for and is not done."""
        return self.known is not None and self.known.done_at is None

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left of them."""
        return self.known is not None and self.known.done_at is not None


def foresee(session: Session, customer_id: UUID) -> Outlook:
    """Return what forgetting a customer would do now.

    Raises UnknownCustomer.
    """
    contacts = customers.queries.list_contacts_of(session, customer_id)
    numbers = orders.queries.forgetting.list_open_numbers(session, contacts)
    return Outlook(
        customers.queries.find_erasure(session, customer_id),
        tuple(show_order_number(each) for each in numbers),
        _count_talks(session, customer_id, contacts),
        len(orders.queries.forgetting.list_all_order_ids(session, contacts)),
    )


def ask_to_forget(
    session: Session, customer_id: UUID, *, by_customer: bool = False, actor: Actor
) -> bool:
    """Have somebody forgotten: now, or as soon as nothing of their orders is open.

    Returns whether it is done.

    Raises UnknownCustomer, or AlreadyForgotten.
    """
    root = customers.services.ask_erasure(
        session, customer_id, by_customer=by_customer, actor=actor
    )
    return _forget(session, root)


def forget_waiting() -> int:
    """Forget everybody who is to be forgotten and of whose orders none is open; return how many."""
    with transaction() as session:
        waiting = customers.queries.list_waiting_erasures(session, limit=AT_ONCE)
    done = 0
    for customer_id in waiting:
        with transaction() as session:
            done += _forget(session, customer_id)
    return done


def forget_unknown(session: Session, thread_id: UUID, *, actor: Actor) -> bool:
    """Forget who is known only by a conversation: with it, all they wrote from the same place.

    Returns whether it is done: while one of them waits for our answer nothing is.

    Raises UnknownThread, also where it is known who they are.
    """
    party = conversations.queries.find_unknown(session, thread_id, actor=actor)
    if conversations.queries.count_waiting_of(session, party):
        return False
    conversations.services.forget_conversations(session, party, actor=actor)
    return True


def _forget(session: Session, customer_id: UUID) -> bool:
    customers.services.hold_person(session, customer_id)
    known = customers.queries.find_erasure(session, customer_id)
    contacts = customers.queries.list_contacts_of(session, customer_id)
    numbers = orders.queries.forgetting.list_open_numbers(session, contacts)
    talks = _count_talks(session, customer_id, contacts)
    if known is None or known.done_at or numbers or talks:
        return False
    sent = orders.queries.forgetting.list_proxy_contacts(session, contacts)
    carts = orders.queries.forgetting.list_carts_of(session, customer_id, contacts)
    party = replace(party_of(session, customer_id, contacts), cart_ids=carts)
    conversations.services.forget_conversations(session, party, actor=SYSTEM)
    orders.services.forget_words(session, customer_id, contacts)
    notifications.services.forget_recipient(session, [*contacts, *sent])
    customers.services.erase_person(session, customer_id, also=sent)
    return True


def party_of(session: Session, customer_id: UUID, contacts: Collection[UUID]) -> Party:
    """Return whose conversations are a customer's, who was told by these contacts."""
    family = customers.queries.list_family(session, customer_id)
    written_from = customers.queries.list_written_from(session, family)
    return Party(family, contacts, written_from=written_from)


def _count_talks(session: Session, customer_id: UUID, contacts: Collection[UUID]) -> int:
    return conversations.queries.count_waiting_of(session, party_of(session, customer_id, contacts))
