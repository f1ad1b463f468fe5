"""A store that cannot prepare a parcel, what its shopper chooses, and the reasons there are."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import SYSTEM, Actor
from kernel.db import transaction
from kernel.errors import NotFound
from kernel.links import read_choice_token
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.availability import list_answers
from orders.commands import AnswerChoice, ReasonKind, SetReason
from orders.errors import UnknownChoice
from orders.routes.blueprint import blueprint
from orders.routes.preparing import do_once
from orders.schemas import (
    KEPT_ORDER,
    AnswerChoiceSchema,
    ChoiceSchema,
    FulfillmentSchema,
    OrderSchema,
    PartlySchema,
    ReasonListSchema,
    ReasonQuerySchema,
    ReassignParcelSchema,
    RejectParcelSchema,
    SetReasonSchema,
)


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/reject")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(RejectParcelSchema)
@blueprint.response(200, FulfillmentSchema)
def reject(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Say that the store cannot prepare it: the customer is asked what they want instead."""

    def act(session: Session, actor: Actor) -> None:
        services.reject_fulfillment(session, fulfillment_id, reason=body["reason"], actor=actor)

    return do_once(fulfillment_id, act)


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/reassign")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(ReassignParcelSchema)
@blueprint.response(200, FulfillmentSchema)
def reassign(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Have another store prepare it, with the customer's word."""

    def act(session: Session, actor: Actor) -> None:
        services.reassign(
            session,
            fulfillment_id,
            store_code=body["store"],
            reason=body["reason"],
            actor=actor,
        )

    return do_once(fulfillment_id, act)


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/split")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.response(200, FulfillmentSchema)
def split(fulfillment_id: UUID) -> Response:
    """Have what is here go on by itself; what is on its way becomes a parcel of its own."""

    def act(session: Session, actor: Actor) -> None:
        services.split_fulfillment(session, fulfillment_id, actor=actor)

    return do_once(fulfillment_id, act)


@blueprint.post("/orders/<uuid:order_id>/partly")
@declare(permission="orders.cancel", keyed=True)
@blueprint.arguments(PartlySchema)
@blueprint.response(200, OrderSchema)
def answer_partly(body: dict[str, Any], order_id: UUID) -> Response:
    """Say what the customer wants while only a part of the order is there."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.answer_partly(session, order_id, body["answer"], actor=actor)
            return 200, KEPT_ORDER.dump(queries.get_order(session, order_id, actor=actor))

        return answer_once(session, act)


@blueprint.get("/choices/<string:token>")
@declare(permission="orders.place", rate="120/minute")
@blueprint.response(200, ChoiceSchema)
def get_choice(token: str) -> dict[str, Any]:
    """Show what the holder of a link may choose, and until when."""
    with transaction() as session:
        return _shown(session, _choice_of(token))


@blueprint.post("/choices/<string:token>")
@declare(permission="orders.place", keyed=True, rate="30/minute")
@blueprint.arguments(AnswerChoiceSchema)
@blueprint.response(200, ChoiceSchema)
def answer_choice(command: AnswerChoice, token: str) -> Response:
    """Choose; once."""
    choice_id = _choice_of(token)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.answer_choice(session, choice_id, command, actor=current_actor())
            return 200, ChoiceSchema().dump(_shown(session, choice_id))

        return answer_once(session, act)


@blueprint.get("/reasons")
@declare(permission="fulfillments.read")
@blueprint.arguments(ReasonQuerySchema, location="query")
@blueprint.response(200, ReasonListSchema)
def list_reasons(query: dict[str, Any]) -> dict[str, Any]:
    """List the reasons that may be given, in the retailer's order."""
    with transaction() as session:
        found = queries.list_reasons(session, query["kind"], closed=query["closed"] == "yes")
    return {"reasons": found}


@blueprint.put("/reasons/<string:kind>/<string:code>")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(SetReasonSchema)
@blueprint.response(200, ReasonListSchema)
def set_reason(body: dict[str, Any], kind: str, code: str) -> Response:
    """Have a reason be as said, new or not; the answer lists those of its kind."""
    known = next((each for each in ReasonKind if each.value == kind), None)
    if known is None:
        raise NotFound("There is no such kind of reason.")
    command = SetReason(kind=known, code=code, **body)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.set_reason(session, command, actor=current_actor())
            found = queries.list_reasons(session, known, closed=True)
            return 200, ReasonListSchema().dump({"reasons": found})

        return answer_once(session, act)


def _choice_of(token: str) -> UUID:
    choice_id = read_choice_token(token)
    if choice_id is None:
        raise UnknownChoice
    return choice_id


def _shown(session: Session, choice_id: UUID) -> dict[str, Any]:
    choice = queries.get_choice(session, choice_id)
    parcel = queries.get_fulfillment(session, choice.fulfillment_id, actor=SYSTEM)
    return {
        "order_number": parcel.order_number,
        "currency": parcel.currency,
        "store": stores.queries.get_store_by_id(session, parcel.location_id).code,
        "lines": parcel.lines,
        "answer_by": choice.answer_by,
        "fallback": choice.fallback,
        "answer": choice.answer,
        "answered_at": choice.answered_at,
        "wait_until": choice.wait_until,
        "answers": list_answers(session, parcel) if choice.open else None,
    }
