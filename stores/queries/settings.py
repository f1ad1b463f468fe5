"""Reads of the settings of the trade: what holds, who said so, and what it overrules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, Select, case, cast, func, or_, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from stores.commands import Scope
from stores.errors import UnknownLocation
from stores.models import Brand, Location, Setting, Staff, StoreGroup
from stores.settings import KEYS, TradeRules, Value, read_rules

NARROWEST: Final = (Scope.STORE, Scope.GROUP, Scope.BRAND, Scope.GLOBAL)


class Standing(StrEnum):
    """How one setting stands among the others."""

    HOLDS = "holds"
    OVERRULED = "overruled"
    TO_COME = "to_come"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """One setting at one scope; `standing` is OVERRULED only where it is read for one location."""

    id: UUID
    scope: Scope
    scope_id: UUID | None
    scope_code: str | None
    scope_name: str | None
    key: str
    value: Value
    valid_from: datetime
    valid_to: datetime | None
    author_id: UUID | None
    author_name: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What holds at a location under one key, and why: `winner` None is the default.

    `others` are narrower ones to come and those that are overruled, narrowest first.
    """

    key: str
    unit: str
    value: Value
    default: Value
    winner: SettingFacts | None
    others: tuple[SettingFacts, ...]


def get_rules(session: Session, location_id: UUID) -> TradeRules:
    """Return the settings of the trade as they hold at a location.

    Raises UnknownLocation.
    """
    row = session.execute(
        select(Location.rules, Location.prepare_min, Location.hold_days).where(
            Location.id == location_id
        )
    ).one_or_none()
    if row is None:
        raise UnknownLocation(location_id=str(location_id))
    return read_rules(row.rules, prepare_min=row.prepare_min, hold_days=row.hold_days)


def select_rule(key: str) -> Select[*tuple[Any, ...]]:
    """Return the statement of the whole number that holds under `key` at each location, to join.

    Where nothing is set it is the default; prepare_min and hold_days have columns of their own.
    """
    said = cast(Location.rules[key].astext, Integer)
    return select(
        Location.id.label("location_id"), func.coalesce(said, KEYS[key].default).label("value")
    )


def list_settings(
    session: Session,
    *,
    scope: Scope | None = None,
    scope_id: UUID | None = None,
    before: UUID | None = None,
    location_ids: Sequence[UUID] | None = None,
    limit: int = 50,
) -> list[SettingFacts]:
    """Return settings, the newest first, ended ones too; `before` is the last one seen.

    With `location_ids` those of other stores are left out.
    """
    rows = _select()
    if scope is not None:
        rows = rows.where(Setting.scope == scope.value)
    if scope_id is not None:
        rows = rows.where(Setting.scope_id == scope_id)
    if before is not None:
        rows = rows.where(Setting.id < before)
    if location_ids is not None:
        rows = rows.where(
            or_(Setting.scope != Scope.STORE.value, Setting.scope_id.in_(location_ids))
        )
    return [_facts(row) for row in session.execute(rows.order_by(Setting.id.desc()).limit(limit))]


def list_standing(
    session: Session, *, scope: Scope, scope_id: UUID | None, key: str | None = None
) -> list[SettingFacts]:
    """Return what a scope says and will say, by key, the latest beginning first; nothing ended.

    Of several that hold under one key the first one wins.
    """
    rows = _select().where(Setting.scope == scope.value, ~_ended())
    rows = rows.where(
        Setting.scope_id.is_(None) if scope_id is None else Setting.scope_id == scope_id
    )
    if key is not None:
        rows = rows.where(Setting.key == key)
    order = rows.order_by(Setting.key, Setting.valid_from.desc(), Setting.id.desc())
    return [_facts(row) for row in session.execute(order)]


def explain_settings(session: Session, location_id: UUID) -> list[RuleFacts]:
    """Return what holds at a location under every key, who wins and why.

    Raises UnknownLocation.
    """
    place = session.get(Location, location_id)
    if place is None:
        raise UnknownLocation(location_id=str(location_id))
    scopes = [each for each in (place.id, place.group_id, place.brand_id) if each is not None]
    order = case({each.value: rank for rank, each in enumerate(NARROWEST)}, value=Setting.scope)
    rows = session.execute(
        _select()
        .where(or_(Setting.scope_id.is_(None), Setting.scope_id.in_(scopes)), ~_ended())
        .order_by(Setting.key, order, Setting.valid_from.desc(), Setting.id.desc())
    )
    said = {key: list(each) for key, each in groupby(rows, key=lambda row: row.Setting.key)}
    return [_rule(name, said.get(name, [])) for name in KEYS]


def _rule(name: str, rows: Sequence[Row[Any]]) -> RuleFacts:
    key, others = KEYS[name], []
    winner: SettingFacts | None = None
    for row in rows:
        said = _facts(row)
        if said.standing is not Standing.HOLDS:
            others.append(said)
        elif winner is None:
            winner = said
        else:
            others.append(replace(said, standing=Standing.OVERRULED))
    value = winner.value if winner else key.default
    return RuleFacts(name, key.unit, value, key.default, winner, tuple(others))


def _select() -> Select[*tuple[Any, ...]]:
    to_come = Setting.valid_from > DB_NOW
    return (
        select(
            Setting,
            func.coalesce(Brand.code, StoreGroup.code, Location.code).label("code"),
            func.coalesce(Brand.name, StoreGroup.name, Location.name).label("name"),
            Staff.name.label("author"),
            case(
                (_ended(), Standing.ENDED.value),
                (to_come, Standing.TO_COME.value),
                else_=Standing.HOLDS.value,
            ).label("standing"),
        )
        .outerjoin(Brand, Brand.id == Setting.scope_id)
        .outerjoin(StoreGroup, StoreGroup.id == Setting.scope_id)
        .outerjoin(Location, Location.id == Setting.scope_id)
        .outerjoin(Staff, Staff.id == Setting.author_id)
    )


def _ended() -> ColumnElement[bool]:
    return func.coalesce(Setting.valid_to <= DB_NOW, False)


def _facts(row: Row[Any]) -> SettingFacts:
    setting: Setting = row.Setting
    return SettingFacts(
        setting.id,
        Scope(setting.scope),
        setting.scope_id,
        row.code,
        row.name,
        setting.key,
        setting.value["value"],
        setting.valid_from,
        setting.valid_to,
        setting.author_id,
        row.author,
        Standing(row.standing),
    )
