"""What a case is about, in words: for the back office and the tablet alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from app import formats
from app.i18n import N_, current, ngettext
from app.i18n import gettext as _
from kernel.errors import every_refusal
from kernel.events import Recorded
from orders.commands import CaseKind, OfflineKind, Standing
from orders.queries import CaseFacts


class About(NamedTuple):
    """A kind of case: its name, and what resolves it."""

    label: str
    way: str


KINDS: Final[Mapping[CaseKind, About]] = {
    CaseKind.SHORTAGE: About(
        N_("Promised, but missing"),
        N_("Look for it, count it, or find another way for those who wait. It closes by itself."),
    ),
    CaseKind.CONFLICT: About(
        N_("Done against the rules"),
        N_("See who has the goods and whether money is owed, then say how it ended."),
    ),
    CaseKind.PAID_WITHOUT_STOCK: About(
        N_("Paid, but out of stock"),
        N_("The money is let go. Call the customer and offer another way."),
    ),
    CaseKind.LATE: About(
        N_("Late"),
        N_("Prepare it now, or tell the customer. It closes by itself once the parcel is ready."),
    ),
    CaseKind.UNREACHABLE: About(
        N_("Customer not reached"),
        N_("Correct the address or the number and send the message again, or call."),
    ),
    CaseKind.MONEY: About(
        N_("Money to look at"),
        N_("Ask again, or give it back in another way and say how."),
    ),
    CaseKind.UNPAID: About(
        N_("Goods that are not paid"),
        N_("Ask the customer to pay, and say how it ended."),
    ),
    CaseKind.TILL: About(
        N_("Sale at a till to check"),
        N_("Compare the ticket with what is on the shelf, then say what is true."),
    ),
    CaseKind.DELIVERY: About(
        N_("Delivery that does not arrive"),
        N_("Ask the carrier, tell the customer, and say how it ended."),
    ),
    CaseKind.FEED: About(
        N_("Feed held back"),
        N_("Compare it with the shelf. Let it through, or have its source send a better one."),
    ),
    CaseKind.SOURCING: About(
        N_("Nobody found to send it"),
        N_("Find another store or another article, or call the customer and cancel."),
    ),
    CaseKind.CONVERSATION: About(
        N_("Waits for an answer"),
        N_("Read what was said so far and answer. It closes by itself."),
    ),
    CaseKind.LOW_SCORE: About(
        N_("A customer was not content"),
        N_("Read what they wrote in their file, call them, and say here what came of it."),
    ),
}
FIRST: Final[Mapping[Standing, str]] = {
    Standing.COVER_SHORTAGE: N_(
        "It is still missing. Find a way out of the shortage first: the case then closes by itself."
    ),
    Standing.MOVE_PARCEL_ON: N_(
        "The parcel is still late. Prepare or reject it first: the case then closes by itself."
    ),
    Standing.REFUND_AGAIN: N_(
        "The money did not go back yet. Ask for it again first; a manager closes the case when it"
        " went back in another way."
    ),
    Standing.LET_MONEY_GO: N_(
        "The customer's money is still held. Cancel the order first; a manager closes the case when"
        " it went back in another way."
    ),
}
LATE_FOR: Final[Mapping[str, str]] = {
    "accept": N_("nobody has taken it on"),
    "ready": N_("it is not ready"),
}
DEEDS: Final[Mapping[str, str]] = {
    OfflineKind.PICK.value: N_("Picked without a network"),
    OfflineKind.HAND_OVER.value: N_("Handed over without a network"),
}
RESOLUTIONS: Final[Mapping[str, str]] = {
    "moved on": N_("The parcel moved on"),
    "covered": N_("What was promised is there"),
    "told after all": N_("A later message went out"),
    "given back": N_("The money went back"),
    "let through": N_("Somebody let it through"),
    "sourced": N_("Another location sends it, or nobody waits for it any more"),
    "score changed": N_("The customer gave a better score after all"),
    "money taken": N_("The card's hold was taken or let go"),
}
ENDS: Final[Mapping[str, str]] = {
    "case.opened.v1": N_("Opened"),
    "case.assigned.v1": N_("Somebody sees to it"),
    "case.closed.v1": N_("Closed"),
}
REASONS: Final[Mapping[str, str]] = {"refund asked for again": N_("Refund asked for again")}


def say_facts(case: CaseFacts, names: Mapping[str, str], *, zone: str) -> list[str]:
    """Return what is known of a case, a sentence each; `names` tells articles from each other."""
    facts = case.facts
    said = [
        _late(case, zone),
        _hold(facts.get("hold_ends_at"), zone),
        _deed(facts.get("kind")),
        _broken(facts.get("what"), case),
        _goods(_("Articles"), facts.get("quantities"), names),
        _goods(_("Missing"), facts.get("missing"), names, sku=facts.get("sku")),
        _goods(_("Lost on the way"), facts.get("lost"), names),
        _goods(_("More than was wanted"), facts.get("too_much"), names),
        _goods(_("To be put back"), facts.get("put_back"), names),
        _goods(_("Told, but never part of this parcel: nothing moved"), facts.get("beyond"), names),
        _money(_("Still owed"), facts.get("due_minor"), facts.get("currency")),
        _money(_("To be given back"), facts.get("amount_minor"), facts.get("currency")),
        _plain(_("Feed"), facts.get("feed")),
        _plain(_("Till ticket"), facts.get("ticket_number")),
        _plain(_("What the card provider says"), facts.get("doubt") or facts.get("code")),
    ]
    return [each for each in said if each]


def say_first(first: str) -> str:
    """Return what has to happen before a case can end."""
    return _(FIRST[Standing(first)])


def say_history(event: Recorded) -> str:
    """Return what happened to a case."""
    if event.name == "case.escalated.v1":
        return _("Past its time") if event.facts.get("level") != 1 else _("Nearly due")
    return _(ENDS.get(event.name, event.name))


def say_end(resolution: str | None) -> str:
    """Return how a case ended: what somebody wrote, or what happened by itself."""
    said = resolution or ""
    return _(RESOLUTIONS.get(said, REASONS.get(said, said))) if said else ""


def skus_of(case: CaseFacts) -> set[str]:
    """Return the SKUs a case speaks of."""
    found = {case.facts["sku"]} if "sku" in case.facts else set()
    for name in ("quantities", "missing", "lost", "too_much", "put_back", "beyond"):
        goods = case.facts.get(name)
        found |= set(goods) if isinstance(goods, dict) else set()
    return found


def _late(case: CaseFacts, zone: str) -> str:
    if case.kind is not CaseKind.LATE:
        return ""
    since = formats.when(datetime.fromisoformat(case.facts["due_at"]), zone, language=current())
    late_for = LATE_FOR.get(case.facts["what"])
    what = _(late_for) if late_for else ""
    return _("Since %(since)s %(what)s.") % {"since": since, "what": what}


def _hold(ends_at: Any, zone: str) -> str:  # noqa: ANN401 (JSON)
    if not ends_at:
        return ""
    until = formats.when(datetime.fromisoformat(str(ends_at)), zone, language=current())
    return _(
        "The card holds the money until %(until)s. Agree with the customer what comes before."
    ) % {"until": until}


def _deed(kind: Any) -> str:  # noqa: ANN401 (JSON)
    words = DEEDS.get(kind)
    return f"{_(words)}." if words else ""


def _broken(what: Any, case: CaseFacts) -> str:  # noqa: ANN401 (JSON)
    if case.kind is CaseKind.LATE or not what:
        return ""
    title = next((kind.title for kind in every_refusal() if kind.code == what), str(what))
    return f"{_(title)}."


def _goods(label: str, goods: Any, names: Mapping[str, str], *, sku: str | None = None) -> str:  # noqa: ANN401 (JSON)
    if isinstance(goods, int) and sku is not None:
        goods = {sku: goods}
    if not isinstance(goods, dict) or not goods:
        return ""
    listed = ", ".join(f"{count} × {names.get(each, each)}" for each, count in goods.items())
    return _("%(label)s: %(what)s") % {"label": label, "what": listed}


def _money(label: str, minor: Any, currency: str | None) -> str:  # noqa: ANN401 (JSON)
    if not isinstance(minor, int) or not minor:
        return ""
    amount = formats.money(minor, currency or "EUR", language=current())
    return _("%(label)s: %(what)s") % {"label": label, "what": amount}


def _plain(label: str, said: Any) -> str:  # noqa: ANN401 (JSON)
    return _("%(label)s: %(what)s") % {"label": label, "what": said} if said else ""


def say_count(count: int, overdue: int) -> str:
    """Return how many cases wait, and how many are past their time."""
    said = ngettext("%(num)d case waits", "%(num)d cases wait", count) % {"num": count}
    if not overdue:
        return said
    late = ngettext("%(num)d is late", "%(num)d are late", overdue) % {"num": overdue}
    return f"{said}, {late}"
