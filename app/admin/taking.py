"""A till took what a delivery comes to: typed at a desk, where no till is linked."""

from typing import Final

import orders.jobs
import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to
from app.admin.orders import find_order, show_order
from app.admin.reading import read_form
from app.admin.scope import get_place
from app.answers import Shown
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from orders.errors import NothingDue, PaymentUnsettled
from orders.services import TillTicket
from payments.errors import TicketUsed
from stores.errors import UnknownLocation

TICKET_MAX: Final = 64
REFUSED: Final = 422


@blueprint.post("/orders/<string:number>/till-payment")
@declare(permission="fulfillments.prepare")
def take_payment(number: str) -> Shown:
    """Say which ticket of which store's till paid an order that waits for its money."""
    answers, actor = read_form(), current_actor()
    ticket = answers.text("ticket", _("Type the number of the till's ticket."), longest=TICKET_MAX)
    till = answers.text("till", _("Choose the store whose till it was."))
    if answers.errors:
        return show_order(number, answers), REFUSED
    with transaction() as session:
        order = find_order(session, number)

    def take() -> Shown:
        with transaction() as session:

            def act() -> str:
                paid = TillTicket(get_place(session, till, actor).id, ticket)
                orders.services.take_till_payment(session, order.id, ticket=paid, actor=actor)
                return go_to("order", number=number)

            return forms.once(session, act)

    try:
        return orders.jobs.without_payment_page(order.id, take)
    except TicketUsed:
        answers.errors["ticket"] = _("This ticket has paid another order already.")
    except NothingDue:
        answers.errors["ticket"] = _("Nothing is due for this order any more.")
    except PaymentUnsettled:
        answers.errors["ticket"] = _("Somebody is paying it by card at this moment. Try again.")
    except UnknownLocation:
        answers.errors["till"] = _("Choose the store whose till it was.")
    return show_order(number, answers), REFUSED
