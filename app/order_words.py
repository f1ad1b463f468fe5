"""What else is typed of an order on any page: the company it is for, and its note."""

from collections.abc import Mapping

import customers.services
from app.i18n import gettext as _
from app.shop.contact import Typed
from customers.commands import NameCompany
from customers.errors import UnreadableCompany
from orders.commands import ORDER_NOTE_MAX

COMPANY_MAX = 120
NUMBER_MAX = 24
FIELDS = frozenset({"company", "company_number", "order_note"})


def read_words(form: Mapping[str, str], typed: Typed) -> tuple[NameCompany | None, str | None]:
    """Return the company an order is for, if it is for one, and the note of its customer.

    What is wrong with either is said in `typed`.
    """
    name = typed.read(form, "company", longest=COMPANY_MAX)
    number = typed.read(form, "company_number", longest=NUMBER_MAX)
    note = read_note(form, typed)
    if typed.errors.keys() & FIELDS or not (name or number):
        return None, note or None
    if not name:
        typed.errors["company"] = _("Give the name of the company, too.")
        return None, note or None
    try:
        return customers.services.read_company(name, number), note or None
    except UnreadableCompany as error:
        if error.facts.get("field") == "name":
            typed.errors["company"] = _("Give the name of the company, too.")
        else:
            typed.errors["company_number"] = _(
                "Write the nine digits of its SIREN, the fourteen of a SIRET, or its VAT number,"
                " which begins with two letters."
            )
    return None, note or None


def read_note(form: Mapping[str, str], typed: Typed) -> str:
    """Return the note of a customer, however many lines it was typed in."""
    return typed.read_words(form, "order_note", longest=ORDER_NOTE_MAX, missing="")
