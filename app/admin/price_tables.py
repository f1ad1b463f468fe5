"""Prices and promotions as tables: a file to keep or change, and one to try and take over."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

from babel.numbers import get_currency_precision
from flask import Response, request, url_for
from sqlalchemy.orm import Session

import catalog.queries
import catalog.services
import orders.queries
import orders.services
from app import formats
from app.admin.blueprint import blueprint
from app.admin.prices import choose_brand, read_minor, show_prices, shown_moment, zone_of
from app.admin.promotions import (
    UNFIT,
    complain,
    read_promotion,
    say_typed,
    type_promotion,
    where_by_id,
)
from app.admin.reading import Answers
from app.admin.store_reading import read_moment
from app.admin.tables import Report, Row, Wrong, read_table, take_rows, write_table
from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from catalog.commands import SetPrice
from catalog.errors import (
    PriceBelowEco,
    PriceInThePast,
    UnknownSku,
)
from catalog.imports import NO, YES
from catalog.queries import ListedPrice
from kernel.db import transaction
from kernel.web import current_actor, declare
from orders.queries import PromotionState
from stores.queries import BrandFacts

LISTED_MAX: Final = 200
PROMOTIONS_MAX: Final = 1_000
PRICES: Final = ("sku", "name", "price", "from", "to", "reduced")
PROMOTIONS: Final = (
    "code", "name_fr", "name_en", "kind", "percent", "amount", "take", "pay", "on_what", "on_code",
    "place", "valid_from", "valid_to", "uses_max",
)  # fmt: skip
"""The columns of a table of promotions are the fields of its form."""
FIGURES: Final = frozenset({"percent", "amount"})
OPEN: Final = frozenset({PromotionState.RUNNING, PromotionState.PLANNED})


@blueprint.get("/prices/table", endpoint="price_table")
@declare(permission="prices.edit")
def write_prices() -> Response:
    """Give what a brand's articles cost now as a file that can be changed and sent back."""
    with transaction() as session:
        brand, _brands = choose_brand(session)
        zone = zone_of(session)
        rows = [_priced(each, brand, zone) for each in _list_all(session, brand)]
    return write_table(f"prices-{brand.code}", PRICES, rows)


@blueprint.get("/promotions/table", endpoint="promotion_table")
@declare(permission="prices.edit")
def write_promotions() -> Response:
    """Give a brand's promotions, running and planned, as a file."""
    with transaction() as session:
        brand, _brands = choose_brand(session)
        known = _typed_by_code(session, brand)
    rows = [[typed[name] for name in PROMOTIONS] for typed in known.values()]
    return write_table(f"promotions-{brand.code}", PROMOTIONS, rows)


@blueprint.get("/prices/import", endpoint="prices_import", defaults={"part": "prices"})
@blueprint.get("/promotions/import", endpoint="promotions_import", defaults={"part": "promotions"})
@declare(permission="prices.edit")
def ask_table(part: str) -> str:
    """Ask for the file, which is tried first."""
    with transaction() as session:
        return _page(session, part)


@blueprint.post("/prices/import", endpoint="take_prices", defaults={"part": "prices"})
@blueprint.post("/promotions/import", endpoint="take_promotions", defaults={"part": "promotions"})
@declare(permission="prices.edit")
def take_table(part: str) -> Shown:
    """Try the file, or take it over, and say what became of each row."""
    with transaction() as session:
        brand, _brands = choose_brand(session)
        take = _take_prices if part == "prices" else _take_promotions
        try:
            report = take(session, brand, apply=request.form.get("act") == "apply")
        except Wrong as error:
            return _page(session, part, error=str(error)), 422
        return _page(session, part, report=report)


def _page(
    session: Session, part: str, *, error: str | None = None, report: Report | None = None
) -> str:
    brand, brands = choose_brand(session)
    return show_prices(
        "import.html",
        part,
        brand=brand,
        brands=brands,
        columns=PRICES if part == "prices" else PROMOTIONS,
        back=url_for(f"office.{part}", brand=brand.code),
        here=url_for(f"office.take_{part}", brand=brand.code),
        error=error,
        report=report,
        shown_max=LISTED_MAX,
    )


def _list_all(session: Session, brand: BrandFacts) -> Iterator[ListedPrice]:
    after = ""
    while True:
        found = catalog.queries.list_price_list(
            session, brand_id=brand.id, language=current(), after=after, limit=LISTED_MAX
        )
        yield from found
        if len(found) < LISTED_MAX:
            return
        after = found[-1].sku


