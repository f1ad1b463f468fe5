"""A store as its page tells of it: how to reach it, when it is open and why not, what it offers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import orders.queries
import stores.promises
import stores.queries
from app import formats
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.shop import offers
from stores.commands import StoreMethod
from stores.errors import UnknownLocation
from stores.promises import OpenDay
from stores.queries import ExceptionalFacts, StoreFacts

DAY: Final = timedelta(days=1)
WEEK_DAYS: Final = 7
FORESEEN_DAYS: Final = 370
"""How far ahead exceptional days are told: a year, and a little to plan the same week again."""
HOUR_MIN: Final = 60
MIDNIGHT: Final = time()


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of the coming week: its name, its hours, and why they are not the usual ones."""

    name: str
    hours: str
    note: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class ShownWay:
    """A way to collect here: what can be had now, in the grammar of availability, and why not."""

    method: StoreMethod
    kind: str
    said: str
    why: str
    next_slot: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """Days on which a store keeps other hours, or none; without a reason, a public holiday."""

    first_day: date
    last_day: date
    hours: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Storefront:
    """Everything the page of a store shows."""

    store: StoreFacts
    now: str
    is_open: bool
    week: list[ShownDay]
    ways: list[ShownWay]
    deviations: list[Deviation]
    days: tuple[OpenDay, ...]

    @property
    def exceptions(self) -> list[str]:
        """Return the coming deviations, said."""
        return [_say_deviation(each, self.store) for each in self.deviations]


def read_storefront(session: Session, code: str) -> Storefront:
    """Return a store that people can walk into, as it is now.

    Raises UnknownLocation, also for warehouses and for stores that are being set up.
    """
    by_method = {
        method: stores.queries.get_store(
            session, code, method=method, waiting=orders.queries.waiting_at
        )
        for method in (StoreMethod.PICKUP, StoreMethod.DRIVE)
    }
    store = by_method[StoreMethod.PICKUP]
    if not is_shown(store):
        raise UnknownLocation(store=code)
    days: tuple[OpenDay, ...] = ()
    if store.schedule is not None:
        days = stores.promises.coming_days(store.schedule, start=store.asked_at)
    said = stores.queries.list_coming_exceptional(session, store.id, since=_today(store))
    deviations = list(_deviations(store, said, days))
    return Storefront(
        store=store,
        now=offers.say_hours(store),
        is_open=_is_open(store),
        week=[_shown_day(each, store, deviations) for each in days[:WEEK_DAYS]],
        ways=[_way(session, method, each) for method, each in by_method.items() if each.offered],
        deviations=deviations,
        days=days,
    )


def is_shown(store: StoreFacts) -> bool:
    """Tell whether shoppers may know of it: they can buy or collect there, and it is open to it."""
    return store.opened_at is not None and (store.sells or store.offered)


def say_store(store: StoreFacts) -> tuple[str, str]:
    """Return what ordering from a store is like now: kind of availability, and its sentence."""
    if not store.offered:
        return "none", _("Prepares no orders")
    return offers.say_level(1, store)


def say_minutes(minutes: int) -> str:
    """Return a length of time: « 45 minutes », « 2 heures », « 1 h 30 »."""
    hours, rest = divmod(minutes, HOUR_MIN)
    if not hours:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes}
    if not rest:
        return ngettext("%(num)d hour", "%(num)d hours", hours) % {"num": hours}
    return f"{hours}\u00a0h\u00a0{rest:02}"


def say_clock(at: time) -> str:
    """Return a time of day on the wall: « 16 h 30 », "4.30 pm"."""
    return formats.hour(datetime.combine(date.min + DAY, at, UTC), "UTC", language=current())


def _is_open(store: StoreFacts) -> bool:
    schedule = store.schedule
    return schedule is not None and stores.promises.is_open(schedule, at=store.asked_at)


def _way(session: Session, method: StoreMethod, store: StoreFacts) -> ShownWay:
    kind, said = say_store(store)
    if kind == "none" and not store.paused:
        said = _("Takes no orders at the moment")
    return ShownWay(
        method,
        kind,
        said,
        (store.pause_reason or "") if store.paused else "",
        _next_slot(session, method, store) if store.slotted and not store.paused else "",
    )


