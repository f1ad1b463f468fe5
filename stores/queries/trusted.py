"""What a key that brings another shop's orders is trusted with."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from stores.errors import UntrustedKey
from stores.models import ApiKey


@dataclass(frozen=True, slots=True)
class KeyTrust:
    """The shop a key speaks for, and how much it may bring; minor units, None is no limit."""

    key_id: UUID
    source: str
    order_max_minor: int | None
    day_max_minor: int | None


def find_source(session: Session, key_id: UUID) -> str | None:
    """Return the shop whose orders a key brings, and sees; None for a key that brings none."""
    return session.execute(select(ApiKey.source).where(ApiKey.id == key_id)).scalar_one_or_none()


def take_trust(session: Session, key_id: UUID | None) -> KeyTrust:
    """Return what a key is trusted with; whoever else brings for its shop waits for this one.

    So nobody brings a number twice at once, or more than the limit of a day.

    Raises UntrustedKey.
    """
    turn = func.pg_advisory_xact_lock(func.hashtextextended("bring " + ApiKey.source, 0))
    row = session.execute(
        select(ApiKey.source, ApiKey.order_max_minor, ApiKey.day_max_minor, turn).where(
            ApiKey.id == key_id, ApiKey.source.is_not(None)
        )
    ).one_or_none()
    if key_id is None or row is None:
        raise UntrustedKey
    return KeyTrust(key_id, row.source, row.order_max_minor, row.day_max_minor)
