"""Cards, companies, preferences of customers, and pairs of them that may be one person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.commands import Alike, PointKind
from customers.models import (
    Company,
    CompanyMember,
    Contact,
    LikelyPair,
    LoyaltyCard,
    Preference,
)
from customers.queries.resolving import find_roots, select_family

PAIRS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A loyalty card; `blocked_at` since when it finds nobody."""

    number: str
    given_at: datetime
    blocked_at: datetime | None
    blocked_by: str | None


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """A company somebody speaks for."""

    id: UUID
    name: str
    siren: str | None
    vat_number: str | None


@dataclass(frozen=True, slots=True)
class PreferenceFacts:
    """Where somebody likes to collect, and how they like to be told; None is no preference."""

    location_id: UUID | None
    channel: PointKind | None


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Two customers, after all merges, who look the same, and why."""

    one_id: UUID
    other_id: UUID
    why: tuple[Alike, ...]
    found_at: datetime


NO_PREFERENCE: Final = PreferenceFacts(None, None)


def list_cards(session: Session, customer_id: UUID) -> list[CardFacts]:
    """Return the cards of a customer and of whom they were merged with, the newest first."""
    rows = session.execute(
        select(LoyaltyCard)
        .where(LoyaltyCard.customer_id.in_(select_family(customer_id)))
        .order_by(LoyaltyCard.given_at.desc(), LoyaltyCard.number)
    ).scalars()
    return [CardFacts(row.number, row.given_at, row.blocked_at, row.blocked_by) for row in rows]


def list_companies_of(session: Session, customer_id: UUID) -> list[CompanyFacts]:
    """Return the companies a customer speaks for, by name."""
    rows = session.execute(
        select(Company.id, Company.name, Company.siren, Company.vat_number)
        .join(CompanyMember, CompanyMember.company_id == Company.id)
        .where(CompanyMember.customer_id.in_(select_family(customer_id)))
        .order_by(Company.name, Company.id)
        .distinct()
    )
    return [CompanyFacts(*row) for row in rows]


def find_preference(session: Session, customer_id: UUID) -> PreferenceFacts:
    """Return what a customer likes: of each, the newest that they, or who they are, said."""
    rows = session.execute(
        select(Preference.location_id, Preference.channel)
        .where(Preference.customer_id.in_(select_family(customer_id)))
        .order_by(Preference.set_at.desc(), Preference.customer_id)
    ).all()
    return PreferenceFacts(
        next((row.location_id for row in rows if row.location_id), None),
        next((row.channel for row in rows if row.channel), None),
    )


def find_liked_channel(session: Session, contact_id: UUID) -> PointKind | None:
    """Return how whoever gave a contact likes to be told; None without a preference."""
    giver = session.execute(
        select(Contact.customer_id).where(Contact.id == contact_id)
    ).scalar_one_or_none()
    return find_preference(session, giver).channel if giver else None


def list_likely(
    session: Session, customer_id: UUID | None = None, *, limit: int = PAIRS_MAX
) -> list[PairFacts]:
    """Return pairs who look the same and of whom nobody said that they are not; newest first.

    With a customer, only theirs. Those who were merged since are left out.
    """
    wanted = select(LikelyPair).where(LikelyPair.settled_at.is_(None))
    if customer_id is not None:
        family = select_family(customer_id)
        wanted = wanted.where(LikelyPair.one_id.in_(family) | LikelyPair.other_id.in_(family))
    rows = list(session.execute(wanted.order_by(LikelyPair.found_at.desc()).limit(limit)).scalars())
    roots = find_roots(session, {each for row in rows for each in (row.one_id, row.other_id)})
    found: dict[tuple[UUID, UUID], PairFacts] = {}
    for row in rows:
        one, other = sorted((roots[row.one_id], roots[row.other_id]))
        before = found.get((one, other))
        why = {*row.why.split(","), *(before.why if before else ())}
        if one != other:
            alike = tuple(each for each in Alike if each in why)
            found[one, other] = PairFacts(one, other, alike, row.found_at)
    return list(found.values())


def count_likely(session: Session) -> int:
    """Return how many pairs wait for somebody to look at them."""
    return session.execute(
        select(func.count()).select_from(LikelyPair).where(LikelyPair.settled_at.is_(None))
    ).scalar_one()


def list_differing(session: Session, family: Collection[UUID]) -> set[UUID]:
    """Return everybody of whom somebody said that they are not one of these."""
    rows = session.execute(
        select(LikelyPair.one_id, LikelyPair.other_id).where(
            LikelyPair.settled_at.is_not(None),
            LikelyPair.one_id.in_(family) | LikelyPair.other_id.in_(family),
        )
    ).all()
    return {each for row in rows for each in row} - set(family)
