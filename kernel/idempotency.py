"""Idempotency: the same key gives the same answer and one effect, however often it is sent.

Key, hash of the request and answer are stored in the transaction of the effect. A second sender
waits on the unique key until the first has ended. Only successes are kept: a refused key may be
tried again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from kernel.errors import Invalid
from kernel.fixed import run_fixed

KEEP_DAYS = 7


class KeyReused(Invalid):
    """The Idempotency-Key was already used for another request; this one was not carried out."""

    code = "idempotency-key-reused"
    title = "This Idempotency-Key belongs to another request"
    way_out = "Use a new key for a new request; repeat a request with exactly the same body."

    def __init__(self, first: "Answer | None" = None, **facts: Any) -> None:  # noqa: ANN401 (facts become JSON)
        super().__init__(**facts)
        self.first = first


class StoredAnswer(Base):
    """The first answer to a keyed request, without personal data, kept seven days."""

    __tablename__ = "stored_answer"
    __table_args__ = (Index(None, "created_at"),)

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time."""

    status: int
    body: dict[str, Any]


_TAKE = text("""
    INSERT INTO stored_answer (scope, key, request_hash) VALUES (:scope, :key, :request_hash)
    ON CONFLICT DO NOTHING RETURNING key
""")


_KEEP = text("""
    UPDATE stored_answer SET status = :status, body = :body WHERE scope = :scope AND key = :key
""").bindparams(bindparam("body", type_=JSONB))


def take(session: Session, *, scope: str, key: str, request_hash: bytes) -> Answer | None:
    """Take a key for this request, or return the answer it was given before.

    Waits while another transaction holds the key, at most `lock_timeout`.

    Raises KeyReused, with what was answered then, when the key was used for another request.
    """
    values = {"scope": scope, "key": key, "request_hash": request_hash}
    if run_fixed(session, _TAKE, values):
        return None
    stored = session.execute(
        select(StoredAnswer.request_hash, StoredAnswer.status, StoredAnswer.body).where(
            StoredAnswer.scope == scope, StoredAnswer.key == key
        )
    ).one()
    first = Answer(stored.status or 0, stored.body or {})
    if stored.request_hash != request_hash:
        raise KeyReused(first)
    return first


def keep(session: Session, *, scope: str, key: str, answer: Answer) -> None:
    """Store the answer under a key taken in this transaction."""
    values = {"scope": scope, "key": key, "status": answer.status, "body": answer.body}
    run_fixed(session, _KEEP, values)


def prune(session: Session) -> None:
    """Remove answers older than seven days."""
    session.execute(
        delete(StoredAnswer).where(StoredAnswer.created_at < DB_NOW - timedelta(days=KEEP_DAYS))
    )
