"""Browsing: the home page, a category, a search, an article; and the articles' pictures."""

from dataclasses import replace
from typing import Any, Final

from flask import Response, abort, make_response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

import catalog.queries
import inventory.queries
import stores.queries
from app.i18n import current
from app.shop import offers, search
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.delivering import find_first
from app.shop.pictures import picture_svg, pictured
from app.shop.prices import cheapest, read_shelf
from app.shop.structured import describe_product
from app.shop.visitor import Frame, read_frame, show
from catalog.queries import ArticleFacts, SkuFacts, options_in
from kernel.db import transaction
from kernel.web import declare
from orders.pricing import ShelfPrice
from orders.queries import CartFacts
from stores.errors import UnknownLocation
from stores.queries import Near, StoreFacts

ARTICLES_MAX: Final = 40
HOME_MAX: Final = 12
STORES_MAX: Final = 1_000
STORE_MAX: Final = 64
FOREVER: Final = "public, max-age=31536000, immutable"
HOUR: Final = "public, max-age=3600"


@blueprint.get(f"{PAGES}/")
@declare(permission="catalog.read")
def home() -> str:
    """Show the shelves and some of what stands on them."""
    with transaction() as session:
        frame = read_frame(session)
        articles = _list(session, frame, limit=ARTICLES_MAX * 2)
        tiles = _tiles(session, frame, _of_each_shelf(articles))
    return show("home", frame, tiles=tiles)


@blueprint.get(f"{PAGES}/categories/<string:code>")
@declare(permission="catalog.read")
def category(code: str) -> str:
    """Show what stands on a shelf, by pages."""
    after = request.args.get("after", "")
    with transaction() as session:
        frame = read_frame(session)
        shelf = next((each for each in frame.shelves if each.code == code), None)
        if shelf is None:
            abort(404)
        articles = _list(session, frame, category=code, after=after, limit=ARTICLES_MAX + 1)
        tiles = _tiles(session, frame, articles[:ARTICLES_MAX])
    more = len(articles) > ARTICLES_MAX
    following = articles[ARTICLES_MAX - 1].code if more else None
    return show("category", frame, shelf=shelf, tiles=tiles, after=after, following=following)


@blueprint.get(f"{PAGES}/search")
@declare(permission="catalog.read")
def find() -> str:
    """Show what words find; words like them when they find nothing."""
    typed = request.args.get("q", "").strip()[: search.TYPED_MAX]
    with transaction() as session:
        frame = read_frame(session)
        found = search.search(
            session, typed, brand_id=frame.brand_id, language=current(), limit=ARTICLES_MAX
        )
        tiles = _tiles(session, frame, found.articles)
        others = [] if tiles else _tiles(session, frame, _list(session, frame, limit=4))
    return show("search", frame, typed=typed, mended=found.mended, tiles=tiles, others=others)


@blueprint.get(f"{PAGES}/articles/<string:code>")
@declare(permission="catalog.read")
def article(code: str) -> str:
    """Show an article in one of its options: what it costs, and where and when it can be had."""
    with transaction() as session:
        frame = read_frame(session)
        found = catalog.queries.get_article(
            session, code=code, brand_id=frame.brand_id, language=current()
        )
        sku = _chosen(found, request.args.get("sku"))
        visitor = frame.visitor
        nearby = offers.find_nearby(
            session,
            quantities={sku.sku: 1},
            place=visitor.place,
            cart=_looking_at(session, visitor.cart),
        )
        chosen = next((each.store for each in nearby if each.chosen), None)
        price = read_shelf(session, frame, [found], store=chosen).get(sku.sku)
        sold = sku.price_minor is not None
        door = find_first(session, frame, {sku.sku: 1}) if sold else None
    having = [each for each in nearby if each.has_all]
    decided = visitor.place is not None or any(each.chosen for each in nearby)
    return show(
        "article",
        frame,
        door=door,
        article=found,
        sku=sku,
        option_name=" · ".join(options_in(sku.options, current())),
        choices=[_choice(each, found, frame) for each in found.skus],
        picture=_picture(found, sku, frame),
        nearby=nearby,
        cost=price,
        structured=describe_product(found, sku, price, having=bool(having)),
        best=having[0] if having and decided else None,
        having=len(having),
        soonest=next((each for each in nearby if each.kind == "later" and not having), None),
        wished_at=[each.store for each in nearby if each.chosen and not each.has_all],
    )


@blueprint.post(f"{PAGES}/articles/<string:code>/option")
@declare(permission="catalog.read")
def see_option(code: str) -> AnyResponse:
    """Go to the page of the option that was chosen, for browsers without scripts."""
    return go_to(url_for("shop.article", code=code, sku=request.form.get("sku")))


@blueprint.get("/pictures/<string:version>/<string:sku>.svg")
@declare(permission="catalog.read", rate="6000/minute")
def picture(version: str, sku: str) -> Response:
    """Give the drawing of a SKU, kept for ever; or a stand-in when nobody drew this version."""
    svg, present = picture_svg(sku)
    response = make_response(svg)
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = FOREVER if version == present else HOUR
    return response


