"""Who signed a request: a till of ours, now, and only once."""

import hmac
import re
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from kernel import secret
from kernel.clock import DB_NOW
from pos_adapter.commands import Signed
from pos_adapter.errors import SignatureRefused
from pos_adapter.models import SignatureNonce
from stores.queries import TerminalFacts

CLOCK_S: Final = 300
"""Seconds a till's clock may differ from the database's."""
NONCES_KEPT_H: Final = 1
NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
SECONDS: Final = re.compile(r"[0-9]{1,12}")


def admit(session: Session, signed: Signed) -> TerminalFacts:
    """Return the till that signed this request; its nonce is used up.

    A retry signs anew, with a new nonce: what makes it harmless is the receipt's number or the
    Idempotency-Key. The signature is looked at before anything is written or told.

    Raises SignatureRefused.
    """
    if not (NONCE.fullmatch(signed.nonce) and SECONDS.fullmatch(signed.timestamp)):
        raise SignatureRefused(why="headers")
    terminal = _find(session, signed.terminal)
    if terminal is None or not _is_signed(signed, terminal):
        raise SignatureRefused(why="signature")
    if terminal.revoked_at is not None:
        raise SignatureRefused(why="revoked")
    if abs(terminal.asked_at.timestamp() - int(signed.timestamp)) > CLOCK_S:
        raise SignatureRefused(why="clock", now=int(terminal.asked_at.timestamp()))
    used = insert(SignatureNonce).values(terminal_id=terminal.id, nonce=signed.nonce)
    fresh = used.on_conflict_do_nothing().returning(SignatureNonce.nonce)
    if session.execute(fresh).first() is None:
        raise SignatureRefused(why="nonce")
    stores.services.note_terminal_seen(session, terminal)
    return terminal


def text_to_sign(signed: Signed) -> bytes:
    """Return what a till signs: five lines, see docs/tills.md."""
    body = sha256(signed.body).hexdigest()
    lines = (signed.method, signed.target, signed.timestamp, signed.nonce, body)
    return "\n".join(lines).encode()


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


def _is_signed(signed: Signed, terminal: TerminalFacts) -> bool:
    """Tell, in constant time, whether one of the till's keys made the signature."""
    given = secret.decode(signed.signature) or b""
    said = text_to_sign(signed)
    keys = [stores.services.terminal_key(terminal.id, each) for each in terminal.generations]
    matches = [secret.same(hmac.digest(key, said, sha256), given) for key in keys]
    return True in matches
