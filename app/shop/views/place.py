"""Where the shopper is: typed, or told by the browser when they press the button."""

from flask import request, url_for
from werkzeug.wrappers import Response

import customers.services
import stores.queries
from app.i18n import gettext as _
from app.shop.blueprint import PAGES, blueprint, go_to, own_address
from app.shop.places import TYPED_MAX, find_place
from app.shop.visitor import read_frame, remember_visitor, show
from customers.commands import Place
from kernel.db import transaction
from kernel.web import declare

STORES_MAX = 1_000
ROUND_TO = 3
"""Decimals of a browser's position that are kept: a hundred metres, no more than it takes."""
POLES, DATE_LINE = 90, 180


@blueprint.get(f"{PAGES}/place")
@declare(permission="stores.read")
def place() -> str:
    """Ask where to look for stores."""
    with transaction() as session:
        frame = read_frame(session)
    back = own_address(request.args.get("back"), otherwise=url_for("shop.home"))
    return show("place", frame, back=back, typed="", error=None)


@blueprint.post(f"{PAGES}/place")
@declare(permission="stores.read")
def look_from() -> Response | tuple[str, int]:
    """Look for stores from there, and go back to where that was asked."""
    back = own_address(request.form.get("back"), otherwise=url_for("shop.home"))
    typed = request.form.get("where", "").strip()[:TYPED_MAX]
    with transaction() as session:
        found = _position() or find_place(
            typed, stores.queries.list_stores(session, limit=STORES_MAX)
        )
        if found is not None:
            customers.services.look_from(session, remember_visitor(session), place=found)
            return go_to(back)
        frame = read_frame(session)
    error = _("We do not know this place. Give a French postcode, or the name of a larger town.")
    return show("place", frame, back=back, typed=typed, error=error), 422


def _position() -> Place | None:
    try:
        latitude = round(float(request.form["latitude"]), ROUND_TO)
        longitude = round(float(request.form["longitude"]), ROUND_TO)
    except (KeyError, ValueError):
        return None
    if not (abs(latitude) <= POLES and abs(longitude) <= DATE_LINE):
        return None
    return Place("", latitude, longitude)  # a place without a name: pages say "around you"
