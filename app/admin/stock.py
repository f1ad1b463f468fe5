"""Stock with its why: what each store has of an article, and the ledger behind every number."""

from typing import Any, Final

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import orders.queries
from app.admin.blueprint import SEE_OTHER, blueprint, show
from app.admin.reading import asked
from app.admin.scope import get_place, list_places
from app.admin.words import MOVEMENTS, REASONS
from app.i18n import current
from app.i18n import gettext as _
from catalog.errors import UnknownSku
from catalog.queries import ArticleFacts, Offer
from inventory.queries import LevelFacts, MovementFacts
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import ID_MAX, current_actor, declare
from stores.queries import StoreFacts

ARTICLES_A_PAGE: Final = 40
LEDGER_LINES: Final = 200


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
    return show("stock.html", tab="stock", rows=rows, said=said, after=after, more=more)


@blueprint.get("/stock/<string:sku>")
@declare(permission="stock.read")
def article(sku: str) -> str:
    """Show what each of the actor's stores has of a SKU."""
    with transaction() as session:
        places = {each.id: each for each in list_places(session, current_actor())}
        offer = _offer(session, sku, next(iter(places.values()), None))
        levels = inventory.queries.list_levels_of(session, sku)
    known = [(places[each.location_id], each) for each in levels if each.location_id in places]
    rows = sorted(known, key=lambda pair: pair[0].name)
    sums = _sums([each for _place, each in rows])
    return show("article.html", tab="stock", sku=sku, offer=offer, rows=rows, sums=sums)


@blueprint.get("/stock/<string:sku>/<string:code>")
@declare(permission="stock.read")
def ledger(sku: str, code: str) -> str:
    """Show why a store has what it has: every line of the ledger, newest first."""
    said = request.args.get("before", "")
    before = min(int(said), ID_MAX) if said.isascii() and said.isdigit() else None
    with transaction() as session:
        store = get_place(session, code, current_actor())
        offer = _offer(session, sku, store)
        level = inventory.queries.get_level(session, location_id=store.id, sku=sku)
        lines = inventory.queries.list_movements(
            session, location_id=store.id, sku=sku, before=before, limit=LEDGER_LINES
        )
        numbers = orders.queries.list_numbers(
            session, [each.cause_id for each in lines if each.cause_id is not None]
        )
    return show(
        "ledger.html",
        tab="stock",
        sku=sku,
        offer=offer,
        store=store,
        level=level,
        lines=_told(lines, level if before is None else None, numbers),
        older=lines[-1].id if len(lines) == LEDGER_LINES else None,
    )


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


def _offer(session: Session, sku: str, store: StoreFacts | None) -> Offer:
    if store is None:
        raise UnknownSku(skus=[sku])
    found = catalog.queries.get_offers(
        session, skus=[sku], brand_id=store.brand_id, language=current()
    )
    return found[sku]


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


def _told(
    lines: list[MovementFacts], level: LevelFacts | None, numbers: dict[Any, str]
) -> list[dict[str, Any]]:
    """Return the lines in words, each with what was on hand and promised after it.

    Without the present level, as on older pages, the running figures are left out.
    """
    on_hand = level.on_hand if level else None
    reserved = level.reserved if level else None
    told = []
    for line in lines:
        number = numbers.get(line.cause_id)
        told.append(
            {
                "line": line,
                "what": MOVEMENTS.get(line.kind, line.kind),
                "number": number,
                "shown": show_order_number(number) if number else "",
                "why": _(REASONS.get(line.reason, line.reason)) if line.reason else "",
                "on_hand": on_hand,
                "reserved": reserved,
            }
        )
        if on_hand is not None and reserved is not None:
            on_hand, reserved = on_hand - line.on_hand_delta, reserved - line.reserved_delta
    return told
