"""Connectors: programs that bring what people write elsewhere. No key is kept: each is derived."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

import conversations.queries
import stores.queries
from kernel import events, secret, signing
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id
from kernel.signing import Signed
from notifications.commands import ConnectorKind, MessageStatus, OpenConnector
from notifications.errors import SourceTaken, UnknownConnector, UnprovenMessage
from notifications.events import ConnectorClosed, ConnectorOpened, ConnectorRenewed
from notifications.gateway import require_address
from notifications.models import Connector, SocialAnswer
from stores.errors import UnknownBrand

LATELY: Final = timedelta(days=7)
OVERLAP_H: Final = 24
"""Hours for which the key before a renewal works as well: time to put the new one in place."""


@dataclass(frozen=True, slots=True)
class ConnectorFacts:
    """A connector, when it was last heard, and how many answers wait for it or were given up.

    `came` and `went` are what came in and went out over it within a week; None of e-mails, which
    come by other doors too. `failed` is why its newest answer that failed did.
    """

    id: UUID
    source: str
    name: str
    kind: ConnectorKind
    url: str | None
    heard_at: datetime | None
    closed_at: datetime | None
    waiting: int
    given_up: int
    went: int
    failed: str | None
    refused_at: datetime | None
    refused_why: str | None
    brand_id: UUID | None
    two_keys_until: datetime | None
    came: int | None = None


def open_connector(session: Session, command: OpenConnector, *, actor: Actor) -> str:
    """Have a program bring what people write elsewhere; return its key, shown this once.

    Raises SourceTaken, UnknownBrand or AddressRefused.
    """
    if command.url is not None:
        require_address(command.url)
    row = insert(Connector).values(
        id=new_id(),
        source=command.source,
        name=command.name,
        kind=command.kind,
        url=command.url,
        brand_id=_brand(session, command.brand),
    )
    made = row.on_conflict_do_nothing(index_elements=["source"]).returning(Connector.id)
    connector_id = session.execute(made).scalar_one_or_none()
    if connector_id is None:
        raise SourceTaken(source=command.source)
    fact = ConnectorOpened(connector_id=connector_id, source=command.source)
    events.record(session, fact, actor=actor)
    return secret.encode(connector_key(connector_id, 1))


def renew_connector_key(session: Session, source: str, *, actor: Actor) -> str:
    """Return a fresh key of a connector, shown this once; the one before works for a day more.

    Raises UnknownConnector.
    """
    connector = _lock(session, source, actor)
    connector.generation += 1
    connector.previous_until = db_now(session) + timedelta(hours=OVERLAP_H)
    session.flush()
    events.record(session, ConnectorRenewed(connector_id=connector.id, source=source), actor=actor)
    return secret.encode(connector_key(connector.id, connector.generation))


def close_connector(session: Session, source: str, *, actor: Actor) -> None:
    """Have a connector bring and take nothing any more; its name stays its own.

    Raises UnknownConnector.
    """
    connector = _lock(session, source, actor)
    connector.closed_at = db_now(session)
    session.flush()
    events.record(session, ConnectorClosed(connector_id=connector.id, source=source), actor=actor)


def list_connectors(session: Session, *, actor: Actor = SYSTEM) -> list[ConnectorFacts]:
    """Return every connector there is or was, by name: of the actor's brand, or of all."""
    lately = SocialAnswer.sent_at > DB_NOW - LATELY
    other = aliased(SocialAnswer)
    newest = (
        select(other.note)
        .where(other.connector_id == Connector.id, other.note.is_not(None))
        .where(other.status.in_([MessageStatus.DUE, MessageStatus.DEAD]))
        .order_by(other.entry_id.desc())
        .limit(1)
        .correlate(Connector)
        .scalar_subquery()
    )
    counts = (
        func.count().filter(SocialAnswer.status == MessageStatus.DUE),
        func.count().filter(SocialAnswer.status == MessageStatus.DEAD),
        func.count().filter(lately),
        newest,
        Connector.refused_at,
        Connector.refused_why,
        Connector.brand_id,
        case((Connector.previous_until > DB_NOW, Connector.previous_until)),
    )
    rows = session.execute(
        select(
            Connector.id,
            Connector.source,
            Connector.name,
            Connector.kind,
            Connector.url,
            Connector.heard_at,
            Connector.closed_at,
            *counts,
        )
        .outerjoin(SocialAnswer, SocialAnswer.connector_id == Connector.id)
        .where(_of_brand(actor))
        .group_by(Connector.id)
        .order_by(Connector.source)
    )
    found = [ConnectorFacts(*row) for row in rows]
    named = [f"social/{each.source}" for each in found]
    came = conversations.queries.count_come(session, named, within=LATELY)
    return [
        replace(each, came=came.get(f"social/{each.source}", 0))
        if each.kind is ConnectorKind.SOCIAL
        else each
        for each in found
    ]