def _looking_at(session: Session, cart: CartFacts) -> CartFacts:
    """Return the basket as if it were collected from the store that the address names."""
    code = request.args.get("store", "")
    if not code.isprintable() or not 0 < len(code) <= STORE_MAX:
        return cart
    try:
        return replace(cart, location_id=stores.queries.get_store(session, code).id)
    except UnknownLocation:
        return cart


def _list(session: Session, frame: Frame, **asked: Any) -> list[ArticleFacts]:  # noqa: ANN401 (those of the query)
    return catalog.queries.list_articles(
        session, brand_id=frame.brand_id, language=current(), **asked
    )


def _of_each_shelf(articles: list[ArticleFacts]) -> list[ArticleFacts]:
    """Return a dozen articles, one of each category in turn."""
    by_category: dict[str | None, list[ArticleFacts]] = {}
    for each in articles:
        by_category.setdefault(each.category, []).append(each)
    turns = zip(*(_padded(group) for group in by_category.values()), strict=True)
    return [each for turn in turns for each in turn if each is not None][:HOME_MAX]


def _padded(group: list[ArticleFacts]) -> list[ArticleFacts | None]:
    return [*group[:HOME_MAX], *[None] * (HOME_MAX - len(group))]


def _tiles(session: Session, frame: Frame, articles: list[ArticleFacts]) -> list[dict[str, Any]]:
    store = _store_looked_at(session, frame)
    available = _available(session, store, articles)
    shelf = read_shelf(session, frame, articles, store=_chosen_store(store, frame))
    return [
        _tile(each, frame, store=store, available=available, price=price)
        for each in articles
        if (price := cheapest(each.skus, shelf)) is not None
    ]


def _chosen_store(store: StoreFacts | None, frame: Frame) -> StoreFacts | None:
    """Return the store whose promotions count: the one that was chosen, not the nearest."""
    return store if frame.visitor.cart.location_id is not None else None


def _store_looked_at(session: Session, frame: Frame) -> StoreFacts | None:
    """Return the store chosen for the basket, else the nearest one that offers collection."""
    if frame.visitor.cart.location_id is not None:
        return stores.queries.get_store_by_id(session, frame.visitor.cart.location_id)
    place = frame.visitor.place
    if place is None:
        return None
    near = Near(place.latitude, place.longitude, offers.REACH_KM)
    around = [
        each
        for each in stores.queries.list_stores(session, near=near, limit=STORES_MAX)
        if each.offered
    ]
    return min(around, key=lambda each: offers.apart_km(place, each), default=None)


def _available(
    session: Session, store: StoreFacts | None, articles: list[ArticleFacts]
) -> dict[str, int]:
    skus = [sku.sku for each in articles for sku in each.skus]
    if store is None or not skus:
        return {}
    levels = inventory.queries.list_levels(
        session, location_id=store.id, skus=skus, limit=len(skus)
    )
    return {level.sku: level.available for level in levels}


def _tile(
    article: ArticleFacts,
    frame: Frame,
    *,
    store: StoreFacts | None,
    available: dict[str, int],
    price: ShelfPrice,
) -> dict[str, Any]:
    """Return what a tile shows: the option the store has, and the lowest price."""
    priced = [sku for sku in article.skus if sku.price_minor is not None]
    shown = max(priced, key=lambda sku: available.get(sku.sku, 0) > 0)
    prices = {sku.price_minor for sku in priced}
    kind, said = (None, None)
    if store is not None:
        kind, said = offers.say_level(available.get(shown.sku, 0), store)
    return {
        "article": _picture(article, shown, frame),
        "href": url_for("shop.article", code=article.code, sku=shown.sku),
        "minor": price.paid_minor,
        "price": price,
        "currency": shown.currency,
        "from_price": len(prices) > 1,
        "kind": kind,
        "said": said,
    }


def _chosen(article: ArticleFacts, wanted: str | None) -> SkuFacts:
    """Return the option asked for, else the first one that has a price."""
    for sku in article.skus:
        if sku.sku == wanted:
            return sku
    return next((sku for sku in article.skus if sku.price_minor is not None), article.skus[0])


def _choice(sku: SkuFacts, article: ArticleFacts, frame: Frame) -> dict[str, Any]:
    option = ", ".join(options_in(sku.options, current()).values())
    return {"sku": sku, "label": option or sku.sku, "picture": _picture(article, sku, frame)}


def _picture(article: ArticleFacts, sku: SkuFacts, frame: Frame) -> dict[str, Any]:
    option = ", ".join(options_in(sku.options, current()).values())
    alt = f"{article.name}, {option}" if option else article.name
    return pictured(
        sku.sku, article.name, category=article.category, shelves=frame.shelves, alt=alt
    )
