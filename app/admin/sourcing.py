"""Who sends what: rule sets and for whom they hold, their editor with a dry run, explanations."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
from app import forms
from app.admin import sourcing_form
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.orders import find_order
from app.admin.reading import Answers, asked, read_form
from app.admin.scope import list_everywhere
from app.admin.sourcing_words import explain_order
from app.admin.words import CHANNELS
from app.answers import Shown
from app.i18n import N_, current
from app.i18n import gettext as _
from kernel.clock import db_now
from kernel.db import transaction
from kernel.errors import NotFound
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders.commands import Method, SetRules
from orders.errors import NotDecided, UnreadableRules
from orders.queries import RuleSetFacts
from orders.sourcing import Replay, say_limits, say_wrong
from orders.sourcing.rules import AFTER_NONE, AFTER_PARTIAL

METHODS: Final = {
    Method.DELIVERY: N_("Orders brought to a door"),
    Method.PICKUP: N_("What the pickup store lacks"),
}
SHOWN_MAX: Final = 50
A_DAY: Final = timedelta(days=1)


@blueprint.get("/sourcing", endpoint="sourcing")
@declare(permission="settings.edit")
def list_sets() -> str:
    """Show which rules hold for whom, and those that held before."""
    with transaction() as session:
        actor = current_actor()
        scopes = _scopes(session)
        holds = orders.queries.list_rule_sets(session, actor=actor)
        before = orders.queries.list_rule_sets(session, actor=actor, closed=True, limit=20)
    return show(
        "sourcing.html",
        tab="stores",
        sets=[_row(each, scopes) for each in holds],
        before=[_row(each, scopes) for each in before],
        done=asked("done"),
    )


@blueprint.get("/sourcing/rules", endpoint="sourcing_rules")
@declare(permission="settings.edit")
def edit() -> str:
    """Show the form of a rule set: of one that holds or held, or an empty one."""
    with transaction() as session:
        known = _known(session)
        typed = _typed(known, session)
        rules = [dict(each) for each in known.rules] if known else []
        return _form(session, Answers(typed), rules)


@blueprint.post("/sourcing/rules")
@declare(permission="settings.edit")
def change() -> Shown:
    """Do one step in the form, try its rules on yesterday's orders, or have them hold."""
    answers = read_form()
    rules = sourcing_form.read_draft(answers)
    if request.form.get("act") in {"try", "save"}:
        command = sourcing_form.read_set(answers, rules)
        if not answers.errors:
            try:
                return _do(command, answers, rules)
            except UnreadableRules as error:
                answers.errors["draft"] = " ".join(
                    say_wrong(each, current()) for each in error.facts["wrong"]
                )
            except NotFound:
                answers.errors["scope"] = _("There is no such brand or group.")
    with transaction() as session:
        return _form(session, answers, rules), 422 if answers.errors else 200


def _do(command: SetRules, answers: Answers, rules: list[dict[str, Any]]) -> Shown:
    """Try rules, or have them hold."""
    with transaction() as session:
        if request.form.get("act") == "save":
            return forms.once(session, lambda: _save(session, command))
        return _form(session, answers, rules, tried=_try(session, command))


@blueprint.post("/sourcing/rules/<uuid:rule_set_id>/end")
@declare(permission="settings.edit")
def end_rules(rule_set_id: UUID) -> Shown:
    """Have a rule set hold no more."""
    with transaction() as session:
        orders.services.end_rules(session, rule_set_id, actor=current_actor())
    return redirect(url_for("office.sourcing", done="ended"), SEE_OTHER)


@blueprint.get("/orders/<string:number>/sourcing")
@declare(permission="messages.read")
def order_sourcing(number: str) -> str:
    """Show who was chosen to send an order, and what each rule saw of whom."""
    with transaction() as session:
        order = find_order(session, number)
        decisions = explain_order(session, order)
    if not decisions:
        raise NotDecided
    return show(
        "sourcing_order.html",
        tab="orders",
        order=order,
        number=show_order_number(order.number),
        decisions=decisions,
    )


def _save(session: Session, command: SetRules) -> str:
    orders.services.set_rules(session, command, actor=current_actor())
    return go_to("sourcing", done="set")


def _try(session: Session, command: SetRules) -> Replay:
    """Return what rules would have made of yesterday's orders, and of today's so far."""
    now = db_now(session)
    since = datetime(now.year, now.month, now.day, tzinfo=UTC) - A_DAY
    return orders.services.try_rules(
        session, command, since=since, until=now, actor=current_actor()
    )


def _form(
    session: Session, answers: Answers, rules: list[dict[str, Any]], tried: Replay | None = None
) -> str:
    return show(
        "sourcing_rules.html",
        tab="stores",
        typed=answers.typed,
        errors=answers.errors,
        rules=[sourcing_form.sentence(each) for each in rules],
        draft=json.dumps(rules),
        pretty=json.dumps(rules, indent=2, ensure_ascii=False),
        offered=sourcing_form.offered(),
        after_partial=sourcing_form.afters(AFTER_PARTIAL, answers.typed.get("method")),
        after_none=sourcing_form.afters(AFTER_NONE, answers.typed.get("method")),
        methods=[(each.value, _(words)) for each, words in METHODS.items()],
        channels=[("", _("Every channel"))]
        + [(each.value, _(words)) for each, words in CHANNELS.items()],
        scopes=list(_scopes(session).values()),
        tried=tried,
        shown=tried.differing[:SHOWN_MAX] if tried else (),
        names={each.code: each.name for each in list_everywhere(session)} if tried else {},
    )


def _known(session: Session) -> RuleSetFacts | None:
    said = asked("of")
    if not said:
        return None
    try:
        rule_set_id = UUID(said)
    except ValueError as error:
        raise NotFound from error
    return orders.queries.get_rule_set(session, rule_set_id, actor=current_actor())


def _typed(known: RuleSetFacts | None, session: Session) -> dict[str, str]:
    typed = sourcing_form.typed_of(known.limits if known else {})
    if known is None:
        return {**typed, "method": Method.DELIVERY.value, "channel": "", "scope": "", "name": ""}
    scope = _scopes(session).get(known.group_id or known.brand_id, ("", ""))[0]
    return {
        **typed,
        "name": known.name,
        "method": known.method.value,
        "channel": known.channel.value if known.channel else "",
        "scope": scope,
    }


def _scopes(session: Session) -> dict[UUID | None, tuple[str, str]]:
    """Return for whom rules may hold: what the form sends, and how it reads, by id."""
    actor = current_actor()
    found: dict[UUID | None, tuple[str, str]] = {}
    if actor.brand_id is None:
        found[None] = ("", _("Everybody"))
    for brand in stores.queries.list_brands(session):
        if actor.sees_brand(brand.id):
            found[brand.id] = (f"brand:{brand.code}", brand.name)
    for row in session.execute(stores.queries.select_groups()):
        if actor.sees_brand(row.brand_id):
            found[row.group_id] = (f"group:{row.group_code}", row.group_name)
    return found


def _row(facts: RuleSetFacts, scopes: dict[UUID | None, tuple[str, str]]) -> dict[str, Any]:
    return {
        "facts": facts,
        "method": METHODS[facts.method],
        "channel": CHANNELS[facts.channel] if facts.channel else N_("Every channel"),
        "whose": scopes.get(facts.group_id or facts.brand_id, ("", _("Everybody")))[1],
        "sentences": [
            *map(sourcing_form.sentence, facts.rules),
            *say_limits(facts.limits, current(), money=sourcing_form.money),
        ],
    }
