"""Conversations in words: what they are about, whose turn it is, how long is left."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from app.i18n import N_
from app.i18n import gettext as _
from conversations.commands import Intent, ThreadStatus
from conversations.queries import EntryFacts, ThreadFacts
from customers.commands import Direction
from kernel.actors import ActorKind
from orders.queries import CaseFacts

INTENTS: Final[Mapping[Intent, str]] = {
    Intent.ORDER_STATE: N_("Where the order is"),
    Intent.CHANGE: N_("Change of an order"),
    Intent.CANCEL: N_("Cancelling an order"),
    Intent.PICKUP: N_("Collecting"),
    Intent.RETURN: N_("Giving back"),
    Intent.INVOICE: N_("Receipt or invoice"),
    Intent.PRODUCT: N_("An article"),
    Intent.AVAILABILITY: N_("Whether it is there"),
    Intent.COMPLAINT: N_("Complaint"),
    Intent.OTHER: N_("Something else"),
}
TURNS: Final[Mapping[ThreadStatus, tuple[str, str]]] = {
    ThreadStatus.AUTOMATIC: ("plain", N_("The assistant answers")),
    ThreadStatus.WAITING: ("wait", N_("Waits for us")),
    ThreadStatus.ANSWERED: ("ok", N_("Their turn")),
    ThreadStatus.CLOSED: ("plain", N_("Ended")),
}
MINUTE_S: Final = 60
HOUR_MIN: Final = 60
DAY_H: Final = 48


class Left(NamedTuple):
    """How much time is left: the kind of sign it has, and the words."""

    kind: str
    text: str


def say_left(case: CaseFacts, now: datetime) -> Left:
    """Return how much of a case's time is left: yellow from four fifths on, red past its end."""
    return say_until(case.due_at, now, warn_at=case.warn_at)


def say_until(due_at: datetime, now: datetime, *, warn_at: datetime | None = None) -> Left:
    """Return how long it is until something is due, or how long it is past that."""
    seconds = (due_at - now).total_seconds()
    if seconds < 0:
        return Left("late", _("%(time)s late") % {"time": _span(-seconds)})
    if warn_at is not None and now >= warn_at:
        return Left("wait", _("Nearly due: %(time)s left") % {"time": _span(seconds)})
    return Left("plain", _("%(time)s left") % {"time": _span(seconds)})


def say_speaker(entry: EntryFacts, thread: ThreadFacts) -> str:
    """Return who said something: the customer, the assistant, or who of ours."""
    if entry.direction is Direction.IN or entry.actor_kind == ActorKind.SHOPPER:
        return thread.writer or _("Customer")
    if entry.automatic:
        return _("Automatic assistant")
    return entry.actor_name or "Comptoir"


def say_intent(intent: Intent) -> str:
    """Return what a conversation is about."""
    return _(INTENTS[intent])


def list_intents() -> list[tuple[str, str]]:
    """Return what a conversation may be about, for a form to choose from."""
    return [(each.value, _(words)) for each, words in INTENTS.items()]


def _span(seconds: float) -> str:
    minutes = int(seconds // MINUTE_S)
    hours, rest = divmod(minutes, HOUR_MIN)
    if hours >= DAY_H:
        return _("%(days)d days") % {"days": hours // 24}
    if hours:
        return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
    return _("%(minutes)d min") % {"minutes": minutes}
