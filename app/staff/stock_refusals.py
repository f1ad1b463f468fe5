"""Refusals of stock as staff read them: a word, the reason, the next step."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.i18n import gettext as _
from app.i18n import ngettext
from catalog.errors import UnknownSku
from inventory.commands import CountStatus
from inventory.errors import (
    CountState,
    NotCounted,
    NothingToCount,
    NotInTransfer,
    NotOnShelf,
    OutOfStock,
    ReasonMissing,
    SamePlace,
    TransferState,
    UnknownCount,
    UnknownIncoming,
    UnknownTask,
    UnknownTransfer,
    WrongEnd,
)

Facts = Mapping[str, Any]
Said = tuple[str, str, str]


def _not_counted(facts: Facts) -> Said:
    skus = facts.get("skus", [])
    reason = ngettext(
        "%(num)d article has no figure yet: %(skus)s.",
        "%(num)d articles have no figure yet: %(skus)s.",
        len(skus),
    ) % {"num": len(skus), "skus": ", ".join(skus[:3])}
    return _("Not finished"), reason, _("Count them; type 0 where nothing is there.")


def _count_state(facts: Facts) -> Said:
    reason = (
        _("This count waits for a manager's decision.")
        if facts.get("state") == CountStatus.SUBMITTED
        else _("This count is over.")
    )
    return _("Too late"), reason, _("Start another count if the shelf has to be counted again.")


def _out_of_stock(facts: Facts) -> Said:
    left = ", ".join(f"{sku} ({units})" for sku, units in sorted(facts["shortages"].items()))
    reason = _("Less is free to leave than this transfer asks: %(left)s.") % {"left": left}
    return _("Not enough"), reason, _("Send at most what stands in brackets.")


def _not_on_shelf(facts: Facts) -> Said:
    left = ", ".join(f"{sku} ({units})" for sku, units in sorted(facts["on_hand"].items()))
    reason = _("Fewer are booked here than you take away: %(left)s.") % {"left": left}
    return (
        _("Too many"),
        reason,
        _("Take away at most what stands in brackets, or count the shelf."),
    )


def _not_in_transfer(facts: Facts) -> Said:
    reason = _("Not part of this transfer: %(skus)s.") % {"skus": ", ".join(facts["skus"])}
    return _("Not announced"), reason, _("Book it in as a delivery of its own.")


def _says(*sentences: Callable[[], str]) -> Callable[[Facts], Said]:
    """Return what needs no facts; each sentence is asked for in the page's language."""

    def say(_facts: Facts) -> Said:
        word, reason, following = (sentence() for sentence in sentences)
        return word, reason, following

    return say


SAID: Final[Mapping[type, Callable[[Facts], Said]]] = {
    NotCounted: _not_counted,
    CountState: _count_state,
    OutOfStock: _out_of_stock,
    NotOnShelf: _not_on_shelf,
    NotInTransfer: _not_in_transfer,
    UnknownCount: _says(
        lambda: _("No such count"),
        lambda: _("There is no such count in this store."),
        lambda: _("Open the shelf's list again."),
    ),
    UnknownTask: _says(
        lambda: _("Already counted"),
        lambda: _("Somebody has counted this meanwhile."),
        lambda: _("Open the shelf's list again."),
    ),
    NothingToCount: _says(
        lambda: _("Nothing to count"),
        lambda: _("There is nothing to count any more."),
        lambda: _("Open the shelf's list again."),
    ),
    UnknownTransfer: _says(
        lambda: _("No such transfer"),
        lambda: _("No transfer of this store has that address."),
        lambda: _("Open the shelf's list again."),
    ),
    TransferState: _says(
        lambda: _("Already moved on"),
        lambda: _("Somebody else has moved this transfer on."),
        lambda: _("Look at where it stands now."),
    ),
    UnknownIncoming: _says(
        lambda: _("Already booked"),
        lambda: _("Somebody has booked this delivery meanwhile."),
        lambda: _("Open the shelf's list again."),
    ),
    ReasonMissing: _says(
        lambda: _("A reason is missing"),
        lambda: _("Nobody said yet why everything did not come."),
        lambda: _("Choose a reason for each article."),
    ),
    WrongEnd: _says(
        lambda: _("Not for this store"),
        lambda: _("The sending store sends, the receiving store receives."),
        lambda: _("Ask your colleagues there."),
    ),
    SamePlace: _says(
        lambda: _("Same store"),
        lambda: _("A transfer leads to another store."),
        lambda: _("Choose where it goes."),
    ),
    UnknownSku: _says(
        lambda: _("Unknown article"),
        lambda: _("One of these articles is no longer in the catalogue."),
        lambda: _("Leave it out, and tell head office."),
    ),
}
"""What the tablet says of each refusal of stock."""
