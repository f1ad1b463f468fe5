"""Reading the stock's forms: whole numbers, days, and lists of articles as people type them."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

import catalog.queries
from app.admin.reading import Answers
from app.i18n import current
from app.i18n import gettext as _
from kernel.clock import now
from kernel.fields import ITEMS_MAX, QUANTITY_MAX, SKU_MAX

GTIN_SIGNS: Final = 14
WHOLE_SIGNS: Final = 9
ARRIVAL_MAX: Final = timedelta(days=3_660)
MINUS: Final = "\u2212"
_LINE = re.compile(r"(?P<code>\S+)(?:[\s;,×x*]+(?P<quantity>\d+))?")


def read_whole(
    answers: Answers, name: str, missing: str, *, least: int = 0, most: int = QUANTITY_MAX
) -> int | None:
    """Return a whole number between two others; None, and `missing` said, when it is none."""
    said = answers.typed.get(name, "").strip().replace(MINUS, "-")
    digits = said.removeprefix("+").removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= WHOLE_SIGNS:
        value = int(said)
        if least <= value <= most:
            return value
    answers.errors[name] = missing
    return None


def read_day(answers: Answers, name: str, missing: str) -> date | None:
    """Return a day goods can still arrive on; None, and what is wrong said, when it is none."""
    try:
        day = date.fromisoformat(answers.typed.get(name, "").strip())
    except ValueError:
        answers.errors[name] = missing
        return None
    # Somewhere it is still yesterday.
    if not -timedelta(days=1) <= day - now().date() <= ARRIVAL_MAX:
        answers.errors[name] = _("Give a day from today on, at most ten years ahead.")
        return None
    return day


def read_figures(answers: Answers, names: Iterable[str]) -> dict[str, int]:
    """Return the quantity typed for each of these; what was left empty is left out.

    The fields are called `q-` and the name.
    """
    found = {}
    for name in names:
        if answers.typed.get(f"q-{name}", "").strip():
            value = read_whole(answers, f"q-{name}", _("A whole number, 0 or more."))
            if value is not None:
                found[name] = value
    return found


def read_lines(session: Session, answers: Answers, name: str = "lines") -> dict[str, int]:
    """Return how many of each SKU a text says: one line each, SKU or barcode, then the quantity.

    A line without a quantity is one unit, so that a list can be scanned; the same SKU adds up.
    """
    found: dict[str, int] = {}
    lines = [line for line in answers.typed.get(name, "").splitlines() if line.strip()]
    if not 0 < len(lines) <= ITEMS_MAX:
        answers.errors[name] = (
            _("At most %(most)d lines.") % {"most": ITEMS_MAX}
            if lines
            else _("Name at least one article.")
        )
        return {}
    read = [(line.strip(), _LINE.fullmatch(line.strip())) for line in lines]
    known = _resolve(session, [said["code"] for _line, said in read if said])
    for line, said in read:
        quantity = int((said["quantity"] or "1")[:WHOLE_SIGNS]) if said else 0
        sku = known.get(said["code"]) if said else None
        if sku is None or not 0 < quantity <= QUANTITY_MAX:
            said_so = _("“%(line)s” is no article with a quantity.")
            answers.errors[name] = said_so % {"line": line[:80]}
            return {}
        found[sku] = min(found.get(sku, 0) + quantity, QUANTITY_MAX)
    return found


def read_skus(session: Session, answers: Answers, name: str = "lines") -> list[str]:
    """Return the SKUs that a text names, by SKU or barcode, between blanks, commas or lines."""
    words = answers.typed.get(name, "").replace(",", " ").split()[:ITEMS_MAX]
    known = _resolve(session, words)
    strange = [word for word in words if word not in known]
    if strange:
        said = _("There is no such article: %(skus)s.")
        answers.errors[name] = said % {"skus": ", ".join(strange[:5])[:200]}
    return [known[word] for word in words if word in known]


def _resolve(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Return the SKU that each code means: a SKU in any case, or a barcode; unknown ones not."""
    words = {code for code in codes if code.isprintable() and len(code) <= SKU_MAX}
    skus = catalog.queries.describe_skus(
        session, words | {word.upper() for word in words}, language=current()
    )
    found = {}
    for word in words:
        sku = next((each for each in (word, word.upper()) if each in skus), None)
        if sku is None and word.isascii() and word.isdigit() and len(word) <= GTIN_SIGNS:
            sku = catalog.queries.find_sku_by_gtin(session, word)
        if sku is not None:
            found[word] = sku
    return found
