"""Our answers to people in social networks: owed once each, given to their connector, in order.

The connector knows an answer by its number: a call that ended without an answer is made again, and
whoever has that number already has nothing to do.
"""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import conversations.queries
from customers.commands import TouchChannel
from kernel import events
from kernel.actors import SYSTEM
from kernel.clock import db_now
from kernel.signing import Signed, make_signature
from notifications.commands import MessageStatus
from notifications.events import AnswerUndelivered
from notifications.gateway import Rung
from notifications.models import Connector, SocialAnswer
from notifications.services.connecting import connector_key
from notifications.services.hearing import SOCIAL

LEASE_S: Final = 30
BACKOFF_S, BACKOFF_S_MAX = 5, 1_800
ATTEMPTS_MAX: Final = 16
"""Tries of one answer: with the delays between them about four hours."""
TRIED_AGAIN: Final = frozenset({"401", "403", "404", "408", "409", "425", "429"})
"""Refusals that are about the connector, mended there, or about the moment: not about the words."""


@dataclass(frozen=True, slots=True)
class SocialCall:
    """One answer, leased by one caller, as it goes to its connector."""

    entry_id: int
    fence: int
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class AnswerState:
    """How far an answer is on its way; `note` says why it is not simply sent."""

    status: MessageStatus
    note: str | None
    attempts: int
    sent_at: datetime | None


_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT entry_id FROM social_answer a
        WHERE status = 'due' AND due_at <= statement_timestamp() AND NOT EXISTS (
            SELECT FROM social_answer before WHERE before.thread_id = a.thread_id
                AND before.status = 'due' AND before.entry_id < a.entry_id)
        ORDER BY due_at, entry_id LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE social_answer SET due_at = statement_timestamp() + make_interval(secs => :lease),
                             fence = fence + 1, attempts = attempts + 1
    FROM due WHERE social_answer.entry_id = due.entry_id
    RETURNING social_answer.entry_id
""")


def owe_social(session: Session, *, thread_id: UUID, entry_id: int) -> None:
    """Who wrote in a social network is owed our answer there; owing it twice changes nothing."""
    entry = conversations.queries.find_entry(session, entry_id)
    if entry is None or entry.channel is not TouchChannel.SOCIAL:
        return
    sender = conversations.queries.find_address(session, thread_id, TouchChannel.SOCIAL)
    source = sender.source.removeprefix(SOCIAL) if sender is not None else ""
    connector = session.execute(
        select(Connector).where(
            Connector.source == source, Connector.closed_at.is_(None), Connector.url.is_not(None)
        )
    ).scalar_one_or_none()
    row = insert(SocialAnswer).values(
        entry_id=entry_id,
        thread_id=thread_id,
        connector_id=connector.id if connector is not None else None,
        status=MessageStatus.DUE if connector is not None else MessageStatus.DEAD,
        note=None if connector is not None else "no connector takes answers there",
    )
    made = session.execute(row.on_conflict_do_nothing().returning(SocialAnswer.entry_id)).first()
    if made is not None and connector is None:
        _tell_undelivered(session, thread_id, entry_id)


def claim_answers(session: Session, *, limit: int) -> list[SocialCall]:
    """Take on answers that are due; of one conversation the oldest first, and nobody else has them.

    Those whose words or connector are gone meanwhile end here.
    """
    entry_ids = session.execute(_CLAIM, {"limit": limit, "lease": LEASE_S}).scalars().all()
    rows = session.execute(
        select(SocialAnswer)
        .where(SocialAnswer.entry_id.in_(entry_ids))
        .order_by(SocialAnswer.entry_id)
        .execution_options(populate_existing=True)
    ).scalars()
    calls = [_call(session, answer) for answer in list(rows)]
    session.flush()
    return [each for each in calls if each is not None]


def settle_answer(session: Session, call: SocialCall, rung: Rung) -> None:
    """Keep what a connector said; nothing when somebody else has taken the answer on meanwhile."""
    answer = session.execute(
        select(SocialAnswer)
        .where(
            SocialAnswer.entry_id == call.entry_id,
            SocialAnswer.fence == call.fence,
            SocialAnswer.status == MessageStatus.DUE,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if answer is None:
        return
    now = db_now(session)
    if rung.ok:
        answer.status, answer.sent_at, answer.note = MessageStatus.SENT, now, None
    elif _is_final(rung.answered) or answer.attempts >= ATTEMPTS_MAX:
        _give_up(session, answer, rung.answered)
    else:
        wait_s = min(BACKOFF_S * 2 ** (answer.attempts - 1), BACKOFF_S_MAX)
        answer.note, answer.due_at = rung.answered, now + timedelta(seconds=wait_s)
    session.flush()


def list_answers(session: Session, thread_ids: Collection[UUID]) -> dict[int, AnswerState]:
    """Return how far each answer of these conversations is on its way, by entry."""
    rows = session.execute(
        select(SocialAnswer).where(SocialAnswer.thread_id.in_(thread_ids))
    ).scalars()
    return {
        row.entry_id: AnswerState(row.status, row.note, row.attempts, row.sent_at) for row in rows
    }


def signed_headers(source: str, key: bytes, url: str, body: bytes, *, at: int) -> dict[str, str]:
    """Return the headers with which a call to a connector is signed, see docs/channels.md."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    nonce = secrets.token_urlsafe(18)
    signed = Signed(method="POST", target=target, body=body, timestamp=str(at), nonce=nonce)
    return {
        "Comptoir-Source": source,
        "Comptoir-Timestamp": signed.timestamp,
        "Comptoir-Nonce": nonce,
        "Comptoir-Signature": make_signature(key, signed),
    }


def _call(session: Session, answer: SocialAnswer) -> SocialCall | None:
    connector = session.get(Connector, answer.connector_id)
    entry = conversations.queries.find_entry(session, answer.entry_id)
    sender = conversations.queries.find_address(session, answer.thread_id, TouchChannel.SOCIAL)
    if connector is None or connector.url is None or connector.closed_at is not None:
        _give_up(session, answer, "the connector was closed")
        return None
    if entry is None or not entry.body or sender is None:
        _give_up(session, answer, "the words or the person are gone")
        return None
    body = json.dumps(
        {
            "id": str(entry.id),
            "thread": str(answer.thread_id),
            "to": sender.value,
            "text": entry.body,
            "automatic": entry.automatic,
            "at": entry.said_at.isoformat(),
        },
        ensure_ascii=False,
    ).encode()
    key, at = connector_key(connector.id, connector.generation), db_now(session)
    headers = signed_headers(connector.source, key, connector.url, body, at=int(at.timestamp()))
    return SocialCall(answer.entry_id, answer.fence, connector.url, body, headers)


def _give_up(session: Session, answer: SocialAnswer, note: str) -> None:
    answer.status, answer.note = MessageStatus.DEAD, note
    session.flush()
    _tell_undelivered(session, answer.thread_id, answer.entry_id)


def _tell_undelivered(session: Session, thread_id: UUID, entry_id: int) -> None:
    fact = AnswerUndelivered(thread_id=thread_id, entry_id=entry_id)
    events.record(session, fact, actor=SYSTEM)


def _is_final(answered: str) -> bool:
    """Tell whether the connector refused the answer itself: further tries would end the same."""
    return answered.startswith("4") and answered not in TRIED_AGAIN
