"""What comes in by itself: e-mails, text messages, messages of social networks. Signed, each once.

No key and no session of ours: the signature is the proof. A repeat changes nothing, so whoever got
no answer sends again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar
from xml.sax.saxutils import escape

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from kernel.db import transaction
from kernel.signing import Signed
from kernel.web import declare
from notifications import gateway, services
from notifications.commands import ComeMessage, ConnectorKind
from notifications.errors import UnprovenMessage
from notifications.routes.blueprint import blueprint
from notifications.schemas import ComeMessageSchema, HeardSchema
from notifications.services import Heard

MESSAGE_BYTES_MAX: Final = 64 * 1024
RATE: Final = "6000/minute"
View = TypeVar("View", bound=Callable[..., Any])


def proven(kind: ConnectorKind, *, most: int) -> Callable[[View], View]:
    """Have a view be reached only by the connector it names, which signed all of the body."""

    def guard(view: View) -> View:
        @wraps(view)
        def admitted(**arguments: Any) -> Any:  # noqa: ANN401 (what the view takes and returns)
            _admit(arguments["source"], kind, _body(most))
            return view(**arguments)

        return admitted  # type: ignore[return-value]  # as the view, with the same arguments

    return guard


@blueprint.post("/webhooks/social/<string:source>")
@declare(permission="api.read", rate=RATE)
@proven(ConnectorKind.SOCIAL, most=MESSAGE_BYTES_MAX)
@blueprint.arguments(ComeMessageSchema)
@blueprint.response(200, HeardSchema)
def take_message(come: ComeMessage, source: str) -> dict[str, Any]:
    """Bring a message of a social network, as its connector; signed as docs/channels.md says.

    Raises UnprovenMessage, or TooManyAttempts: then bring it again later.
    """
    with transaction() as session:
        services.brake(session, source, come.sender)
    with transaction() as session:
        return _shown(services.hear_message(session, source, come))


@blueprint.post("/webhooks/email/<string:source>")
@declare(permission="api.read", rate=RATE)
@proven(ConnectorKind.EMAIL, most=gateway.LETTER_BYTES_MAX)
@blueprint.response(200, HeardSchema)
def take_letter(source: str) -> dict[str, Any]:
    """Bring an e-mail as it is on the wire (`message/rfc822`), as its connector; signed likewise.

    Raises UnprovenMessage, or TooManyAttempts: then bring it again later.
    """
    letter = gateway.read_letter(request.get_data())
    with transaction() as session:
        services.brake(session, "email", letter.sender)
    with transaction() as session:
        return _shown(services.hear_letter(session, letter, source=source))


@blueprint.post("/webhooks/sms")
@declare(permission="api.read", rate=RATE)
def take_text() -> Response:
    """Bring a text message, as the provider; signed as Twilio signs, answered in its language.

    Raises UnprovenMessage, or TooManyAttempts.
    """
    form = request.form.to_dict()
    signature = request.headers.get("X-Twilio-Signature", "")
    if not gateway.is_signed(_target(), form, signature):
        raise UnprovenMessage(why="signature")
    come, words = gateway.read_text(form), ""
    if come is not None:
        if not services.is_stop(come.text):  # a refusal is heard, however much came before it
            with transaction() as session:
                services.brake(session, "sms", come.sender)
        with transaction() as session:
            words = services.hear_text(session, come).answer
    said = f"<Message>{escape(words)}</Message>" if words else ""
    page = f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'
    return Response(page, mimetype="text/xml")


def _admit(source: str, kind: ConnectorKind, body: bytes) -> None:
    signed = Signed(
        method=request.method,
        target=_target(),
        body=body,
        timestamp=request.headers.get("Comptoir-Timestamp", ""),
        nonce=request.headers.get("Comptoir-Nonce", ""),
        signature=request.headers.get("Comptoir-Signature", ""),
    )
    try:
        with transaction() as session:
            services.admit_connector(session, source, kind, signed)
    except UnprovenMessage as refused:
        with transaction() as session:
            services.keep_refused(session, source, str(refused.facts["why"]))
        raise


def _target() -> str:
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _body(most: int) -> bytes:
    request.max_content_length = most
    if request.content_length is None or request.content_length > most:
        raise RequestEntityTooLarge
    return request.get_data(cache=True)


def _shown(heard: Heard) -> dict[str, Any]:
    return {"thread": heard.thread_id, "is_new": heard.is_new, "why": heard.why}
