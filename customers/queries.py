"""Reads of customers, and the shapes others may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from customers.models import Contact

MATCH_MIN = 2


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Who an order is for: the snapshot taken when it was placed."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str

    @property
    def name(self) -> str:
        """Return the full name as it is called out."""
        return f"{self.first_name} {self.last_name}".strip()


def get_contacts(session: Session, contact_ids: Sequence[UUID]) -> dict[UUID, ContactFacts]:
    """Return contacts by id; unknown ids are left out."""
    rows = session.execute(select(Contact).where(Contact.id.in_(contact_ids))).scalars()
    return {row.id: _facts(row) for row in rows}


def match_contacts(
    session: Session, *, among: Sequence[UUID], said: str
) -> dict[UUID, ContactFacts]:
    """Return those of `among` whose name or phone number holds what the customer said.

    Case and accents do not matter; a phone number matches by its last digits.
    """
    wanted = " ".join(said.split())
    digits = "".join(sign for sign in wanted if sign.isdigit()).lstrip("0")
    if len(wanted) < MATCH_MIN:
        return {}
    name = func.unaccent(func.lower(func.concat_ws(" ", Contact.first_name, Contact.last_name)))
    like = func.unaccent(func.lower(wanted))
    tests = [func.strpos(name, like) > 0]
    if len(digits) >= MATCH_MIN * 2:
        tests.append(Contact.phone.like(f"%{digits}"))
    rows = session.execute(
        select(Contact).where(Contact.id.in_(among), or_(*tests)).order_by(Contact.last_name)
    ).scalars()
    return {row.id: _facts(row) for row in rows}


def _facts(row: Contact) -> ContactFacts:
    return ContactFacts(row.id, row.first_name, row.last_name, row.email, row.phone, row.language)
