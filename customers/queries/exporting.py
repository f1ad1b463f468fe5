"""All that this package keeps of somebody, as it stands in its tables; no secrets."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from customers.models import (
    Account,
    Address,
    Challenge,
    Company,
    CompanyMember,
    Consent,
    ConsentWording,
    Contact,
    ContactPoint,
    Customer,
    Erasure,
    FileLook,
    FormerId,
    Interaction,
    InteractionText,
    LoyaltyCard,
    Merge,
    Preference,
    SavedAddress,
    ShopperSession,
)
from customers.queries.resolving import list_family
from kernel.db import plain_rows

Rows = list[dict[str, Any]]
LEFT_OUT = {"password_hash", "token_hash", "searched"}
"""Columns that are no knowledge of the person: secrets, and what is reckoned from others."""


def export_person(
    session: Session, customer_id: UUID, *, only: Collection[UUID] | None = None
) -> dict[str, Rows]:
    """Return all that is kept of a customer and of whoever was merged with them.

    With `only`, what was said in these contacts, and what the account itself has proven or kept:
    somebody else may have typed the rest.
    """
    family = list_family(session, customer_id)
    said: list[ColumnElement[bool]] = [Contact.customer_id.in_(family)]
    points: list[ColumnElement[bool]] = [ContactPoint.customer_id.in_(family)]
    happened: list[ColumnElement[bool]] = [Interaction.customer_id.in_(family)]
    if only is not None:
        said.append(Contact.id.in_(only))
        points.append(ContactPoint.proven_at.is_not(None))
        happened.append(or_(Interaction.contact_id.is_(None), Interaction.contact_id.in_(only)))
    values = select(ContactPoint.value).where(*points)
    words = and_(
        ConsentWording.version == Consent.wording, ConsentWording.language == Consent.language
    )
    of = _all_of
    found = {
        "customers": of(Customer).where(Customer.id.in_(family)),
        "accounts": of(Account).where(Account.customer_id.in_(family)),
        "contact_points": of(ContactPoint).where(*points),
        "contacts": of(Contact).where(*said).order_by(Contact.created_at),
        "addresses": of(Address).join(Contact).where(*said).order_by(Address.created_at),
        "saved_addresses": of(SavedAddress).where(SavedAddress.customer_id.in_(family)),
        "sessions": of(ShopperSession).where(ShopperSession.customer_id.in_(family)),
        "codes_sent": of(Challenge).where(Challenge.value.in_(values)),
        "consents": select(*Consent.__table__.columns, ConsentWording.words)
        .outerjoin(ConsentWording, words)
        .where(Consent.customer_id.in_(family))
        .order_by(Consent.id),
        "history": select(*Interaction.__table__.columns, InteractionText.body.label("text"))
        .outerjoin(InteractionText, InteractionText.interaction_id == Interaction.id)
        .where(*happened)
        .order_by(Interaction.happened_at, Interaction.id),
        "looks": of(FileLook).where(FileLook.customer_id.in_(family)).order_by(FileLook.id),
        "cards": of(LoyaltyCard).where(LoyaltyCard.customer_id.in_(family)),
        "companies": of(Company).join(CompanyMember).where(CompanyMember.customer_id.in_(family)),
        "preferences": of(Preference).where(Preference.customer_id.in_(family)),
        "erasures": of(Erasure).where(Erasure.customer_id.in_(family)),
    }
    if only is None:
        joined = or_(Merge.kept_id.in_(family), Merge.merged_id.in_(family))
        found["merges"] = of(Merge).where(joined)
        found["former_ids"] = of(FormerId).where(FormerId.customer_id.in_(family))
    return {name: plain_rows(session, statement) for name, statement in found.items()}


def _all_of(table: Any) -> Any:  # noqa: ANN401 (a table's statement, whatever it holds)
    return select(*(each for each in table.__table__.columns if each.name not in LEFT_OUT))
