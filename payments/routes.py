"""Stripe's webhook. No key and no session of ours: its signature is its proof."""

import logging

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from kernel.db import transaction
from kernel.web import declare
from payments import gateway, services
from payments.errors import UnprovenWebhook

BODY_BYTES_MAX = 256 * 1024
"""Stripe's events are far smaller."""

blueprint = Blueprint("payments", __name__, url_prefix="/webhooks")
log = logging.getLogger(__name__)


@blueprint.post("/stripe")
@declare(permission="api.read", rate="6000/minute")
def take_webhook() -> Response:
    """Keep that Stripe told us something, once; its effect happens in a job.

    Raises UnprovenWebhook.
    """
    try:
        news = gateway.read_news(_body(), request.headers.get("Stripe-Signature", ""))
    except gateway.NotProvenError as error:
        log.warning("a webhook was refused: %s", error)
        raise UnprovenWebhook from error
    with transaction() as session:
        services.keep_news(session, news)
    return Response(status=200)


def _body() -> bytes:
    """Return the request's body, unless it is larger than any event."""
    if request.content_length is None or request.content_length > BODY_BYTES_MAX:
        raise gateway.NotProvenError("it is too large, or of unknown size")
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise gateway.NotProvenError("it is too large") from error
