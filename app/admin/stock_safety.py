"""What is kept back from remote sale: the rules, and what a new one would hide."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import inventory.services
import stores.queries
from app.admin.blueprint import blueprint, go_to
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.scope import get_place, list_places
from app.admin.stock_parts import REFUSED, ROWS_A_PAGE, carry_out, name_skus, show_stock
from app.admin.stock_reading import read_whole
from app.admin.stock_rules import say_amount, say_rule
from app.admin.stock_words import SCOPES, say_refusal
from app.i18n import current
from app.i18n import gettext as _
from catalog.errors import UnknownCategory, UnknownSku
from inventory.commands import SafetyDraft, SafetyScope
from inventory.errors import RuleOutOfReach, RuleUnclear
from inventory.queries import RuleFacts
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.fields import QUANTITY_MAX
from kernel.web import current_actor, declare
from stores.errors import UnknownLocation

HUNDRED: Final = 100
NEEDS: Final = {
    SafetyScope.GROUP: ("group",),
    SafetyScope.STORE: ("store",),
    SafetyScope.CATEGORY: ("category",),
    SafetyScope.SKU: ("sku",),
    SafetyScope.SKU_STORE: ("sku", "store"),
}
LOCAL: Final = frozenset({SafetyScope.STORE, SafetyScope.SKU_STORE})
WRONG: Final[dict[type[Refusal], str]] = {
    RuleUnclear: "valid_to",
    RuleOutOfReach: "scope",
    UnknownSku: "sku",
    UnknownCategory: "category",
    UnknownLocation: "store",
}


@blueprint.get("/kept-back", endpoint="kept_back")
@declare(permission="stock.read")
def list_rules() -> str:
    """Show the rules: the general ones, and those of the actor's stores."""
    actor, ended = current_actor(), asked("ended") == "yes"
    with transaction() as session:
        found = inventory.queries.list_rules(
            session,
            location_ids=None if actor.location_ids is None else sorted(actor.location_ids),
            ended=ended,
            before=read_id(asked("before")),
            limit=ROWS_A_PAGE,
        )
        places = list_places(session, actor)
        rules = [(say_rule(session, each), _may_end(each)) for each in found]
    full = len(found) == ROWS_A_PAGE
    kept: dict[str, Any] = {"ended": "yes" if ended else None}
    return show_stock(
        "kept.html",
        part="kept_back",
        rules=rules,
        ended=ended,
        zone=places[0].time_zone if places else "UTC",
        now=places[0].asked_at if places else None,
        may_edit=actor.may("safety.edit"),
        done=asked("done"),
        older=url_for("office.kept_back", before=found[-1].id, **kept) if full else None,
    )


@blueprint.get("/kept-back/new")
@declare(permission="safety.edit")
def new_rule() -> Any:  # noqa: ANN401 (a page with its status)
    """Ask for a rule, and show what it would hide before it is made."""
    answers = Answers(request.args)
    with transaction() as session:
        if "scope" not in request.args:
            return _new(session, answers, None)
        draft = _try_draft(session, answers)
        page = _new(session, answers, draft)
    return page, REFUSED if answers.errors else 200


@blueprint.post("/kept-back")
@declare(permission="safety.edit")
def add_rule() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have the rule that was looked at."""
    answers = read_form()
    with transaction() as session:
        draft = _try_draft(session, answers)

    def act(session: Session) -> str:
        if draft is not None:
            inventory.services.add_rule(session, draft, actor=current_actor())
        return go_to("kept_back", done="added")

    return carry_out(
        act, answers=answers, page=lambda session: _new(session, answers, None), beside=WRONG
    )


@blueprint.post("/kept-back/<uuid:rule_id>/end")
@declare(permission="safety.edit")
def end_rule(rule_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Have a rule hold no longer."""

    def act(session: Session) -> str:
        inventory.services.end_rule(session, rule_id, actor=current_actor())
        return go_to("kept_back", done="ended")

    return carry_out(act, answers=read_form(), page=lambda _session: "", beside={})


def _may_end(rule: RuleFacts) -> bool:
    actor = current_actor()
    reaches = actor.location_ids is None or (
        rule.location_id is not None and actor.sees_location(rule.location_id)
    )
    return reaches and actor.may("safety.edit")


def _try_draft(session: Session, answers: Answers) -> SafetyDraft | None:
    """Return the rule a form asks for; None, with its complaints, when it cannot be."""
    try:
        draft = _read_draft(session, answers)
        if not answers.errors and draft is not None:
            inventory.services.require_clear(session, draft)
            inventory.services.require_reach(draft.location_id, current_actor())
    except tuple(WRONG) as error:
        answers.errors[WRONG[type(error)]] = say_refusal(error)
    return None if answers.errors else draft


def _read_draft(session: Session, answers: Answers) -> SafetyDraft | None:
    scope = answers.choice("scope", SafetyScope, _("Say for what it holds."))
    units, percent = _read_amount(answers)
    needs = NEEDS.get(scope, ()) if scope else ()
    missing = {
        "group": _("Choose a group."),
        "store": _("Choose a store."),
        "category": _("Choose a category."),
        "sku": _("Name the article by its SKU."),
    }
    said = {name: answers.text(name, missing[name]) for name in needs}
    if scope is None or answers.errors:
        return None
    place = get_place(session, said["store"], current_actor()) if "store" in said else None
    zone = place.time_zone if place else _zone(session)
    dates = {
        name: answers.moment(name, _("A day and a time, or nothing."), zone=zone)
        for name in ("valid_from", "valid_to")
        if answers.typed.get(name)
    }
    return SafetyDraft(
        scope=scope,
        units=units,
        percent=percent,
        group_id=stores.queries.find_group_id(session, said["group"]) if "group" in said else None,
        location_id=place.id if place else None,
        category_code=said.get("category"),
        sku=said["sku"].upper() if "sku" in said else None,
        **dates,
    )


def _read_amount(answers: Answers) -> tuple[int | None, int | None]:
    shares = answers.typed.get("unit") == "percent"
    most = HUNDRED if shares else QUANTITY_MAX
    amount = read_whole(answers, "amount", _("A whole number, 0 or more."), most=most)
    return (None, amount) if shares else (amount, None)


def _zone(session: Session) -> str:
    places = list_places(session, current_actor())
    return places[0].time_zone if places else "UTC"


def _new(session: Session, answers: Answers, draft: SafetyDraft | None) -> str:
    actor = current_actor()
    everywhere = actor.location_ids is None
    preview = inventory.queries.preview_rule(session, draft) if draft else None
    places = list_places(session, actor)
    categories = catalog.queries.list_categories(session, language=current())
    return show_stock(
        "kept_new.html",
        part="kept_back",
        scopes=[
            (each.value, _(SCOPES[each.value]), None)
            for each in SafetyScope
            if everywhere or each in LOCAL
        ],
        groups=[
            ("", "–"),
            *((each.code, each.name) for each in stores.queries.list_groups(session)),
        ],
        places=[("", "–"), *((each.code, each.name) for each in places)],
        categories=[("", "–"), *((each.code, each.name) for each in categories)],
        preview=preview,
        amount=say_amount(draft.units, draft.percent) if draft else "",
        store_names={each.code: each.name for each in places},
        names=name_skus(session, {each.sku for each in preview.sample} if preview else ()),
        typed=answers.typed,
        errors=answers.errors,
    )


def _options(found: Sequence[Any]) -> list[tuple[str, str]]:
    return [("", "–"), *((each.code, each.name) for each in found)]
