"""The tablet's words: reasons, states and times as staff read them, in the page's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.i18n import current, pgettext
from app.i18n import gettext as _
from orders.commands import ReasonKind, Status
from orders.queries import FulfillmentFacts, list_reasons

MINUTE_S: Final = 60
HOUR_MIN: Final = 60


def short_reasons(session: Session) -> list[tuple[str, str]]:
    """Return why an article can be missing: code and the retailer's words, in their order."""
    found = list_reasons(session, ReasonKind.SHORT)
    return [(each.code, each.labels[current()]) for each in found]


def short_words(session: Session) -> dict[str, str]:
    """Return the words of every reason there ever was for a missing article, by code."""
    found = list_reasons(session, ReasonKind.SHORT, closed=True)
    return {each.code: each.labels[current()] for each in found}


def state_of(parcel: FulfillmentFacts) -> tuple[str, str]:
    """Return the kind (as in the component `status`) and the word for where a parcel stands."""
    if parcel.overdue:
        return "late", _("Late")
    return _KINDS.get(parcel.status, "plain"), state_word(parcel.status)


_KINDS: Final[Mapping[Status, str]] = {
    Status.PICKING: "wait",
    Status.IN_TRANSFER: "wait",
    Status.PACKED: "wait",
    Status.SHIPPED: "wait",
    Status.DELIVERED: "ok",
    Status.READY: "ok",
    Status.REJECTED: "wait",
    Status.CANCELLED: "late",
    Status.EXPIRED: "late",
}


def state_word(status: Status) -> str:
    """Return the word for a state."""
    words = {
        Status.NEW: _("To pick"),
        Status.ACCEPTED: _("To pick"),
        Status.PICKING: _("In progress"),
        Status.IN_TRANSFER: _("Articles on their way here"),
        Status.READY: pgettext("parcel", "Ready"),
        Status.PACKED: pgettext("parcel", "Packed"),
        Status.SHIPPED: _("With the carrier"),
        Status.DELIVERED: pgettext("parcel", "Delivered"),
        Status.HANDED_OVER: _("Given to the customer"),
        Status.REJECTED: pgettext("parcel", "The customer chooses"),
        Status.REROUTED: pgettext("parcel", "Gone to another store"),
        Status.CANCELLED: pgettext("parcel", "Cancelled"),
        Status.EXPIRED: pgettext("parcel", "Expired"),
    }
    return words.get(status, pgettext("parcel", "Closed"))


def countdown_words() -> dict[str, str]:
    """Return how a countdown is said, as attributes for the script: %h hours and %m minutes."""
    return {
        "data-inmin": _("in %m min"),
        "data-inhours": _("in %h h %m"),
        "data-latemin": _("%m min late"),
        "data-latehours": _("%h h %m late"),
    }


def countdown(until: datetime, now: datetime) -> str:
    """Return how long it is until a promise, or how long it is past: "in 42 min", "3 h 05 late"."""
    minutes = int((until - now).total_seconds() // MINUTE_S)
    late = minutes < 0
    size = abs(minutes + 1 if late else minutes)
    hours, rest = divmod(size, HOUR_MIN)
    said = countdown_words()[f"data-{'late' if late else 'in'}{'hours' if hours else 'min'}"]
    return said.replace("%h", str(hours)).replace("%m", f"{rest:02d}" if hours else str(rest))
