"""Page forms: sent twice, they are done once."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final, cast
from uuid import uuid4

from flask import Flask, Response, redirect, request
from sqlalchemy.orm import Session

from app.sessions import csrf_token
from kernel import idempotency

FORM_FIELD: Final = "form"
SEE_OTHER: Final = 303
KEY_MAX: Final = 200


def init_app(app: Flask) -> None:
    """Give templates `form_id()`: the hidden value that makes a form's repeat harmless."""
    app.jinja_env.globals["form_id"] = lambda: str(uuid4())


def once(session: Session, act: Callable[[], str]) -> Response:
    """Do what a form asks and go where `act` says; a repeat goes there without doing it again.

    Raises idempotency.KeyReused when the same form comes back with other contents.
    """
    told = told_once(session, lambda: {"location": act()})
    return cast("Response", redirect(told["location"], code=SEE_OTHER))


def told_once(session: Session, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do what a form asks; return what `act` told, and to a repeat the same without doing it again.

    What is told is kept: no secrets, no personal data.

    Raises idempotency.KeyReused when the same form comes back with other contents.
    """
    given = request.form.get(FORM_FIELD, "")
    key = given if given.isprintable() and 0 < len(given) <= KEY_MAX else str(uuid4())
    scope = f"form:{csrf_token()}"
    body = repr(sorted(request.form.items(multi=True))).encode()
    fingerprint = sha256(f"{request.path}\n".encode() + body).digest()
    answer = idempotency.take(session, scope=scope, key=key, request_hash=fingerprint)
    if answer is None:
        answer = idempotency.Answer(SEE_OTHER, act())
        idempotency.keep(session, scope=scope, key=key, answer=answer)
    return answer.body
