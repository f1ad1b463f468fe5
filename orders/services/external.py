"""Orders another shop brings: under its number, at the prices it agreed, paid to it or not yet.

They are placed as any order is. What was paid is never asked of a card of ours.
"""

from dataclasses import replace

from sqlalchemy import insert
from sqlalchemy.orm import Session

import payments.services
import stores.queries
from kernel.actors import Actor
from kernel.ids import show_order_number
from orders import queries
from orders.commands import BringOrder
from orders.errors import BroughtOtherwise, DayLimitReached, OrderAboveLimit
from orders.models import ExternalOrder, Order
from orders.services.placing import place_order
from payments.commands import TakenOutside
from stores.queries import KeyTrust


def bring_order(session: Session, command: BringOrder, *, actor: Actor) -> bool:
    """Have an order of another shop be one of ours; False when it is already, word for word.

    A shop brings one order after the other, so that no number is brought twice and no limit is
    passed. What it took is recorded; nothing of it is captured here.

    Raises UntrustedKey, BroughtOtherwise, OrderAboveLimit, DayLimitReached, or what `place_order`
    raises.
    """
    trust = stores.queries.take_trust(session, actor.id)
    known = queries.find_stated(session, source=trust.source, number=command.number)
    if known is not None:
        if known.stated != command.stated:
            number = session.get_one(Order, known.order_id).number
            raise BroughtOtherwise(order_number=show_order_number(number))
        return False
    agreed = command.agreed
    _refuse_beyond_limits(session, trust, total_minor=agreed.total_minor)
    placed = place_order(session, replace(command.order, agreed=agreed), actor=actor)
    session.execute(
        insert(ExternalOrder).values(
            order_id=placed.id,
            source=trust.source,
            number=command.number,
            key_id=trust.key_id,
            total_minor=agreed.total_minor,
            stated=command.stated,
        )
    )
    if agreed.paid_minor and command.payment_reference is not None:
        reference, paid_minor = command.payment_reference, agreed.paid_minor
        taken = TakenOutside(trust.source, reference, paid_minor, placed.currency)
        payments.services.record_outside_payment(session, reference_id=placed.id, taken=taken)
    return True


def _refuse_beyond_limits(session: Session, trust: KeyTrust, *, total_minor: int) -> None:
    most_minor, day_minor = trust.order_max_minor, trust.day_max_minor
    if most_minor is not None and total_minor > most_minor:
        raise OrderAboveLimit(total_minor=total_minor, order_max_minor=most_minor)
    if day_minor is None:
        return
    brought_minor = queries.brought_minor(session, trust.key_id)
    if brought_minor + total_minor > day_minor:
        raise DayLimitReached(
            total_minor=total_minor, brought_minor=brought_minor, day_max_minor=day_minor
        )
