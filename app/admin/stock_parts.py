"""What the pages of stock share: their tabs, the store they speak of, forms, names of articles."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import stores.queries
from app import formats, forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.reading import Answers, asked
from app.admin.scope import list_places
from app.admin.stock_words import say_refusal
from app.i18n import N_, current
from app.i18n import gettext as _
from catalog.errors import UnknownSku
from catalog.queries import Offer, SkuWords
from inventory.queries import Work
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import current_actor
from stores.errors import UnknownLocation
from stores.queries import StoreFacts

REFUSED: Final = 422
ROWS_A_PAGE: Final = 50
IDLE: Final = Work()
PARTS: Final = (
    ("stock", N_("Articles"), "stock.read"),
    ("counts", N_("Counts"), "stock.count"),
    ("transfers", N_("Transfers"), "stock.read"),
    ("arrivals", N_("Arrivals"), "stock.read"),
    ("feeds", N_("Feeds"), "feeds.read"),
    ("kept_back", N_("Kept back"), "stock.read"),
    ("to_do", N_("To do"), "stock.count"),
)
"""The pages of the section: endpoint, word, and what one must be allowed to see it."""

Act = Callable[[Session], str]
Page = Callable[[Session], str]


@dataclass(frozen=True, slots=True)
class Here:
    """The store a page of stock speaks of, the others of the actor, and what waits at each."""

    place: StoreFacts
    places: tuple[StoreFacts, ...]
    work: Mapping[Any, Work]

    def options(self, part: str) -> list[tuple[str, str]]:
        """Return the stores to choose from, each with how much of `part` waits there."""
        counts = [getattr(self.work.get(each.id, IDLE), part) for each in self.places]
        return [
            (each.code, f"{each.name} ({count})" if count else each.name)
            for each, count in zip(self.places, counts, strict=True)
        ]


def show_stock(template: str, *, part: str, **context: Any) -> str:  # noqa: ANN401 (a context)
    """Return a page of the section with its tabs above it."""
    actor = current_actor()
    parts = [
        (endpoint, _(label), go_to(endpoint))
        for endpoint, label, permission in PARTS
        if actor.may(permission)
    ]
    return show(f"stock/{template}", tab="stock", parts=parts, part=part, **context)


def find_here(session: Session, part: str, *, code: str | None = None) -> Here:
    """Return the store the address names; without one, the actor's where most of `part` waits.

    Raises UnknownLocation, also for stores that are none of the actor's.
    """
    actor = current_actor()
    places = list_places(session, actor)
    ids = None if actor.location_ids is None else sorted(actor.location_ids)
    work = inventory.queries.count_work(session, location_ids=ids)
    code = code or asked("store")
    wanted = [each for each in places if each.code == code] if code else places
    if not wanted:
        raise UnknownLocation(store=code)
    busiest = max(wanted, key=lambda each: getattr(work.get(each.id, IDLE), part))
    return Here(busiest, tuple(places), work)


def carry_out(
    act: Act, *, answers: Answers, page: Page, beside: Mapping[type[Refusal], str]
) -> Any:  # noqa: ANN401 (a redirect, or a page with its status)
    """Do what a form asks and go on; what is wrong is said beside its field, nothing typed is lost.

    `beside` names the field under which each kind of refusal is shown.
    """
    if not answers.errors:
        try:
            with transaction() as session:
                return forms.once(session, lambda: act(session))
        except tuple(beside) as error:
            field = next(beside[kind] for kind in type(error).__mro__ if kind in beside)
            answers.errors[field] = say_refusal(error)
    with transaction() as session:
        return page(session), REFUSED


def name_skus(session: Session, skus: Iterable[str]) -> dict[str, SkuWords]:
    """Return what tells these SKUs from each other, in the language of the page."""
    return catalog.queries.describe_skus(session, skus, language=current())


def offer_of(session: Session, sku: str, store: StoreFacts | None) -> Offer:
    """Return what a SKU is and costs: as the store's brand sells it, or else another one.

    Raises UnknownSku.
    """
    brands = [each.id for each in stores.queries.list_brands(session)]
    own = store.brand_id if store else None
    for brand_id in sorted(brands, key=lambda each: each != own):
        with suppress(UnknownSku):
            found = catalog.queries.get_offers(
                session, skus=[sku], brand_id=brand_id, language=current()
            )
            return found[sku]
    raise UnknownSku(skus=[sku])


@blueprint.app_template_global("on_day")
def on_day(day: date, zone: str) -> str:
    """Return a day as it is said at a place: « mardi 24 novembre »."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return formats.day(noon, zone, language=current())
