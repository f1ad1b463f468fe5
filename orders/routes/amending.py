"""Changing an open order: articles, store, slot, address, who collects."""

from typing import Any
from uuid import UUID

from flask import Response

from kernel.db import transaction
from kernel.web import IF_MATCH, answer_once, current_actor, declare, read_version
from orders import services
from orders.commands import USUAL_CHANNEL, AmendOrder, Channel
from orders.jobs import without_payment_page
from orders.routes.blueprint import blueprint
from orders.schemas import AmendedSchema, AmendSchema


@blueprint.post("/orders/<uuid:order_id>/amendments")
@declare(permission="orders.amend", keyed=True, rate="60/minute")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(AmendSchema)
@blueprint.response(201, AmendedSchema)
def amend_order(body: dict[str, Any], order_id: UUID) -> Response:
    """Change an open order nobody is at yet: all that is wanted, or nothing."""
    command, actor = _command(body, order_id), current_actor()

    def amend() -> Response:
        with transaction() as session:

            def act() -> tuple[int, dict[str, Any]]:
                amended = services.amend_order(session, command, actor=actor)
                return 201, AmendedSchema().dump(amended)

            return answer_once(session, act)

    return without_payment_page(order_id, amend)


@blueprint.post("/orders/<uuid:order_id>/amendments/preview")
@declare(permission="orders.amend", rate="120/minute")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(AmendSchema)
@blueprint.response(200, AmendedSchema)
def preview_amendment(body: dict[str, Any], order_id: UUID) -> services.Amended:
    """Tell what changing an open order would come to; nothing is changed."""
    with transaction() as session:
        command = _command(body, order_id)
        return services.preview_amendment(session, command, actor=current_actor())


def _command(body: dict[str, Any], order_id: UUID) -> AmendOrder:
    """Return the command; where no channel is said it is the asker's usual one."""
    usual = USUAL_CHANNEL.get(current_actor().kind, Channel.WEB)
    return AmendOrder(
        order_id=order_id,
        version=read_version(),
        **{**body, "channel": body["channel"] or usual},
    )
