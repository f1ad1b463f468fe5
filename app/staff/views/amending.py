"""Changing an order for a customer who stands in the store, or calls it."""

from uuid import UUID

from flask import render_template, url_for

from app.amending import Door, show_form, take_form
from app.amending_form import Shown as Change
from app.answers import Shown
from app.staff.articles import find_sku
from app.staff.views.base import blueprint, here
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries
from orders.commands import Channel
from orders.queries import OrderFacts


@blueprint.get("/parcels/<uuid:parcel_id>/amend")
@declare(permission="fulfillments.prepare")
def ask_to_amend(parcel_id: UUID) -> str:
    """Ask what of the order is to be different."""
    return show_form(_door(parcel_id))


@blueprint.post("/parcels/<uuid:parcel_id>/amend")
@declare(permission="fulfillments.prepare")
def amend(parcel_id: UUID) -> Shown:
    """Say what a change would come to; once that was seen, make it."""
    return take_form(_door(parcel_id))


def _door(parcel_id: UUID) -> Door:
    with transaction() as session:
        place = here(session)
        actor, brand_id = place.actor, place.store.brand_id
        order_id = queries.get_fulfillment(session, parcel_id, actor=actor).order_id

    def page(order: OrderFacts, change: Change | None, refused: str | None) -> str:
        return render_template(
            "tablet/amend.html",
            number=show_order_number(order.number),
            parcel_id=parcel_id,
            amend=change,
            refused=refused,
        )

    return Door(
        actor,
        Channel.STORE,
        lambda session: queries.get_order(session, order_id, actor=actor),
        page,
        url_for("tablet.show_parcel", parcel_id=parcel_id),
        parcel_id=parcel_id,
        sku_of=lambda session, said: find_sku(session, said=said, brand_id=brand_id),
    )
