"""How was it? One tap in a message, one page here. Looking at the page records nothing.

Messages are opened by scanners too, so a link never counts by itself: the page sends the score that
was tapped with its own form, by its script as soon as somebody looks at it, or by its button.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import abort, request, url_for

from app.answers import Shown
from app.forms import once
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import Typed
from app.shop.visitor import as_shopper, read_frame, show
from conversations.surveying import (
    BEST,
    add_comment,
    find_score,
    get_subject,
    record_score,
    refuse_questions,
)
from kernel.db import transaction
from kernel.links import read_score_token
from kernel.web import declare

SCORE: Final = f"{PAGES}/scores/<string:token>"
COMMENT_MAX: Final = 1_000
SCORES: Final = frozenset(str(each) for each in range(1, BEST + 1))


@blueprint.get(SCORE)
@declare(permission="catalog.read", rate="60/minute")
def score(token: str) -> str:
    """Ask how it was, with the score that was tapped already chosen. Reading it records nothing."""
    return _page(token, _score(request.args), Typed())


@blueprint.post(SCORE)
@declare(permission="catalog.read", rate="30/minute")
def give_score(token: str) -> Shown:
    """Have a score stand, add words to it, or ask no more."""
    typed = Typed()
    comment = typed.read(request.form, "comment", longest=COMMENT_MAX)
    given, refuses = _score(request.form), request.form.get("act") == "refuse"
    if typed.errors or (given is None and not comment and not refuses):
        return _page(token, given, typed), 422

    def act() -> str:
        subject, actor = get_subject(session, _about(token)), as_shopper()
        if refuses:
            refuse_questions(session, subject, actor=actor)
        elif given is not None:
            record_score(session, subject, given, actor=actor)
        add_comment(session, subject, comment, actor=actor)
        return ""  # the way back holds the link, which is not kept

    with transaction() as session:
        once(session, act)
    return go_to(url_for("shop.score", token=token, done="refused" if refuses else "yes"))


def _page(token: str, chosen: int | None, typed: Typed) -> str:
    with transaction() as session:
        subject = get_subject(session, _about(token))
        given = find_score(session, subject.id)
        frame = read_frame(session)
    return show(
        "score",
        frame,
        token=token,
        about=subject.about.value,
        known=subject.customer_id is not None,
        chosen=chosen,
        given=given,
        typed=typed,
        best=BEST,
        done=request.args.get("done"),
    )


def _score(said: Mapping[str, str]) -> int | None:
    given = said.get("score", "")
    return int(given) if given in SCORES else None


def _about(token: str) -> UUID:
    found = read_score_token(token)
    if found is None:
        abort(404)
    return found
