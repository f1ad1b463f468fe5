"""Reading days, times of day and numbers out of the forms about stores."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from app.admin.reading import Answers
from app.i18n import gettext as _
from stores.queries import StoreFacts

CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE_MAX: Final = 64
DIGITS_MAX: Final = 9
AHEAD_MAX: Final = timedelta(days=732)
PAUSE_MAX: Final = timedelta(days=366)


def read_day(answers: Answers, name: str, missing: str, *, today: date) -> date | None:
    """Return a day from today on; None, and what is wrong said, when it is none."""
    try:
        day = date.fromisoformat(answers.typed.get(name, ""))
    except ValueError:
        answers.errors[name] = missing
        return None
    if not today <= day <= today + AHEAD_MAX:
        answers.errors[name] = _("Give a day from today on, at most two years ahead.")
        return None
    return day


def read_clock(answers: Answers, name: str, missing: str) -> time | None:
    """Return a time of day; None, and `missing` said, when it is none."""
    try:
        return time.fromisoformat(answers.typed.get(name, "")).replace(tzinfo=None)
    except ValueError:
        answers.errors[name] = missing
        return None


def read_number(answers: Answers, name: str, *, least: int, most: int) -> int | None:
    """Return a whole number within bounds; None, and the bounds said, when it is none."""
    typed = answers.typed.get(name, "").strip()
    short = typed.isascii() and typed.isdigit() and len(typed) <= DIGITS_MAX
    if short and least <= int(typed) <= most:
        return int(typed)
    bounds = {"least": least, "most": most}
    answers.errors[name] = _("Give a whole number from %(least)d to %(most)d.") % bounds
    return None


def read_until(answers: Answers, name: str, place: StoreFacts) -> datetime | None:
    """Return until when something is paused; None, and what is wrong said, when not ahead."""
    missing = _("Say until when: a day and a time.")
    until = answers.moment(name, missing, zone=place.time_zone)
    if until is None:
        return None
    if until <= place.asked_at:
        answers.errors[name] = _("This time is over. Choose a later one.")
    elif until > place.asked_at + PAUSE_MAX:
        answers.errors[name] = _("A pause lasts a year at most.")
    return None if name in answers.errors else until


def read_moment(answers: Answers, name: str, zone: str) -> datetime | None:
    """Return an instant that may be left out; what is no time is said."""
    if not answers.typed.get(name, "").strip():
        return None
    return answers.moment(name, _("Give a day and a time, or leave it empty."), zone=zone)


def read_code(answers: Answers, name: str, missing: str) -> str:
    """Return the code of a store or group, which stands in addresses."""
    code = answers.text(name, missing, longest=CODE_MAX)
    if code and not CODE.fullmatch(code):
        answers.errors[name] = _("Use small letters, digits and hyphens, like lyon-croix-rousse.")
    return code
