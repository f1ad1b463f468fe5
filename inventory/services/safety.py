"""Safety stock: rules are added and ended, and levels are brought in line with them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from inventory import queries
from inventory.commands import SafetyDraft, SafetyScope
from inventory.errors import RuleOutOfReach, RuleUnclear, UnknownRule
from inventory.events import SafetyRuleAdded, SafetyRuleEnded
from inventory.models import SafetyRule, StockLevel
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id

ROWS_AT_ONCE: Final = 2_000
NEEDS: Final = {
    SafetyScope.GLOBAL: frozenset[str](),
    SafetyScope.GROUP: frozenset({"group_id"}),
    SafetyScope.STORE: frozenset({"location_id"}),
    SafetyScope.CATEGORY: frozenset({"category_code"}),
    SafetyScope.SKU: frozenset({"sku"}),
    SafetyScope.SKU_STORE: frozenset({"location_id", "sku"}),
}
"""What a rule of each scope names."""
SAID: Final = {
    "group_id": "group",
    "location_id": "store",
    "category_code": "category",
    "sku": "SKU",
}

_DUE = text("""
    SELECT p.location_id FROM unnest(:location_ids) AS p (location_id)
    LEFT JOIN safety_state s USING (location_id)
    WHERE EXISTS (
        SELECT FROM safety_rule r
        WHERE r.valid_from <= statement_timestamp()
          AND (r.location_id IS NULL OR r.location_id = p.location_id)
          AND (s.resolved_at IS NULL
               OR r.created_at > s.resolved_at OR r.valid_from > s.resolved_at
               OR (r.valid_to > s.resolved_at AND r.valid_to <= statement_timestamp())
               OR ((r.valid_to IS NULL OR r.valid_to > statement_timestamp())
                   AND s.resolved_at < statement_timestamp() - make_interval(mins => 15))))
    ORDER BY s.resolved_at NULLS FIRST, p.location_id LIMIT 1
""").bindparams(bindparam("location_ids", type_=ARRAY(Uuid)))
_RESOLVED = text("""
    INSERT INTO safety_state (location_id, resolved_at)
    VALUES (:location_id, :began - interval '10 seconds')
    ON CONFLICT (location_id) DO UPDATE SET resolved_at = excluded.resolved_at
""")
"""Ten seconds for a rule that was added, but not committed, when the levels were looked at."""


def add_rule(session: Session, draft: SafetyDraft, *, actor: Actor) -> UUID:
    """Have a rule, from now on at the earliest, and return its id.

    Levels follow at once where one SKU is meant, else by the job.

    Raises RuleUnclear, RuleOutOfReach, UnknownSku or UnknownCategory.
    """
    require_clear(session, draft)
    require_reach(draft.location_id, actor)
    rule_id = new_id()
    session.execute(
        insert(SafetyRule).values(
            id=rule_id,
            scope=draft.scope,
            group_id=draft.group_id,
            location_id=draft.location_id,
            category_code=draft.category_code,
            sku=draft.sku,
            units=draft.units,
            percent=draft.percent,
            valid_from=func.greatest(draft.valid_from, DB_NOW),
            valid_to=draft.valid_to,
            author_id=actor.id,
            author_name=actor.name,
        )
    )
    fact = SafetyRuleAdded(rule_id=rule_id, location_id=draft.location_id, scope=draft.scope.value)
    events.record(session, fact, actor=actor)
    _follow_at_once(session, location_id=draft.location_id, sku=draft.sku)
    return rule_id


def end_rule(session: Session, rule_id: UUID, *, actor: Actor) -> None:
    """A rule holds no longer; one that has not begun never will. Doing it again changes nothing.

    Raises UnknownRule, also for rules of stores that are not the actor's, or RuleOutOfReach.
    """
    rule = session.get(SafetyRule, rule_id, with_for_update=True, populate_existing=True)
    hidden = rule and rule.location_id and not actor.sees_location(rule.location_id)
    if rule is None or hidden:
        raise UnknownRule(rule_id=str(rule_id))
    require_reach(rule.location_id, actor)
    now = db_now(session)
    if rule.valid_to is not None and rule.valid_to <= now:
        return
    rule.valid_from = min(rule.valid_from, now)
    session.flush()
    session.execute(update(SafetyRule).where(SafetyRule.id == rule_id).values(valid_to=DB_NOW))
    fact = SafetyRuleEnded(rule_id=rule_id, location_id=rule.location_id, scope=rule.scope.value)
    events.record(session, fact, actor=actor)
    _follow_at_once(session, location_id=rule.location_id, sku=rule.sku)


def require_clear(session: Session, draft: SafetyDraft) -> None:
    """Return nothing when a rule says what it is for and how much.

    Raises RuleUnclear, UnknownSku or UnknownCategory.
    """
    every = frozenset().union(*NEEDS.values())
    named = {name for name in every if getattr(draft, name) is not None}
    if named != NEEDS[draft.scope]:
        needs = " and ".join(SAID[name] for name in sorted(NEEDS[draft.scope]))
        wanted = f"names its {needs} and nothing else" if needs else "names nothing else"
        raise RuleUnclear(f"A rule of scope {draft.scope.value} {wanted}.")
    if (draft.units is None) == (draft.percent is None):
        raise RuleUnclear("Give units or percent.")
    now = db_now(session)
    begins = max(draft.valid_from or now, now)
    if draft.valid_to is not None and draft.valid_to <= begins:
        raise RuleUnclear("The rule would end before it begins.")
    if draft.sku is not None:
        catalog.queries.require_skus(session, [draft.sku])
    if draft.category_code is not None:
        catalog.queries.require_category(session, draft.category_code)


def require_reach(location_id: UUID | None, actor: Actor) -> None:
    """Return nothing when a rule for this location, or for all, is the actor's to make.

    Raises RuleOutOfReach.
    """
    if actor.location_ids is not None and (
        location_id is None or not actor.sees_location(location_id)
    ):
        raise RuleOutOfReach


def refresh_levels(
    session: Session, *, location_ids: Sequence[UUID] = (), skus: Sequence[str] = ()
) -> int:
    """Bring up to 2,000 levels in line with the rules, in lock order; return how many changed."""
    level = queries.select_resolved(location_ids=location_ids, skus=skus)
    kept = level.selected_columns.kept
    off = (
        level.where(kept != StockLevel.safety_stock)
        .order_by(StockLevel.location_id, StockLevel.sku)
        .limit(ROWS_AT_ONCE)
        .with_for_update(of=StockLevel)
        .subquery("off")
    )
    changed = session.execute(
        update(StockLevel)
        .where(StockLevel.location_id == off.c.location_id, StockLevel.sku == off.c.sku)
        .values(safety_stock=off.c.kept)
        .returning(StockLevel.sku),
        execution_options={"synchronize_session": False},
    )
    return len(changed.all())


def find_unresolved(session: Session) -> UUID | None:
    """Return a location whose levels have to be brought in line with the rules, if there is one."""
    place = stores.queries.select_grouped().subquery("place")
    ids = list(session.scalars(select(place.c.location_id)))
    found: UUID | None = session.execute(_DUE, {"location_ids": ids}).scalar_one_or_none()
    return found


def note_resolved(session: Session, *, location_id: UUID, began: object) -> None:
    """The levels of a location follow the rules as they were at the instant `began`."""
    session.execute(_RESOLVED, {"location_id": location_id, "began": began})
    session.expire_all()


def _follow_at_once(session: Session, *, location_id: UUID | None, sku: str | None) -> None:
    if sku is not None:
        refresh_levels(session, location_ids=[location_id] if location_id else [], skus=[sku])
