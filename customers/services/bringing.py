"""Persons of a former system: known under their id there, with each consent and its proof."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.commands import BringCustomer, GiveAddress, GivenConsent, RecordConsent
from customers.errors import KnownAsAnother
from customers.models import Consent, Contact, FormerId, SavedAddress
from customers.queries import find_former, find_roots, select_family
from customers.services.addresses import read_address, save_address
from customers.services.consenting import know_as, record_consent
from customers.services.doubting import suspect
from customers.services.giving import give_contact
from kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class BroughtCustomer:
    """Who somebody of another system is here, and what of them was new."""

    id: UUID
    former_id: str
    is_new: bool
    addresses: int
    consents: int


def bring_customer(session: Session, command: BringCustomer, *, actor: Actor) -> BroughtCustomer:
    """Have somebody of another system be a customer of ours, found by any of their contact points.

    Under an id that is known already only addresses and consents that are new are kept; nothing is
    taken away. Whoever brings for one system does so one after the other.

    Raises KnownAsAnother where a contact point is that of somebody else of the same system, or a
    refusal of the contact or of an address: nothing of the person is kept then.
    """
    known = find_former(session, source=command.source, value=command.former_id)
    if known is None:
        contact = give_contact(session, command.contact)
        customer_id = session.get_one(Contact, contact.id).customer_id
        _refuse_two(session, customer_id, source=command.source)
        know_as(session, customer_id, source=command.source, value=command.former_id)
    else:
        customer_id = find_roots(session, [known])[known]
    addresses = [each for each in command.addresses if _is_new(session, customer_id, each)]
    for address in addresses:
        save_address(session, customer_id, address)
    consents = [each for each in command.consents if not _has_said(session, customer_id, each)]
    for consent in consents:
        record_consent(session, RecordConsent(customer_id, **asdict(consent)), actor=actor)
    suspect(session, customer_id)
    return BroughtCustomer(
        customer_id, command.former_id, known is None, len(addresses), len(consents)
    )


def _refuse_two(session: Session, customer_id: UUID, *, source: str) -> None:
    """Return nothing when nobody else of the same system is this customer.

    Two people of one household may share a telephone: they are not joined because of it.
    """
    others = select(FormerId.value).where(
        FormerId.source == source, FormerId.customer_id.in_(select_family(customer_id))
    )
    value = session.execute(others.limit(1)).scalar_one_or_none()
    if value is not None:
        raise KnownAsAnother(former_id=value)


def _is_new(session: Session, customer_id: UUID, address: GiveAddress) -> bool:
    kept = select(SavedAddress.id).where(SavedAddress.customer_id.in_(select_family(customer_id)))
    same = kept.filter_by(**read_address(address)).limit(1)
    return session.execute(same).first() is None


def _has_said(session: Session, customer_id: UUID, consent: GivenConsent) -> bool:
    said = select(Consent.id).where(Consent.customer_id.in_(select_family(customer_id)))
    return session.execute(said.filter_by(**asdict(consent)).limit(1)).first() is not None
