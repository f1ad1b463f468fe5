"""Merging: a pointer from one customer to another, with who, when and why; taken away to undo it.

Nothing is copied or rewritten: orders, contact points and consents stay where they were given.
"""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.errors import (
    AlreadyForgotten,
    AlreadyOne,
    MergeUndone,
    UnknownCustomer,
    UnknownMerge,
)
from customers.events import CustomersMerged, CustomersParted
from customers.models import Customer, Merge
from customers.queries import find_roots
from customers.services.doubting import remember_apart
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id


def merge_customers(
    session: Session, *, kept_id: UUID, merged_id: UUID, reason: str, actor: Actor
) -> UUID:
    """`merged_id` is the same person as `kept_id` from now on; return the merge.

    Each stands for whoever it was merged into before.

    Raises UnknownCustomer, AlreadyOne, or AlreadyForgotten: who is nobody any more is not joined.
    """
    roots = find_roots(session, [kept_id, merged_id])
    if len(roots) < len({kept_id, merged_id}):
        raise UnknownCustomer
    kept, merged = roots[kept_id], roots[merged_id]
    free = session.execute(
        select(Customer.id, Customer.closed_at)
        .where(Customer.id.in_([kept, merged]), Customer.merged_into.is_(None))
        .order_by(Customer.id)
        .with_for_update()
    ).all()
    if kept == merged or len(free) != len({kept, merged}):  # somebody merged one of them meanwhile
        raise AlreadyOne
    if any(each.closed_at for each in free):
        raise AlreadyForgotten
    merge_id = new_id()
    session.execute(
        insert(Merge).values(
            id=merge_id,
            kept_id=kept,
            merged_id=merged,
            reason=reason,
            author_name=actor.name or actor.kind.value,
        )
    )
    session.execute(update(Customer).where(Customer.id == merged).values(merged_into=kept))
    fact = CustomersMerged(merge_id=merge_id, kept_id=kept, merged_id=merged)
    events.record(session, fact, actor=actor)
    return merge_id


def undo_merge(session: Session, merge_id: UUID, *, actor: Actor) -> None:
    """Both are there on their own again, as if they had never been merged; nobody is asked again.

    Raises UnknownMerge, or MergeUndone.
    """
    ended = session.execute(
        update(Merge)
        .where(Merge.id == merge_id, Merge.undone_at.is_(None))
        .values(undone_at=DB_NOW, undone_by=actor.name or actor.kind.value)
        .returning(Merge.kept_id, Merge.merged_id)
    ).one_or_none()
    if ended is None:
        known = session.execute(select(Merge.id).where(Merge.id == merge_id)).first()
        raise MergeUndone if known else UnknownMerge
    session.execute(update(Customer).where(Customer.id == ended.merged_id).values(merged_into=None))
    remember_apart(session, ended.kept_id, ended.merged_id, actor=actor)
    fact = CustomersParted(merge_id=merge_id, kept_id=ended.kept_id, merged_id=ended.merged_id)
    events.record(session, fact, actor=actor)
