"""Words of messages: one file per template and language, two layouts for them all.

Nothing a customer typed stands in a message, so that a form of ours writes nobody's letters; only
once it is paid, or ours took the order, a message says where it is brought to and what the company
it is for is called: before, it says that company's numbers, which are checked. The code and its
picture are derived here and kept nowhere.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from kernel import links, qr
from kernel.ids import show_code, show_order_number
from notifications import gateway
from notifications.commands import FROM_LINK, OPENS_PARCEL, Channel, Template
from notifications.gateway import Email, Sms
from notifications.models import Message
from notifications.services import gsm7
from notifications.services.amounts import amounts
from notifications.services.cases import AnyCase, Case, WishCase
from notifications.services.changing import say_changed
from notifications.services.codes import CodeCase, code_facts
from notifications.services.owing import address_of
from notifications.services.telling_answers import AnswerCase, answer_facts, headers_of
from notifications.services.telling_carts import CartCase, cart_facts
from notifications.services.telling_staff import StaffCase, staff_facts
from notifications.services.wording import Voice
from orders import passes
from orders.commands import Answer, Method, Status
from orders.commands import Channel as OrderChannel

SCORE_BEST: Final = 5
KEEPS_LONGER: Final = frozenset({Template.REMINDER, Template.LAST_DAY})
"""Templates that offer to keep the parcel longer, as long as its store does."""

KEPT_OF_IT: Final = frozenset({Template.CONFIRMATION, Template.RECEIPT, Template.DELIVERED})
"""Templates that a company keeps: they say for whom it was ordered."""
NOUNS: Final = {"fr": ("commande", "réservation"), "en": ("order", "reservation")}
"""What is written about: an order, or a reservation, for which nothing is owed."""

_pages = Environment(
    loader=PackageLoader("notifications"),
    autoescape=select_autoescape(["html"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(message: Message, case: AnyCase) -> Email | Sms:
    """Return the message as it goes out now.

    Raises ValueError when the contact has no address on this channel any more.
    """
    to = address_of(case.contact, message.channel)
    if to is None:
        raise ValueError("no address")
    facts = _facts_of(message, case)
    words = _say(f"{message.template}.{message.language}.txt", facts)
    if message.channel is Channel.SMS:
        return Sms(gateway.settings().sms_from or case.brand.sms_sender, to, fit(words["sms"]))
    reply_to, answers = headers_of(case) if isinstance(case, AnswerCase) else ("", ())
    domain = case.brand.sender_email.rpartition("@")[2]
    picture_id = f"code.{message.reference}@{domain}"
    everything = {**facts, "labels": _say(f"labels.{message.language}.txt", facts), **words}
    page = _pages.get_template("layout.html").render(everything, picture_id=picture_id)
    return Email(
        message_id=f"<{message.reference}@{domain}>",
        sender_name=case.brand.name,
        sender=case.brand.sender_email,
        to=to,
        language=message.language,
        subject=words["subject"],
        text=_pages.get_template("layout.txt").render(everything),
        page=page,
        picture=_picture(case) if facts["code"] else None,
        picture_id=picture_id,
        reply_to=reply_to,
        answers=answers,
        unsubscribe=facts.get("unsubscribe", ""),
    )


def fit(texts: str) -> str:
    """Return the first line that fits one text message, in its alphabet.

    Lines go from the fullest to the shortest.

    Raises ValueError when none fits: the words are at fault.
    """
    lines = [gsm7.transliterate(line.strip()) for line in texts.splitlines() if line.strip()]
    for line in lines:
        if gsm7.count_places(line) <= gsm7.PLACES:
            return line
    raise ValueError("no line fits one text message")


def _say(name: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return every block of a file of words."""
    template = _pages.get_template(name)
    return {
        block: "".join(words(template.new_context(dict(facts)))).strip()
        for block, words in template.blocks.items()
    }


def _facts_of(message: Message, case: AnyCase) -> dict[str, Any]:
    if isinstance(case, StaffCase):
        facts = staff_facts(message, case)
        kinds = _say(f"kinds.{message.language}.txt", facts)
        return {**facts, "what": kinds.get(facts["kind"], "")}
    if isinstance(case, CartCase):
        return {**cart_facts(message, case), "to_staff": False}
    if isinstance(case, CodeCase):
        return {**code_facts(message, case), "to_staff": False}
    if isinstance(case, AnswerCase):
        return {**answer_facts(message, case), "to_staff": False}
    told = _wish_facts(message, case) if isinstance(case, WishCase) else _facts(message, case)
    return {**told, "to_staff": False}


