"""What a customer says of their order to whoever prepares, hands over or brings it."""

from uuid import UUID

from sqlalchemy.orm import Session

import customers.services
from kernel import events
from kernel.actors import Actor
from orders import queries
from orders.errors import TooLateToAmend, UnknownOrder
from orders.events import OrderNoted
from orders.models import FINAL, Order


def note_order(session: Session, order_id: UUID, note: str, *, actor: Actor) -> None:
    """An open order has this note from now on, instead of the one it had; an empty one is none.

    It stands beside articles and promises: nobody who amends the order is in the way, and its
    version stays.

    Raises UnknownOrder, or TooLateToAmend once nothing of it is open.
    """
    seen = queries.get_order(session, order_id, actor=actor)
    order = session.get(Order, order_id, with_for_update=True, populate_existing=True)
    if order is None:
        raise UnknownOrder
    if all(each.status in FINAL for each in seen.fulfillments):
        raise TooLateToAmend(state=seen.status.value)
    said = customers.services.plain_line(note) or None
    if said == order.note:
        return
    order.note = said
    session.flush()
    events.record(session, OrderNoted(order_id=order_id), actor=actor)
