"""Accounts, browsers that are signed in, proven contact points, codes and saved addresses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from customers.commands import Place, PointKind
from customers.errors import UnknownAddress, UnknownChallenge, UnknownCustomer
from customers.models import (
    Account,
    Challenge,
    Contact,
    ContactPoint,
    SavedAddress,
    ShopperSession,
)
from customers.queries.contacts import AddressFacts, address_facts
from customers.queries.resolving import select_family
from kernel import secret
from kernel.clock import DB_NOW

SIGNED_IN_DAYS: Final = 30
"""Days after which a browser has to sign in again."""
CODE_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Somebody who may sign in: their sign-in address and the names they gave."""

    customer_id: UUID
    email: str
    first_name: str
    last_name: str
    language: str
    has_password: bool

    @property
    def name(self) -> str:
        """Return the full name; empty where none was given."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A browser in the shop, and whose account it is signed in to."""

    id: UUID
    place: Place | None
    account: AccountFacts | None

    @property
    def customer_id(self) -> UUID | None:
        """Return the customer who is signed in."""
        return self.account.customer_id if self.account else None


@dataclass(frozen=True, slots=True)
class PointFacts:
    """A way to reach somebody; proven once its owner answered there."""

    id: UUID
    customer_id: UUID
    kind: PointKind
    value: str
    proven_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChallengeFacts:
    """A code that was sent somewhere; `open` while it may still be answered."""

    id: UUID
    session_id: UUID
    kind: PointKind
    value: str
    language: str
    open: bool


def find_session(session: Session, *, token: str) -> SessionFacts | None:
    """Return the browser with this cookie, if it did anything worth remembering."""
    lives = and_(
        Account.customer_id == ShopperSession.customer_id,
        Account.closed_at.is_(None),
        ShopperSession.signed_in_at > DB_NOW - timedelta(days=SIGNED_IN_DAYS),
    )
    found = session.execute(
        select(ShopperSession, Account)
        .outerjoin(Account, lives)
        .where(ShopperSession.token_hash == sha256(token.encode()).digest())
    ).one_or_none()
    if found is None:
        return None
    row, account = found
    known = row.latitude is not None and row.longitude is not None
    place = Place(row.place or "", row.latitude or 0.0, row.longitude or 0.0) if known else None
    return SessionFacts(row.id, place, _account(account) if account else None)


def find_account(session: Session, customer_id: UUID) -> AccountFacts | None:
    """Return the open account of a customer, or of somebody merged with them."""
    family = select_family(customer_id)
    rows = session.execute(
        select(Account)
        .where(Account.customer_id.in_(family), Account.closed_at.is_(None))
        .order_by(Account.customer_id != customer_id, Account.opened_at)
        .limit(1)
    ).scalars()
    row = rows.first()
    return _account(row) if row else None


def select_signed_in() -> Select[UUID, UUID | None]:
    """Return the statement of the browsers that are signed in, and to whose account."""
    return select(ShopperSession.id.label("session_id"), ShopperSession.customer_id).where(
        ShopperSession.customer_id.is_not(None)
    )


def get_account(session: Session, customer_id: UUID) -> AccountFacts:
    """Return the open account of a customer, or of somebody merged with them.

    Raises UnknownCustomer.
    """
    found = find_account(session, customer_id)
    if found is None:
        raise UnknownCustomer
    return found


def find_account_of(session: Session, *, email: str) -> AccountFacts | None:
    """Return the open account in which this address is proven: its own is one of these."""
    row = session.execute(
        select(Account)
        .join(ContactPoint, ContactPoint.customer_id == Account.customer_id)
        .where(
            Account.closed_at.is_(None),
            ContactPoint.kind == PointKind.EMAIL,
            ContactPoint.value == email.lower(),
            ContactPoint.proven_at.is_not(None),
        )
    ).scalar_one_or_none()
    return _account(row) if row else None


def list_points(session: Session, customer_id: UUID) -> list[PointFacts]:
    """Return every way to reach a customer or those merged with them: proven ones first."""
    rows = session.execute(
        select(ContactPoint)
        .where(ContactPoint.customer_id.in_(select_family(customer_id)))
        .order_by(ContactPoint.proven_at.is_(None), ContactPoint.kind, ContactPoint.value)
    ).scalars()
    return [PointFacts(row.id, row.customer_id, row.kind, row.value, row.proven_at) for row in rows]


def list_own_contact_ids(session: Session, customer_id: UUID) -> list[UUID]:
    """Return the contacts that an account may see the orders of: what they said is proven here.

    Whose customer an order was filed under does not matter: anybody may type anybody's number.
    """
    proven = (
        select(ContactPoint.kind, ContactPoint.value)
        .where(
            ContactPoint.customer_id.in_(select_family(customer_id)),
            ContactPoint.proven_at.is_not(None),
        )
        .cte("proven")
    )
    emails = select(proven.c.value).where(proven.c.kind == PointKind.EMAIL)
    phones = select(proven.c.value).where(proven.c.kind == PointKind.PHONE)
    rows = session.execute(
        select(Contact.id)
        .where(func.lower(Contact.email).in_(emails))
        .union(select(Contact.id).where(Contact.phone.in_(phones)))
    )
    return list(rows.scalars())


def get_challenge(session: Session, challenge_id: UUID) -> ChallengeFacts:
    """Return a code that was sent.

    Raises UnknownChallenge.
    """
    alive = and_(Challenge.answered_at.is_(None), Challenge.answer_by > DB_NOW)
    found = session.execute(
        select(Challenge, alive).where(Challenge.id == challenge_id)
    ).one_or_none()
    if found is None:
        raise UnknownChallenge
    row, is_open = found
    return ChallengeFacts(row.id, row.session_id, row.kind, row.value, row.language, is_open)


def code_of(challenge_id: UUID) -> str:
    """Return the six digits that answer a challenge: derived each time, kept nowhere."""
    number = int.from_bytes(secret.digest("challenge-code", challenge_id.bytes)[:8], "big")
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def list_saved_addresses(session: Session, customer_id: UUID) -> list[AddressFacts]:
    """Return the addresses an account keeps, the newest first."""
    rows = session.execute(
        select(SavedAddress)
        .where(
            SavedAddress.customer_id.in_(select_family(customer_id)),
            SavedAddress.closed_at.is_(None),
        )
        .order_by(SavedAddress.saved_at.desc(), SavedAddress.id.desc())
    ).scalars()
    return [address_facts(row) for row in rows]


def get_saved_address(session: Session, address_id: UUID, *, customer_id: UUID) -> AddressFacts:
    """Return one address an account keeps.

    Raises UnknownAddress, also for those of others.
    """
    found = list_saved_addresses(session, customer_id)
    address = next((each for each in found if each.id == address_id), None)
    if address is None:
        raise UnknownAddress
    return address


def _account(row: Account) -> AccountFacts:
    return AccountFacts(
        row.customer_id,
        row.email,
        row.first_name,
        row.last_name,
        row.language,
        row.password_hash is not None,
    )
