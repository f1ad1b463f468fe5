"""Which rule of safety stock holds where: the nearest scope wins, within it the one begun last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    Case,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    SmallInteger,
    Subquery,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from inventory.commands import SafetyDraft, SafetyScope
from inventory.errors import UnknownRule
from inventory.models import SafetyRule, SafetyState, StockLevel
from kernel.clock import DB_NOW

NEAREST_LAST: Final = tuple(SafetyScope)
DRAFT_ID: Final = UUID(int=0)
"""Stands for the rule that is only being thought about."""
PAGE_MAX: Final = 100
SAMPLE_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule: how much is kept back, for what, from when to when, and who said so."""

    id: UUID
    scope: SafetyScope
    group: str | None
    store: str | None
    category: str | None
    sku: str | None
    units: int | None
    percent: int | None
    valid_from: datetime
    valid_to: datetime | None
    author: str
    location_id: UUID | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which rule holds for a SKU at a location; `losers` hold too but are less near, or older."""

    winner: RuleFacts | None
    losers: tuple[RuleFacts, ...]
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hidden:
    """One level that a rule would change, before and after."""

    store: str
    sku: str
    on_hand: int
    safety_before: int
    safety_after: int
    available_before: int
    available_after: int


@dataclass(frozen=True, slots=True)
class HiddenAt:
    """How many levels of a store a rule would change, and how many it would leave without any."""

    store: str
    name: str
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would change if it held now, and the changes most worth looking at."""

    changed: int
    gone: int
    stores: tuple[HiddenAt, ...]
    sample: tuple[Hidden, ...]


def select_resolved(
    *,
    location_ids: Sequence[UUID] = (),
    skus: Sequence[str] = (),
    draft: SafetyDraft | None = None,
) -> Select[*tuple[Any, ...]]:
    """Return the statement of what each level should keep back by the rules that hold now.

    Its columns are location_id, store_code, store_name, sku, on_hand, free, safety_stock, kept and
    rule_id. Without `location_ids` or `skus` all; a `draft` is reckoned as if it held now.
    """
    place = stores.queries.select_grouped().cte("place")
    shelf = catalog.queries.select_shelves().cte("shelf")
    winner = _winner(_near(place, draft, location_ids))
    by_sku, by_category, wide = winner.by_sku, winner.by_category, winner.wide
    percent = func.ceil(StockLevel.on_hand * winner.pick("percent") / 100.0)
    rows = (
        select(
            StockLevel.location_id,
            place.c.store_code,
            place.c.store_name,
            StockLevel.sku,
            StockLevel.on_hand,
            (StockLevel.on_hand - StockLevel.reserved - StockLevel.quarantined).label("free"),
            StockLevel.safety_stock,
            func.coalesce(winner.pick("units"), cast(percent, Integer), 0).label("kept"),
            winner.pick("rule_id").label("rule_id"),
        )
        .join(place, place.c.location_id == StockLevel.location_id)
        .join(shelf, shelf.c.sku == StockLevel.sku)
        .outerjoin(wide, wide.c.location_id == StockLevel.location_id)
        .outerjoin(
            by_category,
            and_(
                by_category.c.location_id == StockLevel.location_id,
                by_category.c.category_code == shelf.c.category_code,
            ),
        )
        .outerjoin(
            by_sku,
            and_(by_sku.c.location_id == StockLevel.location_id, by_sku.c.sku == StockLevel.sku),
        )
    )
    if location_ids:
        rows = rows.where(StockLevel.location_id.in_(location_ids))
    return rows.where(StockLevel.sku.in_(skus)) if skus else rows


def _winner(near: CTE) -> "_Winner":
    location = near.c.location_id
    everything = near.c.category_code.is_(None) & near.c.sku.is_(None)
    return _Winner(
        by_sku=_best(near, location, near.c.sku, where=near.c.sku.is_not(None)),
        by_category=_best(
            near, location, near.c.category_code, where=near.c.category_code.is_not(None)
        ),
        wide=_best(near, location, where=everything),
    )


