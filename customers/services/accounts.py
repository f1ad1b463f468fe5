"""Accounts: opened and entered by code, entered by password, named, closed."""

import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash
from zxcvbn import zxcvbn

from customers.commands import PointKind, Proven
from customers.errors import AccountSignInRefused, CodeRefused, WeakPassword
from customers.events import AccountClosed, AccountOpened, PasswordChanged, ShopperSignedIn
from customers.models import Account, Contact, ContactPoint, Customer, SavedAddress
from customers.queries import find_account_of, find_roots, select_family
from customers.services.points import claim_point, hold_point
from customers.services.sessions import enter, leave_everywhere
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id

PASSWORD_SIGNS_MIN: Final = 10
PASSWORD_SIGNS_MAX: Final = 72
STRENGTH_MIN: Final = 2
"""Of zxcvbn's five steps: more than a hundred million guesses, counted and each 30 ms slow."""
HASH: Final = "scrypt:16384:8:1"
_DECOY: Final = generate_password_hash(secrets.token_hex(16), HASH)
"""Checked when there is nobody to check, so that an unknown address takes as long as a known."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A browser that was signed in: the token of its new cookie, and whether it is a first time."""

    token: str
    customer_id: UUID
    is_new: bool


def enter_by_code(session: Session, session_id: UUID, proven: Proven, *, actor: Actor) -> Entered:
    """Sign a browser in to the account of a proven e-mail address, which is opened if need be.

    Raises CodeRefused when what was proven is no e-mail address.
    """
    if proven.kind is not PointKind.EMAIL:
        raise CodeRefused(why="wrong")
    hold_point(session, proven)
    known = find_account_of(session, email=proven.value)
    customer_id = known.customer_id if known else _open(session, proven, actor=actor)
    return _enter(session, session_id, customer_id, by="code", actor=actor, is_new=known is None)


def enter_by_password(
    session: Session, session_id: UUID, *, email: str, password: str, actor: Actor
) -> Entered:
    """Sign a browser in to an account that has a password. The door counts attempts.

    Raises AccountSignInRefused, after the same time for an unknown address as for a wrong password.
    """
    found = session.execute(
        select(Account.customer_id, Account.password_hash).where(
            Account.email == email.strip().lower(), Account.closed_at.is_(None)
        )
    ).one_or_none()
    hashed = found.password_hash if found else None
    fits = check_password_hash(hashed or _DECOY, password[:PASSWORD_SIGNS_MAX])
    if not fits or found is None or hashed is None:
        raise AccountSignInRefused
    return _enter(session, session_id, found.customer_id, by="password", actor=actor)


def set_password(
    session: Session, customer_id: UUID, *, password: str | None, proven: Proven, actor: Actor
) -> None:
    """The account has this password from now on, or none; `proven` is its own e-mail address.

    Raises WeakPassword, or CodeRefused when another address was proven.
    """
    account = session.get_one(Account, customer_id, with_for_update=True)
    if proven.kind is not PointKind.EMAIL or proven.value.lower() != account.email:
        raise CodeRefused(why="wrong")
    if password is not None:
        check_password(password, known=(account.email, account.first_name, account.last_name))
    account.password_hash = password and generate_password_hash(password, HASH)
    session.flush()
    fact = PasswordChanged(customer_id=customer_id, has_password=password is not None)
    events.record(session, fact, actor=actor)


def check_password(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Return nothing when a password is hard enough to guess by who knows these words.

    Raises WeakPassword.
    """
    if not PASSWORD_SIGNS_MIN <= len(password) <= PASSWORD_SIGNS_MAX:
        raise WeakPassword(why="length")
    words = [part for word in known for part in (word, *word.split("@")) if part]
    if zxcvbn(password, user_inputs=words)["score"] < STRENGTH_MIN:
        raise WeakPassword(why="common")


def name_account(
    session: Session, customer_id: UUID, *, first_name: str, last_name: str, language: str
) -> None:
    """The account's owner is called so, and reads this language."""
    session.execute(
        update(Account)
        .where(Account.customer_id == customer_id)
        .values(first_name=first_name, last_name=last_name, language=language)
    )


def close_account(session: Session, customer_id: UUID, *, actor: Actor) -> None:
    """Nobody may sign in any more; what was ordered stays as it is, under its signed links.

    Its contact points are nobody's proof any more: addresses and numbers change hands.
    """
    session.execute(
        update(Account)
        .where(Account.customer_id == customer_id)
        .values(closed_at=DB_NOW, password_hash=None)
    )
    session.execute(
        update(ContactPoint).where(ContactPoint.customer_id == customer_id).values(proven_at=None)
    )
    session.execute(
        update(SavedAddress)
        .where(SavedAddress.customer_id == customer_id, SavedAddress.closed_at.is_(None))
        .values(closed_at=DB_NOW)
    )
    leave_everywhere(session, customer_id)
    events.record(session, AccountClosed(customer_id=customer_id), actor=actor)


def _open(session: Session, proven: Proven, *, actor: Actor) -> UUID:
    """Open an account for a proven e-mail address; return whose it is.

    Who was known under the address is taken over only while nobody else has proven anything of
    them: a foreign number or address that somebody typed into an order must lead nowhere.
    """
    email = proven.value.lower()
    customer_id = _unclaimed(session, email) or _new_customer(session, proven.language)
    said = session.execute(
        select(Contact.first_name, Contact.last_name)
        .where(func.lower(Contact.email) == email)
        .order_by(Contact.created_at.desc(), Contact.id.desc())
        .limit(1)
    ).one_or_none()
    values = {
        "email": email,
        "first_name": said.first_name if said else "",
        "last_name": said.last_name if said else "",
        "language": proven.language,
        "password_hash": None,
        "opened_at": DB_NOW,
        "closed_at": None,
    }
    statement = insert(Account).values(customer_id=customer_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["customer_id"], set_=values))
    claim_point(session, customer_id, proven, actor=actor)
    events.record(session, AccountOpened(customer_id=customer_id), actor=actor)
    return customer_id


def _unclaimed(session: Session, email: str) -> UUID | None:
    """Return the customer known under an address, if nobody has an account or proof as them."""
    held = session.execute(
        select(ContactPoint.customer_id).where(
            ContactPoint.kind == PointKind.EMAIL, ContactPoint.value == email
        )
    ).scalar_one_or_none()
    if held is None:
        return None
    root = find_roots(session, [held])[held]
    session.execute(select(Customer.id).where(Customer.id == root).with_for_update())
    family = select_family(root)
    claimed = session.execute(
        select(Account.customer_id)
        .where(Account.customer_id.in_(family), Account.closed_at.is_(None))
        .union_all(
            select(ContactPoint.customer_id).where(
                ContactPoint.customer_id.in_(family), ContactPoint.proven_at.is_not(None)
            )
        )
        .limit(1)
    ).first()
    return None if claimed else root


def _new_customer(session: Session, language: str) -> UUID:
    customer_id = new_id()
    session.execute(insert(Customer).values(id=customer_id, language=language))
    return customer_id


def _enter(
    session: Session,
    session_id: UUID,
    customer_id: UUID,
    *,
    by: str,
    actor: Actor,
    is_new: bool = False,
) -> Entered:
    token = enter(session, session_id, customer_id=customer_id)
    fact = ShopperSignedIn(sign_in_id=new_id(), customer_id=customer_id, by=by)
    events.record(session, fact, actor=actor)
    return Entered(token, customer_id, is_new)
