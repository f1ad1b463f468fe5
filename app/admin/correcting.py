"""An order's customer is written to elsewhere: corrected by whoever speaks with them."""

import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to
from app.admin.orders import find_order, show_order
from app.admin.reading import read_form
from app.answers import Shown
from app.i18n import gettext as _
from customers.errors import UnreachableContact, UnreadableEmail, UnreadablePhone
from kernel.db import transaction
from kernel.web import current_actor, declare

REFUSED = 422


@blueprint.post("/orders/<string:number>/contact")
@declare(permission="orders.collect")
def correct_contact(number: str) -> Shown:
    """Have what is owed to a customer from now on go elsewhere."""
    answers, actor = read_form(), current_actor()
    email, phone = answers.text("email"), answers.text("phone")
    try:
        with transaction() as session:
            known = find_order(session, number)

            def act() -> str:
                orders.services.correct_contact(
                    session, known.id, email=email or None, phone=phone or None, actor=actor
                )
                return go_to("order", number=number)

            return forms.once(session, act)
    except UnreachableContact:
        answers.errors["email"] = _("Give an e-mail address or a mobile number.")
    except UnreadableEmail:
        answers.errors["email"] = _("Write the whole address, as in name@example.org.")
    except UnreadablePhone:
        answers.errors["phone"] = _("Write ten digits, as in 06 12 34 56 78, or begin with +.")
    return show_order(number, answers), REFUSED
