"""What every page of the tablet begins with: the device, its store, and the person at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

import stores.queries
import stores.services
from app import sessions
from app.forms import SEE_OTHER
from app.i18n import gettext as _
from app.problems import Unauthenticated, status_of
from app.staff.verdicts import verdict_of
from app.staff.words import countdown, countdown_words
from kernel.actors import Actor
from kernel.attempts import Limit, give_back_attempt, take_attempt
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import current_actor
from stores.queries import StoreFacts, TabletFacts

blueprint = Blueprint("tablet", __name__, url_prefix="/<any(fr, en):language>/tablet")
HTMX: Final = "HX-Request"
SHELF: Final = frozenset(
    f"tablet.{view}"
    for view in (
        "shelf", "begin_count", "show_count", "count", "show_arrival", "receive_arrival",
        "new_transfer", "draft_transfer", "show_transfer", "move_transfer", "ask_correction",
        "correct",
    )
)  # fmt: skip
"""The views that belong to the shelf."""
PREPARING: Final = frozenset(
    f"tablet.{view}"
    for view in (
        "board", "show_parcel", "work_on_parcel", "start_wave", "show_wave", "walk",
        "ask_substitute", "offer_substitute", "put_backs", "put_back", "cases",
    )
)  # fmt: skip
"""The views that belong to preparing."""
FINDING: Final = frozenset({"tablet.find_article"})
"""The views that belong to finding an article."""
BASKETS: Final = frozenset(
    f"tablet.{view}"
    for view in (
        "ask_basket", "open_basket", "show_basket", "change_basket",
        "show_placed", "pay_placed", "send_link",
    )
)  # fmt: skip
"""The views that belong to customers' baskets, and the orders they become."""


KNOWING: Final = frozenset(
    {
        "tablet.ask_customer",
        "tablet.receive_customer",
        "tablet.show_customer",
        "tablet.note_customer",
    }
)
"""The views that belong to who stands at the counter."""
TALKING: Final = frozenset(
    {"tablet.queue", "tablet.show_conversation", "tablet.work_on_conversation"}
)
"""The views that belong to what waits, and to who wrote."""


@dataclass(frozen=True, slots=True)
class Here:
    """Who stands at which tablet in which store; the actor sees this store and no other."""

    tablet: TabletFacts
    store: StoreFacts
    actor: Actor


def find_device(session: Session) -> TabletFacts | None:
    """Return the enrolled tablet this browser is, if it is one."""
    token = sessions.read_cookie(sessions.TABLET)
    if token is None:
        return None
    return stores.queries.find_tablet(session, stores.services.token_hash(token))


def here(session: Session) -> Here:
    """Return who is at work here, and have every template know it.

    Raises Unauthenticated, which leads to the sign-in: also for somebody of another store, and for
    a session that was begun on another device.
    """
    actor, tablet = current_actor(), find_device(session)
    if tablet is None or actor.device_id != tablet.id:
        raise Unauthenticated
    if not actor.sees_location(tablet.location_id):
        raise Unauthenticated
    store = stores.queries.get_store(session, tablet.store_code)
    g.here = Here(tablet, store, replace(actor, location_ids=frozenset({tablet.location_id})))
    found: Here = g.here
    return found


@contextmanager
def counted(limits: list[Limit], *, wrong: type[Refusal]) -> Iterator[None]:
    """Count a try at a secret before it is looked at, so that a refusal cannot undo the count.

    A try that did not end in `wrong` is given back: the secret was right, whatever became of it.

    Raises TooManyAttempts when a limit is used up.
    """
    with transaction() as session:
        take_attempt(session, limits)
    try:
        yield
    except Refusal as error:
        if not isinstance(error, wrong):
            _give_back(limits)
        raise
    _give_back(limits)


def _give_back(limits: list[Limit]) -> None:
    with transaction() as session:
        give_back_attempt(session, limits)


@blueprint.url_value_preprocessor
def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the language out of the views' arguments: `g.language` holds it."""
    (values or {}).pop("language", None)


@blueprint.url_defaults
def _give_language(_endpoint: str, values: dict[str, Any]) -> None:
    values.setdefault("language", g.language)


@blueprint.context_processor
def _common() -> dict[str, Any]:
    """Return what the layout shows on every page: the person, the store, the ways to go."""
    present: Here | None = g.get("here")
    return {
        "here": present,
        "links": [] if present is None else _links(),
        "countdown": countdown,
        "countdown_words": countdown_words,
    }


def _links() -> list[dict[str, Any]]:
    ways = (
        (_("Queue"), "tablet.queue", "clock", TALKING),
        (_("Prepare"), "tablet.board", "list-check", PREPARING),
        (_("Hand over"), "tablet.counter", "scan", {"tablet.counter"}),
        (_("Shelf"), "tablet.shelf", "clipboard-list", SHELF),
        (_("Where is it?"), "tablet.find_article", "search", FINDING),
        (_("Baskets"), "tablet.ask_basket", "shopping-bag", BASKETS),
        (_("Customers"), "tablet.ask_customer", "user", KNOWING),
        (_("Answers"), "tablet.answers", "help-circle", {"tablet.answers"}),
        (_("Day sheet"), "tablet.day_sheet", "printer", {"tablet.day_sheet"}),
    )
    return [
        {"label": label, "href": url_for(to), "icon": icon, "here": request.endpoint in shown}
        for label, to, icon, shown in ways
    ]


@blueprint.errorhandler(Unauthenticated)
def _ask_who(_error: Unauthenticated) -> AnyResponse:
    """Lead to the sign-in; a part that htmx fetches takes the whole page there."""
    to = url_for("tablet.sign_in")
    if HTMX in request.headers:
        return Response(status=204, headers={"HX-Redirect": to})
    return redirect(to, code=SEE_OTHER)


@blueprint.errorhandler(Refusal)
def _refuse(error: Refusal) -> tuple[str, int]:
    """Fill the screen with what was refused, why, and what to do."""
    present: Here | None = g.get("here")
    zone = present.store.time_zone if present else "UTC"
    page = render_template(
        "tablet/refused.html",
        verdict=verdict_of(error, zone=zone),
        prepare=None,
        again=None,
        way=None,
        reasons=[],
    )
    return page, status_of(type(error))
