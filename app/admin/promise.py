"""Why this time: the steps of a stored promise as sentences."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from app import formats
from app.doors import say_date, say_window
from app.i18n import current, ngettext
from app.i18n import gettext as _
from stores.promises import explain
from stores.queries import StoreFacts

Facts = Mapping[str, Any]
Teller = Callable[[Facts, str], str]


def say_promise(inputs: Facts, store: StoreFacts) -> list[str]:
    """Return why a parcel was promised for its time, one sentence a step, in order."""
    zone = inputs.get("time_zone", store.time_zone)
    return [TELLERS[step.code](step.facts, zone) for step in explain(inputs)]


def _asked(facts: Facts, zone: str) -> str:
    return _("Ordered %(when)s.") % {"when": _when(facts["at"], zone)}


def _closed(facts: Facts, zone: str) -> str:
    opens = _when(facts["opens_at"], zone)
    return _("The store was closed then: its time counts from %(opens)s.") % {"opens": opens}


def _cut_off(facts: Facts, zone: str) -> str:
    hour, _colon, minute = str(facts["cut_off"]).partition(":")
    last = datetime.combine(date(2024, 1, 1), time(int(hour), int(minute)), UTC)
    said = {
        "last": formats.hour(last, "UTC", language=current()),
        "begin": _when(facts["counted_from"], zone),
    }
    return _("The last order of the day was at %(last)s: counted from %(begin)s.") % said


def _full(facts: Facts, _zone: str) -> str:
    day: date = facts["day"]
    at = datetime.combine(day, time(12), UTC)
    said = formats.day(at, "UTC", language=current())
    return _("%(day)s was full: no more orders were promised for it.") % {"day": said.capitalize()}


def _prepare(facts: Facts, _zone: str) -> str:
    return _("The store needs %(minutes)d minutes of opening time to prepare an order.") % {
        "minutes": facts["minutes"] or 0
    }


def _backlog(facts: Facts, _zone: str) -> str:
    waiting = facts["waiting"]
    ahead = ngettext("%(num)d order waited already", "%(num)d orders waited already", waiting) % {
        "num": waiting
    }
    pace = {"ahead": ahead, "pace": facts["orders_per_hour"], "minutes": facts["minutes"]}
    return (
        _("%(ahead)s and the store prepares %(pace)d in an hour: %(minutes)d minutes in all.")
        % pace
    )


def _open(facts: Facts, zone: str) -> str:
    times = {
        "opens": _when(facts["opens_at"], zone),
        "closes": formats.hour(facts["closes_at"], zone, language=current()),
    }
    return _("Counted: %(opens)s to %(closes)s.") % times


def _ready(facts: Facts, zone: str) -> str:
    return _("So it can be ready %(when)s.") % {"when": _when(facts["at"], zone)}


def _slot(facts: Facts, zone: str) -> str:
    times = {
        "starts": _when(facts["starts_at"], zone),
        "ends": formats.hour(facts["ends_at"], zone, language=current()),
    }
    return _("The customer chose the slot %(starts)s to %(ends)s.") % times


def _off(facts: Facts, _zone: str) -> str:
    days = ", ".join(say_date(day) for day in facts["days"])
    return _("Nobody delivers on a public holiday: %(days)s.") % {"days": days}


def _arrives(facts: Facts, _zone: str) -> str:
    said = {
        "leaves": say_date(facts["leaves_on"]),
        "least": facts["days_min"],
        "most": facts["days_max"],
        "zone": facts["zone"],
        "window": say_window(facts["first"], facts["last"]),
    }
    return (
        _(
            "It leaves on %(leaves)s and takes %(least)d to %(most)d working days"
            " (%(zone)s): %(window)s."
        )
        % said
    )


def _when(at: datetime, zone: str) -> str:
    return formats.when(at, zone, language=current())


TELLERS: Final[Mapping[str, Teller]] = {
    "asked": _asked,
    "closed": _closed,
    "cut-off": _cut_off,
    "full": _full,
    "prepare": _prepare,
    "backlog": _backlog,
    "open": _open,
    "ready": _ready,
    "slot": _slot,
    "off": _off,
    "arrives": _arrives,
}
