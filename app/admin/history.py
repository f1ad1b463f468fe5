"""The story of an order in words: what happened, when, by whose hand, on which device, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app import formats
from app.admin.words import (
    ANSWERS,
    CHANNELS,
    FOUND,
    MESSAGE_CHANNELS,
    REASONS,
    REFUSALS,
    ROLES,
    TEMPLATES,
)
from app.changes import say_changes
from app.i18n import N_, current, ngettext
from app.i18n import gettext as _
from app.telling_words import say_topic, say_way
from kernel.actors import ActorKind
from kernel.events import Recorded
from notifications.commands import Channel as MessageChannel
from notifications.commands import Template
from orders.commands import USUAL_CHANNEL, Channel


@dataclass(frozen=True, slots=True)
class Scene:
    """What the sentences need: names of articles and people, the store's zone, the currency."""

    articles: Mapping[str, str]
    names: Mapping[UUID, str]
    zone: str
    currency: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    """The retailer's own reasons in words, by code."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the story."""

    at: datetime
    what: str
    detail: str
    who: str
    device: str
    why: str
    channel: str = ""


LINK: Final = "link"
FROM_LINK: Final = N_("From the link to pay")
Teller = Callable[[Mapping[str, Any], Scene], str]

TITLES: Final[Mapping[str, str]] = {
    "order.placed.v1": N_("Ordered"),
    "order.started.v1": N_("Begun, stock held until the card is certain"),
    "order.abandoned.v1": N_("Never paid: the stock is free again"),
    "order.sold.v1": N_("Sold at the till"),
    "stock.sold.v1": N_("Taken off the shelf"),
    "goods.taken_back.v1": N_("Brought back to a till, money given back there"),
    "stock.returned.v1": N_("Back in stock"),
    "order.amended.v1": N_("The order was changed"),
    "order.noted.v1": N_("Note of the customer changed"),
    "order.cancelled.v1": N_("Order cancelled"),
    "order.money_back.v1": N_("The shop that took the money is told to give it back"),
    "order.collector_changed.v1": N_("Somebody else collects"),
    "order.contact_corrected.v1": N_("E-mail or phone corrected"),
    "fulfillment.accepted.v1": N_("Taken on by the store"),
    "fulfillment.picking_started.v1": N_("Preparation began"),
    "fulfillment.picked.v1": N_("Taken from the shelf"),
    "fulfillment.line_short.v1": N_("Could not be had"),
    "fulfillment.substitute_offered.v1": N_("Another article offered instead"),
    "fulfillment.substitute_accepted.v1": N_("The other article is taken"),
    "fulfillment.substitute_ended.v1": N_("The other article is not taken"),
    "order.paid_without_stock.v1": N_(
        "Paid too late: others have the articles, the money goes back"
    ),
    "fulfillment.binned.v1": N_("Put into its bin"),
    "fulfillment.ready.v1": N_("Ready"),
    "fulfillment.ready_paid.v1": N_("Card settled, the customer may come"),
    "fulfillment.handed_over.v1": N_("Handed over at the counter"),
    "fulfillment.refused.v1": N_("The customer did not want this"),
    "fulfillment.left_against_rules.v1": N_("Left the store though it was not owed"),
    "fulfillment.proxy_pass_given.v1": N_("Somebody they send has a code"),
    "fulfillment.on_the_way.v1": N_("The customer is on the way"),
    "fulfillment.arrived.v1": N_("The customer waits outside"),
    "order.proxy_named.v1": N_("Somebody else may collect too"),
    "order.proxy_withdrawn.v1": N_("Somebody may not collect any more"),
    "fulfillment.cancelled.v1": N_("Parcel called off, its articles are for sale again"),
    "fulfillment.expired.v1": N_("Collection period over, articles back to the shelf"),
    "fulfillment.extended.v1": N_("Kept longer"),
    "fulfillment.reminded.v1": N_("Customer reminded"),
    "fulfillment.pass_reissued.v1": N_("Old code dead, a new one announced"),
    "fulfillment.in_transfer.v1": N_("Articles come from another store"),
    "fulfillment.goods_arrived.v1": N_("Nothing is on the way any more: preparing goes on"),
    "fulfillment.packed.v1": N_("Packed for the carrier"),
    "fulfillment.shipped.v1": N_("Given to the carrier"),
    "fulfillment.delivered.v1": N_("Delivered to the customer"),
    "fulfillment.delivery_failed.v1": N_("Could not be delivered"),
    "fulfillment.returned.v1": N_("Came back to the store"),
    "fulfillment.rejected.v1": N_("Refused by the store: the customer chooses"),
    "choice.answered.v1": N_("Choice made"),
    "fulfillment.rerouted.v1": N_("Goes on as another parcel"),
    "fulfillment.split.v1": N_("Split: what is on its way goes on by itself"),
    "order.partly_there.v1": N_("Part of it is there: the customer is asked"),
    "order.partly_answered.v1": N_("The customer said what to do with a part"),
    "payment.authorised.v1": N_("The card holds the money"),
    "payment.captured.v1": N_("Taken from the card"),
    "payment.failed.v1": N_("The card was declined"),
    "payment.capture_failed.v1": N_("The money could not be taken: due at the counter"),
    "payment.refunded.v1": N_("Given back to the card"),
    "payment.refund_failed.v1": N_("The money could not be given back: somebody has to"),
    "checkout.expired.v1": N_("Left the payment page without paying"),
    "message.sent.v1": N_("Message sent"),
    "message.withheld.v1": N_("Message held back: they do not want it"),
    "message.resent.v1": N_("Message sent again"),
    "message.undeliverable.v1": N_("The customer was reached on no channel"),
    "message.reached.v1": N_("The customer was reached after all"),
    "pay_link.made.v1": N_("A link to pay was made"),
    "pay_link.reminded.v1": N_("Reminded of the link to pay"),
    "pay_link.followed.v1": N_("Went to the payment page"),
    "payment.doubted.v1": N_("The card provider contradicts what is owed"),
}


