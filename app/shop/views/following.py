"""The order's page: what its signed link shows, without signing in. Reading it changes nothing."""

from uuid import UUID

from flask import Response, abort, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

import orders.queries
from app.i18n import gettext as _
from app.shop.blueprint import PAGES, blueprint
from app.shop.calendar import MEDIA_TYPE, calendar_entry
from app.shop.following import read_order, read_proxies
from app.shop.offers import week_of
from app.shop.shown import ShownOrder
from app.shop.visitor import Frame, as_shopper, find_visitor, show
from kernel.db import reading, transaction
from kernel.web import declare

ORDER = f"{PAGES}/orders/<string:token>"
STOP_POLLING = 286
"""What htmx understands as: nothing will move any more."""
UNCHANGED = 204


@blueprint.get(ORDER)
@declare(permission="orders.read")
def order(token: str) -> str:
    """Show an order to whoever holds its link."""
    closed = _("The payment page was closed. This is how your order stands now.")
    is_closed = request.args.get("closed") == "yes"
    return show_order(
        "order",
        token,
        fresh=request.args.get("placed") == "yes",
        refused=closed if is_closed else None,
    )


@blueprint.get(f"{ORDER}/state")
@declare(permission="orders.read")
def order_state(token: str) -> Response:
    """Give the part of the page that moves, if it moved since `seen`."""
    with transaction() as session:
        found = read_order(session, order_in(session, token))
    if request.args.get("seen") == found.version:
        return make_response("", STOP_POLLING if found.ended else UNCHANGED)
    page = render_template(
        "shop/order_live.html",
        token=token,
        order=found,
        fresh=False,
        brand_name=found.brand.name,
        week_of=week_of,
    )
    return make_response(page, STOP_POLLING if found.ended else 200)


@blueprint.get(f"{ORDER}/code")
@declare(permission="orders.read")
def order_code(token: str) -> str:
    """Show the code of a ready parcel as large as the screen."""
    return show_order("code", token)


@blueprint.get(f"{ORDER}/<uuid:parcel>.ics")
@declare(permission="orders.read")
def order_calendar(token: str, parcel: UUID) -> Response:
    """Give the last moment to collect as a calendar entry."""
    with transaction() as session:
        found = read_order(session, order_in(session, token))
    shown = next((each for each in found.parcels if each.facts.id == parcel and each.ready), None)
    if shown is None or shown.facts.collect_by is None:
        abort(404)
    store = shown.store
    title = _("Collect order %(number)s, %(store)s: last hour")
    entry = calendar_entry(
        uid=str(parcel),
        collect_by=shown.facts.collect_by,
        title=title % {"number": found.number, "store": store.name},
        place=f"{store.name}, {store.street}, {store.postcode} {store.city}",
        link=url_for("shop.order", token=token, _external=True),
    )
    response = make_response(entry)
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{found.number}.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


def order_of(token: str) -> UUID:
    """Return the order a link opens, outside any transaction: it takes a connection of its own."""
    with reading() as session:
        return order_in(session, token)


def order_in(session: Session, token: str) -> UUID:
    """Return the order a link opens; one that is not ours, or void, finds nothing."""
    order_id = orders.queries.linking.open_link(session, token)
    if order_id is None:
        abort(404)
    return order_id


def show_order(template: str, token: str, **context: object) -> str:
    """Return a page about the order of a link."""
    with transaction() as session:
        order_id = order_in(session, token)
        found: ShownOrder = read_order(session, order_id)
        proxies = read_proxies(session, order_id, actor=as_shopper(order_id))
        frame = Frame(find_visitor(session), found.brand, [])
        joins = frame.visitor.account is None and found.is_written_to
    shown = {"order": found, "proxies": proxies, "joins": joins}
    return show(template, frame, token=token, week_of=week_of, **shown, **context)
