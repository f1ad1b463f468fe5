"""What we answer to what customers ask: the same texts as in the shop, searched the same way."""

from typing import Final

from flask import render_template, request

from app.i18n import current
from app.staff.views.base import blueprint, here
from conversations.answering import find_answers, keep_asked, list_answers
from kernel.db import transaction
from kernel.web import declare

SAID_MAX: Final = 200
SHOWN_MAX: Final = 30


@blueprint.get("/answers")
@declare(permission="fulfillments.read")
def answers() -> str:
    """Show the answers to what a customer asks; the editors are told of what nothing answers."""
    said = " ".join(request.args.get("said", "").split())[:SAID_MAX]
    said = said if said.isprintable() else ""
    with transaction() as session:
        here(session)
        found = (
            find_answers(session, said, language=current())
            if said
            else list_answers(session, language=current(), limit=SHOWN_MAX)
        )
        if said and not found:
            keep_asked(session, said, language=current())
    return render_template("tablet/answers.html", said=said, answers=found)
