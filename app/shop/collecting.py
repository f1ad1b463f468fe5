"""How and when an order is collected: at the counter or in the drive, soonest or in a slot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import orders.queries
from app import formats
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.shop.saying import say_slot
from orders.commands import Method
from orders.queries import WayToCollect
from stores.commands import StoreMethod
from stores.queries import SlotFacts, StoreFacts

DAYS: Final = 7
FEW_LEFT: Final = 3
METHODS: Final = (StoreMethod.PICKUP, StoreMethod.DRIVE)


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """A slot as a radio button; a full one cannot be chosen and says so."""

    value: str
    hours: str
    note: str | None
    full: bool


@dataclass(frozen=True, slots=True)
class DayChoice:
    """The slots of a day."""

    day: str
    slots: tuple[SlotChoice, ...]


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """One way to collect: `soonest` where no slot has to be chosen, and the days with slots."""

    value: str
    soonest: str | None
    days: tuple[DayChoice, ...]

    @property
    def free(self) -> list[str]:
        """Return what can be chosen, the soonest first."""
        slots = [slot.value for day in self.days for slot in day.slots if not slot.full]
        return ([self.value] if self.soonest else []) + slots


@dataclass(frozen=True, slots=True)
class Collecting:
    """What the checkout asks about collecting, and what is chosen so far."""

    methods: tuple[MethodChoice, ...]
    chosen: str

    @property
    def is_asked(self) -> bool:
        """Tell whether there is anything to choose: more than the counter, as soon as possible."""
        return any(each.days or each.value != StoreMethod.PICKUP for each in self.methods)


def read_collecting(session: Session, store: StoreFacts, wanted: str) -> Collecting:
    """Return the ways to collect an order placed now; `wanted` is chosen if it can still be had."""
    ways = [
        orders.queries.find_way_to_collect(session, store_code=store.code, method=method, days=DAYS)
        for method in METHODS
    ]
    methods = tuple(_method(way, store) for way in ways if way is not None)
    free = [value for method in methods for value in method.free]
    chosen = wanted if wanted in free else _next_best(wanted, methods)
    return Collecting(methods, chosen)


def read_choice(value: str) -> tuple[Method, UUID | None]:
    """Return the way and the slot a form names; at the counter and soonest when it names none.

    Raises ValueError.
    """
    method, _colon, slot_id = (value or Method.PICKUP.value).partition(":")
    if method not in METHODS:
        raise ValueError(value)
    return Method(method), UUID(slot_id) if slot_id else None


def say_lost(following: Sequence[dict[str, Any]], store: StoreFacts) -> str:
    """Return what is said to who lost a slot: which one is offered instead."""
    if not following:
        return _("Somebody else took this slot, and no other one is free. Choose another way.")
    starts, ends = (datetime.fromisoformat(following[0][key]) for key in ("starts_at", "ends_at"))
    return _("Somebody else took this slot. The next free one is %(slot)s: it is chosen now.") % {
        "slot": say_slot(starts, ends, store.time_zone)
    }


def _method(way: WayToCollect, store: StoreFacts) -> MethodChoice:
    soonest = None
    if way.soonest is not None:
        soonest = formats.when(way.soonest, store.time_zone, language=current())
    return MethodChoice(way.method.value, soonest, tuple(_days(way.slots, store)))


def _days(slots: Iterable[SlotFacts], store: StoreFacts) -> Iterable[DayChoice]:
    zone = ZoneInfo(store.time_zone)
    for _date, group in groupby(slots, lambda slot: slot.starts_at.astimezone(zone).date()):
        found = list(group)
        day = formats.near_day(found[0].starts_at, store.time_zone, language=current())
        yield DayChoice(day, tuple(_slot(each, store) for each in found))


def _slot(slot: SlotFacts, store: StoreFacts) -> SlotChoice:
    hours = " – ".join(
        formats.hour(each, store.time_zone, language=current())
        for each in (slot.starts_at, slot.ends_at)
    )
    note = None
    if not slot.left:
        note = _("full")
    elif slot.left < slot.capacity and slot.left <= FEW_LEFT:
        note = ngettext("%(num)d left", "%(num)d left", slot.left) % {"num": slot.left}
    return SlotChoice(f"{slot.method.value}:{slot.id}", hours, note, full=not slot.left)


def _next_best(wanted: str, methods: Sequence[MethodChoice]) -> str:
    """Return the first choice of the way that was wanted, else of any."""
    method, _colon, slot_id = wanted.partition(":")
    for each in methods:
        if each.value == method and each.free:
            slots = [value for value in each.free if ":" in value]
            return slots[0] if slot_id and slots else each.free[0]
    return next((value for each in methods for value in each.free), "")
