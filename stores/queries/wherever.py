"""Which stores are asked where a basket is to be had: one statement for each kind of question."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Float, Row, Select, String, Text, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from stores.commands import StoreMethod
from stores.models import Brand, Location
from stores.queries.around import Around, Near, around_of, within
from stores.queries.freeing import free_slots
from stores.queries.selecting import WaitingAt, store_columns


@dataclass(frozen=True, slots=True)
class Where:
    """Which stores are asked: those around a place, of a brand, or named by code; or all of them.

    `method` is the way in which the goods are wanted.
    """

    near: Near | None = None
    codes: Sequence[str] = ()
    brand: str | None = None
    method: StoreMethod = StoreMethod.PICKUP

    @property
    def values(self) -> dict[str, Any]:
        """Return the values that the statement of `select_where` is executed with."""
        around = around_of(self.near) if self.near else None
        return {
            "method": self.method.value,
            **({"brand": self.brand} if self.brand is not None else {}),
            **({"codes": list(self.codes)} if self.codes else {}),
            **({key: getattr(around, key) for key in Around.__slots__} if around else {}),
        }


def select_where(where: Where, waiting: WaitingAt) -> Select[*tuple[Any, ...]]:
    """Return the statement of locations in use for `where`, to be executed with its `values`.

    Its columns are those `store_from` reads, `distance_km` (null without a place) and
    `free_slots`, which `free_slots_from` reads. The same kind of question is the same statement,
    built once.
    """
    kind = (where.near is not None, bool(where.codes), where.brand is not None)
    return _select_where(*kind, waiting)


@lru_cache(maxsize=32)
def _select_where(
    near: bool,  # noqa: FBT001 (a key of the cache)
    codes: bool,  # noqa: FBT001
    brand: bool,  # noqa: FBT001
    waiting: WaitingAt,
) -> Select[*tuple[Any, ...]]:
    around = None
    if near:
        around = Around(*(bindparam(name, type_=Float) for name in Around.__slots__))
    method = bindparam("method", type_=String)
    statement = store_columns(method, around=around, waiting=waiting).where(
        Location.closed_at.is_(None)
    )
    if around is not None:
        statement = statement.where(within(around))
    if codes:
        statement = statement.where(Location.code == any_(bindparam("codes", type_=ARRAY(Text))))
    if brand:
        statement = statement.where(Brand.code == bindparam("brand"))
    return statement.add_columns(free_slots(method))


def promise_key(row: Row[Any]) -> tuple[Hashable, ...]:
    """Return everything of a row that a promise depends on: equal for many stores of a chain."""
    key: tuple[Hashable, ...] = _PROMISED_BY(row)
    return key


_PROMISED_BY: Final = attrgetter(
    "opening_hours",
    "time_zone",
    "country",
    "holiday_region",
    "prepare_min",
    "hold_days",
    "rules",
    "waiting",
    "full_days",
)
