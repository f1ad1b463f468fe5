"""Cookies of pages: the shopper's browser, the signed-in staff, the enrolled tablet; and CSRF.

A cookie holds a random token whose hash is a row. A form carries a token derived from the cookie
(HMAC), so that another site, which cannot read the cookie, cannot make one.
"""

import secrets
from typing import Final

from flask import Flask, Response, g, request

from kernel import secret
from kernel.errors import Forbidden
from kernel.idempotency import KeyReused

SHOPPER, STAFF, TABLET, ORDER = "shopper", "staff", "tablet", "order"
THREAD: Final = "thread"
"""The conversation this browser goes on with: its signed link."""
YEAR_S: Final = 365 * 24 * 3_600
MAX_AGE_S: Final = {
    SHOPPER: 90 * 24 * 3_600,
    STAFF: None,
    TABLET: YEAR_S,
    ORDER: 3_600,
    THREAD: 30 * 24 * 3_600,
}
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_BYTES: Final = 32
CSRF_FIELD: Final = "csrf"


class ForgedForm(Forbidden):
    """The form did not come from a page of ours in this browser, or its session has ended."""

    code = "forged-form"
    title = "This form has expired"
    way_out = "Open the page again and send the form once more. Nothing was changed."


class FormSentBefore(KeyReused):
    """The form of a page came back with other contents: what it said first stands.

    `back` is the page it led to; the detail says what was recorded.
    """

    code = "form-sent-before"
    title = "This form was sent before"
    way_out = "What was sent first stands. Go back to the page, and begin anew to change it."


def init_app(app: Flask) -> None:
    """Have cookies read and written, and forms of pages checked."""
    app.after_request(_write_cookies)
    app.jinja_env.globals["csrf_token"] = csrf_token


def read_cookie(kind: str) -> str | None:
    """Return the token of a cookie of ours, if the browser sent one or gets one now."""
    pending: dict[str, str] = g.get("cookies", {})
    found = pending.get(kind) or request.cookies.get(_name(kind))
    return found or None


def give_cookie(kind: str, token: str) -> None:
    """Have the browser keep this token; an empty one makes it forget."""
    g.setdefault("cookies", {})[kind] = token


def shopper_token() -> str:
    """Return the token of this browser in the shop; it gets one now if it had none."""
    token = read_cookie(SHOPPER)
    if token is None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        give_cookie(SHOPPER, token)
    return token


def csrf_token() -> str:
    """Return what a form of this browser must carry."""
    return secret.encode(secret.digest("csrf", _holder().encode())[:16])


def require_own_form() -> None:
    """Return nothing when an unsafe request comes from a page of ours in this browser.

    Raises ForgedForm.
    """
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForgedForm
    given = request.form.get(CSRF_FIELD) or request.headers.get("X-CSRF-Token", "")
    if not secret.same(given.encode(), csrf_token().encode()):
        raise ForgedForm


def _holder() -> str:
    return read_cookie(STAFF) or read_cookie(TABLET) or shopper_token()


def _name(kind: str) -> str:
    return f"__Host-{kind}" if request.is_secure else f"comptoir-{kind}"


def _write_cookies(response: Response) -> Response:
    pending: dict[str, str] = g.get("cookies", {})
    for kind, token in pending.items():
        response.set_cookie(
            _name(kind),
            token,
            max_age=MAX_AGE_S[kind] if token else 0,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response
