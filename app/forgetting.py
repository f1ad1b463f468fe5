"""Forgetting somebody, through every package that keeps a word of theirs: orders first.

What the law has kept stays: what was ordered, moved, owed and paid, without who it was for.
"""

from collections.abc import Collection
from dataclasses import dataclass
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
from customers.queries import ErasureFacts
from kernel.actors import Actor
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


def _forget(session: Session, customer_id: UUID) -> bool:
    customers.services.hold_person(session, customer_id)
    known = customers.queries.find_erasure(session, customer_id)
    contacts = customers.queries.list_contacts_of(session, customer_id)
    numbers = orders.queries.forgetting.list_open_numbers(session, contacts)
    talks = _count_talks(session, customer_id, contacts)
    if known is None or known.done_at or numbers or talks:
        return False
    sent = orders.queries.forgetting.list_proxy_contacts(session, contacts)
    family = customers.queries.list_family(session, customer_id)
    carts = orders.queries.forgetting.list_carts_of(session, customer_id, contacts)
    conversations.services.forget_conversations(session, family, contacts, carts)
    orders.services.forget_words(session, customer_id, contacts)
    notifications.services.forget_recipient(session, [*contacts, *sent])
    customers.services.erase_person(session, customer_id, also=sent)
    return True


def _count_talks(session: Session, customer_id: UUID, contacts: Collection[UUID]) -> int:
    family = customers.queries.list_family(session, customer_id)
    return conversations.queries.count_waiting_of(session, family, contacts)
