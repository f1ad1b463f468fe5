"""When goods that are not there yet can be sent or collected. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import stores.promises
from inventory.queries import Delivery
from orders.sourcing.shapes import Lacks
from stores.promises import NO_LOAD, Promise
from stores.queries import StoreFacts

A_DAY: Final = timedelta(days=1)
"""How long goods take from one location to another, and from their day to their shelf."""
Coming = Mapping[str, Sequence[tuple[date, int]]]
"""What comes of each SKU on which day and is nobody's yet, the first day first."""


def once_there(
    store: StoreFacts, arrives_on: date, *, since: datetime | None = None
) -> Promise | None:
    """Return when an order can be ready whose goods arrive at its store on a day; None: never."""
    midnight = datetime.combine(arrives_on, time(), ZoneInfo(store.time_zone)).astimezone(UTC)
    start = max(midnight, since or store.asked_at)
    if store.schedule is None:
        return None
    return stores.promises.promise(store.schedule, store.rules, NO_LOAD, start)


def tomorrow(store: StoreFacts) -> date:
    """Return the day on which what others bring to a store arrives there."""
    return store.asked_at.astimezone(ZoneInfo(store.time_zone)).date() + A_DAY


def expected(deliveries: Sequence[Delivery], awaited: Mapping[str, int]) -> Coming:
    """Return what of announced goods nobody waits for: who waits already has what comes first."""
    taken, found = dict(awaited), dict[str, list[tuple[date, int]]]()
    for each in sorted(deliveries, key=lambda each: each.on):
        theirs = min(taken.get(each.sku, 0), each.quantity)
        taken[each.sku] = taken.get(each.sku, 0) - theirs
        if each.quantity > theirs:
            found.setdefault(each.sku, []).append((each.on, each.quantity - theirs))
    return found


def lacks_until(
    asked: Mapping[str, int], at_hand: Mapping[str, int], coming: Coming
) -> Lacks | None:
    """Return what of an order is not at hand, and on which day it is; None where it never is."""
    awaits, last = dict[str, int](), None
    for sku, units in asked.items():
        left = units - at_hand.get(sku, 0)
        if left <= 0:
            continue
        awaits[sku] = min(left, units)
        for on, there in coming.get(sku, ()):
            left -= there
            if left <= 0:
                last = max(last or on, on)
                break
        else:
            return None
    return Lacks(awaits=awaits, on=last)
