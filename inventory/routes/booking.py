"""Corrections, sales and returns over HTTP."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from inventory import services
from inventory.commands import Adjust, Returned
from inventory.routes.blueprint import blueprint, own_store
from inventory.routes.pages import do_once
from inventory.schemas import (
    AdjustmentSchema,
    AdjustSchema,
    ReturnSchema,
    SaleSchema,
    TakeBackSchema,
)
from kernel.fields import ItemsSchema
from kernel.ids import new_id
from kernel.web import current_actor, declare


@blueprint.post("/stores/<string:code>/adjustments")
@declare(permission="stock.adjust", keyed=True)
@blueprint.arguments(AdjustSchema)
@blueprint.response(201, AdjustmentSchema)
def adjust(body: dict[str, Any], code: str) -> Response:
    """Correct what a store has on hand, with a reason: all or nothing."""

    def act(session: Session) -> dict[str, Any]:
        command = Adjust(own_store(session, code).id, **body)
        return {"adjustment_id": str(services.adjust(session, command, actor=current_actor()))}

    return do_once(act, status=201)


@blueprint.post("/stores/<string:code>/sales")
@declare(permission="stock.sell", keyed=True)
@blueprint.arguments(ItemsSchema)
@blueprint.response(201, SaleSchema)
def sell(body: dict[str, Any], code: str) -> Response:
    """Take what a store sold at its own counter off the shelf; never refused for lack of stock."""

    def act(session: Session) -> dict[str, Any]:
        sale_id = new_id()
        found = services.sell(
            session,
            sale_id=sale_id,
            location_id=own_store(session, code).id,
            quantities=body["quantities"],
            actor=current_actor(),
        )
        return {"sale_id": str(sale_id), "found": found}

    return do_once(act, status=201)


@blueprint.post("/stores/<string:code>/returns")
@declare(permission="stock.sell", keyed=True)
@blueprint.arguments(TakeBackSchema)
@blueprint.response(201, ReturnSchema)
def take_back(items: list[Returned], code: str) -> Response:
    """Book goods in that came back to a store: to sell again, to look at, or to write off."""

    def act(session: Session) -> dict[str, Any]:
        return_id = new_id()
        services.take_back(
            session,
            return_id=return_id,
            location_id=own_store(session, code).id,
            items=items,
            actor=current_actor(),
        )
        return {"return_id": str(return_id)}

    return do_once(act, status=201)
