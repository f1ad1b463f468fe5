"""Prices, promotions, and what a basket costs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema
from sqlalchemy.orm import Session

import catalog.queries
import catalog.services
import stores.queries
from customers.commands import GiveContact
from kernel.actors import Actor
from kernel.db import reading, transaction
from kernel.web import BadCursor, answer_once, current_actor, declare, make_cursor, read_cursor
from orders import queries, services
from orders.commands import Channel, PlaceOrder, SetPromotion
from orders.pricing import Quote
from orders.routes.blueprint import blueprint
from orders.schemas import (
    BrandQuerySchema,
    OpenPromotionSchema,
    PriceHistorySchema,
    PriceListQuerySchema,
    PriceListSchema,
    PricesSetSchema,
    PromotionPageSchema,
    PromotionQuerySchema,
    PromotionSchema,
    QuoteQuerySchema,
    QuoteSchema,
    SetPricesSchema,
    SetPromotionSchema,
)
from stores.errors import UnknownBrand
from stores.queries import BrandFacts


@blueprint.get("/prices")
@declare(permission="prices.edit")
@blueprint.arguments(PriceListQuerySchema, location="query")
@blueprint.response(200, PriceListSchema)
def list_prices(query: dict[str, Any]) -> dict[str, Any]:
    """List what a brand's articles cost now and next."""
    after = read_cursor(query["cursor"], parts=1)
    with reading() as session:
        found = catalog.queries.list_price_list(
            session,
            brand_id=_brand(session, query["brand"]).id,
            language=query["language"],
            words=query["q"],
            after=after[0] if after else "",
            limit=query["limit"],
        )
    full = len(found) == query["limit"]
    return {"prices": found, "next": make_cursor(found[-1].sku) if full else None}


@blueprint.get("/prices/<string:sku>")
@declare(permission="prices.edit")
@blueprint.arguments(BrandQuerySchema, location="query")
@blueprint.response(200, PriceHistorySchema)
def get_prices(query: dict[str, Any], sku: str) -> dict[str, Any]:
    """Show what a SKU cost, costs and is to cost under a brand."""
    with reading() as session:
        brand = _brand(session, query["brand"])
        return {"prices": catalog.queries.list_prices(session, sku, brand_id=brand.id)}


@blueprint.post("/prices")
@declare(permission="prices.edit", keyed=True)
@blueprint.arguments(SetPricesSchema)
@blueprint.response(200, PricesSetSchema)
def set_prices(body: dict[str, Any]) -> Response:
    """Have SKUs cost something else, now, from a day on, or for a time."""

    def act(session: Session, actor: Actor) -> dict[str, int]:
        brand = _brand(session, body["brand"])
        written = catalog.services.set_prices(
            session, body["prices"], brand_id=brand.id, currency=brand.currency, actor=actor
        )
        return {"written": written}

    return _once(act, PricesSetSchema())


@blueprint.get("/promotions")
@declare(permission="prices.edit")
@blueprint.arguments(PromotionQuerySchema, location="query")
@blueprint.response(200, PromotionPageSchema)
def list_promotions(query: dict[str, Any]) -> dict[str, Any]:
    """List a brand's promotions."""
    after = _after(query["cursor"])
    with reading() as session:
        found = queries.list_promotions(
            session,
            brand_id=_brand(session, query["brand"]).id,
            language=query["language"],
            words=query["q"],
            after=after,
            limit=query["limit"],
        )
    if len(found) < query["limit"]:
        return {"promotions": found, "next": None}
    last = found[-1]
    following = make_cursor(last.deal.valid_from.isoformat(), str(last.id))
    return {"promotions": found, "next": following}


@blueprint.get("/promotions/<uuid:promotion_id>")
@declare(permission="prices.edit")
@blueprint.response(200, PromotionSchema)
def get_promotion(promotion_id: UUID) -> queries.PromotionFacts:
    """Show a promotion."""
    with reading() as session:
        return _shown(session, promotion_id)


