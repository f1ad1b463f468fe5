"""Conversations with somebody who is forgotten: nothing stays of what was said."""

from sqlalchemy import String, cast, delete, func, select, update
from sqlalchemy.orm import Session

import orders.services
from conversations.events import ThreadForgotten
from conversations.models import Thread, ThreadAddress, ThreadEntry
from conversations.queries import Party, case_key, select_threads_of
from conversations.services.talking import tell
from customers.commands import Direction
from kernel.actors import Actor


def forget_conversations(session: Session, party: Party, *, actor: Actor) -> None:
    """Nothing is left of what was said with somebody, but when, where and by whom of ours."""
    found = select(Thread).where(select_threads_of(party)).order_by(Thread.id)
    threads = session.execute(found.with_for_update()).scalars().all()
    theirs = [each.id for each in threads]
    said = ThreadEntry.thread_id.in_(theirs)
    nameless = func.concat("erased-", cast(ThreadEntry.id, String))
    for where, values in (
        (said, {"body": ""}),
        (said & ThreadEntry.reference.is_not(None), {"reference": nameless}),
        (said & (ThreadEntry.direction == Direction.IN), {"actor_name": ""}),
    ):
        emptied = update(ThreadEntry).where(where).values(**values)
        session.execute(emptied.execution_options(synchronize_session=False))
    orders.services.forget_resolutions(session, [case_key(each) for each in theirs])
    session.execute(delete(ThreadAddress).where(ThreadAddress.thread_id.in_(theirs)))
    for thread in threads:
        thread.writer, thread.subject, thread.cart_id = "", "", None
    session.flush()
    for thread in threads:
        tell(session, ThreadForgotten, thread, actor)