def _facts(message: Message, case: Case) -> dict[str, Any]:
    """Return what the words may speak of; what does not apply is empty."""
    voice, parcel = Voice(message.language, ZoneInfo(case.store.time_zone)), case.parcel
    home = f"{gateway.settings().public_url.rstrip('/')}/{message.language}"
    link = f"{home}/orders/{parcel.token}"
    if message.template is Template.PROXY_PASS:  # the order's own link can do more than collect
        link = f"{home}/stores/{quote(case.store.code, safe='')}"
    offers_more = parcel.extensions < case.store.rules.extensions_max
    shows_code = message.template in OPENS_PARCEL and case.collect is not None
    return {
        "template": message.template.value,
        "language": message.language,
        "brand": case.brand.name,
        "short_brand": case.brand.sms_sender,
        "number": show_order_number(parcel.order_number),
        "store": case.store.name,
        "brought_to": ", ".join(case.address),
        "scores": _scores(case, home),
        **_place(case, voice),
        "expected": voice.moment(parcel.promised_at),
        "short_expected": voice.short_moment(parcel.promised_at),
        "until": voice.moment(parcel.collect_by) if parcel.collect_by else "",
        "short_until": voice.short_moment(parcel.collect_by) if parcel.collect_by else "",
        "ended": voice.moment(parcel.ended_at) if parcel.ended_at else "",
        "is_ready": parcel.status is Status.READY,
        "is_distance": case.is_distance,
        "is_paid": case.paid_minor > 0 or case.paid_elsewhere,
        "reason": case.reason,
        "code": show_code(passes.typed_code(case.collect.id))
        if shows_code and case.collect
        else "",
        "link": link,
        "extend": f"{link}/extend" if offers_more and message.template in KEEPS_LONGER else "",
        "extension_days": case.store.rules.extension_days,
        "stop": "",
        "is_delivery": parcel.method is Method.DELIVERY,
        "goes_on": case.goes_on,
        "partly_asked": case.partly is None,
        **_choice(message, case, voice),
        "tracked": [(each.carrier_name, each.tracking_number) for each in case.packages],
        **_substitute(case, voice),
        **amounts(message.template, case, voice),
        **_pay_link(message, case, voice),
        **_arrivals(case, voice),
        **_parts(case, voice),
        **_kind(case, voice),
        "company": _company(message, case),
    }


def _company(message: Message, case: Case) -> str:
    """Return the company an order is for, in what a customer keeps of it; else nothing."""
    order = case.order
    if message.template not in KEPT_OF_IT or order is None or order.company is None:
        return ""
    company, is_known = order.company, order.channel is not OrderChannel.WEB
    return company.line if is_known or case.paid_minor or case.paid_elsewhere else company.numbers


def _scores(case: Case, home: str) -> list[tuple[int, str]]:
    """Return a link for each score, where its customer may be asked how it was."""
    page = f"{home}/scores/{links.score_token(case.parcel.id)}"
    numbers = range(1, SCORE_BEST + 1) if case.asks_score else range(0)
    return [(each, f"{page}?score={each}") for each in numbers]


def _place(case: Case, voice: Voice) -> dict[str, Any]:
    """Return where the store is; nothing of a warehouse, and no hours where nobody has to come."""
    store, comes = case.store, case.parcel.method is not Method.DELIVERY
    return {
        "place": [store.street, f"{store.postcode} {store.city}".strip()] if store.welcomes else [],
        "phone": (store.phone or "") if store.welcomes else "",
        "hours": voice.hours(store) if comes and store.welcomes else [],
    }


def _kind(case: Case, voice: Voice) -> dict[str, Any]:
    """Return whether it is ordered or reserved, in words, until when at will, and what is owed."""
    parcel, owed, alone = case.parcel, case.difference_minor, case.alone_until
    return {
        "alone_until": voice.moment(alone) if alone else "",
        "short_alone_until": voice.short_moment(alone) if alone else "",
        "is_reservation": parcel.is_reservation,
        "noun": NOUNS[voice.language][parcel.is_reservation],
        "confirmed_by": voice.moment(parcel.accept_by) if parcel.accept_by else "",
        "difference": voice.money(owed, parcel.currency) if owed else "",
        "changed": say_changed(case, voice.language),
    }


