"""The retailer's reasons: a list by what they are given for, and the form of one."""

from typing import Final

from flask import request
from sqlalchemy.orm import Session

import orders.queries
import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.reading import Answers, asked, one_of, read_form
from app.admin.store_reading import read_number
from app.answers import Shown
from app.i18n import N_
from app.i18n import gettext as _
from inventory.commands import StockEffect
from kernel.db import transaction
from kernel.errors import NotFound
from kernel.web import current_actor, declare
from orders.commands import ReasonKind, SetReason
from orders.queries import ReasonFacts
from orders.services.reasons import CODE

LABEL_MAX: Final = 80
POSITION_MAX: Final = 1_000
LAST: Final = 100
KINDS: Final = {
    ReasonKind.SHORT: N_("An article is missing"),
    ReasonKind.REJECT: N_("The store cannot prepare an order"),
    ReasonKind.REFUSE: N_("The customer refuses an article"),
    ReasonKind.FORCE: N_("A rule is set aside at the counter"),
}
EFFECTS: Final = {
    StockEffect.NONE: (N_("Nothing"), N_("What is booked stays for sale.")),
    StockEffect.THIS_QUANTITY: (
        N_("This quantity is doubted"),
        N_("It leaves the offer until somebody counted."),
    ),
    StockEffect.ALL_LEFT: (
        N_("Everything left is doubted"),
        N_("All that is booked there leaves the offer until somebody counted."),
    ),
}
NEW: Final = "new"


@blueprint.get("/reasons", endpoint="reasons")
@declare(permission="settings.edit")
def list_reasons() -> str:
    """Show every reason, those that are offered no more too."""
    with transaction() as session:
        found = orders.queries.list_reasons(session, closed=True)
    return show(
        "reasons.html",
        tab="stores",
        kinds=[
            (kind, words, [each for each in found if each.kind is kind])
            for kind, words in KINDS.items()
        ],
        effects={each.value: words for each, (words, _text) in EFFECTS.items()},
        done=asked("done"),
    )


@blueprint.get("/reasons/<string:kind>/<string:code>", endpoint="reason")
@declare(permission="settings.edit")
def get_reason(kind: str, code: str) -> str:
    """Show one reason in its form; `new` is an empty one."""
    with transaction() as session:
        return _form(session, _kind(kind), code, Answers({}))


@blueprint.post("/reasons/<string:kind>/<string:code>")
@declare(permission="settings.edit")
def set_reason(kind: str, code: str) -> Shown:
    """Have a reason be as typed."""
    answers, known = read_form(), _kind(kind)
    with transaction() as session:
        command = _command(session, answers, known, code)
        if command is None:
            return _form(session, known, code, answers), 422

        def act() -> str:
            orders.services.set_reason(session, command, actor=current_actor())
            return go_to("reasons", done="set")

        return forms.once(session, act)


def _command(session: Session, answers: Answers, kind: ReasonKind, code: str) -> SetReason | None:
    if code == NEW:
        code = answers.text("code", _("Give it a code."), longest=32)
        if code and CODE.fullmatch(code) is None:
            answers.errors["code"] = _("Small letters, digits and _ only, as in no_stock.")
        if _find(session, kind, code) is not None:
            answers.errors["code"] = _("This code is taken. Choose another one.")
    label_fr = answers.text("label_fr", _("Say it in French."), longest=LABEL_MAX)
    label_en = answers.text("label_en", _("Say it in English."), longest=LABEL_MAX)
    effect = answers.choice("effect", StockEffect, _("Choose what it says of the shelf."))
    position = read_number(answers, "position", least=0, most=POSITION_MAX)
    if answers.errors or effect is None or position is None:
        return None
    closed = request.form.get("closed") == "yes"
    return SetReason(kind, code, label_fr, label_en, effect, position, closed)


def _form(session: Session, kind: ReasonKind, code: str, answers: Answers) -> str:
    known = _find(session, kind, code)
    if known is None and code != NEW:
        raise NotFound
    typed = {
        "label_fr": known.labels["fr"] if known else "",
        "label_en": known.labels["en"] if known else "",
        "effect": known.effect.value if known else StockEffect.NONE.value,
        "position": str(known.position if known else LAST),
        "closed": "yes" if known and known.closed else "",
    }
    if answers.typed:
        typed = {**typed, "closed": "", **answers.typed}
    return show(
        "reason.html",
        tab="stores",
        given_for=kind,
        kind_words=KINDS[kind],
        code=code,
        known=known,
        typed=typed,
        errors=answers.errors,
        effects=[(each.value, _(words), _(text)) for each, (words, text) in EFFECTS.items()],
    )


def _find(session: Session, kind: ReasonKind, code: str) -> ReasonFacts | None:
    found = orders.queries.list_reasons(session, kind, closed=True)
    return next((each for each in found if each.code == code), None)


def _kind(text: str) -> ReasonKind:
    found = one_of(ReasonKind, text)
    if found is None:
        raise NotFound
    return found
