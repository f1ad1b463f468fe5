"""Addresses an account keeps: read as written, never required to be in a directory."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from customers.commands import GiveAddress
from customers.errors import IncompleteAddress
from customers.models import Address, SavedAddress
from customers.queries import get_saved_address, normal_postcode
from customers.services.giving import plain_line
from kernel.clock import DB_NOW
from kernel.ids import new_id


def give_address(session: Session, contact_id: UUID, command: GiveAddress) -> UUID:
    """Keep where something for a contact is delivered to; return the address's id.

    Raises IncompleteAddress without street, postcode or town, or UnreadablePostcode.
    """
    address = Address(id=new_id(), contact_id=contact_id, **read_address(command))
    session.add(address)
    session.flush()
    return address.id


def save_address(session: Session, customer_id: UUID, command: GiveAddress) -> UUID:
    """An account keeps an address for the next order; return its id.

    Raises IncompleteAddress or UnreadablePostcode.
    """
    address = SavedAddress(id=new_id(), customer_id=customer_id, **read_address(command))
    session.add(address)
    session.flush()
    return address.id


def change_address(
    session: Session, address_id: UUID, command: GiveAddress, *, customer_id: UUID
) -> None:
    """An address an account keeps is this one from now on; orders keep theirs.

    Raises UnknownAddress, IncompleteAddress or UnreadablePostcode.
    """
    get_saved_address(session, address_id, customer_id=customer_id)
    session.execute(
        update(SavedAddress).where(SavedAddress.id == address_id).values(**read_address(command))
    )


def close_address(session: Session, address_id: UUID, *, customer_id: UUID) -> None:
    """An account offers an address no longer.

    Raises UnknownAddress.
    """
    get_saved_address(session, address_id, customer_id=customer_id)
    session.execute(
        update(SavedAddress).where(SavedAddress.id == address_id).values(closed_at=DB_NOW)
    )


def read_address(command: GiveAddress) -> dict[str, str | None]:
    """Return the parts of an address as they are kept.

    Raises IncompleteAddress without street, postcode or town, or UnreadablePostcode.
    """
    line1, line2, postcode, city = (
        plain_line(part or "")
        for part in (command.line1, command.line2, command.postcode, command.city)
    )
    if not (line1 and postcode and city):
        raise IncompleteAddress
    return {
        "line1": line1,
        "line2": line2 or None,
        "postcode": normal_postcode(postcode, country=command.country),
        "city": city,
        "country": command.country,
    }
