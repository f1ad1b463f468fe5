"""Conversations that change hands: another person or place answers, or who writes is known."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import customers.queries
import customers.services
import orders.queries
import orders.services
import stores.queries
from conversations.commands import ProvenBy
from conversations.errors import NothingWaits
from conversations.events import ThreadHandedOver, ThreadIdentified
from conversations.models import Thread, ThreadAddress
from conversations.queries import case_key
from conversations.services.talking import lock_thread, tell
from customers.errors import UnknownCustomer
from kernel.actors import SYSTEM, Actor, ActorKind
from stores.errors import UnknownLocation


def hand_to_person(session: Session, thread_id: UUID, *, owner_id: UUID, actor: Actor) -> None:
    """Have a named colleague answer, which counts as a transfer, unless they do already.

    Raises UnknownThread, NothingWaits when it does not wait for us, or UnknownStaff.
    """
    thread = lock_thread(session, thread_id, actor)
    case = orders.queries.find_open_case(session, case_key(thread.id))
    if case is None:
        raise NothingWaits(thread_id=str(thread.id))
    orders.services.assign_case(session, case.id, owner_id=owner_id, actor=actor)
    thread.transfers += case.owner_id != owner_id
    _hand_over(session, thread, actor, owner_id)


def hand_to_place(
    session: Session, thread_id: UUID, *, location_id: UUID | None, actor: Actor
) -> None:
    """Have a store of the brand answer, or the desk where none is named: whoever is next there.

    That is a transfer, unless it is there already and only waits for whoever is next again.

    Raises UnknownThread, or UnknownLocation.
    """
    thread = lock_thread(session, thread_id, actor)
    if location_id is not None and location_id not in stores.queries.list_serving(
        session, thread.brand_id
    ):
        raise UnknownLocation(location_id=str(location_id))
    key = case_key(thread.id)
    if thread.location_id == location_id and orders.services.find_owner(session, key) is None:
        return
    thread.transfers += thread.location_id != location_id
    thread.location_id = location_id
    session.flush()
    orders.services.move_case(session, key, location_id=location_id, actor=actor)
    _hand_over(session, thread, actor, None)


def identify_thread(
    session: Session,
    thread_id: UUID,
    *,
    customer_id: UUID,
    contact_id: UUID | None = None,
    order_id: UUID | None = None,
    actor: Actor,
) -> None:
    """Have it be known who writes, and about which order; a shopper only says who they are.

    About another brand's order it is that brand's from now on. They are known by whatever they
    write from: what comes from there is theirs.

    Raises UnknownThread or UnknownCustomer.
    """
    by_link = actor.kind is ActorKind.SHOPPER
    thread = lock_thread(session, thread_id, SYSTEM if by_link else actor)
    if by_link and thread.customer_id is None:
        thread.claimed = True
    thread.customer_id = customers.queries.whose(session, customer_id)
    thread.contact_id = contact_id or thread.contact_id
    thread.order_id = order_id or thread.order_id
    session.flush()
    if order_id is not None:
        _relate(session, thread, order_id)
    written_from = select(ThreadAddress.source, ThreadAddress.value)
    for source, value in session.execute(written_from.where(ThreadAddress.thread_id == thread.id)):
        if customers.queries.find_writer(session, source=source, value=value) is None:
            customers.services.know_as(session, thread.customer_id, source=source, value=value)
    tell(session, ThreadIdentified, thread, actor)


def believe(session: Session, thread_id: UUID, *, by: ProvenBy, actor: Actor) -> None:
    """Have who writes be whom they said they are, as somebody of ours found out, and how.

    Its page shows what is theirs from now on. Saying it twice changes nothing.

    Raises UnknownThread, or UnknownCustomer where nobody said who they are.
    """
    thread = lock_thread(session, thread_id, actor)
    if thread.customer_id is None:
        raise UnknownCustomer
    if not thread.claimed:
        return
    thread.claimed = False
    session.flush()
    tell(session, ThreadIdentified, thread, actor, reason=by.value)


def _relate(session: Session, thread: Thread, order_id: UUID) -> None:
    thread.brand_id = orders.queries.get_order(session, order_id, actor=SYSTEM).brand_id
    session.flush()
    key = case_key(thread.id)
    orders.services.relate_case(session, key, order_id=order_id, brand_id=thread.brand_id)


def _hand_over(session: Session, thread: Thread, actor: Actor, owner_id: UUID | None) -> None:
    thread.owner_id = owner_id
    session.flush()
    tell(session, ThreadHandedOver, thread, actor, owner_id=owner_id)
