"""Loyalty cards: given, and blocked when they are lost; a number is of one person."""

import re
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.errors import BlockedCard, CardOfAnother, UnknownCard, UnreadableCard
from customers.events import CardBlocked, CardGiven
from customers.models import LoyaltyCard
from customers.queries import CARD, find_former, find_roots, list_family, normal_card, whose
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW

SHAPE: Final = re.compile(r"[A-Z0-9]{4,32}")


def give_card(session: Session, customer_id: UUID, number: str, *, actor: Actor) -> str:
    """A customer has this card from now on; return its number. Saying it twice changes nothing.

    Raises UnknownCustomer, UnreadableCard, CardOfAnother, or BlockedCard.
    """
    root, normal = whose(session, customer_id), normal_card(number)
    if SHAPE.fullmatch(normal) is None:
        raise UnreadableCard
    _refuse_another(session, find_former(session, source=CARD, value=normal), root)
    given = session.execute(
        insert(LoyaltyCard)
        .values(number=normal, customer_id=customer_id, author_name=actor.name or actor.kind.value)
        .on_conflict_do_nothing()
        .returning(LoyaltyCard.number)
    ).first()
    if given is not None:
        events.record(session, CardGiven(customer_id=customer_id), actor=actor)
        return normal
    known = session.execute(
        select(LoyaltyCard.customer_id, LoyaltyCard.blocked_at).where(LoyaltyCard.number == normal)
    ).one()
    _refuse_another(session, known.customer_id, root)
    if known.blocked_at is not None:
        raise BlockedCard
    return normal


def block_card(session: Session, customer_id: UUID, number: str, *, actor: Actor) -> str:
    """A card finds nobody any more; return its number. Saying it twice changes nothing.

    Raises UnknownCustomer or UnknownCard.
    """
    normal, author = normal_card(number), actor.name or actor.kind.value
    family = list_family(session, whose(session, customer_id))
    former = find_former(session, source=CARD, value=normal)
    if former in family:  # known by what another system brought alone: blocked here all the same
        session.execute(
            insert(LoyaltyCard)
            .values(number=normal, customer_id=former, author_name=author)
            .on_conflict_do_nothing()
        )
    theirs = (LoyaltyCard.number == normal, LoyaltyCard.customer_id.in_(family))
    blocked = session.execute(
        update(LoyaltyCard)
        .where(*theirs, LoyaltyCard.blocked_at.is_(None))
        .values(blocked_at=DB_NOW, blocked_by=author)
        .returning(LoyaltyCard.customer_id)
    ).scalar_one_or_none()
    if blocked is not None:
        events.record(session, CardBlocked(customer_id=blocked), actor=actor)
    elif session.execute(select(LoyaltyCard.number).where(*theirs)).first() is None:
        raise UnknownCard
    return normal


def find_card_owner(session: Session, said: str) -> UUID | None:
    """Return whose card this is, before any merge; None for no card.

    Raises BlockedCard.
    """
    normal = normal_card(said)
    known = session.execute(
        select(LoyaltyCard.customer_id, LoyaltyCard.blocked_at).where(LoyaltyCard.number == normal)
    ).one_or_none()
    if known is None:
        return find_former(session, source=CARD, value=" ".join(said.split())) or find_former(
            session, source=CARD, value=normal
        )
    if known.blocked_at is not None:
        raise BlockedCard
    owner: UUID = known.customer_id
    return owner


def _refuse_another(session: Session, owner: UUID | None, root: UUID) -> None:
    if owner is not None and find_roots(session, [owner])[owner] != root:
        raise CardOfAnother
