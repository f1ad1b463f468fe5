"""Times, hours and amounts as people read them, in French and British English."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_percent, get_currency_precision

from kernel.money import BASIS_POINTS
from stores.promises import opening_times
from stores.queries import StoreFacts

LOCALES: Final[Mapping[str, str]] = {"fr": "fr", "en": "en_GB"}
NARROW, NO_BREAK = "\u202f", "\u00a0"
DAYS_SHOWN = 7
NOON = 12


@dataclass(frozen=True, slots=True)
class Voice:
    """A language and the time zone of the store that speaks."""

    language: str
    zone: ZoneInfo

    def money(self, minor: int, currency: str) -> str:
        """Return an amount: `12,90 €`, `£12.90`."""
        amount = Decimal(minor).scaleb(-get_currency_precision(currency))
        return format_currency(amount, currency, locale=LOCALES[self.language])

    def rate(self, rate_bp: int) -> str:
        """Return a VAT rate: `5,5 %`."""
        share = Decimal(rate_bp) / BASIS_POINTS
        locale = LOCALES[self.language]
        return format_percent(share, locale=locale, decimal_quantization=False)

    def moment(self, instant: datetime) -> str:
        """Return a day and time: `samedi 28 novembre, 16 h 30`, `Saturday 28 November, 4.30 pm`."""
        local = instant.astimezone(self.zone)
        day = format_date(local, "EEEE d MMMM", locale=LOCALES[self.language])
        return f"{day}, {_TIMES[self.language](local)}"

    def day(self, day: date) -> str:
        """Return a day: `samedi 28 novembre`, `Saturday 28 November`."""
        return format_date(day, "EEEE d MMMM", locale=LOCALES[self.language])

    def short_day(self, day: date) -> str:
        """Return a day for a text message: `sam. 28/11`, `Sat 28/11`."""
        return format_date(day, "EEE dd/MM", locale=LOCALES[self.language])

    def short_moment(self, instant: datetime) -> str:
        """Return a day and time for a text message: `sam. 28/11 16h30`, `Sat 28/11 4.30pm`."""
        local = instant.astimezone(self.zone)
        day = format_date(local, "EEE dd/MM", locale=LOCALES[self.language])
        time = _TIMES[self.language](local).replace(NARROW, "").replace(NO_BREAK, "")
        return f"{day} {time}"

    def hours(self, store: StoreFacts) -> list[str]:
        """Return a line for each opening of the coming week; empty where hours are not known."""
        if store.schedule is None:
            return []
        today = store.asked_at.astimezone(self.zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        lines: dict[str, list[str]] = {}
        for opens, closes in opening_times(store.schedule, start=today):
            if opens >= today + timedelta(days=DAYS_SHOWN):
                break
            day = format_date(
                opens.astimezone(self.zone), "EEEE d MMMM", locale=LOCALES[self.language]
            )
            lines.setdefault(day, []).append(self._opening(opens, closes))
        colon = _COLONS[self.language]
        return [f"{day}{colon} {', '.join(times)}" for day, times in lines.items()]

    def _opening(self, opens: datetime, closes: datetime) -> str:
        if closes - opens > timedelta(days=1):
            return _DAY_AND_NIGHT[self.language]
        ends = (_TIMES[self.language](each.astimezone(self.zone)) for each in (opens, closes))
        return "–".join(ends)


def _french(local: datetime) -> str:
    minutes = f"{NARROW}{local.minute:02}" if local.minute else ""
    return f"{local.hour}{NARROW}h{minutes}"


def _english(local: datetime) -> str:
    minutes = f".{local.minute:02}" if local.minute else ""
    half = "am" if local.hour < NOON else "pm"
    return f"{local.hour % NOON or NOON}{minutes}{NO_BREAK}{half}"


_TIMES: Final[Mapping[str, Callable[[datetime], str]]] = {"fr": _french, "en": _english}
_COLONS: Final[Mapping[str, str]] = {"fr": f"{NO_BREAK}:", "en": ":"}
_DAY_AND_NIGHT: Final[Mapping[str, str]] = {"fr": "jour et nuit", "en": "day and night"}
