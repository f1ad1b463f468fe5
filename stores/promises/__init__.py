"""Promises: when an order can be ready, and until when it is kept. Pure: no database, no clock.

Times count only while the store is open. Hours are in OpenStreetMap syntax; public holidays are
closed unless the hours say otherwise, because a promise in doubtful time is a broken one.
"""

from stores.promises.arriving import Arrival, arrive, holiday_region
from stores.promises.days import ExceptionalHours, read_day_hours
from stores.promises.explaining import Step, explain
from stores.promises.hours import (
    HORIZON_DAYS,
    Schedule,
    collect_by,
    is_holiday,
    is_open,
    opening_times,
    read_schedule,
    ready_at,
)
from stores.promises.promising import NO_LOAD, Load, Promise, SlotTimes, cut_off, promise
from stores.promises.slots import PlannedSlots, plan_slots, slots_of_a_day
from stores.promises.weekly import Week, group_days, read_typed, read_week, write_week
from stores.promises.weeks import OpenDay, coming_days, usual_week

__all__ = [
    "HORIZON_DAYS",
    "NO_LOAD",
    "Arrival",
    "ExceptionalHours",
    "Load",
    "OpenDay",
    "PlannedSlots",
    "Promise",
    "Schedule",
    "SlotTimes",
    "Step",
    "Week",
    "arrive",
    "collect_by",
    "coming_days",
    "cut_off",
    "explain",
    "group_days",
    "holiday_region",
    "is_holiday",
    "is_open",
    "opening_times",
    "plan_slots",
    "promise",
    "read_day_hours",
    "read_schedule",
    "read_typed",
    "read_week",
    "ready_at",
    "slots_of_a_day",
    "usual_week",
    "write_week",
]
