"""Rule sets for who sends what: set, which closes the one before, and ended."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.orm import Session

import stores.queries
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id
from orders import queries
from orders.commands import Method, SetRules
from orders.errors import UnknownRuleSet, UnreadableRules
from orders.events import RulesEnded, RulesSet
from orders.models import RuleSet
from orders.sourcing import REPLAYED_MAX, Held, Replay, Wrong, read_book, replay
from stores.errors import UnknownBrand, UnknownGroup

NAME_MAX: Final = 80
METHODS: Final = (Method.PICKUP, Method.DELIVERY)
"""Ways that have rules; whatever is collected follows those of `pickup`."""
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('rule sets', 0))")
"""Two who set rules for the same at once would both find nothing to close."""


def set_rules(session: Session, command: SetRules, *, actor: Actor) -> UUID:
    """Have rules hold from now on for their scope; those that held are kept as history.

    Raises UnreadableRules, UnknownBrand or UnknownGroup, also for a brand that is not the actor's.
    """
    brand_id, group_id = _scope(session, command, actor=actor)
    check_rules(session, command)
    same = [
        RuleSet.method == command.method,
        _is(RuleSet.brand_id, brand_id),
        _is(RuleSet.group_id, group_id),
        _is(RuleSet.channel, command.channel),
    ]
    session.execute(_ONE_AT_A_TIME)
    at = db_now(session)
    replaces = session.execute(
        update(RuleSet)
        .where(RuleSet.valid_to.is_(None), *same)
        .values(valid_to=at)
        .returning(RuleSet.id)
    ).scalar_one_or_none()
    rule_set_id = new_id()
    session.add(
        RuleSet(
            id=rule_set_id,
            name=" ".join(command.name.split()),
            brand_id=brand_id,
            group_id=group_id,
            channel=command.channel,
            method=command.method,
            rules=[dict(each) for each in command.rules],
            limits=dict(command.limits),
            valid_from=at,
            author_name=actor.name,
        )
    )
    session.flush()
    fact = RulesSet(
        rule_set_id=rule_set_id,
        method=command.method.value,
        label=command.name,
        brand_id=brand_id,
        group_id=group_id,
        channel=command.channel.value if command.channel else None,
        replaces=replaces,
    )
    events.record(session, fact, actor=actor)
    return rule_set_id


def end_rules(session: Session, rule_set_id: UUID, *, actor: Actor) -> None:
    """Have a rule set hold no more; ending an ended one changes nothing.

    Raises UnknownRuleSet, also for rules that are wider than the actor's brand.
    """
    found = queries.get_rule_set(session, rule_set_id, actor=actor)
    if actor.brand_id is not None and found.brand_id is None and found.group_id is None:
        raise UnknownRuleSet
    ended = session.execute(
        update(RuleSet)
        .where(RuleSet.id == rule_set_id, RuleSet.valid_to.is_(None))
        .values(valid_to=DB_NOW)
        .returning(RuleSet.id)
    ).scalar_one_or_none()
    if ended is not None:
        fact = RulesEnded(rule_set_id=rule_set_id, method=found.method.value)
        events.record(session, fact, actor=actor)


def try_rules(
    session: Session, command: SetRules, *, since: datetime, until: datetime, actor: Actor
) -> Replay:
    """Return what rules would have made of the orders of a time, beside what was made of them.

    Nothing moves. Only orders for which it was decided, of the brand and channel they are for.

    Raises UnreadableRules, UnknownBrand or UnknownGroup.
    """
    brand_id, _group_id = _scope(session, command, actor=actor)
    check_rules(session, command)
    decisions = queries.list_decisions(
        session,
        since=since,
        until=until,
        method=command.method,
        brand_id=brand_id or actor.brand_id,
        limit=REPLAYED_MAX,
    )
    mine = [each for each in decisions if command.channel in {None, each.channel}]
    book = read_book(list(command.rules), dict(command.limits), method=command.method)
    return replay(session, mine, Held(book))


def check_rules(session: Session, command: SetRules) -> None:
    """Return nothing when rules can be read, and name groups and locations there are.

    Raises UnreadableRules.
    """
    if command.method not in METHODS:
        right = f"Rules are for one of {', '.join(METHODS)}."
        raise UnreadableRules(right, wrong=[right])
    if not command.name.strip() or len(command.name) > NAME_MAX:
        right = f"A rule set has a name of at most {NAME_MAX} signs."
        raise UnreadableRules(right, wrong=[right])
    read_book(list(command.rules), dict(command.limits), method=command.method)
    wrong = list(_unknown_codes(session, command.rules))
    if wrong:
        raise UnreadableRules(wrong[0], wrong=wrong)


def _scope(session: Session, command: SetRules, *, actor: Actor) -> tuple[UUID | None, UUID | None]:
    if command.group is not None:
        group = stores.queries.get_group_by_code(session, command.group)
        brand = stores.queries.find_brand(session, group.brand_code)
        if brand is None or not actor.sees_brand(brand.id):
            raise UnknownGroup(group=command.group)
        if command.brand not in {None, group.brand_code}:
            raise UnknownGroup(group=command.group, brand=command.brand)
        return None, group.id
    if command.brand is None and actor.brand_id is None:
        return None, None
    found = command.brand and stores.queries.find_brand(session, command.brand)
    if not found or not actor.sees_brand(found.id):
        raise UnknownBrand(brand=command.brand)
    return found.id, None


def _unknown_codes(session: Session, rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what names no group and no location."""
    named = {
        kind: sorted({code for rule in rules if kind in rule.values() for code in _codes(rule)})
        for kind in ("groups", "locations")
    }
    groups = stores.queries.select_groups().subquery("groups")
    places = stores.queries.select_codes().subquery("places")
    for kind, column in (("groups", groups.c.group_code), ("locations", places.c.store_code)):
        if not named[kind]:
            continue
        known = set(session.execute(select(column).where(column.in_(named[kind]))).scalars())
        for number, rule in enumerate(rules, start=1):
            for code in _codes(rule) if kind in rule.values() else ():
                if code not in known:
                    yield Wrong(
                        f"Rule {number} ({kind}) names {code!r}, which is none of the {kind}.",
                        f"La règle {number} ({kind}) nomme « {code} », qui n’existe pas.",
                    )


def _codes(rule: Mapping[str, Any]) -> Sequence[str]:
    said: Sequence[str] = next((rule[key] for key in ("only", "not", "first") if key in rule), ())
    return said


def _is(column: Any, value: object) -> ColumnElement[bool]:  # noqa: ANN401 (a column)
    found: ColumnElement[bool] = column.is_(None) if value is None else column == value
    return found
