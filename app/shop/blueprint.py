"""The blueprint of the shop: its pages live under /fr and /en, and views need not say so."""

from typing import Any, Final

from flask import Blueprint, current_app, redirect
from werkzeug.wrappers import Response

from app.i18n import current

PAGES: Final = "/<any(fr, en):language>"
SEE_OTHER: Final = 303

blueprint = Blueprint("shop", __name__)


@blueprint.url_value_preprocessor
def drop_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """`g.language` holds it already."""
    if values is not None:
        values.pop("language", None)


@blueprint.app_url_defaults
def add_language(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses of the shop stay in the language of the page."""
    if endpoint.startswith("shop.") and current_app.url_map.is_endpoint_expecting(
        endpoint, "language"
    ):
        values.setdefault("language", current())


def go_to(address: str) -> Response:
    """Have the browser open another page, after a form."""
    return redirect(address, code=SEE_OTHER)


def own_address(address: str | None, *, otherwise: str) -> str:
    """Return an address of our pages that a form asks to go back to, or another one."""
    plain = address is not None and address.isprintable() and "\\" not in address
    if address is not None and plain and address.startswith(("/fr/", "/en/")):
        return address
    return otherwise
