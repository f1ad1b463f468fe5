"""Settings of the trade: what holds at a store and who said so; changed here, also for many."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from babel.numbers import format_decimal
from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.delivery_reading import read_cents
from app.admin.reading import Answers, asked, one_of, read_form
from app.admin.scope import get_place, list_places
from app.admin.store_frame import show_store
from app.admin.store_reading import read_moment, read_number
from app.admin.store_words import OPTIONS, RULES, SCOPES, STANDINGS
from app.i18n import current, ngettext
from app.i18n import gettext as _
from kernel.clock import now
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.commands import Scope, SetRule
from stores.errors import UnknownRule, UnknownScope, UnreadableSetting
from stores.queries import RuleFacts, SettingFacts, Standing
from stores.settings import CLOCK, KEYS, Key, Value, check_value, find_key

EVERYBODY: Final = "all"
"""What stands in an address for the scope that has no code."""
WIDE: Final = "settings.edit"
ZONE: Final = "Europe/Paris"
HOUR_MIN, DAY_MIN = 60, 1_440
MINOR: Final = "minor units"
CENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a setting is looked at: a scope, what it is called, and the zone of its times."""

    scope: Scope
    code: str
    scope_id: UUID | None
    name: str
    zone: str

    @property
    def way_back(self) -> str:
        """Return the address of the list this holder's settings stand in."""
        if self.scope is Scope.STORE:
            return url_for("office.store_settings", code=self.code)
        return url_for("office.settings", scope=self.scope.value, code=self.code)


@blueprint.app_template_global("say_value")
def say_value(value: Value, unit: str) -> str:
    """Return the value of a setting with its unit, in words."""
    if value is None:
        return _("no limit")
    if isinstance(value, str) and value in OPTIONS:
        return _(OPTIONS[value])
    if isinstance(value, str):
        hour, _colon, minute = value.partition(":")
        return f"{int(hour)}:{minute}"
    size, said = value, unit
    if unit == "minutes" and value >= 2 * DAY_MIN and value % DAY_MIN == 0:
        size, said = value // DAY_MIN, "days"
    elif unit == "minutes" and value >= 2 * HOUR_MIN and value % HOUR_MIN == 0:
        size, said = value // HOUR_MIN, "hours"
    return _amount(size) if said == MINOR else _counted(size, said)


@blueprint.get("/stores/<string:code>/settings")
@declare(permission="stores.run")
def store_settings(code: str) -> str:
    """Show what holds at a store under every key, and why."""
    actor = current_actor()
    with transaction() as session:
        place = get_place(session, code, actor)
        rules = stores.queries.explain_settings(session, place.id)
        return show_store(
            "settings.html",
            place,
            here="store_settings",
            rules=[_say_rule(each) for each in rules],
            wide=actor.may(WIDE),
            done=request.args.get("done", ""),
        )


@blueprint.get("/settings", endpoint="settings")
@declare(permission="settings.edit")
def list_settings() -> str:
    """Show what head office says for everybody, a brand or a group."""
    scope = one_of(Scope, asked("scope")) or Scope.GLOBAL
    with transaction() as session:
        holder = _find(session, scope, asked("code") or EVERYBODY)
        said = stores.queries.list_standing(session, scope=holder.scope, scope_id=holder.scope_id)
        holders = _holders(session)
    return show(
        "settings.html",
        tab="stores",
        holder=holder,
        holders=holders,
        rules=[_own_rule(key, [each for each in said if each.key == key.name]) for key in _keys()],
        done=request.args.get("done", ""),
    )


@blueprint.get("/settings/<string:scope>/<string:code>/<string:key>")
@declare(permission="stores.run")
def setting(scope: str, code: str, key: str) -> str:
    """Show one setting of a store, a group, a brand or everybody, and the form to change it."""
    with transaction() as session:
        holder = _find(session, _read(scope), code)
        return _form(session, holder, find_key(key), Answers({}))


