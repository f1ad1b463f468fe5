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
WORDS = {"company": COMPANY_MAX, "company_number": NUMBER_MAX, "order_note": ORDER_NOTE_MAX}
"""The fields, with how many signs each takes."""


def read_words(form: Mapping[str, str], typed: Typed) -> tuple[NameCompany | None, str | None]:
    """Return the company an order is for, if it is for one, and the note of its customer.

    What is wrong with either is said in `typed`.
    """
    name, number, note = (typed.read(form, each, longest=most) for each, most in WORDS.items())
    if typed.errors.keys() & WORDS.keys() or not (name or number):
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
