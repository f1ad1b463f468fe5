"""What customers agreed to, and the names under which other systems know them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from customers.commands import Topic, Way
from customers.models import Consent, ConsentWording, FormerId
from customers.queries.resolving import select_family
from customers.queries.wordings import MARKETING


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """One line of the ledger; `words` are those that were shown, where we asked."""

    id: int
    purpose: str
    channel: str
    topic: str
    granted: bool
    wording: str
    language: str | None
    words: str
    proof: str
    source: str
    author_name: str
    given_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of one topic on one way, by which line; None where nothing was ever said."""

    topic: Topic
    way: Way
    said: ConsentFacts | None

    @property
    def granted(self) -> bool:
        """Tell whether they may be told."""
        return self.said is not None and self.said.granted


def may_tell(
    session: Session, customer_id: UUID, *, purpose: str, channel: str, topic: str = ""
) -> bool:
    """Tell whether somebody agreed to be told this: the newest that they said of it holds.

    What was said of every topic holds of each. Without a word from them, nobody may.
    """
    return find_said(session, customer_id, purpose=purpose, channel=channel, topic=topic) is True


def find_said(
    session: Session, customer_id: UUID, *, purpose: str, channel: str, topic: str = ""
) -> bool | None:
    """Return what somebody said last of being told this; None when they never said anything."""
    return session.execute(
        select(Consent.granted)
        .where(
            Consent.customer_id.in_(select_family(customer_id)),
            Consent.purpose == purpose,
            Consent.channel == channel,
            Consent.topic.in_({topic, ""}),
        )
        .order_by(Consent.given_at.desc(), Consent.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def list_consents(session: Session, customer_id: UUID) -> list[ConsentFacts]:
    """Return all that somebody agreed to and refused, with its proof, the newest first."""
    shown = and_(
        ConsentWording.version == Consent.wording, ConsentWording.language == Consent.language
    )
    rows = session.execute(
        select(Consent, ConsentWording.words)
        .outerjoin(ConsentWording, shown)
        .where(Consent.customer_id.in_(select_family(customer_id)))
        .order_by(Consent.given_at.desc(), Consent.id.desc())
    )
    return [
        ConsentFacts(
            row.id,
            row.purpose,
            row.channel,
            row.topic,
            row.granted,
            row.wording,
            row.language,
            words or "",
            row.proof,
            row.source,
            row.author_name,
            row.given_at,
            row.recorded_at,
        )
        for row, words in rows
    ]


def read_standing(said: Collection[ConsentFacts]) -> list[Standing]:
    """Return what holds of every topic on every way, from the ledger, the newest line first."""
    return [
        Standing(
            topic,
            way,
            next(
                (
                    each
                    for each in said
                    if each.purpose == MARKETING
                    and each.channel == way.value
                    and each.topic in {topic.value, ""}
                ),
                None,
            ),
        )
        for topic in Topic
        for way in Way
    ]


def find_former(session: Session, *, source: str, value: str) -> UUID | None:
    """Return whom another system's id names, before any merge."""
    return session.execute(
        select(FormerId.customer_id).where(FormerId.source == source, FormerId.value == value)
    ).scalar_one_or_none()
