"""What the shopper's order page says, in French and English."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency

from orders.commands import Status

STATES: Final[dict[str, dict[Status, str]]] = {
    "fr": {
        Status.NEW: "Reçue par le magasin",
        Status.ACCEPTED: "Acceptée par le magasin",
        Status.PICKING: "En préparation",
        Status.READY: "Prête : vous pouvez venir",
        Status.HANDED_OVER: "Retirée",
        Status.EXPIRED: "Non retirée à temps",
        Status.CANCELLED: "Annulée",
    },
    "en": {
        Status.NEW: "Received by the store",
        Status.ACCEPTED: "Accepted by the store",
        Status.PICKING: "Being prepared",
        Status.READY: "Ready: you can come",
        Status.HANDED_OVER: "Collected",
        Status.EXPIRED: "Not collected in time",
        Status.CANCELLED: "Cancelled",
    },
}

WORDS: Final[dict[str, dict[str, str]]] = {
    "fr": {
        "order": "Commande",
        "expected": "Attendez notre message. Prête au plus tard",
        "keep_until": "Gardée jusqu’au",
        "code": "Votre code",
        "show": "Montrez ce code au comptoir.",
        "short": "manquant",
        "total": "Total à régler au retrait",
        "hours": "Horaires",
        "language": "English",
    },
    "en": {
        "order": "Order",
        "expected": "Wait for our message. Ready by",
        "keep_until": "Kept until",
        "code": "Your code",
        "show": "Show this code at the counter.",
        "short": "missing",
        "total": "To pay on collection",
        "hours": "Opening hours",
        "language": "Français",
    },
}

LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
PATTERNS: Final = {"fr": "EEEE d MMMM 'à' H 'h' mm", "en": "EEEE d MMMM 'at' h.mm a"}


def say_time(at: datetime | None, *, zone: str, language: str) -> str:
    """Return an instant as people of the store's place say it."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return format_datetime(local, PATTERNS[language], locale=LOCALES[language])


def say_money(minor: int, *, currency: str, language: str) -> str:
    """Return an amount as it is written in this language."""
    return format_currency(minor / 100, currency, locale=LOCALES[language])
