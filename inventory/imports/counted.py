"""Bulk input of stock: one row of a table says how many of a SKU were counted at a store.

Pure but for `count_rows`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from inventory import services
from kernel.errors import Invalid
from kernel.fields import SafeText

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "store": ("store", "store_code", "location", "location_code", "shop", "magasin"),
    "sku": ("sku", "code", "stock_code", "stockcode", "item_code", "reference", "ref"),
    "quantity": ("quantity", "qty", "on_hand", "stock", "counted", "units", "quantite"),
}
"""What each column may be called, the surest name first."""

ON_HAND_MAX: Final = 10_000_000
CODE_MAX: Final = 64
CODES_KEPT: Final = 16_384
"""Codes that were read are kept ready: a chain has few thousands, a feed millions of lines."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, in base units."""

    store_code: str
    sku: str
    quantity: int


def read_header(header: Sequence[str], *, store_given: bool) -> dict[str, int]:
    """Return which column holds what; with `store_given` the store's column may be missing.

    Raises Invalid, naming the headers found, when a column is missing.
    """
    seen = {_header(text): place for place, text in reversed(list(enumerate(header)))}
    places = {
        name: seen[accepted[0]]
        for name, choices in HEADERS.items()
        if (accepted := [each for each in choices if each in seen])
    }
    missing = [each for each in HEADERS if each not in places]
    if store_given and missing == ["store"]:
        return places
    if missing:
        raise Invalid(f"no column for {', '.join(missing)}; the header says: {', '.join(header)}")
    return places


def read_row(
    places: Mapping[str, int], values: Sequence[str], *, store_code: str | None
) -> Counted:
    """Return what a row says was counted; a given `store_code` speaks for rows that name none.

    Raises Invalid with a sentence about the first value that cannot be meant.
    """
    named = values[places["store"]] if "store" in places else ""
    figure = values[places["quantity"]].strip()
    if not re.fullmatch(r"[0-9]{1,9}([.,]0+)?", figure):
        raise Invalid(f"quantity {figure!r} is not a whole number of at least 0")
    quantity = int(re.split(r"[.,]", figure)[0])
    if quantity > ON_HAND_MAX:
        raise Invalid(f"quantity {figure!r} is too high to be meant")
    return Counted(
        read_code("store", named.strip() or store_code or ""),
        read_code("SKU", values[places["sku"]]),
        quantity,
    )


def count_rows(
    session: Session, rows: Iterable[Counted], *, location_ids: Mapping[str, UUID], reason: str
) -> int:
    """Book what was counted as on hand; return how many levels changed.

    Stores and SKUs must exist; locks are taken location by location, in the order of their ids.
    """
    by_location: dict[UUID, dict[str, int]] = {}
    for row in rows:
        by_location.setdefault(location_ids[row.store_code], {})[row.sku] = row.quantity
    return sum(
        len(
            services.set_counted(
                session,
                location_id=location_id,
                quantities=by_location[location_id],
                reason=reason,
            )
        )
        for location_id in sorted(by_location)
    )


@lru_cache(maxsize=CODES_KEPT)
def read_code(name: str, value: str) -> str:
    """Return a code as it can be stored; `name` says what it should be.

    Raises Invalid.
    """
    text = value.strip()
    if not text:
        raise Invalid(f"the {name} is empty")
    try:
        return str(SafeText(max_length=CODE_MAX).deserialize(text))
    except ValidationError as error:
        raise Invalid(f"the {name} cannot be stored: {' '.join(error.messages)}") from error


def _header(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[\s-]+", "_", plain.strip().lower())
