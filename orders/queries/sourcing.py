"""Reads of rule sets and of what was decided by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

import stores.queries
from kernel.actors import Actor
from orders.commands import Channel, Method, SourcingOutcome
from orders.errors import NotDecided, UnknownRuleSet
from orders.models import Order, RuleSet, SourcingDecision

PAGE_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class RuleSetFacts:
    """Rules for one method: for a group of stores, a brand, or everybody; on a channel, or all."""

    id: UUID
    name: str
    brand_id: UUID | None
    group_id: UUID | None
    channel: Channel | None
    method: Method
    rules: Sequence[Mapping[str, Any]]
    limits: Mapping[str, Any]
    valid_from: datetime
    valid_to: datetime | None
    author_name: str


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What was decided for an order, by which rules, out of whom; see `SourcingDecision`."""

    id: UUID
    order_id: UUID
    order_number: str
    brand_id: UUID
    rule_set: RuleSetFacts | None
    channel: Channel
    method: Method
    outcome: SourcingOutcome
    asked: Mapping[str, Any]
    place: Mapping[str, Any]
    chosen: Sequence[Mapping[str, Any]]
    candidates: Sequence[Mapping[str, Any]]
    losing: Mapping[str, Any]
    decided_at: datetime
    placed_at: datetime


def find_rules(
    session: Session,
    *,
    brand_id: UUID,
    channel: Channel,
    method: Method,
    store_id: UUID | None = None,
    at: datetime | None = None,
) -> RuleSetFacts | None:
    """Return the rule set that holds, now or at a past moment; None where nobody set any.

    The group's of the store before the brand's before everybody's, then the channel's before all.
    """
    places = stores.queries.select_grouped().subquery("grouped")
    group_id = select(places.c.group_id).where(places.c.location_id == store_id).scalar_subquery()
    row = session.execute(
        select(RuleSet)
        .where(
            RuleSet.method == method,
            or_(RuleSet.channel.is_(None), RuleSet.channel == channel),
            or_(RuleSet.brand_id.is_(None), RuleSet.brand_id == brand_id),
            or_(RuleSet.group_id.is_(None), RuleSet.group_id == group_id),
            _held(at),
        )
        .order_by(RuleSet.group_id.is_(None), RuleSet.brand_id.is_(None), RuleSet.channel.is_(None))
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else _set(row)


def list_rule_sets(
    session: Session, *, actor: Actor, closed: bool = False, limit: int = PAGE_MAX
) -> list[RuleSetFacts]:
    """Return the rule sets that hold, the widest first; `closed`: those of before, newest first."""
    rows = select(RuleSet).where(_seen_by(actor)).limit(limit)
    if closed:
        rows = rows.where(RuleSet.valid_to.is_not(None)).order_by(RuleSet.valid_to.desc())
    else:
        rows = rows.where(RuleSet.valid_to.is_(None)).order_by(
            RuleSet.method, RuleSet.group_id.is_not(None), RuleSet.brand_id.is_not(None), RuleSet.id
        )
    return [_set(row) for row in session.execute(rows).scalars()]


def get_rule_set(session: Session, rule_set_id: UUID, *, actor: Actor) -> RuleSetFacts:
    """Return a rule set, whether it holds or did.

    Raises UnknownRuleSet.
    """
    row = session.execute(
        select(RuleSet).where(RuleSet.id == rule_set_id, _seen_by(actor))
    ).scalar_one_or_none()
    if row is None:
        raise UnknownRuleSet
    return _set(row)


def get_decisions(session: Session, order_id: UUID) -> list[DecisionFacts]:
    """Return what was decided for an order the asker may see, the first decision first.

    Raises NotDecided.
    """
    found = _read(session, _DECISIONS.where(SourcingDecision.order_id == order_id))
    if not found:
        raise NotDecided
    return found


def list_decisions(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    method: Method,
    brand_id: UUID | None = None,
    limit: int,
) -> list[DecisionFacts]:
    """Return what was decided in a time, the first decision of each order only, oldest first."""
    mine = SourcingDecision.brand_id == brand_id if brand_id else true()
    earlier = aliased(SourcingDecision)
    anew = exists().where(
        earlier.order_id == SourcingDecision.order_id, earlier.id < SourcingDecision.id
    )
    return _read(
        session,
        _DECISIONS.where(
            SourcingDecision.decided_at >= since,
            SourcingDecision.decided_at < until,
            SourcingDecision.method == method,
            ~anew,
            mine,
        ).limit(limit),
    )


_DECISIONS: Final[Select[*tuple[Any, ...]]] = (
    select(SourcingDecision, RuleSet, Order.number, Order.placed_at)
    .join(Order, Order.id == SourcingDecision.order_id)
    .outerjoin(RuleSet, RuleSet.id == SourcingDecision.rule_set_id)
    .order_by(SourcingDecision.decided_at, SourcingDecision.id)
)


def _read(session: Session, rows: Select[*tuple[Any, ...]]) -> list[DecisionFacts]:
    return [_decision(row) for row in session.execute(rows)]


def _decision(row: Row[Any]) -> DecisionFacts:
    made: SourcingDecision = row.SourcingDecision
    return DecisionFacts(
        made.id,
        made.order_id,
        row.number,
        made.brand_id,
        _set(row.RuleSet) if row.RuleSet is not None else None,
        made.channel,
        made.method,
        made.outcome,
        made.asked,
        made.place,
        made.chosen,
        made.candidates,
        made.losing,
        made.decided_at,
        row.placed_at,
    )


def _set(row: RuleSet) -> RuleSetFacts:
    return RuleSetFacts(
        row.id,
        row.name,
        row.brand_id,
        row.group_id,
        row.channel,
        row.method,
        row.rules,
        row.limits,
        row.valid_from,
        row.valid_to,
        row.author_name,
    )


def _held(at: datetime | None) -> ColumnElement[bool]:
    if at is None:
        return RuleSet.valid_to.is_(None)
    return and_(RuleSet.valid_from <= at, or_(RuleSet.valid_to.is_(None), RuleSet.valid_to > at))


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """Those of one brand see its rules, its groups', and everybody's."""
    if actor.brand_id is None:
        return true()
    groups = stores.queries.select_groups().subquery("groups")
    own = select(groups.c.group_id).where(groups.c.brand_id == actor.brand_id)
    return and_(
        or_(RuleSet.brand_id.is_(None), RuleSet.brand_id == actor.brand_id),
        or_(RuleSet.group_id.is_(None), RuleSet.group_id.in_(own)),
    )
