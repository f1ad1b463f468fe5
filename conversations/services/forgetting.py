"""Conversations with somebody who is forgotten: nothing stays of what was said."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import String, cast, delete, func, select, update
from sqlalchemy.orm import Session

import orders.services
from conversations.models import Thread, ThreadAddress, ThreadEntry
from conversations.queries import case_key, select_threads_of
from customers.commands import Direction


def forget_conversations(
    session: Session,
    family: Collection[UUID],
    contact_ids: Collection[UUID],
    cart_ids: Collection[UUID],
) -> None:
    """Nothing is left of what was said with somebody, but when, where and by whom of ours.

    `family` is a customer with whoever was merged with them; `cart_ids` are baskets that go.
    """
    theirs = select(Thread.id).where(select_threads_of(family, contact_ids, cart_ids))
    said = ThreadEntry.thread_id.in_(theirs)
    nameless = func.concat("erased-", cast(ThreadEntry.id, String))
    for where, values in (
        (said, {"body": ""}),
        (said & ThreadEntry.reference.is_not(None), {"reference": nameless}),
        (said & (ThreadEntry.direction == Direction.IN), {"actor_name": ""}),
    ):
        emptied = update(ThreadEntry).where(where).values(**values)
        session.execute(emptied.execution_options(synchronize_session=False))
    keys = [case_key(each) for each in session.execute(theirs).scalars()]
    orders.services.forget_resolutions(session, keys)
    session.execute(delete(ThreadAddress).where(ThreadAddress.thread_id.in_(theirs)))
    forgotten = update(Thread).where(Thread.id.in_(theirs))
    session.execute(
        forgotten.values(writer="", subject="", cart_id=None).execution_options(
            synchronize_session=False
        )
    )
