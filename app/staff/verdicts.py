"""What fills the screen when something is refused: a word, the reason, the next step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app import formats
from app.case_words import say_first
from app.doors import say_both_prices
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.sessions import ForgedForm, FormSentBefore
from app.staff import stock_refusals
from kernel.errors import Forbidden, Refusal, TooManyAttempts, Unavailable
from orders.errors import (
    AlreadyCollected,
    CaseStands,
    IdentityNeeded,
    LinesUndecided,
    NotBinned,
    NothingToCollect,
    NothingToPick,
    NotOrdered,
    NotReady,
    NotServedOutside,
    OrderCancelled,
    PassNotValid,
    PassRevoked,
    PaymentDue,
    PaymentUnsettled,
    PickupExpired,
    PriceChanged,
    SubstituteAnswered,
    SubstituteAsked,
    SubstituteOnOrder,
    UnknownFulfillment,
    UnknownOrder,
    UnknownPutBack,
    WrongState,
    WrongStore,
)
from stores.errors import EnrolmentRefused, SignInRefused

MINUTE_S: Final = 60
HOUR_MIN: Final = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What fills the screen: a word, the reason, the next step. kind: ok, refused or wait."""

    kind: str
    word: str
    reason: str
    next: str


Facts = Mapping[str, Any]


def verdict_of(error: Refusal, *, zone: str) -> Verdict:
    """Return what the screen says of a refusal; times are told in `zone`."""
    if isinstance(error, FormSentBefore):
        again = _("Open the list again and look at the parcel.")
        return Verdict("refused", _(error.title), error.detail, again)
    for kind in type(error).__mro__:
        if kind in _VERDICTS:
            return _VERDICTS[kind](error.facts, zone)
        if kind in stock_refusals.SAID:
            return Verdict("refused", *stock_refusals.SAID[kind](error.facts))
    return Verdict(
        "refused",
        _("This cannot be done"),
        f"{_(error.title)}.",
        _("Open the list again and look at the parcel."),
    )


def sentence_of(error: Refusal, *, zone: str) -> str:
    """Return a refusal as one line beside a field: the reason and the way out."""
    said = verdict_of(error, zone=zone)
    return f"{said.reason} {said.next}".strip()


def _when(facts: Facts, name: str, zone: str) -> str:
    told = facts.get(name)
    if not told:
        return ""
    return formats.when(datetime.fromisoformat(str(told)), zone, language=current())


def _already_collected(facts: Facts, zone: str) -> Verdict:
    reason = _("Handed over %(when)s by %(name)s, %(store)s.") % {
        "when": _when(facts, "at", zone),
        "name": facts.get("by") or _("somebody unknown"),
        "store": facts.get("store_name") or "–",
    }
    return Verdict(
        "refused",
        _("Already collected"),
        reason,
        _("Show the customer when it was. If they deny it, call the manager."),
    )


def _wrong_store(facts: Facts, zone: str) -> Verdict:
    far = formats.distance(facts["distance_m"] / 1000, language=current())
    reason = _("This parcel waits at %(store)s, %(far)s from here. %(hours)s") % {
        "store": facts["store_name"],
        "far": far,
        "hours": _open_today(facts["today"], zone),
    }
    return Verdict(
        "refused",
        _("Another store"),
        reason,
        _("Send the customer there, or offer to look whether we have the articles here."),
    )


def _open_today(times: Sequence[Sequence[str]], zone: str) -> str:
    """Return when a store is open today, in its words."""
    if not times:
        return _("It is closed today.")
    spans = [tuple(datetime.fromisoformat(each) for each in pair) for pair in times]
    if any(closes - opens >= timedelta(days=1) for opens, closes in spans):
        return _("It is open day and night.")
    said = [
        "–".join(formats.hour(each, zone, language=current()) for each in pair) for pair in spans
    ]
    return _("Open today: %(times)s.") % {"times": ", ".join(said)}


