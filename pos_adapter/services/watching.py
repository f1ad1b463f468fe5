"""What a person has to look at: receipts that were refused, altered, or never came."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import orders.services
import stores.queries
from kernel.errors import Refusal
from orders.commands import CaseKind, OpenCase
from pos_adapter import queries
from pos_adapter.commands import RecordReceipt
from pos_adapter.errors import ReceiptAltered
from pos_adapter.queries import Gap

APPLIED = "applied"
MISSING = "receipt-missing"


def case_key(terminal_id: UUID, seq: int) -> str:
    """Return the key of the one case of a receipt that was not taken in."""
    return f"till/{terminal_id}/{seq}"


def note_refused(session: Session, command: RecordReceipt, refusal: Refusal) -> UUID | None:
    """Have somebody see to a receipt that was not taken in; it is settled once it was.

    Call it in a transaction of its own: the refused one is undone.
    """
    facts = {"what": refusal.code, "ticket_number": command.ticket_number}
    return _open(session, command, case_key(command.terminal_id, command.seq), facts)


def note_altered(session: Session, command: RecordReceipt) -> UUID | None:
    """Have somebody see to a till that tells another story under the same number.

    Call it in a transaction of its own: the refused one is undone.
    """
    key = f"{case_key(command.terminal_id, command.seq)}/altered"
    facts = {"what": ReceiptAltered.code, "ticket_number": command.ticket_number}
    return _open(session, command, key, facts)


def note_gaps(session: Session) -> int:
    """Have somebody see to receipts missing for a day; return how many gaps are new."""
    return sum(_note_gap(session, each) is not None for each in queries.list_overdue_gaps(session))


def _note_gap(session: Session, gap: Gap) -> UUID | None:
    terminal = stores.queries.get_terminal(session, gap.terminal_id)
    return orders.services.open_case(
        session,
        OpenCase(
            CaseKind.TILL,
            case_key(gap.terminal_id, gap.last_seq),
            _within(session, terminal.location_id),
            location_id=terminal.location_id,
            about_id=terminal.id,
            facts={
                "what": MISSING,
                "first_seq": gap.first_seq,
                "last_seq": gap.last_seq,
                "till": terminal.name,
            },
        ),
    )


def _open(session: Session, command: RecordReceipt, key: str, facts: dict[str, Any]) -> UUID | None:
    terminal = stores.queries.get_terminal(session, command.terminal_id)
    return orders.services.open_case(
        session,
        OpenCase(
            CaseKind.TILL,
            key,
            _within(session, terminal.location_id),
            location_id=terminal.location_id,
            about_id=terminal.id,
            facts={**facts, "seq": command.seq, "till": terminal.name},
        ),
    )


def _within(session: Session, location_id: UUID) -> timedelta:
    return timedelta(hours=stores.queries.get_rules(session, location_id).conflict_hours)
