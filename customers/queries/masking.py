"""A customer as those see them who need not write to them: known again, not to be copied."""

from dataclasses import replace

from customers.commands import PointKind
from customers.queries.accounts import PointFacts
from customers.queries.contacts import AddressFacts, ContactFacts
from customers.queries.people import CustomerFacts, FoundCustomer
from customers.queries.searching import CARD

HIDDEN = "•••"
PHONE_HEAD, PHONE_TAIL = 4, 2


def mask(person: CustomerFacts) -> CustomerFacts:
    """Return the customer with all but the ends of numbers and addresses hidden."""
    account = person.account
    return replace(
        person,
        account=replace(account, email=mask_email(account.email)) if account else None,
        points=tuple(_point(each) for each in person.points),
        contacts=tuple(_contact(each) for each in person.contacts),
        addresses=tuple(_address(each) for each in person.addresses),
        cards=tuple(
            replace(each, number=HIDDEN + each.number[-PHONE_TAIL:]) for each in person.cards
        ),
        former=tuple(each for each in person.former if each[0] != CARD),
    )


def mask_found(found: FoundCustomer) -> FoundCustomer:
    """Return a line of a search with all but the ends of number and address hidden."""
    return replace(
        found,
        email=mask_email(found.email) if found.email else None,
        phone=mask_phone(found.phone) if found.phone else None,
    )


def mask_email(email: str) -> str:
    """Return an e-mail address of which the first letter and the domain are left."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}{HIDDEN}@{domain}"


def mask_phone(phone: str) -> str:
    """Return a number (E.164) of which the country and the last digits are left."""
    return f"{phone[:PHONE_HEAD]}{HIDDEN}{phone[-PHONE_TAIL:]}"


def _point(point: PointFacts) -> PointFacts:
    hide = mask_email if point.kind is PointKind.EMAIL else mask_phone
    return replace(point, value=hide(point.value))


def _contact(contact: ContactFacts) -> ContactFacts:
    return replace(
        contact,
        email=mask_email(contact.email) if contact.email else None,
        phone=mask_phone(contact.phone) if contact.phone else None,
    )


def _address(address: AddressFacts) -> AddressFacts:
    return replace(address, line1=HIDDEN, line2=None)