@blueprint.post("/settings/<string:scope>/<string:code>/<string:key>")
@declare(permission="stores.run")
def set_setting(scope: str, code: str, key: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have a setting hold for a store, a group, a brand or everybody."""
    answers, actor, known = read_form(), current_actor(), find_key(key)
    with transaction() as session:
        holder = _find(session, _read(scope), code)
        command = _command(answers, holder, known)
        if command is None:
            return _form(session, holder, known, answers), 422

        def act() -> str:
            stores.services.set_setting(session, command, actor=actor)
            done = "later" if command.valid_from else "set"
            return go_to("setting", scope=scope, code=code, key=key, done=done)

        return forms.once(session, act)


@blueprint.post("/settings/<string:scope>/<string:code>/<string:key>/<uuid:setting_id>/end")
@declare(permission="stores.run")
def end_setting(scope: str, code: str, key: str, setting_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Have a setting hold no longer: what is wider holds again."""
    with transaction() as session:
        holder = _find(session, _read(scope), code)
        said = stores.queries.list_standing(
            session, scope=holder.scope, scope_id=holder.scope_id, key=key
        )
        if setting_id not in {each.id for each in said}:
            raise UnknownRule(setting_id=str(setting_id))
        stores.services.end_setting(session, setting_id, actor=current_actor())
    where = url_for("office.setting", scope=scope, code=code, key=key, done="ended")
    return redirect(where, SEE_OTHER)


def _command(answers: Answers, holder: Holder, key: Key) -> SetRule | None:
    value = _value(answers, key)
    begins = read_moment(answers, "from", holder.zone)
    ends = read_moment(answers, "until", holder.zone)
    moment = now()
    if begins and begins <= moment:
        begins = None
    if ends and ends <= (begins or moment):
        answers.errors["until"] = _("The end is not after the beginning.")
    if answers.errors:
        return None
    code = None if holder.scope is Scope.GLOBAL else holder.code
    return SetRule(holder.scope, code, key.name, value, begins, ends)


def _value(answers: Answers, key: Key) -> Value:
    """Return what was typed for a key; what it cannot be is said."""
    typed = answers.typed.get("value", "").strip()
    if not typed and key.optional:
        return None
    if key.options:
        return _option(answers, key, typed)
    if key.unit == MINOR:
        return _minor(answers, key, typed)
    if key.unit != CLOCK:
        return read_number(answers, "value", least=key.least, most=key.most)
    try:
        return check_value(key.name, typed[:5])
    except UnreadableSetting:
        answers.errors["value"] = _("Give a time of day, like 16:40.")
        return None


def _option(answers: Answers, key: Key, typed: str) -> Value:
    if typed not in key.options:
        answers.errors["value"] = _("Choose one of the list.")
        return None
    return typed


def _minor(answers: Answers, key: Key, typed: str) -> Value:
    """Return an amount in minor units; what it cannot be is said."""
    minor = read_cents(typed.replace("\N{NARROW NO-BREAK SPACE}", "").strip())
    if minor is None or not key.least <= minor <= key.most:
        answers.errors["value"] = _bounds(key)
        return None
    return minor


def _find(session: Session, scope: Scope, code: str) -> Holder:
    """Return for whom somebody looks at settings.

    Raises UnknownScope, also for what is not theirs to set.
    """
    actor = current_actor()
    if scope is Scope.STORE:
        place = get_place(session, code, actor)
        return Holder(scope, code, place.id, place.name, place.time_zone)
    if actor.may(WIDE):
        for each in _holders(session):
            if (each.scope, each.code) == (scope, code):
                return each
    raise UnknownScope(scope=scope.value, code=code)


def _holders(session: Session) -> list[Holder]:
    """Return everything wider than a store that settings can be set for, widest first."""
    places = list_places(session, current_actor())
    zone = places[0].time_zone if places else ZONE
    found = [Holder(Scope.GLOBAL, EVERYBODY, None, _("Everybody"), zone)]
    found += [
        Holder(Scope.BRAND, each.code, each.id, each.name, zone)
        for each in stores.queries.list_brands(session)
    ]
    after = ""
    while page := stores.queries.list_groups(session, after=after):
        found += [Holder(Scope.GROUP, each.code, each.id, each.name, zone) for each in page]
        after = page[-1].code
    return found


def _form(session: Session, holder: Holder, key: Key, answers: Answers) -> str:
    rule = None
    if holder.scope is Scope.STORE and holder.scope_id is not None:
        rules = stores.queries.explain_settings(session, holder.scope_id)
        rule = next(each for each in rules if each.key == key.name)
        winner, said = rule.winner, [*([rule.winner] if rule.winner else []), *rule.others]
    else:
        said = stores.queries.list_standing(
            session, scope=holder.scope, scope_id=holder.scope_id, key=key.name
        )
        winner = next((each for each in said if each.standing is Standing.HOLDS), None)
    held = winner.value if winner else key.default
    shown = "" if held is None else _typed(held, key)
    return show(
        "setting.html",
        tab="stores",
        holder=holder,
        key=key,
        rule=RULES[key.name],
        held=held,
        winner=winner,
        source=say_source(winner),
        said=[(each, say_source(each), STANDINGS[each.standing]) for each in said],
        typed={"value": shown, **answers.typed},
        errors=answers.errors,
        options=[(each, _(OPTIONS[each])) for each in key.options],
        bounds=_bounds(key),
        done=request.args.get("done", ""),
    )


def say_source(said: SettingFacts | None) -> str:
    """Return where a value comes from, in words."""
    if said is None:
        return _("Usual value")
    if said.scope_name is None:
        return _(SCOPES[said.scope])
    return f"{_(SCOPES[said.scope])} {said.scope_name}"


def _say_rule(each: RuleFacts) -> Mapping[str, Any]:
    coming = [other for other in each.others if other.standing is Standing.TO_COME]
    return {
        "key": KEYS[each.key],
        "rule": RULES[each.key],
        "value": each.value,
        "winner": each.winner,
        "source": say_source(each.winner),
        "coming": coming[-1] if coming else None,
    }


def _own_rule(key: Key, said: list[SettingFacts]) -> Mapping[str, Any]:
    """Return what one holder says under a key; the value is None where it says nothing."""
    coming = [each for each in said if each.standing is Standing.TO_COME]
    return {
        "key": key,
        "rule": RULES[key.name],
        "winner": next((each for each in said if each.standing is Standing.HOLDS), None),
        "coming": coming[-1] if coming else None,
    }


def _keys() -> list[Key]:
    return list(KEYS.values())


def _read(scope: str) -> Scope:
    found = one_of(Scope, scope)
    if found is None:
        raise UnknownScope(scope=scope)
    return found


def _bounds(key: Key) -> str:
    if key.unit == CLOCK:
        return _("A time of day where the store is. Empty: no limit.")
    if key.options:
        return ""
    say = _amount if key.unit == MINOR else partial(_counted, unit=key.unit)
    values = {"least": say(key.least), "most": say(key.most)}
    said = _("From %(least)s to %(most)s.") % values
    return f"{said} {_('Empty: no limit.')}" if key.optional else said


def _typed(held: int | str, key: Key) -> str:
    """Return a value as it stands in its field."""
    return f"{Decimal(held) / CENTS:.2f}" if key.unit == MINOR else str(held)


def _amount(minor: int) -> str:
    """Return an amount of money; settings speak of no currency: it is that of the brand."""
    shown: str = format_decimal(Decimal(minor) / CENTS, format="#,##0.00", locale=current())
    return shown


def _counted(size: int, unit: str) -> str:
    said = {
        "minutes": ngettext("%(num)d minute", "%(num)d minutes", size),
        "hours": ngettext("%(num)d hour", "%(num)d hours", size),
        "days": ngettext("%(num)d day", "%(num)d days", size),
        "orders": ngettext("%(num)d order", "%(num)d orders", size),
        "units": ngettext("%(num)d unit", "%(num)d units", size),
        "times": ngettext("%(num)d time", "%(num)d times", size),
        "percent": ngettext("%(num)d %%", "%(num)d %%", size),
        "people": ngettext("%(num)d person", "%(num)d people", size),
    }[unit]
    return said % {"num": size}
