"""Followers that are rung when something happened to orders: in order, at least once, none skipped.

Each has a position in the chain of events up to which it has taken everything in. Who does not
answer is rung less and less often and begins again where it stopped.
"""

import base64
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

import orders.queries
import stores.queries
from kernel import events, secret
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id, show_order_number
from notifications.commands import OpenWebhook
from notifications.errors import OnlyIntegrations, UnknownWebhook
from notifications.events import WebhookClosed, WebhookOpened, WebhookPaused, WebhookResumed
from notifications.gateway import Rung, require_address
from notifications.models import Webhook

BATCH: Final = 50
"""How many changes one ring tells of at most."""
LEASE: Final = timedelta(minutes=1)
PATIENCE: Final = timedelta(days=3)
"""How long a follower may not answer before it is rung no more."""
FIRST_WAIT_S: Final = 5
LONGEST_WAIT_S: Final = 3_600
ROUNDS: Final = 10
"""After so many failures waiting does not double any more."""


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """A follower's address, what it follows, and how it answers."""

    id: UUID
    url: str
    events: tuple[str, ...]
    answered: str | None
    failing: bool
    paused: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """News for a follower, ready to go; `told_to` is where it stands when it took them in."""

    webhook_id: UUID
    fence: int
    url: str
    body: bytes
    told_to: int
    empty: bool


def open_webhook(session: Session, command: OpenWebhook, *, actor: Actor) -> UUID:
    """Have a follower rung about what happens to orders from now on; return the webhook's id.

    It sees what the key that asks may see.

    Raises OnlyIntegrations or AddressRefused.
    """
    key_id, host = _key_of(actor), require_address(command.url)
    webhook = Webhook(
        id=new_id(),
        key_id=key_id,
        brand_id=actor.brand_id,
        url=command.url,
        events=sorted(command.events),
        told_to=orders.queries.start_following(session),
    )
    session.add(webhook)
    session.flush()
    fact = WebhookOpened(webhook_id=webhook.id, key_id=webhook.key_id, host=host)
    events.record(session, fact, actor=actor)
    return webhook.id


def list_webhooks(session: Session, *, actor: Actor) -> list[WebhookFacts]:
    """Return the followers this key has, oldest first; a person sees everybody's."""
    rows = session.execute(
        select(Webhook)
        .where(_theirs(actor), Webhook.closed_at.is_(None))
        .order_by(Webhook.created_at, Webhook.id)
    ).scalars()
    return [
        WebhookFacts(
            row.id,
            row.url,
            tuple(row.events),
            row.answered,
            failing=row.failing_since is not None,
            paused=row.paused_at is not None,
        )
        for row in rows
    ]


def close_webhook(session: Session, webhook_id: UUID, *, actor: Actor) -> None:
    """Have a follower rung no more.

    Raises UnknownWebhook.
    """
    _lock(session, webhook_id, actor).closed_at = db_now(session)
    session.flush()
    events.record(session, WebhookClosed(webhook_id=webhook_id), actor=actor)


def resume_webhook(session: Session, webhook_id: UUID, *, actor: Actor) -> None:
    """Ring a follower again at once, from where it stopped.

    Raises UnknownWebhook.
    """
    webhook = _lock(session, webhook_id, actor)
    webhook.paused_at = webhook.failing_since = None
    webhook.attempts, webhook.due_at = 0, db_now(session)
    session.flush()
    events.record(session, WebhookResumed(webhook_id=webhook_id), actor=actor)


def signing_key(webhook_id: UUID) -> str:
    """Return the key with which a follower checks who rings, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(_key(webhook_id)).decode()


def sign(webhook_id: UUID, *, ring_id: str, at: int, body: bytes) -> str:
    """Return the signature of news, as Standard Webhooks says: id, seconds and body, with dots."""
    text = f"{ring_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(webhook_id), text, sha256)).decode()


def claim_rings(session: Session, *, limit: int) -> list[Ring]:
    """Take on followers for whom there may be news, each for a minute; nobody else has them."""
    newest = orders.queries.start_following(session)
    due = session.execute(
        select(Webhook)
        .where(
            Webhook.due_at <= DB_NOW,
            Webhook.paused_at.is_(None),
            Webhook.closed_at.is_(None),
            Webhook.told_to < newest,
            Webhook.key_id.in_(stores.queries.select_live_keys()),
        )
        .order_by(Webhook.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).scalars()
    rings = []
    for webhook in list(due):
        webhook.fence += 1
        webhook.due_at = db_now(session) + LEASE
        rings.append(_ring(session, webhook))
    session.flush()
    return rings


def settle_ring(session: Session, ring: Ring, rung: Rung) -> None:
    """Keep what a follower answered; nothing when somebody else has taken it on meanwhile."""
    webhook = session.execute(
        select(Webhook)
        .where(Webhook.id == ring.webhook_id, Webhook.fence == ring.fence)
        .with_for_update()
    ).scalar_one_or_none()
    if webhook is None:
        return
    webhook.answered = webhook.answered if ring.empty else rung.answered
    if rung.ok:
        webhook.told_to, webhook.attempts, webhook.failing_since = ring.told_to, 0, None
        webhook.due_at = db_now(session)
        return
    now = db_now(session)
    webhook.attempts += 1
    webhook.failing_since = webhook.failing_since or now
    wait_s = min(FIRST_WAIT_S * 2 ** min(webhook.attempts - 1, ROUNDS), LONGEST_WAIT_S)
    webhook.due_at = now + timedelta(seconds=wait_s)
    if now - webhook.failing_since > PATIENCE:
        webhook.paused_at = now
        session.flush()
        fact = WebhookPaused(webhook_id=webhook.id, answered=rung.answered)
        events.record(session, fact, actor=SYSTEM)


def _ring(session: Session, webhook: Webhook) -> Ring:
    found = orders.queries.list_order_changes(
        session,
        after=webhook.told_to,
        brand_id=webhook.brand_id,
        source=stores.queries.find_source(session, webhook.key_id),
        names=webhook.events,
        limit=BATCH,
    )
    changes = [
        {
            **{k: v for k, v in asdict(each).items() if k != "position"},
            "id": str(each.position),
            "order_number": show_order_number(each.order_number),
            "at": each.at.isoformat(),
        }
        for each in found.changes
    ]
    body = json.dumps({"changes": changes}, default=str, ensure_ascii=False).encode()
    return Ring(
        webhook.id, webhook.fence, webhook.url, body, found.told_to, empty=not found.changes
    )


def _key(webhook_id: UUID) -> bytes:
    return secret.derive(f"webhook/{webhook_id}")


def _key_of(actor: Actor) -> UUID:
    """Return the integration's key; nobody else is rung.

    Raises OnlyIntegrations.
    """
    if actor.kind is not ActorKind.INTEGRATION or actor.id is None:
        raise OnlyIntegrations
    return actor.id


def _theirs(actor: Actor) -> ColumnElement[bool]:
    """Tell which followers somebody may see and end: an integration its own."""
    if actor.kind is ActorKind.INTEGRATION:
        return Webhook.key_id == actor.id
    return true() if actor.brand_id is None else Webhook.brand_id == actor.brand_id


def _lock(session: Session, webhook_id: UUID, actor: Actor) -> Webhook:
    webhook = session.execute(
        select(Webhook)
        .where(
            Webhook.id == webhook_id,
            _theirs(actor),
            Webhook.closed_at.is_(None),
        )
        .with_for_update()
    ).scalar_one_or_none()
    if webhook is None:
        raise UnknownWebhook
    return webhook
