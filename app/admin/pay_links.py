"""A link to pay: sent from an order's page, and what became of the ones before."""

from flask import Response

import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to
from app.admin.orders import find_order
from kernel.db import transaction
from kernel.web import current_actor, declare


@blueprint.post("/orders/<string:number>/pay-link")
@declare(permission="orders.take")
def send_pay_link(number: str) -> Response:
    """Have the customer sent a link to pay; it ends the one before."""

    def send() -> str:
        orders.services.make_pay_link(session, order, actor=current_actor())
        return go_to("order", number=number, _anchor="money")

    with transaction() as session:
        order = find_order(session, number)
        return forms.once(session, send)