@dataclass(frozen=True, slots=True)
class _Winner:
    by_sku: CTE
    by_category: CTE
    wide: CTE

    def pick(self, column: str) -> Case[Any]:
        """Return a column of the nearest rule there is."""
        return case(
            (self.by_sku.c.rule_id.is_not(None), self.by_sku.c[column]),
            (self.by_category.c.rule_id.is_not(None), self.by_category.c[column]),
            else_=self.wide.c[column],
        )


def _near(place: CTE, draft: SafetyDraft | None, location_ids: Sequence[UUID]) -> CTE:
    """Return each rule in force beside each location it is for."""
    rule = _in_force(draft)
    here = or_(
        rule.c.scope.in_([SafetyScope.GLOBAL, SafetyScope.CATEGORY, SafetyScope.SKU]),
        rule.c.group_id == place.c.group_id,
        rule.c.rule_location_id == place.c.location_id,
    )
    rows = select(place.c.location_id, rule).join(rule, here)
    if location_ids:
        rows = rows.where(place.c.location_id.in_(location_ids))
    return rows.cte("near")


def _in_force(draft: SafetyDraft | None) -> Subquery:
    rules = select(
        SafetyRule.id.label("rule_id"),
        cast(SafetyRule.scope, Text).label("scope"),
        SafetyRule.group_id,
        SafetyRule.location_id.label("rule_location_id"),
        SafetyRule.category_code,
        SafetyRule.sku,
        SafetyRule.units,
        SafetyRule.percent,
        SafetyRule.valid_from,
        SafetyRule.created_at,
    ).where(*_valid())
    if draft is None:
        return rules.subquery("rule")
    thought = select(
        cast(literal(DRAFT_ID), Uuid),
        cast(literal(draft.scope.value), Text),
        cast(literal(draft.group_id), Uuid),
        cast(literal(draft.location_id), Uuid),
        cast(literal(draft.category_code), Text),
        cast(literal(draft.sku), Text),
        cast(literal(draft.units), Integer),
        cast(literal(draft.percent), SmallInteger),
        cast(DB_NOW, DateTime(timezone=True)),
        cast(DB_NOW, DateTime(timezone=True)),
    )
    return union_all(rules, thought).subquery("rule")


def _valid() -> tuple[ColumnElement[bool], ...]:
    return (
        SafetyRule.valid_from <= DB_NOW,
        or_(SafetyRule.valid_to.is_(None), SafetyRule.valid_to > DB_NOW),
    )


def _best(near: CTE, *keys: Any, where: ColumnElement[bool]) -> CTE:  # noqa: ANN401 (columns)
    order = (
        _nearness(near.c.scope).desc(),
        near.c.valid_from.desc(),
        near.c.created_at.desc(),
        near.c.rule_id.desc(),
    )
    return select(near).where(where).ext(distinct_on(*keys)).order_by(*keys, *order).cte()


def _nearness(scope: ColumnElement[Any]) -> Case[Any]:
    return case(
        {each.value: place for place, each in enumerate(NEAREST_LAST)},
        value=scope,
    )


def which_rule(session: Session, *, location_id: UUID, sku: str) -> Verdict:
    """Return the rule that holds for a SKU at a location now, and those that it wins over."""
    place = stores.queries.select_grouped().subquery("home")
    shelf = catalog.queries.select_shelves().subquery("shelf")
    category = select(shelf.c.category_code).where(shelf.c.sku == sku).scalar_subquery()
    group = select(place.c.group_id).where(place.c.location_id == location_id).scalar_subquery()
    rows = (
        _select_rules()
        .where(
            *_valid(),
            or_(SafetyRule.group_id.is_(None), SafetyRule.group_id == group),
            or_(SafetyRule.location_id.is_(None), SafetyRule.location_id == location_id),
            or_(SafetyRule.category_code.is_(None), SafetyRule.category_code == category),
            or_(SafetyRule.sku.is_(None), SafetyRule.sku == sku),
        )
        .order_by(
            _nearness(cast(SafetyRule.scope, Text)).desc(),
            SafetyRule.valid_from.desc(),
            SafetyRule.created_at.desc(),
            SafetyRule.id.desc(),
        )
    )
    rules = [_rule(row) for row in session.execute(rows)]
    state = session.get(SafetyState, location_id, populate_existing=True)
    winner = rules[0] if rules else None
    return Verdict(winner, tuple(rules[1:]), state.resolved_at if state else None)


