"""Ways to get an order over HTTP: offered or not, paused, resumed."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import NotFound
from kernel.web import declare
from stores import queries, services
from stores.commands import StoreMethod
from stores.routes.blueprint import blueprint, once, own_store
from stores.schemas.methods import MethodListSchema, MethodPauseSchema, OfferSchema


@blueprint.get("/stores/<string:code>/methods")
@declare(permission="stock.read")
@blueprint.response(200, MethodListSchema)
def list_methods(code: str) -> dict[str, Any]:
    """List the ways to get an order at a store."""
    with transaction() as session:
        return _methods(session, code)


@blueprint.post("/stores/<string:code>/methods/<string:method>")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(OfferSchema)
@blueprint.response(200, MethodListSchema)
def set_method(body: dict[str, Any], code: str, method: str) -> Response:
    """Offer a way to get an order, or no longer."""
    kind = _method(method)

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.set_method(session, code=code, method=kind, actor=actor, **body)
        return _methods(session, code)

    return once(act, MethodListSchema())


@blueprint.post("/stores/<string:code>/methods/<string:method>/pause")
@declare(permission="stores.pause", keyed=True)
@blueprint.arguments(MethodPauseSchema)
@blueprint.response(200, MethodListSchema)
def pause_method(body: dict[str, Any], code: str, method: str) -> Response:
    """Take no new orders in one way until a time."""
    kind = _method(method)

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.pause_method(session, code=code, method=kind, actor=actor, **body)
        return _methods(session, code)

    return once(act, MethodListSchema())


@blueprint.post("/stores/<string:code>/methods/<string:method>/resume")
@declare(permission="stores.pause", keyed=True)
@blueprint.response(200, MethodListSchema)
def resume_method(code: str, method: str) -> Response:
    """Take orders in one way again."""
    kind = _method(method)

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.resume_method(session, code=code, method=kind, actor=actor)
        return _methods(session, code)

    return once(act, MethodListSchema())


def _methods(session: Session, code: str) -> dict[str, Any]:
    return {"methods": queries.list_methods(session, own_store(session, code).id)}


def _method(name: str) -> StoreMethod:
    try:
        return StoreMethod(name)
    except ValueError as error:
        raise NotFound("There is no such way to get an order.") from error