def _next_slot(session: Session, method: StoreMethod, store: StoreFacts) -> str:
    ready = offers.ready_at(store)
    if ready is None:
        return ""
    found = stores.queries.list_free_slots(
        session, location_id=store.id, method=method, earliest=ready, limit=1
    )
    if not found:
        return _("By appointment; none is free at the moment.")
    when = formats.when(found[0].starts_at, store.time_zone, language=current())
    return _("By appointment; the next one free is %(when)s.") % {"when": when}


def _deviations(
    store: StoreFacts, said: Sequence[ExceptionalFacts], days: Sequence[OpenDay]
) -> Iterator[Deviation]:
    """Yield the coming days with other hours, in order; of overlapping ones the last said holds."""
    first, holidays = _today(store), _holidays(store, days)
    running: list[tuple[date, ExceptionalFacts]] = []
    for day in (first + number * DAY for number in range(FORESEEN_DAYS)):
        holds = next(
            (each for each in reversed(said) if each.first_day <= day <= each.last_day), None
        )
        if running and running[-1][1] is not holds:
            yield _as_deviation(running)
            running = []
        if holds is not None:
            running.append((day, holds))
        elif day in holidays:
            yield Deviation(day, day, None, None)
    if running:
        yield _as_deviation(running)


def _holding(said: Sequence[ExceptionalFacts], day: date) -> ExceptionalFacts | None:
    return next((each for each in reversed(said) if each.first_day <= day <= each.last_day), None)


def _holidays(store: StoreFacts, days: Sequence[OpenDay]) -> set[date]:
    """Return the days that are closed for being public holidays."""
    schedule = store.schedule
    return {
        each.day
        for each in days
        if schedule is not None
        and not each.usual
        and not each.times
        and stores.promises.is_holiday(schedule, each.day)
    }


def _as_deviation(running: Sequence[tuple[date, ExceptionalFacts]]) -> Deviation:
    said = running[0][1]
    return Deviation(running[0][0], running[-1][0], said.hours, said.reason)


def _shown_day(day: OpenDay, store: StoreFacts, deviations: Sequence[Deviation]) -> ShownDay:
    holds = next((each for each in deviations if each.first_day <= day.day <= each.last_day), None)
    note = ""
    if holds is not None:
        note = holds.reason or _("Public holiday")
    return ShownDay(
        _name(day.day, store), _say_times(day.times), note, is_today=day.day == _today(store)
    )


def _say_deviation(each: Deviation, store: StoreFacts) -> str:
    facts = {
        "day": _name(each.first_day, store),
        "first": _name(each.first_day, store),
        "last": _name(each.last_day, store),
        "reason": each.reason,
        "hours": _say_hours(each, store),
    }
    if each.reason is None:
        return _("Closed on %(day)s: public holiday") % facts
    return _SENTENCES[each.hours is None, each.first_day == each.last_day]() % facts


_SENTENCES: Final[Mapping[tuple[bool, bool], Callable[[], str]]] = {
    (True, True): lambda: _("Exceptionally closed on %(day)s: %(reason)s"),
    (True, False): lambda: _("Exceptionally closed from %(first)s to %(last)s: %(reason)s"),
    (False, True): lambda: _("Other hours on %(day)s, %(hours)s: %(reason)s"),
    (False, False): lambda: _("Other hours from %(first)s to %(last)s, %(hours)s: %(reason)s"),
}
"""By whether the store is closed, and whether that is one day."""


def _say_hours(each: Deviation, store: StoreFacts) -> str:
    if each.hours is None:
        return ""
    midnight = datetime.combine(each.first_day, MIDNIGHT, ZoneInfo(store.time_zone))
    return _say_times(
        [
            (midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes))
            for opens, closes in stores.promises.read_day_hours(each.hours)
        ]
    )


def _say_times(times: Sequence[tuple[datetime, datetime]]) -> str:
    if [(opens.time(), closes.time()) for opens, closes in times] == [(MIDNIGHT, MIDNIGHT)]:
        return _("Open day and night")
    return ", ".join(
        f"{say_clock(opens.time())}\u00a0– {say_clock(closes.time())}" for opens, closes in times
    ) or _("Closed")


def _name(day: date, store: StoreFacts) -> str:
    noon = datetime.combine(day, time(12), ZoneInfo(store.time_zone))
    return formats.day(noon, store.time_zone, language=current())


def _today(store: StoreFacts) -> date:
    return store.asked_at.astimezone(ZoneInfo(store.time_zone)).date()
