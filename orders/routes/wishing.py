"""Asking to be told when a SKU can be had again."""

from typing import Any
from uuid import UUID

from flask import Response

from kernel.db import transaction
from kernel.links import read_wish_token, wish_token
from kernel.web import answer_once, declare
from orders import services
from orders.commands import WishStock
from orders.routes.blueprint import blueprint
from orders.schemas import StockWishSchema, WishedSchema, WithdrawnSchema, WithdrawSchema


@blueprint.post("/stock-wishes")
@declare(permission="orders.place", keyed=True, rate="20/minute")
@blueprint.arguments(StockWishSchema)
@blueprint.response(202, WishedSchema)
def wish_stock(command: WishStock) -> Response:
    """Have somebody told, once, when a SKU can be had again."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            wish_id = services.wish_stock(session, command)
            return 202, {"id": str(wish_id), "sku": command.sku, "store": command.store_code}

        return answer_once(session, act, show=_with_token)


@blueprint.post("/stock-wishes/withdraw")
@declare(permission="orders.place", keyed=True, rate="20/minute")
@blueprint.arguments(WithdrawSchema)
@blueprint.response(200, WithdrawnSchema)
def withdraw_wish(body: dict[str, Any]) -> Response:
    """End the wish a token is for; the same for one that is over or never was."""
    wish_id = read_wish_token(body["token"])
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            if wish_id is not None:
                services.end_wish(session, wish_id)
            return 200, {"withdrawn": True}

        return answer_once(session, act)


def _with_token(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        "sku": kept["sku"],
        "store": kept["store"],
        "withdraw_token": wish_token(UUID(kept["id"])),
    }
