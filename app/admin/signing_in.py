"""The door of the back office: e-mail and password, attempts counted, nothing given away."""

from hashlib import sha256
from typing import Any, Final

from flask import current_app, redirect, request, url_for

import stores.services
from app import sessions
from app.admin.blueprint import SEE_OTHER, blueprint, show
from app.admin.reading import read_form
from app.i18n import current
from app.i18n import gettext as _
from kernel import attempts
from kernel.attempts import Limit
from kernel.db import transaction
from kernel.errors import TooManyAttempts
from kernel.web import declare
from stores.errors import SignInRefused

WINDOW_S: Final = 900
TRIES_OF_ADDRESS: Final = 8
TRIES_OF_NETWORK: Final = 40
"""Wrong tries in a quarter of an hour: of one e-mail address, and from one network address."""


@blueprint.get("/sign-in")
@declare(permission="api.read")
def sign_in() -> str:
    """Show the door."""
    return _door(email="", error="")


@blueprint.post("/sign-in")
@declare(permission="api.read", rate="60/minute")
def open_session() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Sign somebody in, and go where they wanted to."""
    answers = read_form()
    email, password = answers.text("email").lower(), answers.secret("password")
    limits = _limits(email)
    try:
        with transaction() as session:
            attempts.take_attempt(session, limits)
        with transaction() as session:
            token = stores.services.sign_in_with_password(session, email=email, password=password)
            attempts.give_back_attempt(session, limits)
    except TooManyAttempts:
        return _door(email=email, error=_("Too many attempts. Wait a quarter of an hour.")), 429
    except SignInRefused:
        error = _("This e-mail address and this password do not belong together.")
        return _door(email=email, error=error), 422
    sessions.give_cookie(sessions.STAFF, token)
    return redirect(_wanted(request.form.get("to")), SEE_OTHER)


@blueprint.post("/sign-out")
@declare(permission="api.read")
def sign_out() -> Any:  # noqa: ANN401 (a redirect)
    """End this session, here and now."""
    token = sessions.read_cookie(sessions.STAFF)
    if token is not None:
        with transaction() as session:
            stores.services.sign_out(session, token=token)
        sessions.give_cookie(sessions.STAFF, "")
    return redirect(url_for("office.sign_in"), SEE_OTHER)


def _door(*, email: str, error: str) -> str:
    to = request.values.get("to", "")
    hint = current_app.config["COMPTOIR"].core.demo
    return show("sign_in.html", tab="", email=email, error=error, to=to, is_demo=hint)


def _limits(email: str) -> list[Limit]:
    """The address is kept as its hash only: what people type here is nobody's business."""
    typed = sha256(email.encode()).hexdigest()
    return [
        Limit(f"sign-in:address:{typed}", TRIES_OF_ADDRESS, WINDOW_S),
        Limit(f"sign-in:network:{request.remote_addr}", TRIES_OF_NETWORK, WINDOW_S),
    ]


def _wanted(to: str | None) -> str:
    """Return where to go: only a page of the back office, never another site."""
    plain = to is not None and to.isprintable() and "\\" not in to and "//" not in to
    if to is not None and plain and to.startswith(f"/{current()}/office/"):
        return to
    return url_for("office.orders")