ENDS: Final[Mapping[str, str]] = {
    "declined": N_("the customer said no"),
    "lapsed": N_("nobody answered in time"),
    "withdrawn": N_("found after all"),
}
"""How the offer of another article ended."""
DECLINED: Final[Mapping[str, str]] = {
    "card_declined": N_("declined by the bank"),
    "generic_decline": N_("declined by the bank"),
    "do_not_honor": N_("declined by the bank"),
    "insufficient_funds": N_("not enough money on the account"),
    "expired_card": N_("the card is out of date"),
    "incorrect_cvc": N_("wrong security code"),
    "authentication_required": N_("the bank asks for a confirmation"),
    "authorisation_lost": N_("the money was held for too long"),
    "lost_card": N_("declined by the bank"),
    "stolen_card": N_("declined by the bank"),
    "processing_error": N_("the bank did not answer"),
}
"""Why a card did not pay, by the provider's word for it."""


def tell(history: Sequence[Recorded], scene: Scene) -> list[Happening]:
    """Return the story, oldest first."""
    return [_line(each, scene) for each in history]


def _line(event: Recorded, scene: Scene) -> Happening:
    teller, who = DETAILS.get(event.name), say_who(event, scene)
    device = scene.names.get(event.device_id, "") if event.device_id else ""  # a key has their name
    return Happening(
        at=event.recorded_at,
        what=_(TITLES.get(event.name, event.name)),
        detail=teller(event.facts, scene) if teller else "",
        who=who,
        device="" if device == who else device,
        why=_why(event.reason, scene) if event.reason else "",
        channel=_(channel) if (channel := find_channel(event)) else "",
    )


def find_channel(event: Recorded) -> str:
    """Return on which channel something was done, in English words; empty where nobody did it."""
    said = event.facts.get("channel")
    if said == LINK:
        return FROM_LINK
    kind = next((each for each in ActorKind if each.value == event.actor_kind), None)
    usual = {**USUAL_CHANNEL, ActorKind.TERMINAL: Channel.POS}.get(kind) if kind else None
    found = next((each for each in Channel if each.value == said), None)
    if found is not None and kind is not ActorKind.SYSTEM:
        return CHANNELS[found]
    return CHANNELS[usual] if usual else ""


def _why(reason: str, scene: Scene) -> str:
    return scene.reasons.get(reason) or _(REASONS.get(reason, reason))


def say_who(event: Recorded, scene: Scene) -> str:
    """Return who did it: by name, or what they are."""
    if event.actor_id is not None and event.actor_id in scene.names:
        return scene.names[event.actor_id]
    kind = next((each for each in ActorKind if each.value == event.actor_kind), None)
    return _(ROLES[kind]) if kind is not None else event.actor_kind


def _placed(facts: Mapping[str, Any], scene: Scene) -> str:
    count = sum(facts["quantities"].values())
    articles = ngettext("%(num)d article", "%(num)d articles", count) % {"num": count}
    channel = _(CHANNELS[Channel(facts["channel"])])
    return f"{channel} · {articles} · {_money(facts['total_minor'], scene)}"


def _articles(facts: Mapping[str, Any], scene: Scene) -> str:
    return ", ".join(
        f"{quantity} × {scene.articles.get(sku, sku)}"
        for sku, quantity in facts["quantities"].items()
    )


def _brought_back(facts: Mapping[str, Any], scene: Scene) -> str:
    return f"{_articles(facts, scene)} · {_amount(facts, scene)}"


def _short(facts: Mapping[str, Any], scene: Scene) -> str:
    return f"{facts['quantity']} × {scene.articles.get(facts['sku'], facts['sku'])}"


