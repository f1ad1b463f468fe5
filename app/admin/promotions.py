"""Promotions: the list, the form of one, and what it would do before it does it."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
from app import forms
from app.admin.blueprint import blueprint, go_to
from app.admin.delivery_reading import read_cents
from app.admin.prices import choose_brand, read_minor, show_prices, shown_moment, zone_of
from app.admin.reading import Answers, asked, plain, read_form, read_id
from app.admin.scope import list_everywhere
from app.admin.store_reading import read_code, read_moment, read_number
from app.answers import Shown
from app.formats import money, number
from app.i18n import N_, current
from app.i18n import gettext as _
from catalog.errors import UnknownArticle, UnknownCategory, UnknownSku
from kernel.clock import db_now, now
from kernel.db import transaction
from kernel.errors import NotFound, Refusal
from kernel.ids import new_id
from kernel.web import current_actor, declare
from orders.commands import PromotionKind, PromotionOn, SetPromotion
from orders.errors import PromotionCodeTaken, UnreadablePromotion
from orders.pricing import Deal
from orders.queries import Preview, PromotionFacts, PromotionState
from stores.queries import BrandFacts

ROWS: Final = 100
NAME_MAX: Final = 80
CODE_MAX: Final = 64
TAKE_MAX: Final = 100
USES_MAX: Final = 1_000_000
PERCENT_MAX: Final = 100
BASIS_POINTS: Final = 100
NEW: Final = "new"
DAY: Final = timedelta(days=1)
KINDS: Final = {
    PromotionKind.PERCENT: N_("So many per cent"),
    PromotionKind.AMOUNT: N_("An amount on each"),
    PromotionKind.N_FOR_M: N_("Several for the price of fewer"),
}
ON: Final = {
    PromotionOn.EVERYTHING: N_("Everything"),
    PromotionOn.CATEGORY: N_("A category"),
    PromotionOn.ARTICLE: N_("An article, all its options"),
    PromotionOn.SKU: N_("One SKU"),
}
STATES: Final = {
    PromotionState.RUNNING: ("ok", N_("Runs now")),
    PromotionState.PLANNED: ("wait", N_("Planned")),
    PromotionState.OVER: ("plain", N_("Over")),
    PromotionState.USED_UP: ("wait", N_("Used up")),
    PromotionState.WITHDRAWN: ("plain", N_("Withdrawn")),
}
UNFIT: Final = (
    PromotionCodeTaken,
    UnreadablePromotion,
    UnknownArticle,
    UnknownCategory,
    UnknownSku,
)
"""What `complain` says beside its field."""
FIELDS: Final = {"take": "take", "location": "place", "uses_max": "uses_max", "names": "name_fr"}


@blueprint.get("/promotions", endpoint="promotions")
@declare(permission="prices.edit")
def list_promotions() -> str:
    """Show a brand's promotions, those that begin last first."""
    said = asked("q")
    with transaction() as session:
        brand, brands = choose_brand(session)
        found = orders.queries.list_promotions(
            session, brand_id=brand.id, language=current(), words=said, limit=ROWS
        )
        zone = zone_of(session)
    rows = [(each, *STATES[each.state], say_deal(each.deal, brand)) for each in found]
    return show_prices(
        "promotions.html",
        "promotions",
        rows=rows,
        on=ON,
        said=said,
        brand=brand,
        brands=brands,
        zone=zone,
        done=asked("done"),
    )


@blueprint.get("/promotions/<string:code>", endpoint="promotion")
@declare(permission="prices.edit")
def get_promotion(code: str) -> str:
    """Show one promotion in its form; `new` is an empty one."""
    with transaction() as session:
        known = _known(session, code)
        return _form(session, _brand_of(session, known), known, Answers({}))


@blueprint.post("/promotions/<string:code>")
@declare(permission="prices.edit")
def set_promotion(code: str) -> Shown:
    """Have a promotion be as typed; or show what it would do first."""
    answers = read_form()
    with transaction() as session:
        known = _known(session, code)
        brand = _brand_of(session, known)
        command = read_promotion(session, answers, brand)
        if command is None:
            return _form(session, brand, known, answers), 422
        if request.form.get("preview"):
            return _form(session, brand, known, answers, preview=_preview(session, brand, command))

        def act() -> str:
            if known is None:
                orders.services.set_promotion(
                    session, command, brand_id=brand.id, actor=current_actor()
                )
            else:
                orders.services.change_promotion(session, known.id, command, actor=current_actor())
            return go_to("promotions", brand=brand.code, done="set")

        try:
            with session.begin_nested():
                return forms.once(session, act)
        except UNFIT as refusal:
            complain(answers, refusal)
        return _form(session, brand, known, answers), 422