def _parts(case: Case, voice: Voice) -> dict[str, Any]:
    """Return what each parcel of an order with several ways is: (way, store, when)."""
    if not case.is_mixed:
        return {"parts": []}
    return {
        "parts": [
            (
                each.method.value,
                case.senders[each.id].name,
                voice.day(each.arrives_by) if each.arrives_by else voice.moment(each.promised_at),
            )
            for each in case.parcels
        ]
    }


def _arrivals(case: Case, voice: Voice) -> dict[str, Any]:
    """Return when each parcel of a delivery arrives, and who sends it."""
    parcel, parcels = case.parcel, case.parcels
    days = (parcel.arrives_from, parcel.arrives_by)
    return {
        "arrivals": [
            (
                case.senders[each.id].name,
                voice.day(each.arrives_from),
                "" if each.arrives_by == each.arrives_from else voice.day(each.arrives_by),
            )
            for each in parcels
            if each.arrives_from and each.arrives_by and each.id in case.senders
        ],
        "arrives_from": voice.day(days[0]) if days[0] else "",
        "arrives_by": voice.day(days[1]) if days[1] else "",
        "short_arrives_by": voice.short_day(days[1]) if days[1] else "",
    }


def _choice(message: Message, case: Case, voice: Voice) -> dict[str, Any]:
    """Return what the words about a choice may speak of; its link leads to the choice itself."""
    choice = case.choice
    if message.template is not Template.REJECTED or choice is None:
        return {}
    home = f"{gateway.settings().public_url.rstrip('/')}/{message.language}"
    return {
        "link": f"{home}/choices/{links.choice_token(choice.id)}",
        "choose_by": voice.moment(choice.answer_by),
        "short_choose_by": voice.short_moment(choice.answer_by),
        "waits_by_default": choice.fallback is Answer.WAIT,
    }


def _pay_link(message: Message, case: Case, voice: Voice) -> dict[str, Any]:
    """Return what the words about a link to pay may speak of; its link leads to the payment."""
    pay = case.pay
    if message.template not in FROM_LINK or pay is None:
        return {}
    home = f"{gateway.settings().public_url.rstrip('/')}/{message.language}"
    return {
        "link": f"{home}/pay/{links.pay_token(pay.link.id)}",
        "amount": voice.money(pay.amount_minor, case.parcel.currency),
        "pay_by": voice.moment(pay.link.pay_by),
        "short_pay_by": voice.short_moment(pay.link.pay_by),
        "waits": case.parcel.status is Status.PENDING,
        "due": "",
    }


def _substitute(case: Case, voice: Voice) -> dict[str, Any]:
    """Return what is missing and what is offered for it, where something is."""
    asked = case.substitute
    if asked is None:
        return {}
    currency, facts = case.parcel.currency, asked.facts
    return {
        "missing_name": asked.missing,
        "instead": asked.instead,
        "units": facts.quantity,
        "price": voice.money(facts.amount_minor, currency),
        "old_price": voice.money(asked.old_minor, currency),
        "answer_by": voice.moment(facts.answer_by),
        "short_answer_by": voice.short_moment(facts.answer_by),
    }


def _wish_facts(message: Message, case: WishCase) -> dict[str, Any]:
    """Return what the words about a SKU may speak of; an order's are empty."""
    home = f"{gateway.settings().public_url.rstrip('/')}/{message.language}"
    query = urlencode({"sku": case.wish.sku, "store": case.store.code})
    article = ", ".join(filter(None, (case.words.name, case.words.option)))
    return {
        "template": message.template.value,
        "language": message.language,
        "brand": case.brand.name,
        "short_brand": case.brand.sms_sender,
        "number": "",
        "until": "",
        "code": "",
        "total": "",
        "due": "",
        "vat": [],
        "hours": [],
        "extend": "",
        "lines": [(1, article, "")],
        "article": article,
        "store": case.store.name,
        "place": [case.store.street, f"{case.store.postcode} {case.store.city}".strip()],
        "phone": case.store.phone or "",
        "link": f"{home}/articles/{quote(case.words.article, safe='')}?{query}",
        "stop": f"{home}/wishes/{links.wish_token(case.wish.id)}",
    }


def _picture(case: AnyCase) -> bytes | None:
    """Return the code to collect as a picture."""
    if not isinstance(case, Case) or case.collect is None:
        return None
    return qr.png(passes.qr_text(case.collect))
