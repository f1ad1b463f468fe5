"""Paying and handing over at the till, in one act."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

import orders.services
from kernel.actors import Actor
from orders.commands import HandOver
from pos_adapter.errors import AmountDiffers


def hand_over(
    session: Session, command: HandOver, *, amount_minor: int, actor: Actor
) -> tuple[UUID, UUID, int]:
    """The customer paid what is due and has the goods.

    Returns the ids of the hand-over and of the parcel, and what was due, minor units.

    Raises AmountDiffers, or what `orders.services.hand_over` raises.
    """
    parcel = orders.services.check_parcel(session, command, actor=actor, held=True)
    if amount_minor != parcel.due_minor:
        raise AmountDiffers(due_minor=parcel.due_minor, currency=parcel.facts.currency)
    # Without anything due, no ticket paid for it.
    ticket = command.ticket_number if parcel.due_minor else None
    hand_over_id, fulfillment_id = orders.services.hand_over(
        session, replace(command, ticket_number=ticket), actor=actor
    )
    return hand_over_id, fulfillment_id, parcel.due_minor
