"""What the assistant knows of a conversation between two messages of its customer."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from conversations.models import Assisted
from conversations.services import lock_thread
from conversations.understanding import INTENTS, Wish
from kernel.actors import SYSTEM


@dataclass(frozen=True, slots=True)
class Step:
    """Where the assistant stands: what is asked for, about which order, and what it waits for.

    `order_id` is an order whoever writes has shown to be theirs. `offered` waits for a yes.
    """

    wish: Wish | None = None
    order_id: UUID | None = None
    offered: bool = False
    fails: int = 0


def find_step(session: Session, thread_id: UUID) -> Step | None:
    """Return where the assistant stands; None where it has said nothing yet."""
    row = session.execute(select(Assisted).where(Assisted.thread_id == thread_id)).scalar()
    if row is None:
        return None
    return Step(Wish(row.wish) if row.wish else None, row.order_id, row.offered, row.fails)


def keep_step(session: Session, thread_id: UUID, step: Step) -> None:
    """Have the assistant go on from here; whoever takes over reads order and intent.

    Raises UnknownThread.
    """
    said = {
        "wish": step.wish.value if step.wish else "",
        "order_id": step.order_id,
        "offered": step.offered,
        "fails": step.fails,
    }
    statement = insert(Assisted).values(thread_id=thread_id, **said)
    session.execute(statement.on_conflict_do_update(index_elements=["thread_id"], set_=said))
    thread = lock_thread(session, thread_id, SYSTEM)
    thread.order_id = step.order_id or thread.order_id
    if step.wish is not None and step.wish is not Wish.HUMAN:
        thread.intent = INTENTS[step.wish]
    session.flush()