def reopen_connector(session: Session, source: str, *, actor: Actor) -> str:
    """Have a connector that was closed bring and take again; return its fresh key, shown this once.

    No key it had before works. Raises UnknownConnector, also for one that is open.
    """
    connector = session.execute(
        select(Connector)
        .where(Connector.source == source, Connector.closed_at.is_not(None), _of_brand(actor))
        .with_for_update()
    ).scalar_one_or_none()
    if connector is None:
        raise UnknownConnector(source=source)
    connector.generation += 1
    connector.previous_until = connector.closed_at = None
    session.flush()
    fact = ConnectorOpened(connector_id=connector.id, source=source)
    events.record(session, fact, actor=actor)
    return secret.encode(connector_key(connector.id, connector.generation))


def show_connector_key(session: Session, source: str, generation: int) -> str:
    """Return a key of a connector once more, to whoever was just given it.

    Raises UnknownConnector.
    """
    return secret.encode(connector_key(_lock(session, source).id, generation))


def find_generation(session: Session, source: str) -> int:
    """Return how many keys a connector has had.

    Raises UnknownConnector.
    """
    return _lock(session, source).generation


def keep_refused(session: Session, source: str, why: str) -> None:
    """Keep that something came in a connector's name that could not be believed."""
    session.execute(
        update(Connector)
        .where(Connector.source == source, Connector.closed_at.is_(None))
        .values(refused_at=DB_NOW, refused_why=why)
    )


def find_connector_brand(session: Session, source: str) -> UUID | None:
    """Return the brand a connector brings things to; None where it says nothing of that."""
    found = select(Connector.brand_id).where(Connector.source == source)
    return session.execute(found).scalar_one_or_none()


def admit_connector(session: Session, source: str, kind: ConnectorKind, signed: Signed) -> None:
    """Return nothing when this connector signed this request just now; it has been heard then.

    Raises UnprovenMessage.
    """
    if not signing.is_shaped(signed):
        raise UnprovenMessage(why="headers")
    connector = session.execute(
        select(Connector).where(
            Connector.source == source, Connector.kind == kind, Connector.closed_at.is_(None)
        )
    ).scalar_one_or_none()
    if connector is None:
        raise UnprovenMessage(why="source")
    now = db_now(session)
    if not signing.is_signed(signed, _live_keys(connector, now)):
        raise UnprovenMessage(why="signature")
    if not signing.is_timely(signed, now):
        raise UnprovenMessage(why="clock", now=int(now.timestamp()))
    connector.heard_at = DB_NOW
    session.flush()


def find_key(session: Session, source: str) -> tuple[bytes, str | None]:
    """Return the key a connector's calls are signed with now, and where it takes ours.

    Raises UnknownConnector.
    """
    connector = _lock(session, source)
    return connector_key(connector.id, connector.generation), connector.url


def connector_key(connector_id: UUID, generation: int) -> bytes:
    """Return the 32 bytes that a connector and we sign with."""
    return secret.derive(f"connector/{connector_id}/{generation}")


def _live_keys(connector: Connector, now: datetime) -> list[bytes]:
    live = [connector.generation]
    if connector.previous_until is not None and connector.previous_until > now:
        live.append(connector.generation - 1)
    return [connector_key(connector.id, each) for each in live]


def _brand(session: Session, code: str | None) -> UUID | None:
    if code is None:
        return None
    found = stores.queries.find_brand(session, code)
    if found is None:
        raise UnknownBrand
    return found.id


def _of_brand(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.brand_id is None else Connector.brand_id == actor.brand_id


def _lock(session: Session, source: str, actor: Actor = SYSTEM) -> Connector:
    connector = session.execute(
        select(Connector)
        .where(Connector.source == source, Connector.closed_at.is_(None), _of_brand(actor))
        .with_for_update()
    ).scalar_one_or_none()
    if connector is None:
        raise UnknownConnector(source=source)
    return connector
