"""Customers as people who serve them see them: who, how reached, merged with whom, what agreed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from customers.commands import PointKind
from customers.errors import UnknownMerge
from customers.models import Address, Contact, ContactPoint, Customer, FormerId, Merge
from customers.queries.accounts import (
    AccountFacts,
    PointFacts,
    find_account,
    list_points,
    list_saved_addresses,
)
from customers.queries.contacts import (
    AddressFacts,
    ContactFacts,
    address_facts,
    get_contacts,
)
from customers.queries.identity import (
    NO_PREFERENCE,
    CardFacts,
    CompanyFacts,
    PreferenceFacts,
    find_preference,
    list_cards,
    list_companies_of,
)
from customers.queries.resolving import (
    find_roots,
    list_families,
    list_family,
    select_family,
    whose,
)

ROWS_MAX = 50


@dataclass(frozen=True, slots=True)
class MergeFacts:
    """That two customers were found to be one person, by whom and why; undone or not."""

    id: UUID
    kept_id: UUID
    merged_id: UUID
    reason: str
    author_name: str
    merged_at: datetime
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """One person: everybody they were found to be, and what they said of themselves.

    `contacts` are the snapshots of their orders, the newest first.
    """

    id: UUID
    language: str
    created_at: datetime
    family: tuple[UUID, ...]
    account: AccountFacts | None
    points: tuple[PointFacts, ...]
    contacts: tuple[ContactFacts, ...]
    addresses: tuple[AddressFacts, ...]
    merges: tuple[MergeFacts, ...]
    former: tuple[tuple[str, str], ...]
    cards: tuple[CardFacts, ...] = ()
    companies: tuple[CompanyFacts, ...] = ()
    preference: PreferenceFacts = NO_PREFERENCE

    @property
    def name(self) -> str:
        """Return what they are called: in their account, else in their own newest order."""
        if self.account and self.account.name:
            return self.account.name
        own = [each for each in self.contacts if not each.comes_instead] or self.contacts
        return own[0].name if own else ""


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """One line of a search: as they called themselves last, and whether they have an account."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    has_account: bool


def get_customer(
    session: Session, customer_id: UUID, *, said_in: Collection[UUID] | None = None
) -> CustomerFacts:
    """Return a customer, or whom they were merged into.

    With `said_in`, only what they said in these contacts: the rest is nobody's business there.

    Raises UnknownCustomer.
    """
    root = whose(session, customer_id)
    row = session.execute(select(Customer).where(Customer.id == root)).scalar_one()
    family = list_family(session, root)
    ids = list_contacts_of(session, root)
    ids = [each for each in ids if said_in is None or each in said_in][:ROWS_MAX]
    known = get_contacts(session, ids)
    contacts = [known[each] for each in ids]
    points, account = list_points(session, root), find_account(session, root)
    kept = list_saved_addresses(session, root)
    if said_in is not None:
        said = {(each.email or "").lower() for each in contacts} | {x.phone for x in contacts}
        points = [each for each in points if each.value in said]
        account = account if account and account.email in said else None
        kept = []
    return CustomerFacts(
        id=root,
        language=row.language,
        created_at=row.created_at,
        family=tuple(family),
        account=account,
        points=tuple(points),
        contacts=tuple(contacts),
        addresses=_addresses(session, ids, kept),
        merges=tuple(_merges(session, family)),
        former=tuple(_former(session, family)) if said_in is None else (),
        cards=tuple(list_cards(session, root)),
        companies=tuple(list_companies_of(session, root)),
        preference=find_preference(session, root),
    )


def list_contacts_of(session: Session, customer_id: UUID) -> list[UUID]:
    """Return every contact a customer gave, or somebody merged with them; the newest first."""
    rows = session.execute(
        select(Contact.id)
        .where(Contact.customer_id.in_(select_family(customer_id)))
        .order_by(Contact.created_at.desc(), Contact.id.desc())
    )
    return list(rows.scalars())


def list_found(
    session: Session,
    contact_ids: Sequence[UUID],
    *,
    known: Collection[UUID] = (),
    limit: int = ROWS_MAX,
) -> list[FoundCustomer]:
    """Return whose these contacts are, as each said it in the first of them; then those `known`.

    Four statements, however many there are.
    """
    owners = list_contact_owners(session, contact_ids) if contact_ids else {}
    newest: dict[UUID, UUID] = {}
    for contact_id in contact_ids:
        newest.setdefault(owners[contact_id], contact_id)
    roots = list(dict.fromkeys([*newest, *sorted(known)]))[:limit]
    contacts = get_contacts(session, [newest[each] for each in roots if each in newest])
    accounts = _accounts(session, roots)
    return [_found(each, contacts.get(newest.get(each)), accounts.get(each)) for each in roots]


