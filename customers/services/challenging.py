"""Codes: sent to a contact point, answered once, by the browser that asked, within ten minutes."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from customers.commands import AskCode, Proven
from customers.errors import CodeRefused, UnknownChallenge
from customers.events import ChallengeAsked
from customers.models import Challenge
from customers.queries import code_of
from kernel import events, secret
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id

ANSWER_MIN: Final = 10
TRIES_MAX: Final = 5
"""Wrong answers to one code: of a million codes, one in two hundred thousand guesses is right."""


def ask_code(session: Session, session_id: UUID, command: AskCode, *, actor: Actor) -> UUID:
    """A code is owed to a contact point, whoever that is; return what it answers.

    The door counts how often codes are asked for before it calls.
    """
    challenge_id = new_id()
    session.add(
        Challenge(
            id=challenge_id,
            session_id=session_id,
            kind=command.kind,
            value=command.value,
            language=command.language,
            answer_by=DB_NOW + timedelta(minutes=ANSWER_MIN),
        )
    )
    session.flush()
    events.record(session, ChallengeAsked(challenge_id=challenge_id), actor=actor)
    return challenge_id


def count_try(session: Session, challenge_id: UUID, *, session_id: UUID) -> None:
    """Count one answer to a code; commit before it is looked at, so that a wrong one stays counted.

    Raises UnknownChallenge for a code another browser asked for, or CodeRefused when its time or
    its tries are over.
    """
    mine = (Challenge.id == challenge_id) & (Challenge.session_id == session_id)
    counted = session.execute(
        update(Challenge)
        .where(
            mine,
            Challenge.attempts < TRIES_MAX,
            Challenge.answered_at.is_(None),
            Challenge.answer_by > DB_NOW,
        )
        .values(attempts=Challenge.attempts + 1)
        .returning(Challenge.id)
    ).first()
    if counted is not None:
        return
    if session.execute(select(Challenge.id).where(mine)).first() is None:
        raise UnknownChallenge
    raise CodeRefused(why="spent")


def answer_code(session: Session, challenge_id: UUID, *, session_id: UUID, code: str) -> Proven:
    """Return the contact point that is proven by this code; a code answers once.

    Raises CodeRefused.
    """
    typed = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    if not secret.same(typed.encode(), code_of(challenge_id).encode()):
        raise CodeRefused(why="wrong")
    row = session.execute(
        update(Challenge)
        .where(
            Challenge.id == challenge_id,
            Challenge.session_id == session_id,
            Challenge.answered_at.is_(None),
            Challenge.answer_by > DB_NOW,
        )
        .values(answered_at=DB_NOW)
        .returning(Challenge.kind, Challenge.value, Challenge.language)
    ).one_or_none()
    if row is None:
        raise CodeRefused(why="spent")
    return Proven(row.kind, row.value, row.language)
