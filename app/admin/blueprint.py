"""The blueprint of the back office: its door, its frame, and how a refusal looks in it."""

from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

import stores.queries
import stores.services
from app import sessions
from app.admin.words import ROLES
from app.i18n import current
from app.i18n import gettext as _
from app.problems import HTTP_PROBLEMS, Unauthenticated, refusal_problem, status_of
from kernel.actors import Actor, ActorKind
from kernel.db import transaction
from kernel.errors import Conflict, Invalid, Refusal, every_refusal
from kernel.web import current_actor

SEE_OTHER: Final = 303
DOOR: Final = "office"
"""The door by which somebody looks into a customer's file."""
FEED_BYTES_MAX: Final = 64 << 20
"""The largest file a signed-in person may send from a page; larger feeds come by the API."""
OPEN_DOORS: Final = frozenset({"office.sign_in", "office.open_session"})
TABS: Final = (
    ("start", "Desk", "user-check"),
    ("queue", "Queue", "list-check"),
    ("orders", "Orders", "shopping-bag"),
    ("desk", "Telephone", "phone"),
    ("cases", "Cases", "alert-triangle"),
    ("customers", "Customers", "user"),
    ("stock", "Stock", "box"),
    ("prices", "Prices", "tag"),
    ("stores", "Stores", "building-store"),
    ("people", "People", "users"),
    ("messages", "Messages", "message"),
    ("helps", "Questions", "help-circle"),
)
NEEDED: Final = {
    "helps": "answers.edit",
    "start": "conversations.answer",
    "desk": "orders.take",
    "customers": "customers.read",
    "people": "stores.pause",
    "prices": "prices.edit",
}
"""What one must be allowed to see a tab that is not everybody's."""
WAYS_OUT: Final = {code: way for code, _title, way in HTTP_PROBLEMS.values()}

blueprint = Blueprint("office", __name__, url_prefix="/<any(fr, en):language>/office")


@blueprint.url_value_preprocessor
def drop_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """`g.language` holds it already."""
    if values is not None:
        values.pop("language", None)


@blueprint.url_value_preprocessor
def let_feeds_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A feed may be large, from somebody who is signed in; every other form stays small.

    It is set before anybody is identified, because proving where a form came from reads its body.
    """
    token = sessions.read_cookie(sessions.STAFF)
    if endpoint != "office.send_feed" or token is None:
        return
    with transaction() as session:
        known = stores.queries.find_signed_in(session, stores.services.token_hash(token))
    if known is not None:
        request.max_content_length = FEED_BYTES_MAX


@blueprint.url_defaults
def add_language(_endpoint: str, values: dict[str, Any]) -> None:
    """Addresses of the back office stay in the language of the page."""
    values.setdefault("language", current())


@blueprint.before_request
def require_somebody() -> Any:  # noqa: ANN401 (Flask's signature)
    """Send whoever is not signed in to the door.

    A password that browsers send by themselves proves no form of ours: Basic needs the token too.
    """
    if request.headers.get("Authorization", "").lower().startswith("basic"):
        sessions.require_own_form()
    if request.endpoint in OPEN_DOORS or current_actor().kind is not ActorKind.SHOPPER:
        return None
    return _to_the_door()


@blueprint.errorhandler(Unauthenticated)
def show_door(error: Unauthenticated) -> Any:  # noqa: ANN401 (Flask's signature)
    """Send a browser that is not signed in to the door; programs get their problem."""
    return refusal_problem(error) if "Authorization" in request.headers else _to_the_door()


@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(Invalid)
def show_refusal(error: Refusal) -> tuple[str, int]:
    """Say what was not done and why, with the way back."""
    back, text = request.form.get("back", ""), _(error.way_out)
    if isinstance(error, sessions.FormSentBefore):
        back, text = str(error.facts.get("back", back)), f"{error.detail} {text}"
    way = back if back.startswith(f"/{current()}/office/") else url_for("office.orders")
    page = show("refused.html", tab="", error=error, text=text, back=way)
    return page, status_of(type(error))


@blueprint.app_template_global("way_out")
def way_out(problem_type: str) -> str:
    """Return what to do about a problem, for the page that tells of it."""
    code = problem_type.rpartition("/")[2]
    kinds = {kind.code: kind.way_out for kind in every_refusal()}
    return kinds.get(code) or WAYS_OUT.get(code, "")


def show(template: str, *, tab: str, **context: Any) -> str:  # noqa: ANN401 (a template's context)
    """Return a page of the back office with its frame around it."""
    actor: Actor = g.actor
    links = [
        {"label": _(label), "href": url_for(f"office.{name}"), "icon": icon, "here": name == tab}
        for name, label, icon in TABS
        if name not in NEEDED or actor.may(NEEDED[name])
    ]
    frame = {
        "links": links if actor.id is not None else [],
        "home": url_for("office.orders"),
        "actor": actor,
        "role": _(ROLES[actor.kind]) if actor.kind in ROLES else "",
    }
    return render_template(f"office/{template}", **frame, **context)


def go_to(endpoint: str, **values: Any) -> str:  # noqa: ANN401 (parts of an address)
    """Return where a form ends: the address of a page of the back office."""
    return url_for(f"office.{endpoint}", **values)


def go_to_order(number: str) -> str:
    """Return where a form about an order ends: the conversation it was made in, else its page."""
    with suppress(ValueError):
        return go_to(
            "conversation",
            thread_id=UUID(request.values.get("thread", "")),
            about=request.values.get("about") or None,
        )
    return go_to("order", number=number)


def _to_the_door() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    door = url_for("office.sign_in", to=wanted)
    answer: Any = redirect(door, SEE_OTHER)
    return answer  # type: ignore[no-any-return]
