"""What stores can give of a basket, in the one grammar of availability, near ones first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import orders.availability
import stores.promises
from app import formats
from app.dial import bearing
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.shop.saying import say_cut_off, say_day, say_kept, say_rest
from customers.commands import Place
from orders.availability import Coverage, Reason, StoreOffer
from orders.queries import CartFacts
from stores.queries import Near, StoreFacts, Where

AROUND_KM: Final = 30.0
"""How far somebody goes for a parcel; farther stores are shown when none around has everything."""
REACH_KM: Final = 1_000.0
SHOWN_MAX: Final = 8
FARTHER_MAX: Final = 3
WEEK_DAYS: Final = 7
_UNSEEN: Final = frozenset({Reason.NOT_OFFERED, Reason.NOT_OPEN_YET})
DAY: Final = timedelta(days=1)
ROUND_THE_CLOCK: Final = "24/7"
DEGREE_KM: Final = 111.2


@dataclass(frozen=True, slots=True)
class Nearby:
    """A store of the list: what it can give, said; `number` is its dot on the dial."""

    store: StoreFacts
    offer: StoreOffer
    kind: str
    said: str
    hours: str
    number: int
    km: float | None
    bearing: float | None
    chosen: bool
    cut_off: str | None = None
    kept: str | None = None
    rest: str | None = None

    @property
    def has_all(self) -> bool:
        """Tell whether the whole basket can be collected here."""
        return self.kind == "all"

    @property
    def dot(self) -> dict[str, Any]:
        """Return what the dial draws of it."""
        return {"bearing": self.bearing, "km": self.km, "kind": self.kind}


def find_nearby(
    session: Session,
    *,
    quantities: Mapping[str, int],
    place: Place | None,
    cart: CartFacts,
) -> list[Nearby]:
    """Return the stores worth showing for a basket, best first, in one statement.

    Best is what `find_offers` says, among those around; the chosen store always comes first.

    Raises UnknownSku.
    """
    offers = find_offers(session, quantities=quantities, place=place, cart=cart)
    return choose_nearby(offers, quantities, place=place, chosen=cart.location_id)


def find_offers(
    session: Session, *, quantities: Mapping[str, int], place: Place | None, cart: CartFacts
) -> list[StoreOffer]:
    """Return what stores can give of a basket, best first, in one statement.

    Raises UnknownSku.
    """
    near = Near(place.latitude, place.longitude, REACH_KM) if place else None
    return orders.availability.find_offers(
        session,
        quantities=quantities,
        where=Where(near=near),
        leaving_out=cart.pending_id,
    )


def worth_showing(offers: Sequence[StoreOffer]) -> list[StoreOffer]:
    """Return the offers of stores around, and of farther ones when none around has everything."""
    return _worth_showing([each for each in offers if each.reason not in _UNSEEN])


def choose_nearby(
    offers: Sequence[StoreOffer],
    quantities: Mapping[str, int],
    *,
    place: Place | None,
    chosen: UUID | None,
) -> list[Nearby]:
    """Return the stores of a list, the chosen one first."""
    shown = worth_showing(offers)
    shown.sort(key=lambda each: each.store.id != chosen)
    mine = [each for each in offers if each.store.id == chosen and each not in shown]
    return [
        _nearby(each, quantities, place=place, number=number, chosen=chosen)
        for number, each in enumerate([*mine, *shown][:SHOWN_MAX], start=1)
    ]


def say_offer(offer: StoreOffer, quantities: Mapping[str, int]) -> tuple[str, str]:
    """Return the kind of availability (all, part, later, none) and its sentence."""
    store = offer.store
    if offer.reason is Reason.PAUSED:
        return _paused(store)
    if offer.coverage is Coverage.LATER and offer.later is not None:
        return "later", _("Expected %(day)s") % {"day": say_day(offer.later.on, store)}
    if offer.coverage is Coverage.NONE or offer.ready_at is None:
        return "none", _("Not available")
    when = formats.when(offer.ready_at, store.time_zone, language=current())
    if offer.coverage is Coverage.FULL:
        return "all", _("Ready %(when)s") % {"when": when}
    given, wanted = sum(offer.available.values()), sum(quantities.values())
    said = ngettext("%(num)d of %(all)d ready %(when)s", "%(num)d of %(all)d ready %(when)s", given)
    return "part", said % {"num": given, "all": wanted, "when": when}


def say_level(available: int, store: StoreFacts) -> tuple[str, str]:
    """Return the availability of one unit at one store, from its stock level."""
    ready = ready_at(store)
    if store.paused:
        return _paused(store)
    if available < 1 or ready is None:
        return "none", _("Not available here")
    when = formats.when(ready, store.time_zone, language=current())
    return "all", _("Ready %(when)s") % {"when": when}


def ready_at(store: StoreFacts) -> datetime | None:
    """Return when something ordered now can be collected; None when nothing ever can."""
    if not store.offered or store.schedule is None:
        return None
    made = stores.promises.promise(store.schedule, store.rules, store.load, store.asked_at)
    return made.at if made else None


def say_hours(store: StoreFacts) -> str:
    """Return until when a store is open, or when it opens next."""
    if store.schedule is None:
        return ""
    if store.schedule.opening_hours == ROUND_THE_CLOCK:
        return _("Open day and night")
    first = next(stores.promises.opening_times(store.schedule, start=store.asked_at), None)
    if first is None:
        return _("Closed")
    opens, closes = first
    if opens <= store.asked_at:
        hour = formats.hour(closes, store.time_zone, language=current())
        return _("Open until %(hour)s") % {"hour": hour}
    when = formats.when(opens, store.time_zone, language=current())
    return _("Opens %(when)s") % {"when": when}


def week_of(store: StoreFacts) -> list[tuple[str, str]]:
    """Return the coming seven days of a store with its opening hours, holidays included."""
    if store.schedule is None:
        return []
    zone = ZoneInfo(store.time_zone)
    start = store.asked_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days: dict[str, list[str]] = {
        formats.day(start + number * DAY, store.time_zone, language=current()): []
        for number in range(WEEK_DAYS)
    }
    if store.schedule.opening_hours == ROUND_THE_CLOCK:
        return [(day, _("Open day and night")) for day in days]
    for opens, closes in stores.promises.opening_times(store.schedule, start=start):
        day = formats.day(opens, store.time_zone, language=current())
        if day not in days:
            break
        hours = (
            formats.hour(each, store.time_zone, language=current()) for each in (opens, closes)
        )
        days[day].append("\u00a0– ".join(hours))
    return [(day, ", ".join(hours) or _("Closed")) for day, hours in days.items()]


def _worth_showing(offers: Sequence[StoreOffer]) -> list[StoreOffer]:
    def is_around(offer: StoreOffer) -> bool:
        return offer.distance_km is None or offer.distance_km <= AROUND_KM

    around = [each for each in offers if is_around(each)][:SHOWN_MAX]
    farther = [each for each in offers if not is_around(each) and each.coverage is Coverage.FULL]
    farther.sort(key=lambda each: each.distance_km or 0)
    if any(each.coverage is Coverage.FULL for each in around):
        return around
    return around + farther[:FARTHER_MAX]


def _nearby(
    offer: StoreOffer,
    quantities: Mapping[str, int],
    *,
    place: Place | None,
    number: int,
    chosen: UUID | None,
) -> Nearby:
    kind, said = say_offer(offer, quantities)
    store = offer.store
    return Nearby(
        store=store,
        offer=offer,
        kind=kind,
        said=said,
        hours=say_hours(store),
        number=number,
        km=offer.distance_km,
        bearing=_bearing(store, place),
        chosen=store.id == chosen,
        cut_off=say_cut_off(offer),
        kept=say_kept(offer),
        rest=say_rest(offer),
    )


def _bearing(store: StoreFacts, place: Place | None) -> float | None:
    if place is None:
        return None
    return bearing(place.latitude, place.longitude, store.latitude, store.longitude)


def _paused(store: StoreFacts) -> tuple[str, str]:
    if store.paused_until is None:
        return "none", _("Takes no orders at the moment")
    when = formats.when(store.paused_until, store.time_zone, language=current())
    return "later", _("Takes orders again %(when)s") % {"when": when}


def apart_km(place: Place, store: StoreFacts) -> float:
    """Return how far a store is from a place, near enough to tell which is nearer."""
    east = (store.longitude - place.longitude) * cos(radians(place.latitude))
    return DEGREE_KM * hypot(east, store.latitude - place.latitude)
