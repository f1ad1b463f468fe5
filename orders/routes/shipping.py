"""Deliveries: packed, given to the carrier, delivered, or brought back."""

from typing import Any
from uuid import UUID

from flask import Response, make_response

from inventory.commands import Disposition
from kernel.db import transaction
from kernel.web import current_actor, declare
from orders import queries, services
from orders.commands import DeliveryFailure, Pack
from orders.routes.blueprint import blueprint
from orders.routes.preparing import do_once
from orders.schemas import (
    DeliveryFailedSchema,
    DeliveryReturnedSchema,
    FulfillmentSchema,
    PackageListSchema,
    PackSchema,
    ShipSchema,
)


@blueprint.get("/fulfillments/<uuid:fulfillment_id>/packages")
@declare(permission="fulfillments.read")
@blueprint.response(200, PackageListSchema)
def list_packages(fulfillment_id: UUID) -> dict[str, Any]:
    """List the packages of a parcel."""
    with transaction() as session:
        parcel = queries.get_fulfillment(session, fulfillment_id, actor=current_actor())
        found = queries.list_packages(session, [parcel.id], language=parcel.language)
        return {"packages": found[parcel.id]}


@blueprint.get("/packages/<uuid:package_id>/label")
@declare(permission="fulfillments.read")
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
def package_label(package_id: UUID) -> Response:
    """Give what is stuck on a package, as the carrier wants it."""
    with transaction() as session:
        label = queries.get_label(session, package_id, actor=current_actor())
    response = make_response(label.content)
    response.headers["Content-Type"] = label.media_type
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/pack")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(PackSchema)
@blueprint.response(200, FulfillmentSchema)
def pack(command: Pack, fulfillment_id: UUID) -> Response:
    """Say in which packages lies what was picked."""

    def act(session: Any, actor: Any) -> None:  # noqa: ANN401 (as do_once gives them)
        services.pack(session, fulfillment_id, command, actor=actor)

    return do_once(fulfillment_id, act)


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/ship")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(ShipSchema)
@blueprint.response(200, FulfillmentSchema)
def ship(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Say that the carrier has the packages."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.ship(session, fulfillment_id, **body, actor=actor),
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/delivered")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.response(200, FulfillmentSchema)
def confirm_delivery(fulfillment_id: UUID) -> Response:
    """Say that the customer has the packages."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.confirm_delivery(session, fulfillment_id, actor=actor),
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/delivery-failed")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(DeliveryFailedSchema)
@blueprint.response(200, FulfillmentSchema)
def report_failed_delivery(body: dict[str, DeliveryFailure], fulfillment_id: UUID) -> Response:
    """Say why the carrier could not deliver: somebody has to see to it."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.report_failed_delivery(
            session, fulfillment_id, reason=body["reason"].value, actor=actor
        ),
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/returned")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(DeliveryReturnedSchema)
@blueprint.response(200, FulfillmentSchema)
def return_to_store(body: dict[str, Disposition], fulfillment_id: UUID) -> Response:
    """Say that the packages came back: the parcel ends and its money goes back."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.return_to_store(
            session, fulfillment_id, **body, actor=actor
        ),
    )
