"""How many of each line a basket's form says: what cannot be read is said beside its field."""

from collections.abc import Mapping
from typing import Final

from app.i18n import gettext as _
from app.shop.contact import Typed

MANY: Final = 99
FIELD: Final = "quantity:"
TYPED_MAX: Final = 12


def read_quantities(form: Mapping[str, str], typed: Typed) -> dict[str, int]:
    """Return how many of each line a form says; lines of which it cannot be told are left out.

    What was typed there stays in `typed`, with what is wrong with it.
    """
    found = {}
    for name, raw in form.items():
        if not name.startswith(FIELD):
            continue
        said = raw.strip()
        is_whole = said.isascii() and said.isdigit() and len(said) <= TYPED_MAX
        if is_whole and int(said) <= MANY:
            found[name.removeprefix(FIELD)] = int(said)
        else:
            typed.values[name] = raw[:TYPED_MAX]
            typed.errors[name] = _("Type a whole number, 99 at most.")
    return found


def forget_quantity(typed: Typed, sku: str) -> None:
    """Have what was typed for a line stand no more: a button says how many."""
    typed.values.pop(f"{FIELD}{sku}", None)
    typed.errors.pop(f"{FIELD}{sku}", None)
