"""Somebody at a counter says who they are: by a number, an address, or a card they show."""

from uuid import UUID

from sqlalchemy.orm import Session

from customers.commands import Direction, PointKind, RecordInteraction, TouchChannel
from customers.errors import UnknownCustomer, UnreadableEmail, UnreadablePhone
from customers.queries import VISIT, find_point_owner, whose
from customers.services.cards import find_card_owner
from customers.services.giving import normal_email, normal_phone
from customers.services.recounting import record_interaction
from kernel.actors import Actor


def identify(session: Session, said: str, *, location_id: UUID, actor: Actor) -> UUID:
    """Return who said their whole number, address or card's number here; the visit is history.

    Nobody is found by a part of it.

    Raises UnknownCustomer, or BlockedCard.
    """
    customer_id = find_exactly(session, said)
    if customer_id is None:
        raise UnknownCustomer
    command = RecordInteraction(
        customer_id, VISIT, TouchChannel.STORE, Direction.IN, location_id=location_id
    )
    record_interaction(session, command, actor=actor)
    return whose(session, customer_id)


def find_exactly(session: Session, said: str) -> UUID | None:
    """Return whom a whole number, e-mail address or card's number is of, before any merge.

    Raises BlockedCard.
    """
    wanted = " ".join(said.split())
    known = find_card_owner(session, said)
    if known is not None:
        return known
    try:
        kind = PointKind.EMAIL if "@" in wanted else PointKind.PHONE
        value = (
            normal_email(wanted).lower() if "@" in wanted else normal_phone(wanted, country="FR")
        )
    except (UnreadableEmail, UnreadablePhone):
        return None
    return find_point_owner(session, kind=kind, value=value)
