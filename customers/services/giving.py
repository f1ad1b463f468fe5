"""Who an order is for: read as people write, kept normal, found again or made."""

import unicodedata
from uuid import UUID

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Text, bindparam, delete, select, text, update
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from customers.commands import GiveContact, PointKind
from customers.errors import UnreachableContact, UnreadableEmail, UnreadablePhone
from customers.models import Contact, ContactPoint, Customer
from customers.queries import ContactFacts, select_people
from kernel.fixed import run_fixed
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
    held AS (
        SELECT g.place, p.kind, p.value, p.customer_id
        FROM given g JOIN contact_point p ON p.kind = g.kind AND p.value = g.value),
    known AS (SELECT customer_id AS id FROM held ORDER BY place LIMIT 1),
    fresh AS (
        INSERT INTO customer (id, language)
        SELECT :customer_id, :language WHERE NOT EXISTS (SELECT FROM known) RETURNING id),
    who AS (SELECT id FROM known UNION ALL SELECT id FROM fresh),
    points AS (
        INSERT INTO contact_point (id, customer_id, kind, value)
        SELECT g.id, who.id, g.kind, g.value FROM given g, who
        WHERE NOT EXISTS (SELECT FROM held h WHERE h.kind = g.kind AND h.value = g.value)
        ORDER BY g.kind, g.value
        ON CONFLICT (kind, value) DO UPDATE SET kind = excluded.kind
        RETURNING kind, customer_id),
    quicker AS (
        SELECT p.customer_id AS id FROM points p JOIN fresh ON p.customer_id <> fresh.id
        ORDER BY p.kind LIMIT 1)
    INSERT INTO contact (id, customer_id, first_name, last_name, email, phone, language)
    SELECT :contact_id, coalesce((SELECT id FROM quicker), who.id), :first_name, :last_name,
           :email, :phone, :language FROM who
    RETURNING customer_id, (SELECT id FROM fresh) AS fresh_id
""").bindparams(
    bindparam("point_ids", type_=ARRAY(SqlUuid)),
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("point_values", type_=ARRAY(Text)),
)
"""Two first orders of one person in the same instant: the slower one waits at the contact point and
finds the customer of the quicker one there, `email` before `phone`. A merge is not followed: what
somebody gave stays theirs when it is undone, and readers follow it until then."""


def give_contact(session: Session, command: GiveContact) -> ContactFacts:
    """Keep who one order is for, and find or create the customer: one statement.

    The e-mail address finds the customer first, then the phone number.

    Raises UnreachableContact, UnreadableEmail or UnreadablePhone.
    """
    contact = ContactFacts(
        id=new_id(),
        first_name=plain_line(command.first_name),
        last_name=plain_line(command.last_name),
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
    (given,) = run_fixed(
        session,
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
    if given.fresh_id is not None and given.customer_id != given.fresh_id:
        _give_way(session, given.fresh_id, to=given.customer_id)
    return contact


def hold_customers(session: Session, contact: ContactFacts) -> None:
    """Keep others from counting what whoever has this e-mail address or number has open meanwhile.

    All of them are locked in one order; new orders and contacts of theirs wait for nobody.
    """
    people = select_people(contact.email, contact.phone)
    session.execute(
        select(Customer.id)
        .where(Customer.id.in_(people))
        .order_by(Customer.id)
        .with_for_update(key_share=True)
    )


def _give_way(session: Session, fresh_id: UUID, *, to: UUID) -> None:
    """Take back a customer who was made in vain: somebody made the same one in the same instant."""
    points = update(ContactPoint).where(ContactPoint.customer_id == fresh_id)
    session.execute(points.values(customer_id=to))
    session.execute(delete(Customer).where(Customer.id == fresh_id))


def rename_contact(session: Session, contact_id: UUID, *, first_name: str, last_name: str) -> UUID:
    """Keep a new snapshot of an order's contact under another name, who comes instead of them."""
    old = session.get_one(Contact, contact_id)
    fresh = Contact(
        id=new_id(),
        customer_id=old.customer_id,
        first_name=plain_line(first_name),
        last_name=plain_line(last_name),
        email=old.email,
        phone=old.phone,
        language=old.language,
        comes_instead=True,
    )
    session.add(fresh)
    session.flush()
    return fresh.id


def say_comes_instead(session: Session, contact_id: UUID) -> None:
    """Have it be known that a contact collects for the customer, and is somebody else."""
    session.execute(update(Contact).where(Contact.id == contact_id).values(comes_instead=True))


def plain_line(text: str) -> str:
    """Return a line without what prints nothing, or turns round what is printed beside it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in kept).split())


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
