"""Forgetting somebody: asked for, withdrawn, and done: personal rows are emptied, for good.

What was done, when and by whom of ours stays; who it was done for is nobody any more.
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.errors import AlreadyForgotten, NotToBeForgotten, UnknownCustomer
from customers.events import CustomerErased, ErasureAsked, ErasureWithdrawn, PersonExported
from customers.models import (
    Account,
    Address,
    Challenge,
    CompanyMember,
    Consent,
    Contact,
    ContactPoint,
    Customer,
    Erasure,
    FormerId,
    Interaction,
    InteractionText,
    LikelyPair,
    LoyaltyCard,
    Merge,
    Preference,
    SavedAddress,
    ShopperSession,
)
from customers.queries import find_erasure, is_erased, list_family, whose
from customers.services.recounting import record_look
from customers.services.sessions import leave_everywhere
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id

NOTHING: Final = ""
EXPORT: Final = "export"
"""The door by which somebody looks at all there is."""


def ask_erasure(
    session: Session, customer_id: UUID, *, by_customer: bool = False, actor: Actor
) -> UUID:
    """Somebody is to be forgotten; return who they are. Asking twice changes nothing.

    From now until the caller ends its transaction nothing of theirs is begun anew.

    Raises UnknownCustomer, or AlreadyForgotten.
    """
    root = hold_person(session, customer_id)
    if is_erased(session, root):
        raise AlreadyForgotten
    known = find_erasure(session, root)
    if known is not None and known.done_at is None:
        return root
    session.execute(
        insert(Erasure).values(
            id=new_id(),
            customer_id=root,
            by_customer=by_customer,
            author_name=NOTHING if by_customer else actor.name or actor.kind.value,
        )
    )
    fact = ErasureAsked(customer_id=root, by_customer=by_customer)
    events.record(session, fact, actor=actor)
    return root


def withdraw_erasure(session: Session, customer_id: UUID, *, actor: Actor) -> None:
    """Somebody is not to be forgotten after all.

    Raises UnknownCustomer, or NotToBeForgotten when nothing waits.
    """
    root = hold_person(session, customer_id)
    known = find_erasure(session, root)
    if known is None or known.done_at is not None:
        raise NotToBeForgotten
    session.execute(update(Erasure).where(Erasure.id == known.id).values(withdrawn_at=DB_NOW))
    events.record(session, ErasureWithdrawn(customer_id=root), actor=actor)


def hold_person(session: Session, customer_id: UUID) -> UUID:
    """Return who a customer is, with them and whoever was merged with them kept from others.

    Raises UnknownCustomer.
    """
    root = whose(session, customer_id)
    session.execute(
        select(Customer.id)
        .where(Customer.id.in_(list_family(session, root)))
        .order_by(Customer.id)
        .with_for_update()
    )
    return root


def erase_person(session: Session, customer_id: UUID, *, also: Collection[UUID] = ()) -> None:
    """Nothing is left here of a customer, nor of whoever was merged with them; nobody signs in.

    `also` are contacts of others that only this customer gave us: whom they sent to collect. The
    caller has made sure that no order of theirs is open, and that it was asked for.

    Raises UnknownCustomer.
    """
    root = hold_person(session, customer_id)
    family = list_family(session, root)
    sent = _givers(session, also)
    contacts = select(Contact.id).where(Contact.customer_id.in_(family) | Contact.id.in_(also))
    _change(session, update(Address).where(Address.contact_id.in_(contacts)), **_NOWHERE)
    theirs = Contact.customer_id.in_(family) | Contact.id.in_(also)
    _change(
        session,
        update(Contact).where(theirs),
        first_name=NOTHING,
        last_name=NOTHING,
        email=None,
        phone=None,
    )
    _close_account(session, family)
    _empty_history(session, family)
    for named in (FormerId, LoyaltyCard, CompanyMember, Preference):
        session.execute(delete(named).where(named.customer_id.in_(family)))
    alike = LikelyPair.one_id.in_(family) | LikelyPair.other_id.in_(family)
    session.execute(delete(LikelyPair).where(alike))
    _let_go_of_points(session, family)
    _forget_strangers(session, sent)
    _change(session, update(Customer).where(Customer.id.in_(family)), closed_at=DB_NOW)
    waits = (Erasure.done_at.is_(None), Erasure.withdrawn_at.is_(None))
    theirs_waits = update(Erasure).where(Erasure.customer_id.in_(family), *waits)
    _change(session, theirs_waits, done_at=DB_NOW)
    events.record(session, CustomerErased(customer_id=root), actor=SYSTEM)


_NOWHERE: Final = {"line1": NOTHING, "line2": None, "postcode": NOTHING, "city": NOTHING}


def _close_account(session: Session, family: Collection[UUID]) -> None:
    values = select(ContactPoint.value).where(ContactPoint.customer_id.in_(family))
    opened = select(Account.email).where(Account.customer_id.in_(family))
    sent_to = Challenge.value.in_(values) | func.lower(Challenge.value).in_(opened)
    _change(session, update(Challenge).where(sent_to), value=NOTHING)
    mine = update(ShopperSession).where(ShopperSession.customer_id.in_(family))
    _change(session, mine, place=None, latitude=None, longitude=None)
    for each in family:
        leave_everywhere(session, each)
    _change(
        session,
        update(Account).where(Account.customer_id.in_(family)),
        email=NOTHING,
        first_name=NOTHING,
        last_name=NOTHING,
        password_hash=None,
        closed_at=func.coalesce(Account.closed_at, DB_NOW),
    )
    kept = update(SavedAddress).where(SavedAddress.customer_id.in_(family))
    _change(session, kept, closed_at=func.coalesce(SavedAddress.closed_at, DB_NOW), **_NOWHERE)


def _empty_history(session: Session, family: Collection[UUID]) -> None:
    told = select(Interaction.id).where(Interaction.customer_id.in_(family))
    session.execute(delete(InteractionText).where(InteractionText.interaction_id.in_(told)))
    named = Interaction.customer_id.in_(family) & Interaction.reference.is_not(None)
    nameless = func.concat("erased-", cast(Interaction.id, String))
    _change(session, update(Interaction).where(named), reference=nameless)
    _change(session, update(Consent).where(Consent.customer_id.in_(family)), proof=NOTHING)
    joined = Merge.kept_id.in_(family) | Merge.merged_id.in_(family)
    _change(session, update(Merge).where(joined), reason=NOTHING)


def _let_go_of_points(session: Session, family: Collection[UUID]) -> None:
    """Have nobody found by these addresses and numbers, but who else gave one as their own too."""
    others = (
        select(Contact.customer_id)
        .where(
            Contact.customer_id.not_in(family),
            (func.lower(Contact.email) == ContactPoint.value)
            | (Contact.phone == ContactPoint.value),
        )
        .order_by(Contact.created_at.desc(), Contact.id)
        .limit(1)
        .correlate(ContactPoint)
        .scalar_subquery()
    )
    theirs = ContactPoint.customer_id.in_(family)
    given = update(ContactPoint).where(theirs, others.is_not(None))
    _change(session, given, customer_id=others, proven_at=None)
    session.execute(delete(ContactPoint).where(theirs).execution_options(synchronize_session=False))


def _givers(session: Session, contact_ids: Collection[UUID]) -> set[UUID]:
    rows = session.execute(select(Contact.customer_id).where(Contact.id.in_(contact_ids)))
    return set(rows.scalars())


def _forget_strangers(session: Session, customer_ids: Collection[UUID]) -> None:
    """Have nobody found any more who was only ever named by somebody who is forgotten."""
    known = select(Contact.customer_id).where(
        Contact.email.is_not(None) | Contact.phone.is_not(None)
    )
    accounts = select(Account.customer_id).where(Account.closed_at.is_(None))
    session.execute(
        delete(ContactPoint).where(
            ContactPoint.customer_id.in_(customer_ids),
            ContactPoint.customer_id.not_in(known.where(Contact.customer_id.in_(customer_ids))),
            ContactPoint.customer_id.not_in(accounts),
        )
    )


def _change(session: Session, statement: Any, **values: Any) -> None:  # noqa: ANN401 (an update)
    session.execute(statement.values(**values).execution_options(synchronize_session=False))


def note_export(session: Session, customer_id: UUID, *, by_customer: bool, actor: Actor) -> None:
    """Keep that all we have of somebody was given out, to them or by one of ours.

    Raises UnknownCustomer, also for who was forgotten.
    """
    root = hold_person(session, customer_id)
    if is_erased(session, root):
        raise UnknownCustomer
    record_look(session, root, door=EXPORT, seen=True, actor=actor)
    events.record(session, PersonExported(customer_id=root, by_customer=by_customer), actor=actor)
