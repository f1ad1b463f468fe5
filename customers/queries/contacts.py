"""Who orders are for: snapshots, addresses, and people found by what they say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session

from customers.commands import PointKind
from customers.errors import UnreadablePostcode
from customers.models import Address, Contact, ContactPoint, Customer, SavedAddress
from customers.queries.resolving import list_family
from customers.queries.searching import read_said

FRANCE: Final = "FR"
POSTCODES: Final[Mapping[str, re.Pattern[str]]] = {FRANCE: re.compile(r"[0-9]{5}")}
ANY_POSTCODE: Final = re.compile(r"[A-Z0-9][A-Z0-9 -]{1,11}")


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Who an order is for: the snapshot taken when it was placed."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    comes_instead: bool = False
    """Whether they collect for the customer, and are somebody else."""

    @property
    def name(self) -> str:
        """Return the full name as it is called out."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        """Return a name that its owner knows and a stranger learns little from: « Chloé D. »."""
        if not self.first_name:
            return self.last_name
        return f"{self.first_name} {self.last_name[:1]}." if self.last_name else self.first_name


NOBODY: Final = ContactFacts(UUID(int=0), "–", "", None, None, "fr")
"""Somebody who bought at a till and did not say who they are: there is nowhere to write to."""


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """Where something is delivered to."""

    id: UUID
    line1: str
    line2: str | None
    postcode: str
    city: str
    country: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the address as it is written below a name."""
        town = f"{self.postcode} {self.city}"
        return tuple(line for line in (self.line1, self.line2, town) if line)


def normal_postcode(text: str, *, country: str) -> str:
    """Return a postcode as it is written; nobody has to know where it is.

    Raises UnreadablePostcode.
    """
    code = " ".join(text.upper().split())
    if country == FRANCE:
        code = code.replace(" ", "")
    shape = POSTCODES.get(country, ANY_POSTCODE)
    if shape.fullmatch(code) is None:
        raise UnreadablePostcode(country=country)
    return code


def find_address(session: Session, address_id: UUID | None) -> AddressFacts | None:
    """Return an address; None for none, and for one that was erased."""
    row = session.get(Address, address_id) if address_id else None
    if row is None:
        return None
    return address_facts(row)


def find_last_address(session: Session, contact_id: UUID) -> AddressFacts | None:
    """Return where the person of a contact was last brought something; None when never."""
    contact = session.get_one(Contact, contact_id)
    row = session.execute(
        select(Address)
        .join(Contact, Contact.id == Address.contact_id)
        .where(Contact.customer_id.in_(list_family(session, contact.customer_id)))
        .order_by(Address.created_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return address_facts(row) if row is not None else None


def address_facts(row: Address | SavedAddress) -> AddressFacts:
    """Return an address as others may see it."""
    return AddressFacts(row.id, row.line1, row.line2, row.postcode, row.city, row.country)


def get_contacts(
    session: Session, contact_ids: Sequence[UUID | None]
) -> dict[UUID | None, ContactFacts]:
    """Return contacts by id; unknown ids are left out. Who bought at a till unnamed is NOBODY."""
    rows = session.execute(select(Contact).where(Contact.id.in_(contact_ids))).scalars()
    found: dict[UUID | None, ContactFacts] = {row.id: _facts(row) for row in rows}
    return found | {None: NOBODY} if None in contact_ids else found


def match_contacts(
    session: Session, *, among: Sequence[UUID], said: str
) -> dict[UUID | None, ContactFacts]:
    """Return those of `among` in whose name, address or number all of what was said stands."""
    wanted = read_said(said)
    if wanted is None:
        return {}
    rows = session.execute(
        select(Contact)
        .where(Contact.id.in_(among), wanted.fits(Contact.searched))
        .order_by(Contact.last_name)
    ).scalars()
    return {row.id: _facts(row) for row in rows}


def list_contact_ids(
    session: Session, *, email: str | None = None, phone: str | None = None
) -> list[UUID]:
    """Return every contact of whoever has this e-mail address, or this number (E.164).

    Also those given by somebody who was merged with them.
    """
    return sorted(session.execute(select_contact_ids(email, phone)).scalars())


def select_contact_ids(email: str | None, phone: str | None) -> Select[UUID]:
    """Return the statement of what `list_contact_ids` returns, for others to look in."""
    return select(Contact.id).where(Contact.customer_id.in_(select_people(email, phone)))


def select_people(email: str | None, phone: str | None) -> Select[UUID]:
    """Return the statement of the customers behind an e-mail address or number, merged or not."""
    points = [
        and_(ContactPoint.kind == kind, ContactPoint.value == value)
        for kind, value in (
            (PointKind.EMAIL, email.lower() if email else None),
            (PointKind.PHONE, phone),
        )
        if value
    ]
    owners = (
        select(Customer.id, Customer.merged_into)
        .join(ContactPoint, ContactPoint.customer_id == Customer.id)
        .where(or_(false(), *points))
        .cte("family", recursive=True)
    )
    merged = or_(Customer.id == owners.c.merged_into, Customer.merged_into == owners.c.id)
    near = select(Customer.id, Customer.merged_into).join(owners, merged)
    return select(owners.union(near).c.id)


def _facts(row: Contact) -> ContactFacts:
    return ContactFacts(
        row.id, row.first_name, row.last_name, row.email, row.phone, row.language, row.comes_instead
    )
