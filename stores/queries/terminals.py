"""Reads of tills, and the shapes others may see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from stores.errors import UnknownTerminal
from stores.models import Location, Terminal


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """A till of a store; `asked_at` is the database's present instant.

    The key of `generation` signs, and until `previous_until` the one before.
    """

    id: UUID
    name: str
    location_id: UUID
    store_code: str
    generation: int
    previous_until: datetime | None
    enrolled_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None
    asked_at: datetime

    @property
    def generations(self) -> tuple[int, ...]:
        """Return which keys sign now, the newest first; those of a revoked till open nothing."""
        overlaps = self.previous_until is not None and self.asked_at < self.previous_until
        return (self.generation, self.generation - 1) if overlaps else (self.generation,)


def find_terminal(session: Session, terminal_id: UUID) -> TerminalFacts | None:
    """Return a till, revoked or not, if there is one with this id."""
    row = session.execute(_select().where(Terminal.id == terminal_id)).one_or_none()
    return None if row is None else TerminalFacts(*row)


def get_terminal(session: Session, terminal_id: UUID) -> TerminalFacts:
    """Return a till, revoked or not.

    Raises UnknownTerminal.
    """
    found = find_terminal(session, terminal_id)
    if found is None:
        raise UnknownTerminal
    return found


def list_terminals(session: Session, *, location_id: UUID) -> list[TerminalFacts]:
    """Return the tills of a store, those in use first, then by name."""
    rows = session.execute(
        _select()
        .where(Terminal.location_id == location_id)
        .order_by(Terminal.revoked_at.is_not(None), Terminal.name, Terminal.enrolled_at)
    )
    return [TerminalFacts(*row) for row in rows]


def _select() -> Select[
    UUID,
    str,
    UUID,
    str,
    int,
    datetime | None,
    datetime,
    datetime | None,
    datetime | None,
    datetime,
]:
    return select(
        Terminal.id,
        Terminal.name,
        Terminal.location_id,
        Location.code,
        Terminal.generation,
        Terminal.previous_until,
        Terminal.enrolled_at,
        Terminal.seen_at,
        Terminal.revoked_at,
        DB_NOW.label("asked_at"),
    ).join(Location, Location.id == Terminal.location_id)
