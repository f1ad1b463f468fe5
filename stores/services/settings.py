"""Settings of the trade: set and ended at a scope, resolved onto the locations they hold for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor, ActorKind
from kernel.clock import DB_NOW, db_now
from kernel.errors import Forbidden
from kernel.ids import new_id
from stores.commands import Scope, SetRule
from stores.errors import UnknownRule, UnknownScope, UnreadableSetting
from stores.events import SettingEnded, SettingSet
from stores.models import Brand, Location, Setting, StoreGroup
from stores.settings import USUAL, check_value

EVERYWHERE: Final = "settings.edit"
"""Permission to set rules for more than one's own stores."""

SCOPED: Final[Mapping[Scope, type[Brand | StoreGroup | Location]]] = {
    Scope.BRAND: Brand,
    Scope.GROUP: StoreGroup,
    Scope.STORE: Location,
}

_RESOLVE = text("""
    WITH won AS (
        SELECT DISTINCT ON (l.id, s.key) l.id, s.key, s.value -> 'value' AS value
        FROM location l JOIN setting s ON s.scope_id IS NULL OR s.scope_id IN
            (l.id, l.group_id, l.brand_id)
        WHERE l.id = ANY(:ids) AND s.valid_from <= statement_timestamp()
          AND (s.valid_to IS NULL OR s.valid_to > statement_timestamp())
        ORDER BY l.id, s.key,
            array_position(ARRAY['store', 'group', 'brand', 'global'], s.scope),
            s.valid_from DESC, s.id DESC),
    held AS (
        SELECT id, jsonb_object_agg(key, value) AS rules FROM won GROUP BY id),
    days AS (
        SELECT location_id AS id, jsonb_agg(
            jsonb_build_array(first_day, last_day, hours) ORDER BY created_at, id) AS listed
        FROM exceptional_days
        WHERE location_id = ANY(:ids) AND withdrawn_at IS NULL AND last_day >= current_date - 2
        GROUP BY location_id),
    ways AS (
        SELECT location_id AS id, jsonb_agg(DISTINCT method ORDER BY method) AS listed
        FROM slot_pattern WHERE location_id = ANY(:ids) AND ended_at IS NULL GROUP BY location_id),
    found AS (
        SELECT l.id,
            coalesce((held.rules ->> 'prepare_min')::int, :prepare_min) AS prepare_min,
            coalesce((held.rules ->> 'hold_days')::int, :hold_days) AS hold_days,
            coalesce(held.rules, '{}')
                || CASE WHEN days.listed IS NULL THEN '{}'
                   ELSE jsonb_build_object('exceptional', days.listed) END
                || CASE WHEN ways.listed IS NULL THEN '{}'
                   ELSE jsonb_build_object('slotted', ways.listed) END AS rules
        FROM location l LEFT JOIN held USING (id)
            LEFT JOIN days USING (id) LEFT JOIN ways USING (id)
        WHERE l.id = ANY(:ids))
    UPDATE location l
    SET prepare_min = f.prepare_min, hold_days = f.hold_days, rules = f.rules
    FROM found f
    WHERE l.id = f.id AND (l.prepare_min, l.hold_days, l.rules)
        IS DISTINCT FROM (f.prepare_min, f.hold_days, f.rules)
    RETURNING l.id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def set_setting(session: Session, command: SetRule, *, actor: Actor) -> UUID:
    """Have a rule of the trade hold for a scope; return its id. The newest valid one wins.

    It never holds for a time that is over: what was promised then followed what held then.
    Managers set rules for their own stores, everything wider needs `settings.edit`.

    Raises UnknownSetting, UnreadableSetting, UnknownScope or Forbidden.
    """
    value = check_value(command.key, command.value)
    now = db_now(session)
    begins = max(command.valid_from or now, now)
    if command.valid_to and command.valid_to <= begins:
        raise UnreadableSetting("It would end before it begins.", key=command.key)
    scope_id = _find_scope(session, command.scope, command.code, actor=actor)
    setting_id = new_id()
    session.add(
        Setting(
            id=setting_id,
            scope=command.scope.value,
            scope_id=scope_id,
            key=command.key,
            value={"value": value},
            valid_from=begins,
            valid_to=command.valid_to,
            author_id=actor.id,
        )
    )
    session.flush()
    resolve(session, select_scope(session, command.scope, scope_id))
    fact = SettingSet(
        setting_id=setting_id,
        scope=command.scope.value,
        scope_id=scope_id,
        key=command.key,
        value=value,
    )
    events.record(session, fact, actor=actor)
    return setting_id


def end_setting(
    session: Session, setting_id: UUID, *, at: datetime | None = None, actor: Actor
) -> None:
    """Have a rule hold no longer, at once or from a time on; ending an ended one changes nothing.

    Raises UnknownRule or Forbidden.
    """
    row = session.get(Setting, setting_id, with_for_update=True)
    if row is None or not _may_touch(session, Scope(row.scope), row.scope_id, actor):
        raise UnknownRule(setting_id=str(setting_id))
    ended = session.execute(
        update(Setting)
        .where(Setting.id == setting_id, (Setting.valid_to.is_(None)) | (Setting.valid_to > DB_NOW))
        .values(valid_to=func.greatest(at, DB_NOW))
        .returning(Setting.id)
    ).scalar_one_or_none()
    if ended is None:
        return
    resolve(session, select_scope(session, Scope(row.scope), row.scope_id))
    fact = SettingEnded(setting_id=setting_id, scope=row.scope, scope_id=row.scope_id, key=row.key)
    events.record(session, fact, actor=actor)


def resolve(session: Session, location_ids: Sequence[UUID]) -> int:
    """Bring what holds at these locations up to date; return at how many something changed.

    Settings, exceptional days and ways with slots; locked in order of id, so that two that resolve
    at once wait for each other and the later one sees what the first one saw too.
    """
    ids = sorted(location_ids)
    session.execute(
        select(Location.id)
        .where(Location.id.in_(ids))
        .order_by(Location.id)
        .with_for_update(key_share=True)
    ).all()
    session.flush()
    values = {"ids": ids, "prepare_min": USUAL.prepare_min, "hold_days": USUAL.hold_days}
    return len(session.execute(_RESOLVE, values).all())


def select_scope(session: Session, scope: Scope, scope_id: UUID | None) -> list[UUID]:
    """Return the locations a scope speaks for."""
    column = {
        Scope.BRAND: Location.brand_id,
        Scope.GROUP: Location.group_id,
        Scope.STORE: Location.id,
    }.get(scope)
    rows = select(Location.id).where(Location.closed_at.is_(None))
    if column is not None:
        rows = rows.where(column == scope_id)
    return list(session.execute(rows).scalars())


def _find_scope(session: Session, scope: Scope, code: str | None, *, actor: Actor) -> UUID | None:
    if scope is Scope.GLOBAL and code is None:
        scope_id = None
    elif scope is Scope.GLOBAL:
        raise UnknownScope(scope=scope.value, code=code)
    else:
        table = SCOPED[scope]
        scope_id = session.execute(select(table.id).where(table.code == code)).scalar_one_or_none()
        foreign = scope is Scope.STORE and scope_id and not actor.sees_location(scope_id)
        if scope_id is None or foreign:
            raise UnknownScope(scope=scope.value, code=code)
    if not _may_touch(session, scope, scope_id, actor):
        raise Forbidden("A rule for more than your own stores is head office's.")
    return scope_id


def _may_touch(session: Session, scope: Scope, scope_id: UUID | None, actor: Actor) -> bool:
    if actor.brand_id is not None and actor.brand_id != _brand_of(session, scope, scope_id):
        return False
    if scope is Scope.STORE and scope_id is not None:
        return actor.sees_location(scope_id)
    return actor.kind is ActorKind.SYSTEM or actor.may(EVERYWHERE)


def _brand_of(session: Session, scope: Scope, scope_id: UUID | None) -> UUID | None:
    """Return whose a scope is; everybody's is no brand's."""
    if scope is Scope.GLOBAL or scope is Scope.BRAND:
        return scope_id
    table = StoreGroup if scope is Scope.GROUP else Location
    return session.execute(select(table.brand_id).where(table.id == scope_id)).scalar_one()
