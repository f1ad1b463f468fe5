"""The start page: the one address `make run` ends with."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template

from app.demo.drawings import draw
from app.demo.retailer import STAFF, STORES
from app.demo.seed import read_keys
from kernel.web import declare

blueprint = Blueprint("start", __name__)
PICTURE_S = 24 * 3600


@blueprint.get("/")
@declare(permission="api.read")
def start() -> str:
    """Show where everything is; in a demonstration, also the keys to try it with."""
    core = current_app.config["COMPTOIR"].core
    keys = read_keys(Path(core.comptoir_home)) if core.demo else {}
    people = [(name, role.value, keys.get(role.value)) for name, role, _ in STAFF]
    return render_template("start.html", keys=keys, people=people, stores=STORES)


@blueprint.get("/pictures/<sku>.svg")
@declare(permission="api.read")
def show_picture(sku: str) -> Response:
    """Show the drawing of a SKU; it changes with the program only, so browsers keep it a day."""
    try:
        picture = draw(sku.upper())
    except KeyError:
        abort(404)
    response = Response(picture, mimetype="image/svg+xml")
    response.cache_control.public, response.cache_control.max_age = True, PICTURE_S
    return response
