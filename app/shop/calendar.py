"""The last moment to collect, as a calendar entry (RFC 5545)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from kernel import clock

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
LINE_OCTETS: Final = 74
ENTRY_MIN: Final = 60


def calendar_entry(*, uid: str, collect_by: datetime, title: str, place: str, link: str) -> str:
    """Return an entry that ends when the collection period ends, with an alarm a day before."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Comptoir//Order//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_utc(clock.now())}",
        f"DTSTART:{_utc(collect_by - timedelta(minutes=ENTRY_MIN))}",
        f"DTEND:{_utc(collect_by)}",
        f"SUMMARY:{_text(title)}",
        f"LOCATION:{_text(place)}",
        f"URL:{link}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(title)}",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for sign in "\\;,":
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\r", "").replace("\n", "\\n")


def _fold(line: str) -> str:
    """Return the line cut where it would be longer than 75 octets, never inside a letter."""
    parts, here = [], ""
    for sign in line:
        if len((here + sign).encode()) > LINE_OCTETS:
            parts.append(here)
            here = ""
        here += sign
    return "\r\n ".join([*parts, here])
