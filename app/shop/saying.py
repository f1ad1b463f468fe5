"""What a shopper is told of times (until, ready, kept, expected, slots) and of ways to a basket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app import formats
from app.i18n import current, ngettext
from app.i18n import gettext as _
from orders.availability import StoreOffer, Way, WayKind
from stores.queries import StoreFacts

NOON: Final = time(12)
WORTH_SAYING: Final = timedelta(minutes=2)
"""A cut-off that is nearer has passed before somebody has ordered."""


@dataclass(frozen=True, slots=True)
class SaidWay:
    """A way to get the basket, as a sentence; `fit` takes what the store has and leaves the rest.

    Without a store it is only expected, and `missing` is what can be asked to be told of.
    """

    kind: str
    said: str
    place: str
    km: float | None
    store_code: str | None
    fit: bool
    missing: str | None = None


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


def say_ways(ways: Sequence[Way], quantities: Mapping[str, int]) -> list[SaidWay]:
    """Return ways to get a basket at one store as sentences, in their order.

    A basket over two stores is two orders, which one tap cannot place: it is left out.
    """
    units = sum(quantities.values())
    return [_way(way, units) for way in ways if way.kind is not WayKind.SPLIT]


def _way(way: Way, units: int) -> SaidWay:
    part = way.parts[0]
    store, given = part.store, sum(part.quantities.values())
    facts = {"num": given, "all": units, "day": say_day(way.parts[-1].day, store)}
    if part.ready_at is not None:
        facts["when"] = formats.when(part.ready_at, store.time_zone, language=current())
    kind, said = _said(way, units, facts)
    now = way.kind is not WayKind.LATER
    return SaidWay(
        kind=kind,
        said=said,
        place=store.name,
        km=part.distance_km,
        store_code=store.code if now else None,
        fit=way.kind in {WayKind.PART, WayKind.REST_LATER},
        missing=None if now else next(iter(part.quantities), None),
    )


def _said(way: Way, units: int, facts: Mapping[str, object]) -> tuple[str, str]:
    some = ngettext("%(num)d of %(all)d %(when)s", "%(num)d of %(all)d %(when)s", units)
    if way.kind is WayKind.ALL:
        said = ngettext("It is ready %(when)s", "All %(all)d are ready %(when)s", units)
        return "all", said % facts
    if way.kind is WayKind.PART:
        return "part", some % facts
    if way.kind is WayKind.REST_LATER:
        return "part", f"{some % facts}, {_('the rest expected %(day)s') % facts}"
    if way.missing:
        said = ngettext(
            "%(num)d of %(all)d expected %(day)s", "%(num)d of %(all)d expected %(day)s", units
        )
        return "later", said % facts
    all_of_it = _("All %(all)d expected %(day)s") if units > 1 else _("Expected %(day)s")
    return "later", all_of_it % facts