@blueprint.post("/promotions/<string:code>/withdraw")
@declare(permission="prices.edit")
def withdraw_promotion(code: str) -> Shown:
    """Have a promotion hold no longer."""
    with transaction() as session:

        def act() -> str:
            known = _known(session, code)
            if known is None:
                raise NotFound
            orders.services.withdraw_promotion(session, known.id, actor=current_actor())
            return go_to("promotions", done="withdrawn")

        return forms.once(session, act)


def say_deal(deal: Deal, brand: BrandFacts) -> str:
    """Return what a promotion takes off, in short."""
    if deal.kind is PromotionKind.PERCENT:
        return f"-{number(Decimal(deal.percent_bp) / BASIS_POINTS, language=current())} %"
    if deal.kind is PromotionKind.AMOUNT:
        return f"-{money(deal.amount_minor, brand.currency, language=current())}"
    return _("%(take)d for the price of %(pay)d") % {"take": deal.take, "pay": deal.pay}


def _known(session: Session, code: str) -> PromotionFacts | None:
    if code == NEW:
        return None
    promotion_id = read_id(code)
    if promotion_id is None:
        raise NotFound
    return orders.queries.get_promotion(
        session, promotion_id, language=current(), actor=current_actor()
    )


def _brand_of(session: Session, known: PromotionFacts | None) -> BrandFacts:
    """Return whose promotion it is; of a new one, the brand the address names."""
    if known is not None:
        return stores.queries.get_brand(session, known.brand_id)
    return choose_brand(session)[0]


def read_promotion(session: Session, answers: Answers, brand: BrandFacts) -> SetPromotion | None:
    """Return the promotion a form says; None, and what is wrong said, when it cannot be meant."""
    kind = answers.choice("kind", PromotionKind, _("Choose how it lowers the price."))
    on_what = answers.choice("on_what", PromotionOn, _("Choose what it is on."))
    code = read_code(answers, "code", _("Give it a code."))
    names = {
        "fr": answers.text("name_fr", _("Say it in French."), longest=NAME_MAX),
        "en": answers.text("name_en", _("Say it in English."), longest=NAME_MAX),
    }
    on_code = None
    if on_what is not None and on_what is not PromotionOn.EVERYTHING:
        on_code = answers.text("on_code", _("Say which one: its code."), longest=CODE_MAX)
    amount, take, pay = _figures(answers, kind, brand)
    group_id, location_id = _place(session, answers)
    zone = zone_of(session)
    starts = read_moment(answers, "valid_from", zone)
    ends = read_moment(answers, "valid_to", zone)
    uses_max = None
    if answers.typed.get("uses_max", "").strip():
        uses_max = read_number(answers, "uses_max", least=1, most=USES_MAX)
    if answers.errors or kind is None or on_what is None:
        return None
    if starts is not None and starts <= db_now(session):
        starts = None  # what began already goes on from now
    return SetPromotion(
        code, names, kind, on_what, on_code, amount, take, pay,
        group_id, location_id, starts, ends, uses_max,
    )  # fmt: skip


def _figures(
    answers: Answers, kind: PromotionKind | None, brand: BrandFacts
) -> tuple[int | None, int | None, int | None]:
    if kind is PromotionKind.PERCENT:
        rate_bp = read_cents(answers.typed.get("percent", "").strip())
        if rate_bp is None or not 0 < rate_bp <= PERCENT_MAX * BASIS_POINTS:
            answers.errors["percent"] = _("Give a rate in per cent up to 100, as in 20 or 12.5.")
        return rate_bp, None, None
    if kind is PromotionKind.AMOUNT:
        missing = _("Say how much is taken off.")
        return read_minor(answers, "amount", missing, currency=brand.currency), None, None
    if kind is PromotionKind.N_FOR_M:
        take = read_number(answers, "take", least=2, most=TAKE_MAX)
        pay = read_number(answers, "pay", least=1, most=TAKE_MAX - 1)
        if take is not None and pay is not None and pay >= take:
            answers.errors["pay"] = _("Fewer are paid than are taken.")
        return None, take, pay
    return None, None, None


def _place(session: Session, answers: Answers) -> tuple[UUID | None, UUID | None]:
    """Return the group or the store that was chosen; neither for everywhere."""
    typed = plain(answers.typed.get("place", ""))
    what, _colon, code = typed.partition(":")
    found: UUID | None = None
    with suppress(NotFound):
        if what == "group":
            found = stores.queries.find_group_id(session, code)
        elif what == "store":
            found = stores.queries.get_store(session, code).id
    if typed and found is None:
        answers.errors["place"] = _(
            "There is no such place. Write store: or group: and its code; empty is everywhere."
        )
    return (found, None) if what == "group" else (None, found)


