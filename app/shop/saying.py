"""What a shopper is told of times: until, ready, kept, expected, slots."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app import formats
from app.i18n import current
from app.i18n import gettext as _
from orders.availability import StoreOffer
from stores.queries import StoreFacts

NOON: Final = time(12)
WORTH_SAYING: Final = timedelta(minutes=2)
"""A cut-off that is nearer has passed before somebody has ordered."""


def say_day(on: date, store: StoreFacts) -> str:
    """Return a day at a store: « demain », « jeudi 26 novembre »."""
    noon = datetime.combine(on, NOON, ZoneInfo(store.time_zone))
    near = formats.near_day(noon, store.time_zone, language=current())
    if near in formats.NEAR_DAYS[current()].values():
        return near
    return formats.day(noon, store.time_zone, language=current())


def say_cut_off(offer: StoreOffer) -> str | None:
    """Return until when to order for the promised day; None when nothing can be ordered now."""
    store = offer.store
    if offer.cut_off is None or offer.ready_at is None:
        return None
    if offer.cut_off - store.asked_at < WORTH_SAYING:
        return None
    zone = ZoneInfo(store.time_zone)
    words = {
        "hour": formats.hour(offer.cut_off, store.time_zone, language=current()),
        "when": formats.when(offer.cut_off, store.time_zone, language=current()),
        "day": formats.near_day(offer.ready_at, store.time_zone, language=current()),
    }
    if offer.cut_off.astimezone(zone).date() == store.asked_at.astimezone(zone).date():
        return _("Order before %(hour)s and it is ready %(day)s.") % words
    return _("Order by %(when)s and it is ready %(day)s.") % words


def say_kept(offer: StoreOffer) -> str | None:
    """Return until when an order placed now is kept; None when nothing can be ordered now."""
    if offer.hold_until is None:
        return None
    when = formats.when(offer.hold_until, offer.store.time_zone, language=current())
    return _("Kept for you until %(when)s.") % {"when": when}


def say_rest(offer: StoreOffer) -> str | None:
    """Return when a store that has a part expects the rest; None when it expects nothing."""
    if offer.later is None or not any(offer.available.values()):
        return None
    day = say_day(offer.later.on, offer.store)
    if offer.later.full:
        return _("The rest is expected %(day)s.") % {"day": day}
    return _("More is expected %(day)s.") % {"day": day}


def say_slot(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Return a slot with its day: « jeudi de 10 h à 11 h », "Thursday, 10 am to 11 am"."""
    return _("%(day)s, %(start)s to %(end)s") % {
        "day": formats.near_day(starts_at, zone, language=current()),
        "start": formats.hour(starts_at, zone, language=current()),
        "end": formats.hour(ends_at, zone, language=current()),
    }
