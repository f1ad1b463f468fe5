"""Use cases of customers."""

from hashlib import sha256
from uuid import UUID

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Text, bindparam, text, update
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from customers.commands import GiveAddress, GiveContact, Place
from customers.errors import IncompleteAddress, UnreachableContact, UnreadableEmail, UnreadablePhone
from customers.models import Address, Contact, PointKind, ShopperSession
from customers.queries import ContactFacts, normal_postcode
from kernel.clock import DB_NOW
from kernel.ids import new_id

REACHABLE = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    }
)
"""Kinds of number an ordinary person has; premium and satellite numbers are refused."""

NOWHERE = "001"
"""Region of numbers that belong to no country: satellites, international premium rates."""
FICTION = "+3363998"
"""French mobile numbers kept for fiction: nobody has one, demonstrations and replays use them."""

_GIVE = text("""
    WITH given AS (
        SELECT * FROM unnest(:point_ids, :kinds, :point_values) WITH ORDINALITY
            AS g (id, kind, value, place)),
    known AS (
        SELECT coalesce(c.merged_into, c.id) AS id
        FROM given g JOIN contact_point p ON p.kind = g.kind AND p.value = g.value
        JOIN customer c ON c.id = p.customer_id
        ORDER BY g.place LIMIT 1),
    fresh AS (
        INSERT INTO customer (id, language)
        SELECT :customer_id, :language WHERE NOT EXISTS (SELECT FROM known) RETURNING id),
    who AS (SELECT id FROM known UNION ALL SELECT id FROM fresh),
    points AS (
        INSERT INTO contact_point (id, customer_id, kind, value)
        SELECT g.id, who.id, g.kind, g.value FROM given g, who ORDER BY g.kind, g.value
        ON CONFLICT (kind, value) DO NOTHING)
    INSERT INTO contact (id, customer_id, first_name, last_name, email, phone, language)
    SELECT :contact_id, who.id, :first_name, :last_name, :email, :phone, :language FROM who
""").bindparams(
    bindparam("point_ids", type_=ARRAY(SqlUuid)),
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("point_values", type_=ARRAY(Text)),
)


def give_contact(session: Session, command: GiveContact) -> ContactFacts:
    """Keep who one order is for, and find or create the customer: one statement.

    The e-mail address finds the customer first, then the phone number.

    Raises UnreachableContact, UnreadableEmail or UnreadablePhone.
    """
    contact = ContactFacts(
        id=new_id(),
        first_name=command.first_name,
        last_name=command.last_name,
        email=normal_email(command.email) if command.email else None,
        phone=normal_phone(command.phone, country=command.country) if command.phone else None,
        language=command.language,
    )
    points = [
        (kind, value)
        for kind, value in ((PointKind.EMAIL, contact.email), (PointKind.PHONE, contact.phone))
        if value
    ]
    if not points:
        raise UnreachableContact
    session.execute(
        _GIVE,
        {
            "point_ids": [new_id() for _ in points],
            "kinds": [kind.value for kind, _ in points],
            "point_values": [value.lower() for _, value in points],
            "customer_id": new_id(),
            "contact_id": contact.id,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "email": contact.email,
            "phone": contact.phone,
            "language": contact.language,
        },
    )
    return contact


def rename_contact(session: Session, contact_id: UUID, *, first_name: str, last_name: str) -> UUID:
    """Keep a new snapshot of an order's contact under another name; return its id."""
    old = session.get_one(Contact, contact_id)
    fresh = Contact(
        id=new_id(),
        customer_id=old.customer_id,
        first_name=first_name,
        last_name=last_name,
        email=old.email,
        phone=old.phone,
        language=old.language,
    )
    session.add(fresh)
    session.flush()
    return fresh.id


def give_address(session: Session, contact_id: UUID, command: GiveAddress) -> UUID:
    """Keep where something for a contact is delivered to; return the address's id.

    Raises IncompleteAddress without street, postcode or town, or UnreadablePostcode.
    """
    line1, line2, postcode, city = (
        " ".join((part or "").split())
        for part in (command.line1, command.line2, command.postcode, command.city)
    )
    if not (line1 and postcode and city):
        raise IncompleteAddress
    address = Address(
        id=new_id(),
        contact_id=contact_id,
        line1=line1,
        line2=line2 or None,
        postcode=normal_postcode(postcode, country=command.country),
        city=city,
        country=command.country,
    )
    session.add(address)
    session.flush()
    return address.id


def normal_email(text: str) -> str:
    """Return the address as it is written to.

    Raises UnreadableEmail.
    """
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise UnreadableEmail from error


def normal_phone(text: str, *, country: str) -> str:
    """Return the number in E.164; `country` (ISO 3166) reads national numbers.

    Raises UnreadablePhone, also for kinds of number that cost the caller.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise UnreadablePhone from error
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension or not phonenumbers.is_possible_number(number):
        raise UnreadablePhone
    if normal.startswith(FICTION):
        return normal
    nowhere = phonenumbers.region_code_for_number(number) in {None, NOWHERE}
    if nowhere or phonenumbers.number_type(number) not in REACHABLE:  # also what is not valid
        raise UnreadablePhone
    return normal


def begin_session(session: Session, *, token: str) -> UUID:
    """Have a row for the browser with this cookie; return its id."""
    statement = insert(ShopperSession).values(
        id=new_id(), token_hash=sha256(token.encode()).digest()
    )
    session_id: UUID = session.execute(
        statement.on_conflict_do_update(
            index_elements=["token_hash"], set_={"seen_at": DB_NOW}
        ).returning(ShopperSession.id)
    ).scalar_one()
    return session_id


def look_from(session: Session, session_id: UUID, *, place: Place) -> None:
    """Remember where this browser looks for stores."""
    session.execute(
        update(ShopperSession)
        .where(ShopperSession.id == session_id)
        .values(place=place.label, latitude=place.latitude, longitude=place.longitude)
    )