def _preview(session: Session, brand: BrandFacts, command: SetPromotion) -> Preview:
    percent = command.kind is PromotionKind.PERCENT
    deal = Deal(
        new_id(),
        command.names[current()],
        command.kind,
        command.on_what,
        command.on_code,
        command.valid_from or now(),
        percent_bp=command.amount or 0 if percent else 0,
        amount_minor=0 if percent else command.amount or 0,
        take=command.take or 0,
        pay=command.pay or 0,
    )
    since, places = db_now(session) - DAY, None
    if command.location_id is not None or command.group_id is not None:
        places = [
            each.id
            for each in list_everywhere(session)
            if each.id == command.location_id or each.group_id in {command.group_id} - {None}
        ]
    return orders.queries.preview_promotion(
        session, deal, brand_id=brand.id, language=current(), since=since, places=places
    )


def complain(answers: Answers, refusal: Refusal) -> None:
    """Say beside its field why a promotion cannot hold."""
    if isinstance(refusal, PromotionCodeTaken):
        answers.errors["code"] = _("This code is taken. Choose another one.")
    elif isinstance(refusal, UnreadablePromotion):
        field = str(refusal.facts["field"])
        answers.errors[FIELDS.get(field, field)] = _("This does not fit the rest.")
    else:
        answers.errors["on_code"] = _("There is nothing with this code.")


def _form(
    session: Session,
    brand: BrandFacts,
    known: PromotionFacts | None,
    answers: Answers,
    *,
    preview: Preview | None = None,
) -> str:
    zone = zone_of(session)
    places = [("", _("Everywhere"))]
    places += [
        (f"group:{each.code}", each.name)
        for each in stores.queries.list_groups(session)
        if each.brand_code == brand.code
    ]
    everywhere = [each for each in list_everywhere(session) if each.brand_id == brand.id]
    places += [(f"store:{each.code}", each.name) for each in everywhere]
    typed: dict[str, Any] = dict(answers.typed) or type_promotion(
        known, where_by_id(session, brand), zone
    )
    return show_prices(
        "promotion.html",
        "promotions",
        brand=brand,
        known=known,
        code=str(known.id) if known else NEW,
        state=STATES[known.state] if known else None,
        kinds=[(each.value, _(words), None) for each, words in KINDS.items()],
        on=[(each.value, _(words)) for each, words in ON.items()],
        places=places,
        typed=typed,
        errors=answers.errors,
        preview=preview,
        here=url_for("office.set_promotion", code=known.id if known else NEW, brand=brand.code),
    )


def where_by_id(session: Session, brand: BrandFacts) -> dict[UUID, str]:
    """Return where a promotion may hold, as its form says it, by the id of store or group."""
    own = [each for each in list_everywhere(session) if each.brand_id == brand.id]
    return {each.id: f"store:{each.code}" for each in own} | {
        each.id: f"group:{each.code}" for each in stores.queries.list_groups(session)
    }


def say_typed(figure: str) -> str:
    """Return a figure as it is typed in the page's language: `12,5` in French."""
    return figure.replace(".", ",") if current() == "fr" else figure


def type_promotion(
    known: PromotionFacts | None, codes: dict[UUID, str], zone: str
) -> dict[str, Any]:
    """Return what the form shows before somebody types; None for a new one."""
    if known is None:
        return {"kind": PromotionKind.PERCENT.value, "on_what": PromotionOn.CATEGORY.value}
    deal, place = known.deal, known.group_id or known.location_id
    left = None if known.uses_max is None else max(known.uses_max - known.uses, 1)
    return {
        "code": known.code,
        "name_fr": known.names.get("fr", ""),
        "name_en": known.names.get("en", ""),
        "kind": deal.kind.value,
        "percent": say_typed(f"{deal.percent_bp / BASIS_POINTS:g}") if deal.percent_bp else "",
        "amount": say_typed(f"{deal.amount_minor / BASIS_POINTS:.2f}") if deal.amount_minor else "",
        "take": deal.take or "",
        "pay": deal.pay or "",
        "on_what": deal.on_what.value,
        "on_code": deal.on_code or "",
        "place": codes.get(place, "") if place else "",
        "valid_from": shown_moment(deal.valid_from, zone),
        "valid_to": shown_moment(deal.valid_to, zone),
        "uses_max": left or "",
    }
