"""Bearer keys: issued once, kept as hashes, revoked at once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id
from stores.commands import TrustKey
from stores.errors import UnknownKey
from stores.events import KeyIssued, KeyRevoked, KeyTrusted
from stores.models import ApiKey

KEY_PREFIX = "cmp_"
KEY_BYTES = 32


def issue_key(
    session: Session,
    *,
    name: str,
    scopes: Sequence[str],
    staff_id: UUID | None = None,
    expires_at: datetime | None = None,
    brand_id: UUID | None = None,
    actor: Actor,
) -> tuple[UUID, str]:
    """Issue a bearer key; return its id and the key, which is shown this once and never stored.

    With a brand it sees nothing of other brands' customers.
    """
    key, key_id = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES), new_id()
    session.add(
        ApiKey(
            id=key_id,
            name=name,
            key_hash=key_hash(key),
            staff_id=staff_id,
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
            brand_id=brand_id,
        )
    )
    session.flush()
    events.record(session, KeyIssued(key_id=key_id, scopes=sorted(set(scopes))), actor=actor)
    return key_id, key


def trust_key(session: Session, command: TrustKey, *, actor: Actor) -> None:
    """Have an integration's key bring the orders of a shop, and see no others, from now on.

    Raises UnknownKey, also for a person's key and for one that was revoked.
    """
    known = session.execute(
        update(ApiKey)
        .where(ApiKey.id == command.key_id, ApiKey.staff_id.is_(None), ApiKey.revoked_at.is_(None))
        .values(
            source=command.source,
            order_max_minor=command.order_max_minor,
            day_max_minor=command.day_max_minor,
        )
        .returning(ApiKey.id)
    ).scalar_one_or_none()
    if known is None:
        raise UnknownKey
    fact = KeyTrusted(
        key_id=command.key_id,
        source=command.source,
        order_max_minor=command.order_max_minor,
        day_max_minor=command.day_max_minor,
    )
    events.record(session, fact, actor=actor)


def revoke_key(session: Session, *, key_id: UUID, actor: Actor) -> None:
    """Make a key useless from now on; revoking twice changes nothing."""
    revoked = session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=DB_NOW)
        .returning(ApiKey.id)
    ).scalar_one_or_none()
    if revoked is not None:
        events.record(session, KeyRevoked(key_id=key_id), actor=actor)


def key_hash(key: str) -> bytes:
    """Return what is kept of a key: 256 random bits need no slow hash."""
    return sha256(key.encode()).digest()
