"""What customers agreed to, and the names under which other systems know them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.models import Consent, FormerId
from customers.queries.resolving import select_family


def may_tell(
    session: Session, customer_id: UUID, *, purpose: str, channel: str, topic: str = ""
) -> bool:
    """Tell whether somebody agreed to be told this: the newest that they said of it holds.

    What was said of every topic holds of each. Without a word from them, nobody may.
    """
    granted = session.execute(
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
    return granted is True


def find_former(session: Session, *, source: str, value: str) -> UUID | None:
    """Return whom another system's id names, before any merge."""
    return session.execute(
        select(FormerId.customer_id).where(FormerId.source == source, FormerId.value == value)
    ).scalar_one_or_none()