def _not_ready(facts: Facts, zone: str) -> Verdict:
    reason = _("Promised %(when)s.") % {"when": _when(facts, "promised_at", zone)}
    return Verdict(
        "wait",
        _("Not ready yet"),
        reason,
        _("Prepare it now, or ask the customer to wait for our message."),
    )


def _expired(facts: Facts, zone: str) -> Verdict:
    reason = _("It was kept until %(when)s.") % {"when": _when(facts, "collect_by", zone)}
    return Verdict(
        "refused",
        _("Period over"),
        reason,
        _("It still lies in its bin: a manager may give it. Else place a new order.")
        if facts.get("in_bin")
        else _("The articles are for sale again: look on the shelf and place a new order."),
    )


def _revoked(facts: Facts, _zone: str) -> Verdict:
    reasons = {
        "reissued": _("Another code was sent since."),
        "proxy-withdrawn": _("The customer does not send this person any more."),
    }
    reason = reasons.get(str(facts.get("why")), _("The code was withdrawn."))
    return Verdict(
        "refused",
        _("Code no longer valid"),
        reason,
        _("Ask for the newest message, or find the parcel by name."),
    )


def _cancelled(facts: Facts, _zone: str) -> Verdict:
    return Verdict(
        "refused",
        _("Order cancelled"),
        _("This order was called off: nothing is owed and nothing is to be given."),
        _("It still lies in its bin: a manager may give it. Else place a new order.")
        if facts.get("in_bin")
        else _("If the customer still wants the articles, place a new order."),
    )


def _due(facts: Facts, _zone: str) -> Verdict:
    owed = formats.money(facts["due_minor"], facts["currency"], language=current())
    reason = _("%(sum)s is due.") % {"sum": owed}
    return Verdict(
        "wait",
        _("Not paid yet"),
        reason,
        _("Take the payment at the till, then type the number of its ticket."),
    )


