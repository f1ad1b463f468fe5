"""Whoever writes to us from somewhere: who that is, and as which contact they gave it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.commands import PointKind
from customers.models import ContactPoint, FormerId
from customers.queries.consents import find_former
from customers.queries.contacts import get_contacts
from customers.queries.people import find_point_owner, list_contacts_of
from customers.queries.resolving import find_roots

POINTS = {"email": PointKind.EMAIL, "sms": PointKind.PHONE}
"""What an address of these sources is, where a customer gave it themselves."""


def find_writer(session: Session, *, source: str, value: str) -> UUID | None:
    """Return the customer who writes from an address, after all merges; None where nobody is known.

    They gave it, or somebody of ours found out that it is theirs.
    """
    kind = POINTS.get(source)
    known = find_point_owner(session, kind=kind, value=value) if kind is not None else None
    known = known or find_former(session, source=source, value=value)
    return None if known is None else find_roots(session, [known])[known]


def find_contact_written_from(session: Session, customer_id: UUID, *, value: str) -> UUID | None:
    """Return the newest contact of a customer that has this e-mail address or number."""
    contact_ids = list_contacts_of(session, customer_id)
    known = get_contacts(session, contact_ids)
    for contact_id in contact_ids:
        contact = known[contact_id]
        if value in {(contact.email or "").lower(), contact.phone}:
            return contact_id
    return None


def list_written_from(session: Session, family: Collection[UUID]) -> list[tuple[str, str]]:
    """Return where these people write from, each source with what they are called there."""
    points = session.execute(
        select(ContactPoint.kind, ContactPoint.value).where(ContactPoint.customer_id.in_(family))
    )
    former = session.execute(
        select(FormerId.source, FormerId.value).where(FormerId.customer_id.in_(family))
    )
    sources = {kind: source for source, kind in POINTS.items()}
    return [
        *((sources[row.kind], row.value) for row in points),
        *((row.source, row.value) for row in former),
    ]