def get_rule(session: Session, rule_id: UUID) -> RuleFacts:
    """Return a rule.

    Raises UnknownRule.
    """
    row = session.execute(_select_rules().where(SafetyRule.id == rule_id)).one_or_none()
    if row is None:
        raise UnknownRule(rule_id=str(rule_id))
    return _rule(row)


def list_rules(
    session: Session,
    *,
    location_ids: Sequence[UUID] | None = None,
    ended: bool = False,
    before: UUID | None = None,
    limit: int = PAGE_MAX,
) -> list[RuleFacts]:
    """Return rules, the newest first, older than rule `before`; those that ended only if asked.

    With `location_ids`, of the rules for single stores only those for these.
    """
    rows = _select_rules().order_by(SafetyRule.id.desc()).limit(limit)
    if location_ids is not None:
        mine = SafetyRule.location_id.in_(location_ids)
        rows = rows.where(or_(SafetyRule.location_id.is_(None), mine))
    if not ended:
        rows = rows.where(or_(SafetyRule.valid_to.is_(None), SafetyRule.valid_to > DB_NOW))
    if before is not None:
        rows = rows.where(SafetyRule.id < before)
    return [_rule(row) for row in session.execute(rows)]


def preview_rule(session: Session, draft: SafetyDraft) -> Preview:
    """Return what a rule would change if it held now: by store, and at most 20 levels."""
    here = [draft.location_id] if draft.location_id else []
    rows = select_resolved(
        location_ids=here, skus=[draft.sku] if draft.sku else [], draft=draft
    ).subquery("level")
    before, after = rows.c.free - rows.c.safety_stock, rows.c.free - rows.c.kept
    moved = rows.c.kept != rows.c.safety_stock
    gone = and_(before > 0, after <= 0)
    by_store = session.execute(
        select(rows.c.store_code, rows.c.store_name, func.count(), func.count().filter(gone))
        .where(moved)
        .group_by(rows.c.store_code, rows.c.store_name)
        .order_by(func.count().filter(gone).desc(), rows.c.store_code)
    ).all()
    sample = session.execute(
        select(rows)
        .where(moved)
        .order_by(gone.desc(), before.desc(), rows.c.store_code, rows.c.sku)
        .limit(SAMPLE_MAX)
    ).all()
    found = tuple(HiddenAt(*row) for row in by_store)
    return Preview(
        changed=sum(each.changed for each in found),
        gone=sum(each.gone for each in found),
        stores=found,
        sample=tuple(
            Hidden(
                store=row.store_code,
                sku=row.sku,
                on_hand=row.on_hand,
                safety_before=row.safety_stock,
                safety_after=row.kept,
                available_before=max(row.free - row.safety_stock, 0),
                available_after=max(row.free - row.kept, 0),
            )
            for row in sample
        ),
    )


def _select_rules() -> Select[*tuple[Any, ...]]:
    place = stores.queries.select_grouped().subquery("place")
    group = stores.queries.select_groups().subquery("store_group_named")
    return (
        select(SafetyRule, place.c.store_code, group.c.group_code)
        .outerjoin(place, place.c.location_id == SafetyRule.location_id)
        .outerjoin(group, group.c.group_id == SafetyRule.group_id)
    )


def _rule(row: Any) -> RuleFacts:  # noqa: ANN401 (a row)
    rule: SafetyRule = row.SafetyRule
    return RuleFacts(
        id=rule.id,
        scope=rule.scope,
        group=row.group_code,
        store=row.store_code,
        category=rule.category_code,
        sku=rule.sku,
        units=rule.units,
        percent=rule.percent,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        author=rule.author_name,
        location_id=rule.location_id,
    )
