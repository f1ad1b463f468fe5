"""What happens to cases."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """Base of what happens to one case."""

    name = ""
    aggregate = "case"
    case_id: UUID
    kind: str
    location_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CaseOpened(CaseEvent):
    """A person is needed, until `due_at`."""

    name = "case.opened.v1"
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(CaseEvent):
    """A case has somebody who sees to it."""

    name = "case.assigned.v1"
    owner_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(CaseEvent):
    """A case is nearly due (`level` 1), or past its time and still open (2)."""

    name = "case.escalated.v1"
    level: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseEvent):
    """A case was resolved; the reason it was recorded with says how."""

    name = "case.closed.v1"
