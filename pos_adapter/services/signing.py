"""Who signed a request: a till of ours, now, and only once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from kernel import signing
from kernel.clock import DB_NOW
from pos_adapter.commands import Signed
from pos_adapter.errors import SignatureRefused
from pos_adapter.models import SignatureNonce
from stores.queries import TerminalFacts

NONCES_KEPT_H: Final = 1


def admit(session: Session, signed: Signed) -> TerminalFacts:
    """Return the till that signed this request; its nonce is used up.

    A retry signs anew, with a new nonce: what makes it harmless is the receipt's number or the
    Idempotency-Key. The signature is looked at before anything is written or told.

    Raises SignatureRefused.
    """
    if not signing.is_shaped(signed):
        raise SignatureRefused(why="headers")
    terminal = _find(session, signed.terminal)
    if terminal is None or not signing.is_signed(signed, _keys(terminal)):
        raise SignatureRefused(why="signature")
    if terminal.revoked_at is not None:
        raise SignatureRefused(why="revoked")
    if not signing.is_timely(signed, terminal.asked_at):
        raise SignatureRefused(why="clock", now=int(terminal.asked_at.timestamp()))
    used = insert(SignatureNonce).values(terminal_id=terminal.id, nonce=signed.nonce)
    fresh = used.on_conflict_do_nothing().returning(SignatureNonce.nonce)
    if session.execute(fresh).first() is None:
        raise SignatureRefused(why="nonce")
    stores.services.note_terminal_seen(session, terminal)
    return terminal


def prune_nonces(session: Session) -> None:
    """Forget nonces whose requests would be too old by now anyway."""
    session.execute(
        delete(SignatureNonce).where(
            SignatureNonce.used_at < DB_NOW - timedelta(hours=NONCES_KEPT_H)
        )
    )


def _find(session: Session, text: str) -> TerminalFacts | None:
    try:
        terminal_id = UUID(text)
    except ValueError:
        return None
    return stores.queries.find_terminal(session, terminal_id)


def _keys(terminal: TerminalFacts) -> Sequence[bytes]:
    return [stores.services.terminal_key(terminal.id, each) for each in terminal.generations]
