"""The order's page: what its signed link shows, without signing in. It changes nothing."""

from base64 import b64encode
from functools import partial
from uuid import UUID

from flask import Blueprint, abort, g, render_template
from sqlalchemy.orm import Session

import stores.queries
from app.auth import shopper
from app.shop.words import STATES, WORDS, say_money, say_time
from kernel import qr
from kernel.db import transaction
from kernel.ids import show_code, show_order_number
from kernel.links import read_order_token
from kernel.web import declare
from orders import passes, queries
from orders.commands import Status
from orders.queries import FulfillmentFacts

blueprint = Blueprint("shop", __name__)


@blueprint.get("/<any(fr, en):language>/orders/<string:token>")
@declare(permission="orders.read")
def order_page(language: str, token: str) -> str:
    """Show an order to whoever holds its link."""
    order_id = read_order_token(token)
    if order_id is None:
        abort(404)
    with transaction() as session:
        actor = shopper(order_id=order_id, request_id=g.request_id)
        order = queries.get_order(session, order_id, actor=actor)
        parcels = [
            {
                "facts": parcel,
                "store": stores.queries.get_store_by_id(session, parcel.location_id),
                "pass": _live_pass(session, parcel),
            }
            for parcel in order.fulfillments
        ]
    return render_template(
        "order.html",
        language=language,
        token=token,
        order=order,
        number=show_order_number(order.number),
        parcels=parcels,
        states=STATES[language],
        words=WORDS[language],
        time=partial(say_time, language=language),
        money=partial(say_money, currency=order.currency, language=language),
    )


def _live_pass(session: Session, parcel: FulfillmentFacts) -> dict[str, str] | None:
    if parcel.status is not Status.READY:
        return None
    for state in queries.list_passes(session, parcel.id):
        if state.revoked_why is None and not state.used:
            return _shown(state.facts.id, passes.qr_text(state.facts))
    return None


def _shown(pass_id: UUID, text: str) -> dict[str, str]:
    picture = b64encode(qr.png(text)).decode()
    return {"code": show_code(passes.typed_code(pass_id)), "qr": f"data:image/png;base64,{picture}"}
