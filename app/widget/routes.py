"""The widget's script, and what it asks: open to pages of any origin, and nothing else is."""

from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, g, make_response, request, url_for
from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from app import formats
from app.assets import pack
from app.i18n import current, ngettext
from app.shop.offers import Nearby, find_nearby
from app.shop.places import find_place
from app.widget.schemas import CollectOffersSchema, CollectQuerySchema
from catalog.errors import UnknownSku
from catalog.queries import SkuWords
from customers.commands import Place
from kernel.db import reading
from kernel.web import ApiBlueprint, declare
from orders.queries import CartFacts
from stores.errors import UnknownPlace

STORES_MAX: Final = 1_000
FEW: Final = 3
"""So many that are left are told as a number, as far as more are not wanted."""
FRESH_S: Final = 15
"""A page that asks again so soon gets the same answer; a promise is told to the quarter hour."""
SCRIPT: Final = Path(__file__).parents[1] / "static" / "widget" / "collect.js"
HOUR: Final = "public, max-age=3600, stale-while-revalidate=86400"
FOREVER: Final = "public, max-age=31536000, immutable"
CHOOSABLE: Final = frozenset({"all", "part"})
ROUND_TO: Final = 3
NO_CART: Final = CartFacts({}, None)

blueprint = ApiBlueprint(
    "widget", __name__, url_prefix="/api/v1", description="What pages of other sites may ask"
)
pages = Blueprint("widget_pages", __name__)


@blueprint.get("/collect-offers")
@declare(permission="availability.read", rate="120/minute")
@blueprint.arguments(CollectQuerySchema, location="query")
@blueprint.response(200, CollectOffersSchema)
def look_around(query: dict[str, Any]) -> dict[str, Any]:
    """Tell which stores around a place have an article, when, and where it is ordered from there.

    Pages of any origin may read it. It is the shop's own answer, in the language asked for.
    """
    g.language = query["language"]
    with reading() as session:
        words = _find_article(session, query["sku"], query["gtin"])
        place = _find_place(session, query)
        nearby = find_nearby(
            session, quantities={words.sku: query["quantity"]}, place=place, cart=NO_CART
        )
    return {
        "article": words,
        "quantity": query["quantity"],
        "place": place.label,
        "stores": [_shown(each, words.sku, query["quantity"]) for each in nearby],
    }


@blueprint.after_request
def open_to_all(response: Response) -> Response:
    """Let any page read the answer, also a refusal; it goes by no cookie and changes nothing."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.status_code == HTTPStatus.OK:
        kept_by = "private" if "latitude" in request.args else "public"
        response.headers["Cache-Control"] = f"{kept_by}, max-age={FRESH_S}"
    return response


@pages.get("/widget/v1.js")
@declare(permission="availability.read", rate="6000/minute")
def script() -> Response:
    """Give the widget. Its address keeps its promises; with `v`, this very text for ever."""
    content = SCRIPT.read_bytes()
    digest = sha256(content).hexdigest()
    response = make_response(content)
    response.mimetype = "text/javascript"
    response.set_etag(digest)
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == digest[:12] else HOUR
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK:
        pack(response)
    return response


def _find_article(session: Session, sku: str | None, gtin: str | None) -> SkuWords:
    code = sku or catalog.queries.find_sku_by_gtin(session, gtin or "")
    found = catalog.queries.describe_skus(session, [code] if code else [], language=current())
    if code not in found:
        raise UnknownSku(skus=[code or gtin])
    return found[code]


def _find_place(session: Session, query: dict[str, Any]) -> Place:
    if query["position"]:
        latitude, longitude = (round(each, ROUND_TO) for each in query["position"])
        return Place("", latitude, longitude)
    own = stores.queries.list_stores(session, limit=STORES_MAX)
    found = find_place(query["place"], own)
    if found is None:
        raise UnknownPlace(place=query["place"])
    return found


def _shown(each: Nearby, sku: str, quantity: int) -> dict[str, Any]:
    store, at_hand = each.store, each.offer.at_hand.get(sku, 0)
    left = at_hand if each.kind in CHOOSABLE and 0 < at_hand <= FEW else None
    few = left and ngettext("Only %(num)d left", "Only %(num)d left", left) % {"num": left}
    return {
        "code": store.code,
        "name": store.name,
        "city": store.city,
        "distance_km": None if each.km is None else round(each.km, 1),
        "distance": None if each.km is None else formats.distance(each.km, language=current()),
        "kind": each.kind,
        "said": each.said,
        "notes": [note for note in (few, each.rest, each.hours, each.cut_off) if note],
        "available": each.offer.available.get(sku, 0),
        "left": left,
        "ready_at": each.offer.ready_at,
        "href": _href(store.code, sku, quantity) if each.kind in CHOOSABLE else None,
    }


def _href(store: str, sku: str, quantity: int) -> str:
    """Return where it is ordered, on the host that was asked."""
    asked = str(quantity) if quantity > 1 else None
    return url_for("shop.collect_here", sku=sku, store=store, quantity=asked)