def _kept(facts: Mapping[str, Any], scene: Scene) -> str:
    moment = datetime.fromisoformat(facts["collect_by"])
    until = formats.when(moment, scene.zone, language=current())
    return _("kept until %(until)s") % {"until": until}


def _ready(facts: Mapping[str, Any], scene: Scene) -> str:
    return f"{_('bin')} {facts['bin']} · {_kept(facts, scene)}"


def _handed(facts: Mapping[str, Any], scene: Scene) -> str:
    how = _(FOUND.get(facts["found"], facts["found"]))
    part = "" if facts["complete"] else f" · {_('a part of it')}"
    return f"{_articles(facts, scene)} · {how}{part}"


def _answer(facts: Mapping[str, Any], _scene: Scene) -> str:
    chosen = ANSWERS[facts["answer"]]
    return _(chosen)


def _refused(facts: Mapping[str, Any], scene: Scene) -> str:
    return ", ".join(
        f"{each['quantity']} × {scene.articles.get(sku, sku)}"
        f" ({_(REFUSALS.get(each['reason'], each['reason']))})"
        for sku, each in facts["refused"].items()
    )


def _arrived(facts: Mapping[str, Any], _scene: Scene) -> str:
    return _("bay %(bay)s") % {"bay": facts["bay"]} if facts["bay"] else ""


def _amount(facts: Mapping[str, Any], scene: Scene) -> str:
    return _money(facts["amount_minor"], scene)


def _money(minor: int, scene: Scene) -> str:
    return formats.money(minor, scene.currency, language=current())


def _instead(facts: Mapping[str, Any], scene: Scene) -> str:
    """Return which article was offered for which; how it ended, where it did."""
    missing, other = (scene.articles.get(facts[each], facts[each]) for each in _BOTH)
    said = f"{facts['quantity']} × {missing} → {other}"
    ended = ENDS.get(facts.get("how", ""))
    return f"{said} · {_(ended)}" if ended else said


_BOTH: Final = ("sku", "substitute_sku")


def _missing(facts: Mapping[str, Any], scene: Scene) -> str:
    return _articles({"quantities": facts["missing"]}, scene)


def _sent(facts: Mapping[str, Any], _scene: Scene) -> str:
    what = next((each for each in Template if each.value == facts["template"]), None)
    by = next((each for each in MessageChannel if each.value == facts["channel"]), None)
    said = [_(TEMPLATES[what])] if what else []
    return " · ".join([*said, *([_(MESSAGE_CHANNELS[by])] if by else [])])


def _declined(facts: Mapping[str, Any], _scene: Scene) -> str:
    known = DECLINED.get(facts["code"])
    return _(known) if known else _("the provider says: %(code)s") % {"code": facts["code"]}


def _consent(facts: Mapping[str, Any], _scene: Scene) -> str:
    answer = _("agreed") if facts["granted"] else _("refused")
    about = f"{say_topic(facts['topic'])}, {say_way(facts['way'])}"
    return _("%(about)s: %(answer)s") % {"about": about, "answer": answer}


DETAILS: Final[Mapping[str, Teller]] = {
    "consent.recorded.v1": _consent,
    "order.amended.v1": lambda facts, scene: say_changes(
        facts, names=scene.articles, zone=scene.zone, currency=scene.currency
    ),
    "choice.answered.v1": _answer,
    "fulfillment.split.v1": _articles,
    "order.placed.v1": _placed,
    "order.started.v1": _placed,
    "order.sold.v1": _placed,
    "goods.taken_back.v1": _brought_back,
    "fulfillment.picked.v1": _articles,
    "fulfillment.in_transfer.v1": _articles,
    "fulfillment.shipped.v1": _articles,
    "fulfillment.returned.v1": _articles,
    "fulfillment.line_short.v1": _short,
    "fulfillment.binned.v1": lambda facts, _scene: str(facts["bin"]),
    "fulfillment.ready.v1": _ready,
    "fulfillment.handed_over.v1": _handed,
    "fulfillment.extended.v1": _kept,
    "fulfillment.refused.v1": _refused,
    "fulfillment.left_against_rules.v1": _articles,
    "fulfillment.arrived.v1": _arrived,
    "order.money_back.v1": _amount,
    "payment.authorised.v1": _amount,
    "payment.captured.v1": _amount,
    "payment.refunded.v1": _amount,
    "payment.refund_failed.v1": _amount,
    "payment.failed.v1": _declined,
    "message.sent.v1": _sent,
    "message.withheld.v1": _sent,
    "fulfillment.substitute_offered.v1": _instead,
    "fulfillment.substitute_accepted.v1": _instead,
    "fulfillment.substitute_ended.v1": _instead,
    "order.paid_without_stock.v1": _missing,
}
