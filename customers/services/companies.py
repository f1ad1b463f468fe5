"""Companies that customers speak for: their numbers are checked, and name one company each."""

from uuid import UUID

from sqlalchemy import delete, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from customers.commands import NameCompany
from customers.errors import CompanyOfAnotherNumber, UnknownCompany, UnreadableCompany
from customers.events import CompanyJoined, CompanyLeft
from customers.models import Company, CompanyMember
from customers.queries import list_family, whose
from customers.services.giving import plain_line
from kernel import events
from kernel.actors import Actor
from kernel.ids import new_id

HOME = "FR"
SIRET_DIGITS = 14


def join_company(
    session: Session, customer_id: UUID, command: NameCompany, *, actor: Actor
) -> UUID:
    """A customer speaks for a company from now on, found by its numbers or new; return its id.

    Raises UnknownCustomer, UnreadableCompany, or CompanyOfAnotherNumber.
    """
    whose(session, customer_id)
    company_id = _find_or_open(session, normal_company(command))
    joined = session.execute(
        insert(CompanyMember)
        .values(
            company_id=company_id,
            customer_id=customer_id,
            author_name=actor.name or actor.kind.value,
        )
        .on_conflict_do_nothing()
        .returning(CompanyMember.company_id)
    ).first()
    if joined is not None:
        fact = CompanyJoined(customer_id=customer_id, company_id=company_id)
        events.record(session, fact, actor=actor)
    return company_id


def leave_company(session: Session, customer_id: UUID, company_id: UUID, *, actor: Actor) -> None:
    """A customer speaks for a company no longer.

    Raises UnknownCustomer or UnknownCompany.
    """
    root = whose(session, customer_id)
    left = session.execute(
        delete(CompanyMember)
        .where(
            CompanyMember.company_id == company_id,
            CompanyMember.customer_id.in_(list_family(session, root)),
        )
        .returning(CompanyMember.customer_id)
    ).all()
    if not left:
        raise UnknownCompany
    events.record(session, CompanyLeft(customer_id=root, company_id=company_id), actor=actor)


def read_company(name: str, number: str) -> NameCompany:
    """Return a company as its numbers are kept, of one number that is of whatever kind, or none.

    Raises UnreadableCompany.
    """
    is_taxed = number.strip()[:1].isalpha()
    named = NameCompany(name, vat_number=number) if is_taxed else NameCompany(name, siren=number)
    return normal_company(named)


def normal_company(command: NameCompany) -> NameCompany:
    """Return the company with its numbers as they are kept: a French one says both by one.

    Raises UnreadableCompany.
    """
    number = _read_siren(command.siren) if command.siren else None
    taxed = _read_vat(command.vat_number) if command.vat_number else None
    if taxed is not None and taxed.startswith(HOME):
        if number is not None and not taxed.endswith(number):
            raise UnreadableCompany(field="vat_number")
        number = number or (taxed[-9:] if siren.is_valid(taxed[-9:]) else None)
    if number is not None and taxed is None:
        taxed = HOME + siren.to_tva(number)
    name = plain_line(command.name)
    if not name:
        raise UnreadableCompany(field="name")
    return NameCompany(name, number, taxed)


def _read_siren(text: str) -> str:
    """Return a SIREN, also of the SIRET of one of its places."""
    try:
        digits = siren.compact(text)
        if len(digits) == SIRET_DIGITS:
            digits = siret.to_siren(siret.validate(digits))
        return str(siren.validate(digits))
    except ValidationError as error:
        raise UnreadableCompany(field="siren") from error


def _read_vat(text: str) -> str:
    try:
        return str(vat.validate(text))
    except ValidationError as error:
        raise UnreadableCompany(field="vat_number") from error


def _find_or_open(session: Session, company: NameCompany) -> UUID:
    values = {
        "name": company.name,
        "siren": company.siren,
        "vat_number": company.vat_number,
    }
    if company.vat_number is None:  # nothing but a name: the same name is the same company
        same = func.lower(Company.name) == company.name.lower()
        named = session.execute(
            select(Company.id).where(same, Company.vat_number.is_(None)).order_by(Company.id)
        ).first()
        if named is not None:
            return UUID(str(named.id))
    opened = session.execute(
        insert(Company).values(id=new_id(), **values).on_conflict_do_nothing().returning(Company.id)
    ).scalar_one_or_none()
    if opened is not None:
        return opened
    known = session.execute(
        select(Company.id, Company.siren, Company.vat_number).where(
            or_(
                Company.vat_number == company.vat_number,
                false() if company.siren is None else Company.siren == company.siren,
            )
        )
    ).all()
    if len(known) != 1:
        raise CompanyOfAnotherNumber
    (one,) = known
    fresh = {
        name: value
        for name, value in values.items()
        if name != "name" and value and getattr(one, name) is None
    }
    if fresh:
        session.execute(update(Company).where(Company.id == one.id).values(**fresh))
    found: UUID = one.id
    return found
