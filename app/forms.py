"""Page forms: sent twice, they are done once."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final, cast
from uuid import uuid4

from flask import Flask, Response, redirect, request
from sqlalchemy.orm import Session

from app.i18n import N_
from app.i18n import gettext as _
from app.sessions import FormSentBefore, csrf_token
from kernel import idempotency
from kernel.idempotency import KeyReused

FORM_FIELD: Final = "form"
SEE_OTHER: Final = 303
KEY_MAX: Final = 200
ANSWER: Final = "answer"
"""The field in which a form that offers ways says which; its words are no personal data."""
WORD: Final = re.compile(r"[a-z_]{1,20}")


ANSWERED: Final[Mapping[str, str]] = {
    "accept": N_("the other article is taken"),
    "decline": N_("no other article is taken"),
    "other_store": N_("another store"),
    "delivery": N_("delivery"),
    "wait": N_("to wait"),
    "refund": N_("the money back"),
    "announce": N_("to be told"),
    "split": N_("to have it in two parts"),
}


def init_app(app: Flask) -> None:
    """Give templates `form_id()`: the hidden value that makes a form's repeat harmless."""
    app.jinja_env.globals["form_id"] = lambda: str(uuid4())


def once(session: Session, act: Callable[[], str]) -> Response:
    """Do what a form asks and go where `act` says; a repeat goes there without doing it again.

    Raises FormSentBefore when the same form comes back with other contents.
    """
    told = told_once(session, lambda: {"location": act()})
    return cast("Response", redirect(told["location"], code=SEE_OTHER))


def told_once(session: Session, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do what a form asks; return what `act` told, and to a repeat the same without doing it again.

    What is told is kept: no secrets, no personal data.

    Raises FormSentBefore when the same form comes back with other contents.
    """
    given = request.form.get(FORM_FIELD, "")
    key = given if given.isprintable() and 0 < len(given) <= KEY_MAX else str(uuid4())
    scope = f"form:{csrf_token()}"
    body = repr(sorted(request.form.items(multi=True))).encode()
    fingerprint = sha256(f"{request.path}\n".encode() + body).digest()
    try:
        answer = idempotency.take(session, scope=scope, key=key, request_hash=fingerprint)
    except KeyReused as reused:
        raise _sent_before(reused) from reused
    if answer is None:
        answer = idempotency.Answer(SEE_OTHER, act() | _chosen())
        idempotency.keep(session, scope=scope, key=key, answer=answer)
    return answer.body


def _chosen() -> dict[str, str]:
    """Return the word of the way that was chosen, for a form that offers ways."""
    word = request.form.get(ANSWER, "")
    return {ANSWER: word} if WORD.fullmatch(word) else {}


def _sent_before(reused: KeyReused) -> FormSentBefore:
    told = reused.first.body if reused.first else {}
    led_to, word = str(told.get("location", "")), told.get(ANSWER, "")
    said = _("What was sent first stands. Nothing else was done.")
    if word in ANSWERED:
        said = _("Your first answer stands: %(answer)s. Nothing else was done.")
        said %= {"answer": _(ANSWERED[word])}
    facts = {"back": led_to} if led_to.startswith("/") else {}
    return FormSentBefore(reused.first, detail=said, **facts)
