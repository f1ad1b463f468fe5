"""The price list of a brand, and what one SKU cost, costs and is to cost."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

import catalog.queries
import catalog.services
import stores.queries
from app import formats, forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form
from app.admin.scope import list_everywhere
from app.admin.store_reading import read_moment
from app.answers import Shown
from app.i18n import N_, current
from app.i18n import gettext as _
from catalog.commands import SetPrice
from catalog.errors import PriceBelowEco, PriceInThePast, UnknownSku
from catalog.imports import read_price
from catalog.queries import PriceFacts, PriceState
from kernel.db import transaction
from kernel.errors import Invalid, NotFound
from kernel.web import current_actor, declare
from stores.queries import BrandFacts

ROWS_A_PAGE: Final = 50
PRICE_SIGNS: Final = 20
PARTS: Final = (
    ("prices", N_("Price list")),
    ("promotions", N_("Promotions")),
)
STATES: Final = {
    PriceState.PRESENT: ("ok", N_("Holds now")),
    PriceState.PLANNED: ("wait", N_("Planned")),
    PriceState.PAST: ("plain", N_("Over")),
    PriceState.SET_ASIDE: ("plain", N_("Set aside")),
}


@blueprint.get("/prices", endpoint="prices")
@declare(permission="prices.edit")
def list_prices() -> str:
    """Show what a brand's articles cost now and next."""
    said, after = asked("q"), asked("after")
    with transaction() as session:
        brand, brands = choose_brand(session)
        found = catalog.queries.list_price_list(
            session,
            brand_id=brand.id,
            language=current(),
            words=said,
            after=after,
            limit=ROWS_A_PAGE + 1,
        )
        zone = zone_of(session)
    page = found[:ROWS_A_PAGE]
    chosen = brand.code if len(brands) > 1 else None
    first = url_for("office.prices", q=said or None, brand=chosen) if after else None
    more = (
        url_for("office.prices", q=said or None, brand=chosen, after=page[-1].sku)
        if found[len(page) :]
        else None
    )
    return show_prices(
        "list.html",
        "prices",
        rows=page,
        said=said,
        brand=brand,
        brands=brands,
        zone=zone,
        percent=lambda rate_bp: formats.number(Decimal(rate_bp) / 100, language=current()),
        first=first,
        more=more,
    )


@blueprint.get("/prices/<string:brand>/<string:sku>", endpoint="price")
@declare(permission="prices.edit")
def get_price(brand: str, sku: str) -> str:
    """Show every price of a SKU, and the form of the next one."""
    with transaction() as session:
        return _sheet(session, brand, sku, Answers({}))


@blueprint.post("/prices/<string:brand>/<string:sku>")
@declare(permission="prices.edit")
def set_price(brand: str, sku: str) -> Shown:
    """Have a SKU cost what was typed, when it was typed."""
    answers = read_form()
    with transaction() as session:
        selling = get_seller(session, brand)
        present = _present(catalog.queries.list_prices(session, sku, brand_id=selling.id))
        command = _command(session, answers, selling, sku, present)
        if command is None:
            return _sheet(session, brand, sku, answers), 422

        def act() -> str:
            catalog.services.set_prices(
                session,
                [command],
                brand_id=selling.id,
                currency=selling.currency,
                actor=current_actor(),
            )
            return go_to("price", brand=brand, sku=sku, done="set")

        try:
            with session.begin_nested():
                return forms.once(session, act)
        except PriceInThePast:
            answers.errors["valid_to"] = _("It begins now or later, and ends after that.")
        except PriceBelowEco as refusal:
            amount = formats.money(refusal.facts["eco_minor"], selling.currency, language=current())
            answers.errors["price"] = _("At least the éco-participation, %(amount)s.") % {
                "amount": amount
            }
        return _sheet(session, brand, sku, answers), 422


def show_prices(template: str, part: str, **context: object) -> str:
    """Return a page of prices with its tabs."""
    parts = [(name, _(label), url_for(f"office.{name}")) for name, label in PARTS]
    return show(f"prices/{template}", tab="prices", part=part, parts=parts, **context)


def choose_brand(session: Session) -> tuple[BrandFacts, list[BrandFacts]]:
    """Return the brand the address names, else the first, and all of them.

    Raises NotFound where there is none.
    """
    brands = [
        each for each in stores.queries.list_brands(session) if current_actor().sees_brand(each.id)
    ]
    if not brands:
        raise NotFound
    wanted = asked("brand")
    return next((each for each in brands if each.code == wanted), brands[0]), brands


def zone_of(session: Session) -> str:
    """Return the time zone in which head office speaks of days: that of its first store."""
    places = list_everywhere(session)
    return places[0].time_zone if places else "UTC"


def read_minor(answers: Answers, name: str, missing: str, *, currency: str) -> int | None:
    """Return an amount in minor units; None, and what is wrong said, when it is none."""
    typed = answers.text(name, missing, longest=PRICE_SIGNS)
    if not typed or name in answers.errors:
        return None
    try:
        return read_price(typed.removesuffix("€").strip(), currency)
    except Invalid:
        answers.errors[name] = _("Write an amount like 12.90.")
        return None


def _command(
    session: Session,
    answers: Answers,
    brand: BrandFacts,
    sku: str,
    present: PriceFacts | None,
) -> SetPrice | None:
    minor = read_minor(answers, "price", _("Give the price."), currency=brand.currency)
    zone = zone_of(session)
    starts = read_moment(answers, "valid_from", zone)
    ends = read_moment(answers, "valid_to", zone)
    if answers.errors or minor is None:
        return None
    return SetPrice(
        sku,
        minor,
        present.price_per if present else 1,
        starts,
        ends,
        is_reduced=answers.typed.get("is_reduced") == "yes",
    )


def _sheet(session: Session, code: str, sku: str, answers: Answers) -> str:
    brand = get_seller(session, code)
    try:
        found = catalog.queries.list_prices(session, sku, brand_id=brand.id)
    except UnknownSku as error:
        raise NotFound from error
    words = catalog.queries.describe_skus(session, [sku], language=current())[sku]
    return show_prices(
        "price.html",
        "prices",
        brand=brand,
        sku=sku,
        words=words,
        rows=[(each, *STATES[each.state]) for each in found],
        present=_present(found),
        zone=zone_of(session),
        typed=answers.typed,
        errors=answers.errors,
        done=asked("done"),
    )


def _present(found: Sequence[PriceFacts]) -> PriceFacts | None:
    return next((each for each in found if each.state is PriceState.PRESENT), None)


def get_seller(session: Session, code: str) -> BrandFacts:
    """Return the brand an address names.

    Raises NotFound, also for brands that are not the actor's.
    """
    found = stores.queries.find_brand(session, code)
    if found is None or not current_actor().sees_brand(found.id):
        raise NotFound
    return found


def shown_moment(at: datetime | None, zone: str) -> str:
    """Return an instant as a field of a form takes it."""
    if at is None:
        return ""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
