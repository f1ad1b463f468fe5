"""What a row of the statement of locations says."""

import json
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row

from stores.promises import ExceptionalHours, Load, Schedule
from stores.settings import TradeRules, read_rules


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What others may know of a location, judged by the database for one way to get an order.

    `offered` is whether it serves orders in that way at all, `paused` whether it does not just now;
    a pause of the whole location wins. `opened_at` is None while it is being set up. `slotted` is
    whether that way has slots. `rules` are the settings of the trade as they hold here.
    """

    id: UUID
    brand_id: UUID
    brand_code: str
    group_id: UUID | None
    currency: str
    default_language: str
    code: str
    name: str
    street: str
    postcode: str
    city: str
    country: str
    phone: str | None
    latitude: float
    longitude: float
    schedule: Schedule | None
    time_zone: str
    sells: bool
    collects: bool
    ships: bool
    rules: TradeRules
    opened_at: datetime | None
    offered: bool
    slotted: bool
    paused: bool
    paused_until: datetime | None
    pause_reason: str | None
    load: Load
    asked_at: datetime

    @property
    def welcomes(self) -> bool:
        """Tell whether customers come here at all: a warehouse only sends."""
        return self.sells or self.collects

    @property
    def prepare_min(self) -> int:
        """Return how many minutes of opening time preparing an order takes."""
        return self.rules.prepare_min

    @property
    def hold_days(self) -> int:
        """Return for how many days a ready parcel is kept."""
        return self.rules.hold_days


def store_from(row: Row[Any]) -> StoreFacts:
    """Return the shape of one row of `select_stores`."""
    said = _read(row.rules, row.prepare_min, row.hold_days)
    return StoreFacts(
        id=row.location_id,
        brand_id=row.brand_id,
        brand_code=row.brand_code,
        group_id=row.group_id,
        currency=row.currency,
        default_language=row.default_language,
        code=row.store_code,
        name=row.store_name,
        street=row.street,
        postcode=row.postcode,
        city=row.city,
        country=row.country,
        phone=row.phone,
        latitude=row.latitude,
        longitude=row.longitude,
        schedule=_schedule(row, said),
        time_zone=row.time_zone,
        sells=row.sells,
        collects=row.collects,
        ships=row.ships,
        rules=said.rules,
        opened_at=row.opened_at,
        offered=row.offered,
        slotted=row.method in said.slotted,
        paused=row.paused,
        paused_until=row.paused_until,
        pause_reason=row.pause_reason,
        load=_load(row),
        asked_at=row.asked_at,
    )


class _Said(NamedTuple):
    rules: TradeRules
    exceptional: tuple[ExceptionalHours, ...]
    slotted: frozenset[str]


@lru_cache(maxsize=4096)
def _read(rules: str, prepare_min: int, hold_days: int) -> _Said:
    """Return what the column `rules` says. Remembered: many locations keep the same rules."""
    stored = json.loads(rules)
    return _Said(
        read_rules(stored, prepare_min=prepare_min, hold_days=hold_days),
        tuple(
            ExceptionalHours(date.fromisoformat(first), date.fromisoformat(last), hours)
            for first, last, hours in stored.get("exceptional", ())
        ),
        frozenset(stored.get("slotted", ())),
    )


def _schedule(row: Row[Any], said: _Said) -> Schedule | None:
    if not row.opening_hours:
        return None
    return Schedule(
        row.opening_hours, row.time_zone, row.country, row.holiday_region, said.exceptional
    )


def _load(row: Row[Any]) -> Load:
    days = json.loads(row.full_days) if row.full_days else ()
    return Load(row.waiting, tuple(date.fromisoformat(day) for day in days))


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
