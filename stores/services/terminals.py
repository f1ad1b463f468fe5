"""Tills of a store: enrolled, given a fresh key, revoked. No key is kept: each is derived."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel import events, secret
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id
from stores.errors import UnknownTerminal
from stores.events import TerminalEnrolled, TerminalKeyRenewed, TerminalRevoked
from stores.models import Location, Terminal
from stores.queries import TerminalFacts
from stores.services.owning import lock_own

OVERLAP_H: Final = 24
"""Hours for which the key before a renewal signs as well: time to type in the new one."""
SEEN_AGAIN: Final = timedelta(minutes=1)


def enrol_terminal(session: Session, code: str, *, name: str, actor: Actor) -> tuple[UUID, str]:
    """Have a till of a store; return its id and its key, which is shown this once.

    Raises UnknownLocation, also for stores that are not the actor's.
    """
    place = lock_own(session, code, actor=actor)
    terminal = Terminal(id=new_id(), location_id=place.id, name=name)
    session.add(terminal)
    session.flush()
    fact = TerminalEnrolled(terminal_id=terminal.id, location_id=place.id)
    events.record(session, fact, actor=actor)
    return terminal.id, show_terminal_key(terminal.id, 1)


def renew_terminal_key(session: Session, terminal_id: UUID, *, actor: Actor) -> str:
    """Return a fresh key of a till, shown this once; the one before works for a day more.

    Raises UnknownTerminal, also for tills that were revoked or are not the actor's.
    """
    terminal = _lock(session, terminal_id, actor=actor)
    if terminal.revoked_at is not None:
        raise UnknownTerminal
    terminal.generation += 1
    terminal.previous_until = DB_NOW + timedelta(hours=OVERLAP_H)
    session.flush()
    fact = TerminalKeyRenewed(
        terminal_id=terminal.id, location_id=terminal.location_id, generation=terminal.generation
    )
    events.record(session, fact, actor=actor)
    return show_terminal_key(terminal.id, terminal.generation)


def revoke_terminal(session: Session, terminal_id: UUID, *, actor: Actor) -> None:
    """Make a till's keys useless from now on; revoking twice changes nothing.

    Raises UnknownTerminal, also for tills that are not the actor's.
    """
    terminal = _lock(session, terminal_id, actor=actor)
    if terminal.revoked_at is not None:
        return
    terminal.revoked_at = DB_NOW
    session.flush()
    fact = TerminalRevoked(terminal_id=terminal.id, location_id=terminal.location_id)
    events.record(session, fact, actor=actor)


def note_terminal_seen(session: Session, terminal: TerminalFacts) -> None:
    """Remember that a till spoke to us; within a minute of the last time nothing is written."""
    last = terminal.seen_at
    if last is None or terminal.asked_at - last > SEEN_AGAIN:
        session.execute(update(Terminal).where(Terminal.id == terminal.id).values(seen_at=DB_NOW))


def terminal_key(terminal_id: UUID, generation: int) -> bytes:
    """Return the 32 bytes a till signs with."""
    return secret.derive(f"terminal/{terminal_id}/{generation}")


def show_terminal_key(terminal_id: UUID, generation: int) -> str:
    """Return a till's key as people type or paste it: base64url without padding."""
    return secret.encode(terminal_key(terminal_id, generation))


def _lock(session: Session, terminal_id: UUID, *, actor: Actor) -> Terminal:
    terminal = session.execute(
        select(Terminal)
        .where(Terminal.id == terminal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if terminal is None:
        raise UnknownTerminal
    place = session.get_one(Location, terminal.location_id)
    if not actor.runs(place.id, place.brand_id):
        raise UnknownTerminal
    return terminal
