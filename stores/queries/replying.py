"""By when somebody who turns to us is answered: clocks that run while we are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import ceil
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import stores.promises
from kernel.clock import db_now
from stores.commands import Scope
from stores.models import Location
from stores.promises import Schedule
from stores.queries.locations import get_store_by_id
from stores.queries.settings import get_rules, list_standing
from stores.settings import USUAL, TradeRules, read_rules

WARNED_AT: Final = 0.8
"""The share of the time for an answer after which whoever could give it is warned."""
NEVER_OPEN: Final = timedelta(hours=24)
"""Time for an answer where nobody says when they are there."""
CALL_STEP_S: Final = 1_800
CALL_NOTICE: Final = timedelta(minutes=5)
CALL_OPENINGS: Final = 3
"""For so many openings ahead somebody can ask to be called."""
EVERYWHERE: Final = ("Europe/Paris", "FR", None)
"""Where the desk is, as long as there is no location at all."""


@dataclass(frozen=True, slots=True)
class ReplyClock:
    """How long an answer may take from now, and when those who could give it are warned."""

    within: timedelta
    warned_within: timedelta


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether whoever answers is there, until when or from when on, and what they aim at.

    `changes_at` is when they leave, or are back; None where nobody knows. `chat_min` is the time
    they give themselves for an answer in the chat. `calls` are the times at which they can call.
    """

    asked_at: datetime
    is_there: bool
    chat_min: int
    changes_at: datetime | None = None
    time_zone: str = EVERYWHERE[0]
    calls: tuple[datetime, ...] = ()


def read_presence(session: Session, location_id: UUID | None) -> Presence:
    """Return whether a store, or the desk where none is named, is there to answer.

    Raises UnknownLocation.
    """
    now = db_now(session)
    rules, schedule = _who_answers(session, location_id)
    if schedule is None:
        return Presence(now, is_there=False, chat_min=rules.reply_min("chat"))
    times = list(islice(stores.promises.opening_times(schedule, start=now), CALL_OPENINGS))
    is_there = bool(times) and times[0][0] <= now
    changes_at = times[0][is_there] if times else None
    return Presence(
        now,
        is_there=is_there,
        chat_min=rules.reply_min("chat"),
        changes_at=changes_at,
        time_zone=schedule.time_zone,
        calls=tuple(_call_times(times, now)),
    )


def _call_times(times: list[tuple[datetime, datetime]], now: datetime) -> Iterator[datetime]:
    """Yield each half hour of these openings that is not upon us."""
    for opens, closes in times:
        at = datetime.fromtimestamp(ceil(opens.timestamp() / CALL_STEP_S) * CALL_STEP_S, tz=UTC)
        while at < closes:
            if at - now >= CALL_NOTICE:
                yield at
            at += timedelta(seconds=CALL_STEP_S)


def reckon_reply(
    session: Session, location_id: UUID | None, channel: str, *, reply_by: datetime | None = None
) -> ReplyClock:
    """Return the clock of an answer on a channel, by a store or, where none is named, the desk.

    Minutes are those of its opening time. `reply_by` is an instant somebody asked for: no clock
    of ours runs later than that.

    Raises UnknownLocation.
    """
    now = db_now(session)
    if reply_by is not None:
        within = max(reply_by - now, timedelta())
        return ReplyClock(within, within * WARNED_AT)
    rules, schedule = _who_answers(session, location_id)
    minutes = rules.reply_min(channel)
    return ReplyClock(_lasts(schedule, now, minutes), _lasts(schedule, now, minutes, WARNED_AT))


def _who_answers(session: Session, location_id: UUID | None) -> tuple[TradeRules, Schedule | None]:
    if location_id is None:
        rules = get_desk_rules(session)
        return rules, _desk_hours(session, rules)
    return get_rules(session, location_id), get_store_by_id(session, location_id).schedule


def get_desk_rules(session: Session) -> TradeRules:
    """Return the settings as they hold everywhere: those of the desk, which has no location."""
    said: dict[str, object] = {}
    for each in reversed(list_standing(session, scope=Scope.GLOBAL, scope_id=None)):
        if each.standing == "holds":
            said[each.key] = each.value
    return read_rules(said, prepare_min=USUAL.prepare_min, hold_days=USUAL.hold_days)


def _desk_hours(session: Session, rules: TradeRules) -> Schedule:
    first = select(Location.time_zone, Location.country, Location.holiday_region)
    place = session.execute(first.order_by(Location.code).limit(1)).one_or_none() or EVERYWHERE
    hours = f"{rules.desk_days} {rules.desk_opens:%H:%M}-{rules.desk_closes:%H:%M}"
    return Schedule(hours, *place)


def _lasts(schedule: Schedule | None, now: datetime, minutes: int, share: float = 1) -> timedelta:
    """Return how long a share of so many minutes of opening time lasts from now."""
    if schedule is not None:
        ends = stores.promises.ready_at(schedule, start=now, prepare_min=round(minutes * share))
        if ends is not None:
            return ends - now
    return NEVER_OPEN * share