def _too_many(facts: Facts, _zone: str) -> Verdict:
    minutes = max(1, -(-int(facts.get("retry_after_s", MINUTE_S)) // MINUTE_S))
    reason = ngettext(
        "Too many wrong tries: wait %(num)d minute.",
        "Too many wrong tries: wait %(num)d minutes.",
        minutes,
    ) % {"num": minutes}
    return Verdict("wait", _("Wait"), reason, _("A parcel can still be found by name."))


def _stands(facts: Facts, _zone: str) -> Verdict:
    return Verdict("refused", _("This cannot be done"), say_first(str(facts["first"])), "")


def _says(kind: str, *sentences: Callable[[], str]) -> Callable[[Facts, str], Verdict]:
    """Return a verdict whose sentences need no facts; each is asked for in the page's language."""

    def say(_facts: Facts, _zone: str) -> Verdict:
        word, reason, following = (sentence() for sentence in sentences)
        return Verdict(kind, word, reason, following)

    return say


_VERDICTS: Final[Mapping[type, Callable[[Facts, str], Verdict]]] = {
    AlreadyCollected: _already_collected,
    CaseStands: _stands,
    WrongStore: _wrong_store,
    NotReady: _not_ready,
    PickupExpired: _expired,
    PassRevoked: _revoked,
    PaymentDue: _due,
    TooManyAttempts: _too_many,
    OrderCancelled: _cancelled,
    IdentityNeeded: _says(
        "wait",
        lambda: _("Look at an identity card"),
        lambda: _("This parcel is given to whoever its name is on."),
        lambda: _("Compare the name, tick that you did, then give it."),
    ),
    NotServedOutside: _says(
        "refused",
        lambda: _("Only at the counter"),
        lambda: _("Nothing is brought out to cars in this store."),
        lambda: _("Ask the customer to come in."),
    ),
    PassNotValid: _says(
        "refused",
        lambda: _("Unknown code"),
        lambda: _("This code opens no parcel here."),
        lambda: _("Scan it again, type the code under it, or find the parcel by name."),
    ),
    PaymentUnsettled: _says(
        "wait",
        lambda: _("Payment being confirmed"),
        lambda: _("The card is being charged at this moment. Nothing is due at the till."),
        lambda: _("Wait a few seconds, then scan again."),
    ),
    NothingToCollect: _says(
        "refused",
        lambda: _("Nothing left"),
        lambda: _("Nothing is left in this parcel."),
        lambda: _("Look at the order with the manager."),
    ),
    NotOrdered: _says(
        "refused",
        lambda: _("Too many"),
        lambda: _("That is more than is left on this order."),
        lambda: _("Look at the quantities again."),
    ),
    UnknownFulfillment: _says(
        "refused",
        lambda: _("No such parcel"),
        lambda: _("There is no such parcel in this store."),
        lambda: _("Open the list again."),
    ),
    UnknownOrder: _says(
        "refused",
        lambda: _("No such order"),
        lambda: _("No order of this store has that number."),
        lambda: _("Read the number again, or find the parcel by name."),
    ),
    WrongState: _says(
        "refused",
        lambda: _("Already moved on"),
        lambda: _("Somebody else has moved this parcel on."),
        lambda: _("Look at where it stands now."),
    ),
    LinesUndecided: _says(
        "refused",
        lambda: _("Not finished"),
        lambda: _("Some articles are neither picked nor reported missing."),
        lambda: _("Decide each of them first."),
    ),
    NothingToPick: _says(
        "wait",
        lambda: _("Nothing to pick"),
        lambda: _("No parcel waits that is not in somebody’s walk already."),
        lambda: _("New orders appear on the list by themselves."),
    ),
    PriceChanged: lambda facts, _zone: Verdict(
        "refused",
        _("Another price"),
        say_both_prices(facts),
        _("Tell the customer, and order again if they agree."),
    ),
    SubstituteOnOrder: _says(
        "refused",
        lambda: _("Already ordered"),
        lambda: _("This article is on the order already."),
        lambda: _("Offer another one, or report what is missing."),
    ),
    SubstituteAsked: _says(
        "wait",
        lambda: _("Already asked"),
        lambda: _("The customer is being asked about this article."),
        lambda: _("Wait for the answer, or take the question back."),
    ),
    SubstituteAnswered: _says(
        "refused",
        lambda: _("Already answered"),
        lambda: _("This was answered meanwhile."),
        lambda: _("Look at the parcel: it shows what was decided."),
    ),
    UnknownPutBack: _says(
        "wait",
        lambda: _("Already back"),
        lambda: _("Somebody else has put this bin back."),
        lambda: _("Take the next one."),
    ),
    NotBinned: _says(
        "refused",
        lambda: _("No bin"),
        lambda: _("The parcel has no bin yet."),
        lambda: _("Scan the label of the bin, or type it."),
    ),
    SignInRefused: _says(
        "refused",
        lambda: _("Not opened"),
        lambda: _("This PIN does not open the session."),
        lambda: _("Try again slowly, or ask a manager for a new PIN."),
    ),
    EnrolmentRefused: _says(
        "refused",
        lambda: _("Not enrolled"),
        lambda: _("This code does not work, was used, or is older than ten minutes."),
        lambda: _("Ask a manager for a new code in the back office."),
    ),
    ForgedForm: _says(
        "refused",
        lambda: _("The page was too old"),
        lambda: _("Somebody signed in or out since it was opened. Nothing was changed."),
        lambda: _("Open the page again and repeat."),
    ),
    Forbidden: _says(
        "refused",
        lambda: _("Not yours to do"),
        lambda: _("Your account may not do this. Nothing was changed."),
        lambda: _("Ask a manager."),
    ),
    Unavailable: _says(
        "wait",
        lambda: _("No answer"),
        lambda: _("The system does not answer at the moment. Nothing was changed."),
        lambda: _("Try again in a few seconds."),
    ),
}