def list_contacts_of_all(session: Session, customer_ids: Collection[UUID]) -> list[UUID]:
    """Return every contact of these customers and of whom they were merged with; newest first."""
    roots = set(find_roots(session, customer_ids).values())
    family = list_families(session, roots)
    rows = session.execute(
        select(Contact.id)
        .where(Contact.customer_id.in_(family))
        .order_by(Contact.created_at.desc(), Contact.id.desc())
    )
    return list(rows.scalars())


def find_giver(session: Session, contact_id: UUID) -> UUID | None:
    """Return whose a contact was given as, before any merge."""
    return session.execute(
        select(Contact.customer_id).where(Contact.id == contact_id)
    ).scalar_one_or_none()


def find_point_owner(session: Session, *, kind: PointKind, value: str) -> UUID | None:
    """Return whom a normalised number or address finds, before any merge."""
    return session.execute(
        select(ContactPoint.customer_id).where(
            ContactPoint.kind == kind, ContactPoint.value == value
        )
    ).scalar_one_or_none()


def list_contact_owners(session: Session, contact_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return which customer each contact is of, after all merges."""
    rows = session.execute(
        select(Contact.id, Contact.customer_id).where(Contact.id.in_(contact_ids))
    ).all()
    roots = find_roots(session, {row.customer_id for row in rows})
    return {row.id: roots[row.customer_id] for row in rows}


def get_merge(session: Session, merge_id: UUID) -> MergeFacts:
    """Return one merge, undone or not.

    Raises UnknownMerge.
    """
    row = session.get(Merge, merge_id)
    if row is None:
        raise UnknownMerge
    return _merge(row)


_ACCOUNTS: Final = text("""
    WITH RECURSIVE down (root, id) AS (
        SELECT id, id FROM customer WHERE id = ANY(:ids)
        UNION
        SELECT down.root, c.id FROM down JOIN customer c ON c.merged_into = down.id)
    SELECT down.root, a.email, a.first_name, a.last_name
    FROM down JOIN account a ON a.customer_id = down.id AND a.closed_at IS NULL
    ORDER BY a.opened_at DESC
""").bindparams(bindparam("ids", type_=ARRAY(SqlUuid)))


def _accounts(session: Session, roots: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Return the open account of each of these people, if they have one: the oldest of several."""
    rows = session.execute(_ACCOUNTS, {"ids": sorted(roots)}) if roots else ()
    return {row.root: row for row in rows}


def _found(root: UUID, contact: ContactFacts | None, account: Row[Any] | None) -> FoundCustomer:
    if contact is not None:
        return FoundCustomer(root, contact.name, contact.email, contact.phone, account is not None)
    if account is None:
        return FoundCustomer(root, "", None, None, has_account=False)
    name = f"{account.first_name} {account.last_name}".strip()
    return FoundCustomer(root, name, account.email, None, has_account=True)


def _addresses(
    session: Session, contact_ids: Sequence[UUID], kept: Sequence[AddressFacts]
) -> tuple[AddressFacts, ...]:
    """Return where something was brought to, and what the account keeps; each place once."""
    rows = session.execute(
        select(Address)
        .where(Address.contact_id.in_(contact_ids))
        .order_by(Address.created_at.desc(), Address.id.desc())
        .limit(ROWS_MAX)
    ).scalars()
    brought = [address_facts(row) for row in rows]
    found = {each.lines: each for each in [*brought, *kept]}
    return tuple(found.values())


def _merges(session: Session, family: Sequence[UUID]) -> list[MergeFacts]:
    rows = session.execute(
        select(Merge)
        .where(Merge.kept_id.in_(family) | Merge.merged_id.in_(family))
        .order_by(Merge.merged_at.desc(), Merge.id.desc())
        .limit(ROWS_MAX)
    ).scalars()
    return [_merge(row) for row in rows]


def _former(session: Session, family: Sequence[UUID]) -> list[tuple[str, str]]:
    rows = session.execute(
        select(FormerId.source, FormerId.value)
        .where(FormerId.customer_id.in_(family))
        .order_by(FormerId.source, FormerId.value)
    )
    return [(row.source, row.value) for row in rows]


def _merge(row: Merge) -> MergeFacts:
    return MergeFacts(
        row.id,
        row.kept_id,
        row.merged_id,
        row.reason,
        row.author_name,
        row.merged_at,
        row.undone_at,
        row.undone_by,
    )