@blueprint.post("/promotions")
@declare(permission="prices.edit", keyed=True)
@blueprint.arguments(OpenPromotionSchema)
@blueprint.response(201, PromotionSchema)
def set_promotion(body: dict[str, Any]) -> Response:
    """Have a brand take something off for a time."""

    def act(session: Session, actor: Actor) -> queries.PromotionFacts:
        brand = _brand(session, body["brand"])
        promotion_id = services.set_promotion(
            session, body["command"], brand_id=brand.id, actor=actor
        )
        return _shown(session, promotion_id)

    return _once(act, PromotionSchema(), status=201)


@blueprint.post("/promotions/<uuid:promotion_id>/change")
@declare(permission="prices.edit", keyed=True)
@blueprint.arguments(SetPromotionSchema)
@blueprint.response(201, PromotionSchema)
def change_promotion(command: SetPromotion, promotion_id: UUID) -> Response:
    """Withdraw a promotion and open it anew as it is said; the new one has its own id."""

    def act(session: Session, actor: Actor) -> queries.PromotionFacts:
        fresh_id = services.change_promotion(session, promotion_id, command, actor=actor)
        return _shown(session, fresh_id)

    return _once(act, PromotionSchema(), status=201)


@blueprint.post("/promotions/<uuid:promotion_id>/withdraw")
@declare(permission="prices.edit", keyed=True)
@blueprint.response(200, PromotionSchema)
def withdraw_promotion(promotion_id: UUID) -> Response:
    """Have a promotion hold no longer."""

    def act(session: Session, actor: Actor) -> queries.PromotionFacts:
        services.withdraw_promotion(session, promotion_id, actor=actor)
        return _shown(session, promotion_id)

    return _once(act, PromotionSchema())


@blueprint.post("/quotes")
@declare(permission="catalog.read")
@blueprint.arguments(QuoteQuerySchema)
@blueprint.response(200, QuoteSchema)
def read_quote(basket: dict[str, Any]) -> dict[str, Any]:
    """Tell what a basket costs now, with promotions, VAT and éco-participation."""
    with reading() as session:
        quote, currency = (_quote_parts if basket["parts"] else _quote_items)(session, basket)
    return {
        "currency": currency,
        "lines": quote.lines,
        "charges": quote.charges,
        "discount_minor": quote.discount_minor,
        "eco_minor": quote.eco_minor,
        "total_minor": quote.totals.total_minor,
        "vat": quote.totals.vat,
    }


def _quote_items(session: Session, basket: dict[str, Any]) -> tuple[Quote, str]:
    store = stores.queries.get_store(session, basket["store"]) if basket["store"] else None
    brand = (
        stores.queries.get_brand(session, store.brand_id)
        if store
        else _brand(session, basket["brand"])
    )
    quote = queries.read_quote(
        session,
        basket["quantities"],
        brand_id=brand.id,
        language=basket["language"],
        store=store,
    )
    return quote, brand.currency


def _quote_parts(session: Session, basket: dict[str, Any]) -> tuple[Quote, str]:
    command = PlaceOrder(
        Channel.WEB,
        basket["parts"],
        GiveContact("", "", None, None, basket["language"]),
        begun_at=basket["store"],
        brand_code=basket["brand"],
    )
    return services.quote_order(session, command, actor=current_actor())


def _shown(session: Session, promotion_id: UUID) -> queries.PromotionFacts:
    return queries.get_promotion(session, promotion_id, language="fr", actor=current_actor())


def _brand(session: Session, code: str) -> BrandFacts:
    found = stores.queries.find_brand(session, code)
    if found is None or not current_actor().sees_brand(found.id):
        raise UnknownBrand(brand=code)
    return found


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    parts = read_cursor(cursor, parts=2)
    try:
        return (datetime.fromisoformat(parts[0]), UUID(parts[1])) if parts else None
    except ValueError as error:
        raise BadCursor from error


def _once(act: Any, schema: Schema, *, status: int = 200) -> Response:  # noqa: ANN401 (a closure)
    with transaction() as session:
        return answer_once(
            session, lambda: (status, dict(schema.dump(act(session, current_actor()))))
        )
