"""The card provider's practice pages through our own address: one forwarded port is enough to pay.

The pages stay the sandbox's; what stands here hands requests for them on, and nothing else there
can be reached.
"""

from typing import Final
from urllib.parse import urlsplit

import httpx
from flask import Blueprint, Response, abort, current_app, request
from werkzeug.datastructures import Headers

from kernel.web import declare
from payments.errors import CheckoutUnavailable

PATH: Final = "/demo/cards"
PAGES: Final = "<any(pay, authenticate):page>"
PATIENCE_S: Final = 10
LOOPBACK: Final = "127.0.0.1"
ASKED: Final = ("Accept-Language", "Content-Type")
ANSWERED: Final = (
    "Cache-Control",
    "Content-Security-Policy",
    "Content-Type",
    "Location",
    "Referrer-Policy",
    "X-Content-Type-Options",
)
"""Headers that are handed on: no cookie of ours goes there, none of theirs comes here."""

blueprint = Blueprint("cards", __name__, url_prefix=f"{PATH}/c")


def pages_url(public_url: str) -> str:
    """Return where browsers find the card pages of a demonstration at this address."""
    return f"{public_url.rstrip('/')}{PATH}"


def are_here() -> bool:
    """Tell whether cards are asked for on this address: a real provider has pages of its own."""
    settings = current_app.config["COMPTOIR"]
    stand_in = urlsplit(settings.payment.stripe_api_url).hostname == LOOPBACK
    return bool(settings.core.demo) and stand_in


@blueprint.get("/style.css")
@declare(permission="api.read")
def style() -> Response:
    """Hand on what the card pages look like."""
    return _hand_on("/c/style.css")


@blueprint.route(f"/{PAGES}/<string:object_id>", methods=["GET", "POST"])
@declare(permission="api.read", rate="120/minute")
def card_page(page: str, object_id: str) -> Response:
    """Hand on the form for the card, or the bank's question."""
    if not object_id.isascii() or not object_id.replace("_", "").isalnum():
        abort(404)
    return _hand_on(f"/c/{page}/{object_id}")


@blueprint.after_app_request
def stay_on_this_host(response: Response) -> Response:
    """Lead to the card page on the host the visitor came by, whatever its public name is."""
    public_url = current_app.config["COMPTOIR"].core.public_url
    location = response.headers.get("Location", "")
    if location.startswith(f"{pages_url(public_url)}/"):
        response.headers["Location"] = location.removeprefix(public_url.rstrip("/"))
    return response


def _hand_on(path: str) -> Response:
    """Return what the sandbox answers to the present request, as it comes in.

    Raises CheckoutUnavailable.
    """
    if not are_here():
        abort(404)
    base = current_app.config["COMPTOIR"].payment.stripe_api_url.rstrip("/")
    client = httpx.Client(timeout=PATIENCE_S, trust_env=False)
    asked = client.build_request(
        request.method,
        f"{base}{path}",
        content=request.get_data(),
        headers={name: request.headers[name] for name in ASKED if name in request.headers},
    )
    try:
        answer = client.send(asked, stream=True)
    except httpx.HTTPError as error:
        client.close()
        raise CheckoutUnavailable from error
    headers = Headers((name, answer.headers[name]) for name in ANSWERED if name in answer.headers)
    response = Response(answer.iter_bytes(), status=answer.status_code, headers=headers)
    response.call_on_close(answer.close)
    response.call_on_close(client.close)
    return response
