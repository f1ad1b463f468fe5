"""Paid from a link: what the tablet placed and the customer pays later, on a phone of their own."""

from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

import orders.services
from app.answers import Shown
from app.staff.views.base import Here, blueprint
from app.staff.views.bringing import get_begun, show_due
from app.staff.views.trying import try_to
from kernel.web import declare


@blueprint.post("/door/<uuid:order_id>/link")
@declare(permission="orders.take")
def send_door_link(order_id: UUID) -> Shown:
    """Have the customer sent a link to pay; whoever sends the goods, it was ordered here."""

    def send(session: Session, place: Here) -> str:
        order = get_begun(session, place, order_id)
        orders.services.make_pay_link(session, order, actor=place.actor)
        return url_for("tablet.show_door", order_id=order_id, did="sent")

    return try_to(
        send, lambda session, place, error: show_due(session, place, order_id, error=error)
    )
