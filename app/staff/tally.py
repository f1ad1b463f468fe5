"""Figures of goods as they stand in a form: typed, or one more with each scan.

Nothing is booked until the form says so; until then the form itself holds what was counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from app.i18n import current
from app.i18n import gettext as _
from app.staff.articles import Shown, describe, find_sku
from kernel.fields import QUANTITY_MAX, SKU_MAX

FIGURE: Final = "figure:"
WAS: Final = "was:"
"""What stood in a field before: who did not change it leaves it to the others."""
SAID_MAX: Final = 64
LINES_MAX: Final = 200


@dataclass(slots=True)
class Tally:
    """Units by SKU, and what was typed with what is wrong about it."""

    figures: dict[str, int] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    said: str = ""
    last: str | None = None

    @property
    def some(self) -> dict[str, int]:
        """Return what is more than nothing."""
        return {sku: units for sku, units in self.figures.items() if units}

    @property
    def units(self) -> int:
        """Return how many units that are together."""
        return sum(self.figures.values())


@dataclass(frozen=True, slots=True)
class TallyLine:
    """One article of a form: how many are expected, and what stands in its field."""

    shown: Shown
    expected: int
    units: int
    typed: str
    error: str | None
    last: bool
    was: str = ""

    @property
    def codes(self) -> str:
        """Return what a scanner may read for it."""
        gtin = (self.shown.gtin or "").lstrip("0")
        return f"{self.shown.sku} {gtin}".strip()


def read_tally() -> Tally:
    """Return the figures of this request's form; what is no number is said beside its field."""
    tally = Tally(said=" ".join(request.form.get("said", "").split())[:SAID_MAX])
    for name, value in request.form.items():
        sku = name.removeprefix(FIGURE)
        if name.startswith(FIGURE) and 0 < len(sku) <= SKU_MAX and sku.isprintable():
            _read(tally, sku, value.strip())
        if len(tally.typed) > LINES_MAX:
            break
    return tally


def _read(tally: Tally, sku: str, value: str) -> None:
    tally.typed[sku] = value[: len(str(QUANTITY_MAX)) + 2]
    if value in {"", "0"}:
        tally.figures[sku] = 0
    elif value.isascii() and value.isdigit() and int(value[:12]) <= QUANTITY_MAX:
        tally.figures[sku] = int(value)
    else:
        tally.errors[sku] = _("Type a whole number.")


def scan_into(
    session: Session, tally: Tally, *, brand_id: UUID, among: Sequence[str] | None = None
) -> str | None:
    """Have one more of the scanned SKU in the tally; return why that cannot be, as a sentence.

    `among` are the only SKUs that fit; without it everything that is sold does.
    """
    if not tally.said:
        return None
    sku = find_sku(session, said=tally.said, brand_id=brand_id)
    if sku is None or not tally.said.isprintable():
        return _("“%(said)s” is no article of ours.") % {"said": tally.said}
    if among is not None and sku not in among:
        return _("“%(said)s” is not announced here.") % {"said": tally.said}
    if sku in tally.errors:
        return _("Type a whole number.")
    tally.figures[sku] = min(tally.figures.get(sku, 0) + 1, QUANTITY_MAX)
    tally.typed[sku] = str(tally.figures[sku])
    tally.last, tally.said = sku, ""
    return None


def tally_lines(session: Session, expected: Mapping[str, int], tally: Tally) -> list[TallyLine]:
    """Return the lines of the form: what is expected, then what was found beside it."""
    skus = [*expected, *(sku for sku in tally.typed if sku not in expected)]
    shown = describe(session, {sku: sku for sku in skus}, language=current())
    return [
        TallyLine(
            shown=shown[sku],
            expected=expected.get(sku, 0),
            units=tally.figures.get(sku, 0),
            typed=tally.typed.get(sku, ""),
            error=tally.errors.get(sku),
            last=sku == tally.last,
        )
        for sku in skus
    ]