def _priced(each: ListedPrice, brand: BrandFacts, zone: str) -> tuple[str, ...]:
    """Return a row of the list: until when is what is planned next, as a price for a time says."""
    price = "" if each.price_minor is None else _plain(each.price_minor, brand.currency)
    until, reduced = shown_moment(each.next_at, zone), "yes" if each.is_reduced else ""
    return each.sku, each.label, price, "", until, reduced


def _take_prices(session: Session, brand: BrandFacts, *, apply: bool) -> Report:
    zone = zone_of(session)
    units = {each.sku: each.price_per or 1 for each in _list_all(session, brand)}

    def take(row: Row) -> str | None:
        if not row["price"]:
            return None  # what costs nothing yet, in a file that was downloaded
        command = _read_price(row, brand, zone, price_per=units.get(row["sku"], 1))
        with _in_words(brand):
            written = catalog.services.set_prices(
                session,
                [command],
                brand_id=brand.id,
                currency=brand.currency,
                actor=current_actor(),
            )
        money = formats.money(command.amount_minor, brand.currency, language=current())
        return f"{command.sku}: {money}" if written else None

    return take_rows(session, read_table(("sku", "price")), take, apply=apply)


def _read_price(row: Row, brand: BrandFacts, zone: str, *, price_per: int) -> SetPrice:
    typed = {"price": row["price"], "from": row.get("from", ""), "to": row.get("to", "")}
    answers = Answers(typed)
    minor = read_minor(answers, "price", _("Give the price."), currency=brand.currency)
    starts, ends = read_moment(answers, "from", zone), read_moment(answers, "to", zone)
    reduced = row.get("reduced", "").lower()
    if reduced not in YES | NO:
        answers.errors["reduced"] = _("Write yes or no.")
    if answers.errors or minor is None:
        raise Wrong(_say(answers))
    return SetPrice(row["sku"], minor, price_per, starts, ends, is_reduced=reduced in YES)


def _take_promotions(session: Session, brand: BrandFacts, *, apply: bool) -> Report:
    known = _typed_by_code(session, brand)
    ids = {each.code: each.id for each in _promotions(session, brand)}

    def take(row: Row) -> str | None:
        code = row.get("code", "")
        said = {name: row.get(name, "") for name in PROMOTIONS}
        if _alike(known.get(code), said):
            return None
        answers = Answers(said)
        command = read_promotion(session, answers, brand)
        if command is None:
            raise Wrong(_say(answers))
        try:
            if code in ids:
                orders.services.change_promotion(session, ids[code], command, actor=current_actor())
            else:
                orders.services.set_promotion(
                    session, command, brand_id=brand.id, actor=current_actor()
                )
        except UNFIT as refusal:
            complain(answers, refusal)
            raise Wrong(_say(answers)) from refusal
        return f"{code}: {command.names[current()]}"

    return take_rows(session, read_table(("code", "kind", "on_what")), take, apply=apply)


def _promotions(session: Session, brand: BrandFacts) -> list[orders.queries.PromotionFacts]:
    found = orders.queries.list_promotions(
        session, brand_id=brand.id, language=current(), limit=PROMOTIONS_MAX
    )
    return [each for each in found if each.state in OPEN]


def _typed_by_code(session: Session, brand: BrandFacts) -> dict[str, dict[str, str]]:
    """Return the promotions that hold or will, as their form shows them, by code."""
    zone, places = zone_of(session), where_by_id(session, brand)
    return {
        each.code: {name: str(typed.get(name, "")) for name in PROMOTIONS}
        for each in _promotions(session, brand)
        if (typed := type_promotion(each, places, zone))
    }


def _alike(known: Row | None, said: Row) -> bool:
    """Tell whether a row says what is so already, with either decimal sign."""
    return known is not None and all(
        said[name].replace(",", ".") == value.replace(",", ".")
        if name in FIGURES
        else said[name] == value
        for name, value in known.items()
    )


@contextmanager
def _in_words(brand: BrandFacts) -> Iterator[None]:
    """Say a refusal of a price in the page's language."""
    try:
        yield
    except PriceInThePast as refusal:
        raise Wrong(_("It begins now or later, and ends after that.")) from refusal
    except PriceBelowEco as refusal:
        amount = formats.money(refusal.facts["eco_minor"], brand.currency, language=current())
        said = _("At least the éco-participation, %(amount)s.") % {"amount": amount}
        raise Wrong(said) from refusal
    except UnknownSku as refusal:
        raise Wrong(_("There is nothing with this code.")) from refusal


def _say(answers: Answers) -> str:
    return " ".join(f"{name}: {said}" for name, said in answers.errors.items())


def _plain(minor: int, currency: str) -> str:
    return say_typed(str(Decimal(minor).scaleb(-get_currency_precision(currency))))
