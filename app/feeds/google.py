"""What stores have, as Google reads it: the local inventory feed, written store by store.

docs/google-local-inventory.md says which attribute comes from where.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session

import stores.queries
from app.formats import plain_amount
from app.i18n import DEFAULT, LANGUAGES
from kernel.actors import SYSTEM, Actor
from kernel.db import transaction
from orders.availability import Assortment, LocalOffer, Plenty, read_assortment
from stores.errors import UnknownLocation
from stores.queries import StoreFacts

COLUMNS: Final = (
    "store code",
    "id",
    "quantity",
    "availability",
    "price",
    "sale price",
    "pickup method",
    "pickup sla",
    "pickup link template",
)
"""Names have spaces in tables separated by tabs."""
AVAILABILITY: Final = {
    Plenty.ENOUGH: "in_stock",
    Plenty.LITTLE: "limited_availability",
    Plenty.NOTHING: "out_of_stock",
}
BUY, RESERVE, NOT_SUPPORTED = "buy", "reserve", "not supported"
SOON: Final = ("same day", "next day", "2-day", "3-day", "4-day", "5-day", "6-day")
WEEKS: Final = "multi-week"


def choose_stores(session: Session, code: str | None = None, *, actor: Actor = SYSTEM) -> list[str]:
    """Return the codes of the stores to list: this one, or all that sell and that `actor` sees.

    Raises UnknownLocation, also for stores that are not the actor's.
    """
    if code is not None:
        store = stores.queries.get_store(session, code)
        if not _is_listed(store) or not actor.sees_location(store.id):
            raise UnknownLocation(store=code)
        return [code]
    found: list[str] = []
    after = ""
    while page := stores.queries.list_stores(session, after=after):
        after = page[-1].code
        found += [each.code for each in page if _is_listed(each) and actor.sees_location(each.id)]
    return found


def write_feed(codes: Sequence[str], *, site: str, by_card: bool) -> Iterator[str]:
    """Yield the feed, first its header, then what each store has, read when its turn comes.

    `site` is the address of the shop. A store that was closed meanwhile is left out.
    """
    yield _line(COLUMNS)
    for code in codes:
        with suppress(UnknownLocation):
            yield "".join(_lines(code, site.rstrip("/"), by_card=by_card))


def _lines(code: str, site: str, *, by_card: bool) -> list[str]:
    with transaction() as session:
        found = read_assortment(session, code)
    shown = found.store.default_language
    language = shown if shown in LANGUAGES else DEFAULT
    method, sla = _method(found, by_card=by_card), _sla(found.ready_in_days)
    return [
        _line(
            (
                found.store.code,
                offer.sku,
                str(offer.available),
                AVAILABILITY[offer.plenty],
                _price(offer.list_minor, offer.currency),
                _price(offer.paid_minor, offer.currency) if offer.is_on_sale else "",
                method,
                sla,
                _link(offer, f"{site}/{language}"),
            )
        )
        for offer in found.offers
    ]


def _is_listed(store: StoreFacts) -> bool:
    """Google lists places that people can walk into: no warehouse, none that is being set up."""
    return store.sells and store.opened_at is not None


def _method(found: Assortment, *, by_card: bool) -> str:
    if found.ready_in_days is None:
        return NOT_SUPPORTED
    return BUY if by_card else RESERVE


def _sla(days: int | None) -> str:
    if days is None:
        return ""
    return SOON[days] if days < len(SOON) else WEEKS


def _price(minor: int, currency: str) -> str:
    return f"{plain_amount(minor, currency)} {currency}"


def _link(offer: LocalOffer, shop: str) -> str:
    """Return the page of the article at a store; Google writes the store's code into it."""
    path = f"{shop}/articles/{quote(offer.article, safe='')}"
    return f"{path}?{urlencode({'sku': offer.sku})}&store={{store_code}}"


def _line(values: Sequence[str]) -> str:
    return "\t".join(values) + "\n"
