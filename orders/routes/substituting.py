"""Substitutes: offered by the store, answered by the customer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import blueprint
from orders.schemas import (
    OfferSubstituteSchema,
    SubstituteListSchema,
    SubstituteSchema,
    offer_of,
)

Act = Callable[[Session, Actor], UUID]


@blueprint.get("/fulfillments/<uuid:fulfillment_id>/substitutes")
@declare(permission="orders.read")
@blueprint.response(200, SubstituteListSchema)
def list_substitutes(fulfillment_id: UUID) -> dict[str, Any]:
    """List what was offered in place of what is missing in a parcel."""
    with transaction() as session:
        parcel = queries.get_fulfillment(session, fulfillment_id, actor=current_actor())
        return {"substitutes": queries.list_substitutes(session, parcel.id)}


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/substitutes")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(OfferSubstituteSchema)
@blueprint.response(201, SubstituteSchema)
def offer_substitute(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Ask the customer whether they take another article for one that is missing."""
    command = offer_of(fulfillment_id, body)
    return _once(
        lambda session, actor: services.offer_substitute(session, command, actor=actor), status=201
    )


@blueprint.post("/substitutes/<uuid:substitution_id>/accept")
@declare(permission="orders.cancel", keyed=True)
@blueprint.response(200, SubstituteSchema)
def accept_substitute(substitution_id: UUID) -> Response:
    """Take the other article."""
    return _end(substitution_id, services.accept_substitute)


@blueprint.post("/substitutes/<uuid:substitution_id>/decline")
@declare(permission="orders.cancel", keyed=True)
@blueprint.response(200, SubstituteSchema)
def decline_substitute(substitution_id: UUID) -> Response:
    """Do without the other article: what is missing is not paid."""
    return _end(substitution_id, services.decline_substitute)


@blueprint.post("/substitutes/<uuid:substitution_id>/withdraw")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.response(200, SubstituteSchema)
def withdraw_substitute(substitution_id: UUID) -> Response:
    """Ask no longer, because the article was found after all."""
    return _end(substitution_id, services.withdraw_substitute)


def _end(substitution_id: UUID, end: Callable[..., None]) -> Response:
    def act(session: Session, actor: Actor) -> UUID:
        end(session, substitution_id, actor=actor)
        return substitution_id

    return _once(act)


def _once(act: Act, *, status: int = 200) -> Response:
    """Do a use case under the request's key, and answer with the offer after it."""
    actor = current_actor()
    with transaction() as session:

        def answer() -> tuple[int, dict[str, Any]]:
            substitution_id = act(session, actor)
            found = queries.get_substitute(session, substitution_id, actor=actor)
            return status, SubstituteSchema().dump(found)

        return answer_once(session, answer)
