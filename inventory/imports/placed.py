"""Bulk input of shelf places: one row of a table says where a SKU lies. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from marshmallow import ValidationError

from kernel.errors import Invalid
from kernel.fields import SKU_MAX, SafeText

PLACE_MAX: Final = 40
HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "sku": ("sku", "code", "reference", "ref"),
    "place": ("place", "shelf", "location", "bin", "emplacement", "rayon"),
}
"""What each column may be called, the surest name first."""


def read_places(
    header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> Iterator[tuple[str, str | None]]:
    """Yield SKU and place of each row, which has its line's number; an empty place is none.

    Raises Invalid, naming the line.
    """
    columns = _columns(header)
    sku_text = SafeText(max_length=SKU_MAX)
    place_text = SafeText(max_length=PLACE_MAX)
    for number, row in rows:
        try:
            sku, place = (row[columns[name]].strip() for name in ("sku", "place"))
            yield (
                str(sku_text.deserialize(sku)),
                str(place_text.deserialize(place)) if place else None,
            )
        except (IndexError, ValidationError) as error:
            said = error.messages[0] if isinstance(error, ValidationError) else "a cell is missing"
            raise Invalid(f"line {number}: {said}") from error


def _columns(header: Sequence[str]) -> dict[str, int]:
    seen = {text.strip().casefold(): at for at, text in reversed(list(enumerate(header)))}
    found = {
        name: seen[known[0]]
        for name, choices in HEADERS.items()
        if (known := [each for each in choices if each in seen])
    }
    missing = [name for name in HEADERS if name not in found]
    if missing:
        raise Invalid(f"no column for {', '.join(missing)}; the header says: {', '.join(header)}")
    return found
