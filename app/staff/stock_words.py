"""Words of the shelf: why something is counted or corrected, days, and figures that differ."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from app import formats
from app.i18n import current, ngettext, pgettext
from app.i18n import gettext as _
from inventory.commands import AdjustReason, MissingReason, MovementKind, TaskCause, TransferStatus
from inventory.queries import CountLineFacts
from stores.queries import StoreFacts

NOON: Final = time(12)


def today(store: StoreFacts) -> date:
    """Return the day it is at a store."""
    return store.asked_at.astimezone(ZoneInfo(store.time_zone)).date()


def day_word(on: date, store: StoreFacts) -> str:
    """Return a day as staff say it: « demain », "Thursday"."""
    noon = datetime.combine(on, NOON, ZoneInfo(store.time_zone))
    return formats.near_day(noon, store.time_zone, language=current())


def cause_word(cause: str) -> str:
    """Return why a SKU has to be counted."""
    return {
        TaskCause.NOT_FOUND: _("A picker did not find it"),
        TaskCause.SOLD_AT_ZERO: _("Sold although none was booked"),
        TaskCause.RETURNED: _("Came back, to be looked at"),
        TaskCause.FEED: _("The shelf and the stock feed differ"),
        TaskCause.ASKED: _("Head office asks for it"),
    }[TaskCause(cause)]


def missing_reasons() -> list[tuple[str, str]]:
    """Return why sent goods can fail to arrive, as options of a list."""
    return [
        (MissingReason.LOST.value, _("Lost on the way")),
        (MissingReason.DAMAGED.value, _("Broken on the way")),
        (MissingReason.MISCOUNTED.value, _("Never sent: they miscounted")),
        (MissingReason.CAME_BACK.value, _("Went back to the sender")),
    ]


FEWER: Final[Mapping[AdjustReason, bool]] = {
    AdjustReason.DAMAGED: True,
    AdjustReason.LOST: True,
    AdjustReason.THEFT: True,
    AdjustReason.DISPLAY: True,
    AdjustReason.EXPIRED: True,
    AdjustReason.FOUND: False,
}
"""Which way a reason goes; a plain correction goes either way."""


def adjust_reasons() -> list[tuple[str, str]]:
    """Return why a figure can be corrected without a count, as options of a list."""
    return [
        (AdjustReason.DAMAGED.value, _("Damaged")),
        (AdjustReason.THEFT.value, _("Stolen")),
        (AdjustReason.LOST.value, _("Lost")),
        (AdjustReason.DISPLAY.value, _("Put on display for good")),
        (AdjustReason.EXPIRED.value, _("Past its date")),
        (AdjustReason.FOUND.value, _("Found again")),
        (AdjustReason.CORRECTION.value, _("Booked wrongly before")),
    ]


def transfer_state(status: str) -> tuple[str, str]:
    """Return the kind (as in the component `status`) and the word for where a transfer is."""
    return {
        TransferStatus.DRAFT: ("plain", _("To send")),
        TransferStatus.SENT: ("wait", pgettext("transfer", "On its way")),
        TransferStatus.PART_RECEIVED: ("wait", _("Partly here")),
        TransferStatus.RECEIVED: ("ok", _("All here")),
        TransferStatus.CLOSED: ("plain", _("Closed, not all came")),
        TransferStatus.CANCELLED: ("plain", _("Called off")),
    }[TransferStatus(status)]


def movement_word(kind: str) -> str:
    """Return what happened to a figure of stock."""
    return {
        MovementKind.RECEIVED: pgettext("stock", "Received"),
        MovementKind.SOLD: _("Sold at the till"),
        MovementKind.RETURNED: _("Came back"),
        MovementKind.SENT: _("Sent to another store"),
        MovementKind.ARRIVED: _("Arrived from another store"),
        MovementKind.HANDED_OVER: _("Given to customers"),
        MovementKind.FOUND: _("Found"),
        MovementKind.ADJUSTED: _("Corrected"),
    }.get(MovementKind(kind), "")


def say_variance(line: CountLineFacts) -> str:
    """Return how a figure compares with the books, what lies in bins left out, as one sentence."""
    if line.counted is None or line.difference is None:
        return ""
    facts = {"counted": line.counted, "shelf": line.shelf, "bins": line.in_bins}
    if line.difference == 0:
        said = _("%(counted)d counted, as booked.") % facts
    elif line.difference < 0:
        said = ngettext(
            "%(num)d is missing: %(counted)d counted, %(shelf)d should be on the shelf.",
            "%(num)d are missing: %(counted)d counted, %(shelf)d should be on the shelf.",
            -line.difference,
        ) % {**facts, "num": -line.difference}
    else:
        said = ngettext(
            "%(num)d too many: %(counted)d counted, %(shelf)d should be on the shelf.",
            "%(num)d too many: %(counted)d counted, %(shelf)d should be on the shelf.",
            line.difference,
        ) % {**facts, "num": line.difference}
    if line.in_bins:
        said += " " + ngettext(
            "%(num)d more lies in a bin and was not to be counted.",
            "%(num)d more lie in bins and were not to be counted.",
            line.in_bins,
        ) % {"num": line.in_bins}
    return said
