"""How sums, times and distances are written for people: French and British."""

from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from kernel import clock

LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
NEAR_DAYS: Final = {
    "fr": {-1: "hier", 0: "aujourd’hui", 1: "demain"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}
AT: Final = {"fr": "à", "en": "at"}
WEEK_DAYS = 7
BASIS_POINTS = 10_000
NEAR_KM, FAR_KM = 1, 10
STEP_M = 50


def plain_amount(minor: int, currency: str) -> str:
    """Return an amount as programs read it: `12.90`."""
    digits = get_currency_precision(currency)
    return f"{minor / 10**digits:.{digits}f}"


def money(minor: int, currency: str, *, language: str) -> str:
    """Return an amount of minor units: « 12,90 € », "€12.90"."""
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=LOCALES[language])


def number(value: float | Decimal, *, language: str) -> str:
    """Return a number with the language's separators."""
    return format_decimal(value, locale=LOCALES[language])


def rate(rate_bp: int, *, language: str) -> str:
    """Return a VAT rate of basis points: « 5,5 % »."""
    share = Decimal(rate_bp) / BASIS_POINTS
    return format_percent(share, locale=LOCALES[language], decimal_quantization=False)


def day(at: datetime, zone: str, *, language: str) -> str:
    """Return the day of an instant at a place: « samedi 12 décembre »; the year when not this."""
    local = at.astimezone(ZoneInfo(zone))
    date = "'1er'" if language == "fr" and local.day == 1 else "d"
    pattern = f"EEEE {date} MMMM" + ("" if local.year == _today(zone).year else " y")
    return format_datetime(local, pattern, locale=LOCALES[language])


def hour(at: datetime, zone: str, *, language: str) -> str:
    """Return the time of day of an instant at a place: « 16 h 30 », "4.30 pm"."""
    local = at.astimezone(ZoneInfo(zone))
    if language == "fr":
        pattern = "H\u00a0'h'\u00a0mm" if local.minute else "H\u00a0'h'"
    else:
        pattern = "h.mm\u00a0a" if local.minute else "h\u00a0a"
    return format_datetime(local, pattern, locale=LOCALES[language])


def when(at: datetime, zone: str, *, language: str) -> str:
    """Return an instant as said at a place: « demain à 10 h », "Saturday at 4.30 pm"."""
    near = near_day(at, zone, language=language)
    return f"{near} {AT[language]} {hour(at, zone, language=language)}"


def near_day(at: datetime, zone: str, *, language: str) -> str:
    """Return the day of an instant as said at a place: « demain », "Saturday"; else its date."""
    local = at.astimezone(ZoneInfo(zone))
    days = (local.date() - _today(zone).date()).days
    if days in NEAR_DAYS[language]:
        return NEAR_DAYS[language][days]
    if 0 < days < WEEK_DAYS:
        return format_datetime(local, "EEEE", locale=LOCALES[language])
    return day(at, zone, language=language)


def distance(km: float, *, language: str) -> str:
    """Return a distance as walkers say it: « 900 m », « 1,4 km », « 12 km »."""
    if km < NEAR_KM:
        metres = max(STEP_M, round(km * 1000 / STEP_M) * STEP_M)
        if metres < 1000:  # noqa: PLR2004 (metres in a kilometre)
            return f"{metres}\u00a0m"
    written = f"{km:.0f}" if km >= FAR_KM else f"{km:.1f}".removesuffix(".0")
    return f"{written.replace('.', ',') if language == 'fr' else written}\u00a0km"


def phone(number: str | None, country: str) -> str:
    """Return a telephone number as people of a country dial it; what is no number, as it is."""
    try:
        read = phonenumbers.parse(number or "", country)
    except phonenumbers.NumberParseException:
        return number or ""
    own = phonenumbers.country_code_for_region(country) == read.country_code
    kinds = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(read, kinds.NATIONAL if own else kinds.INTERNATIONAL)


def _today(zone: str) -> datetime:
    return clock.now().astimezone(ZoneInfo(zone))
