"""The words of the stock's pages: states, reasons, and what was refused, said for people."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.admin.words import MOVEMENTS, REASONS, Said
from app.i18n import N_
from app.i18n import gettext as _
from catalog.errors import UnknownSku
from inventory.commands import (
    AdjustReason,
    Cause,
    ConflictKind,
    CountStatus,
    FeedKind,
    FeedStatus,
    MissingReason,
    SafetyScope,
    TaskCause,
    TransferStatus,
)
from inventory.errors import FeedOutOfOrder, NotCounted, NotOnShelf, OutOfStock, StillShort
from kernel.errors import Refusal

COUNTS: Final[Mapping[str, Said]] = {
    CountStatus.OPEN.value: Said("wait", N_("Being counted")),
    CountStatus.SUBMITTED.value: Said("wait", N_("Waits for a decision")),
    CountStatus.APPLIED.value: Said("ok", N_("Booked")),
    CountStatus.REJECTED.value: Said("late", N_("Rejected")),
    CountStatus.CANCELLED.value: Said("plain", N_("Given up")),
}
TRANSFERS: Final[Mapping[str, Said]] = {
    TransferStatus.DRAFT.value: Said("plain", N_("Draft")),
    TransferStatus.SENT.value: Said("wait", N_("On its way")),
    TransferStatus.PART_RECEIVED.value: Said("wait", N_("Part of it has arrived")),
    TransferStatus.RECEIVED.value: Said("ok", N_("Arrived")),
    TransferStatus.CLOSED.value: Said("late", N_("Closed with goods missing")),
    TransferStatus.CANCELLED.value: Said("plain", N_("Given up")),
}
MISSING: Final[Mapping[str, str]] = {
    MissingReason.LOST.value: N_("Lost on the way"),
    MissingReason.DAMAGED.value: N_("Damaged on the way"),
    MissingReason.MISCOUNTED.value: N_("Miscounted when sent"),
    MissingReason.CAME_BACK.value: N_("Came back to the sender"),
}
ADJUSTMENTS: Final[Mapping[str, str]] = {
    AdjustReason.DAMAGED.value: N_("Damaged"),
    AdjustReason.LOST.value: N_("Lost"),
    AdjustReason.THEFT.value: N_("Stolen"),
    AdjustReason.FOUND.value: N_("Found again"),
    AdjustReason.DISPLAY.value: N_("On display, not for sale"),
    AdjustReason.EXPIRED.value: N_("Past its date"),
    AdjustReason.CORRECTION.value: N_("Booked wrongly before"),
}
TASKS: Final[Mapping[str, str]] = {
    TaskCause.NOT_FOUND.value: N_("A picker did not find it"),
    TaskCause.SOLD_AT_ZERO.value: N_("Sold although the books said none was left"),
    TaskCause.RETURNED.value: N_("Came back and has to be looked at"),
    TaskCause.FEED.value: N_("A feed disagrees with the books"),
    TaskCause.ASKED.value: N_("Somebody asked for it"),
}
FEEDS: Final[Mapping[str, Said]] = {
    FeedStatus.RECEIVING.value: Said("wait", N_("Still coming in")),
    FeedStatus.HELD.value: Said("late", N_("Held back")),
    FeedStatus.APPLYING.value: Said("wait", N_("Being applied")),
    FeedStatus.DONE.value: Said("ok", N_("Applied")),
    FeedStatus.REFUSED.value: Said("late", N_("Refused")),
}
FEED_KINDS: Final[Mapping[str, str]] = {
    FeedKind.FULL.value: N_("Everything on hand"),
    FeedKind.DELTA.value: N_("Only what changed"),
}
FEED_KINDS_EXPLAINED: Final[Mapping[str, str]] = {
    FeedKind.FULL.value: N_("An article the file does not name is at 0 in the stores it names."),
    FeedKind.DELTA.value: N_("3 is three more than before, -2 is two fewer."),
}
CONFLICTS: Final[Mapping[str, str]] = {
    ConflictKind.COUNTED_SINCE.value: N_("Counted after the feed was made: the count holds"),
    ConflictKind.BELOW_ZERO.value: N_("It would leave less than nothing: the shelf is at 0"),
    ConflictKind.UNKNOWN_STORE.value: N_("No store has this code"),
    ConflictKind.UNKNOWN_SKU.value: N_("No article has this SKU"),
    ConflictKind.REPEATED.value: N_("The same article stands twice: the first line counts"),
    ConflictKind.UNREADABLE.value: N_("This line cannot be read"),
}
SCOPES: Final[Mapping[str, str]] = {
    SafetyScope.GLOBAL.value: N_("Everything everywhere"),
    SafetyScope.GROUP.value: N_("A group of stores"),
    SafetyScope.STORE.value: N_("One store"),
    SafetyScope.CATEGORY.value: N_("A category, in every store"),
    SafetyScope.SKU.value: N_("One article, in every store"),
    SafetyScope.SKU_STORE.value: N_("One article in one store"),
}
CAUSES: Final[Mapping[str, str]] = {
    Cause.COUNT.value: N_("A count"),
    Cause.FEED.value: N_("A feed"),
}
KINDS: Final[Mapping[str, str]] = {
    **MOVEMENTS,
    "adjusted": N_("Corrected"),
    "sold": N_("Sold in the store"),
    "returned": N_("Brought back by a customer"),
    "sent": N_("Sent to another store"),
    "arrived": N_("Arrived from another store"),
    "cleared": N_("Doubt settled"),
}
"""What a line of the ledger is, where nothing more is known of it."""
KIND_OF_CAUSE: Final[Mapping[tuple[str, str], str]] = {
    ("adjusted", "count"): N_("Counted"),
    ("adjusted", "feed"): N_("Taken over from a feed"),
    ("found", "count"): N_("Found when counting"),
    ("found", "sale"): N_("Sold though not booked: booked as found"),
}


def say_movement(kind: str, cause: str) -> str:
    """Return what a line of the ledger is, in words."""
    return _(KIND_OF_CAUSE.get((kind, cause)) or KINDS.get(kind, kind))


def say_reason(reason: str | None) -> str:
    """Return why a line of the ledger was written, in words; nothing where it says no more."""
    if not reason or reason == "counted":
        return ""
    return _(ADJUSTMENTS.get(reason) or REASONS.get(reason, reason))


def say_refusal(error: Refusal) -> str:
    """Return what was refused in one sentence, for the field that it speaks of."""
    say = _SENTENCES.get(type(error))
    return say(error.facts) if say else f"{_(error.title)}. {_(error.way_out)}"


def _named(facts: Any, key: str) -> str:  # noqa: ANN401 (facts of a refusal)
    return ", ".join(f"{sku} ({left})" for sku, left in sorted(facts[key].items()))


_SENTENCES: Final[Mapping[type[Refusal], Callable[[Mapping[str, Any]], str]]] = {
    UnknownSku: lambda facts: (
        _("There is no such article: %(skus)s.") % {"skus": ", ".join(facts.get("skus", ()))}
    ),
    NotOnShelf: lambda facts: (
        _("The books hold only: %(left)s. Count the shelf instead.")
        % {"left": _named(facts, "on_hand")}
    ),
    OutOfStock: lambda facts: (
        _("Not enough is free to leave. What is left: %(left)s.")
        % {"left": _named(facts, "shortages")}
    ),
    NotCounted: lambda facts: (
        _("No figure yet for %(skus)s. Enter 0 where nothing is there.")
        % {"skus": ", ".join(facts["skus"][:5])}
    ),
    StillShort: lambda facts: (
        _("%(missing)s more are still promised than are there.") % {"missing": facts["missing"]}
    ),
    FeedOutOfOrder: lambda facts: (
        _("The last feed of this source was number %(last)s: send a later one.")
        % {"last": facts.get("last_sequence") or 0}
    ),
}
