"""Articles: what each store has of them. The why of each number is a page of its own."""

from typing import Any, Final

from flask import redirect, url_for
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
from app.admin.blueprint import SEE_OTHER, blueprint
from app.admin.reading import asked
from app.admin.scope import list_places
from app.admin.stock_parts import offer_of, show_stock
from app.i18n import current
from catalog.errors import UnknownSku
from catalog.queries import ArticleFacts
from inventory.queries import LevelFacts
from kernel.db import transaction
from kernel.web import current_actor, declare

ARTICLES_A_PAGE: Final = 40


@blueprint.get("/stock", endpoint="stock")
@declare(permission="stock.read")
def list_articles() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Show articles with what the actor's stores have of them; a SKU or barcode leads straight."""
    said, after = asked("q"), asked("after")
    with transaction() as session:
        sku = _find_sku(session, said)
        if sku is not None:
            return redirect(url_for("office.article", sku=sku), SEE_OTHER)
        places = list_places(session, current_actor())
        found = catalog.queries.list_articles(
            session,
            brand_id=places[0].brand_id if places else None,
            language=current(),
            words=said,
            after=after,
            limit=ARTICLES_A_PAGE + 1,
        )
        page = found[:ARTICLES_A_PAGE]
        sums = inventory.queries.sum_levels(
            session,
            skus=[sku.sku for article in page for sku in article.skus],
            location_ids=[each.id for each in places],
        )
    more = (
        url_for("office.stock", q=said or None, after=page[-1].code) if found[len(page) :] else ""
    )
    rows = [row for article in page for row in _rows(article, sums)]
    return show_stock("articles.html", part="stock", rows=rows, said=said, after=after, more=more)


@blueprint.get("/stock/<string:sku>")
@declare(permission="stock.read")
def article(sku: str) -> str:
    """Show what each of the actor's stores has of a SKU."""
    with transaction() as session:
        places = {each.id: each for each in list_places(session, current_actor())}
        offer = offer_of(session, sku, next(iter(places.values()), None))
        levels = inventory.queries.list_levels_of(session, sku)
    known = [(places[each.location_id], each) for each in levels if each.location_id in places]
    rows = sorted(known, key=lambda pair: pair[0].name)
    sums = _sums([each for _place, each in rows])
    return show_stock("article.html", part="stock", sku=sku, offer=offer, rows=rows, sums=sums)


def _find_sku(session: Session, said: str) -> str | None:
    if not said:
        return None
    if said.isascii() and said.isdigit() and len(said) <= 14:  # noqa: PLR2004 (a GTIN's digits)
        return catalog.queries.find_sku_by_gtin(session, said)
    try:
        catalog.queries.require_skus(session, [said.upper()])
    except UnknownSku:
        return None
    return said.upper()


def _rows(article: ArticleFacts, sums: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {
            "sku": each.sku,
            "name": article.name,
            "options": ", ".join(catalog.queries.options_in(each.options, current()).values()),
            "gtin": each.gtin,
            "price_minor": each.price_minor,
            "currency": each.currency,
            "on_hand": sums.get(each.sku, (0, 0))[0],
            "available": sums.get(each.sku, (0, 0))[1],
        }
        for each in article.skus
    ]


def _sums(levels: list[LevelFacts]) -> dict[str, int]:
    parts = ("on_hand", "reserved", "quarantined", "safety_stock", "available")
    return {part: sum(getattr(each, part) for each in levels) for part in parts}
