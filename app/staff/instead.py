"""What a customer can have instead of the shelf: each way with when and price, soonest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import orders.delivery
from app import formats
from app.doors import say_options
from app.i18n import current
from app.i18n import gettext as _
from app.staff.stock_words import day_word, today
from customers.errors import UnreadablePostcode
from orders.availability import StoreOffer
from orders.commands import AskDelivery, Channel
from orders.delivery import DeliveryOption
from stores.queries import StoreFacts

A_DAY: Final = timedelta(days=1)
"""How long another store usually takes to send something here, as a fetched article does."""


@dataclass(frozen=True, slots=True)
class Instead:
    """One way: when one has it, in which store or how, for how much; `icon` says which kind."""

    icon: str
    kind: str
    said: str
    place: str
    km: float | None
    price: str
    day: date
    price_minor: int = 0
    note: str | None = None


def list_instead(
    session: Session, here: StoreFacts, offers: Sequence[StoreOffer], sku: str
) -> list[Instead]:
    """Return the ways to one article: at another store, from there to here, and to a door."""
    has = [each for each in offers if each.store.id != here.id and each.available[sku]]
    found = [*_elsewhere(has), *_to_here(here, has)]
    found += [_to_door(each, here) for each in _options(session, here, sku)]
    return sorted(found, key=lambda each: (each.day, each.price_minor))


def _elsewhere(has: Sequence[StoreOffer]) -> list[Instead]:
    """Return where it can be collected soonest; the nearest of those on one day."""
    ready = [
        (_local_day(each), each.distance_km or 0.0, each)
        for each in has
        if each.ready_at is not None and each.store.offered
    ]
    if not ready:
        return []
    day, km, offer = min(ready, key=lambda each: each[:2])
    when = formats.when(
        offer.ready_at or offer.store.asked_at, offer.store.time_zone, language=current()
    )
    said = _("Ready %(when)s") % {"when": when}
    return [Instead("building-store", "all", said, offer.store.name, km, _("No charge"), day)]


def _to_here(here: StoreFacts, has: Sequence[StoreOffer]) -> list[Instead]:
    """Return from where it could be sent here: the nearest location that has it."""
    if not has:
        return []
    offer = min(has, key=lambda each: each.distance_km or 0.0)
    day = today(here) + A_DAY
    said = _("Here from %(day)s") % {"day": day_word(day, here)}
    place = _("sent by %(store)s") % {"store": offer.store.name}
    return [Instead("package", "later", said, place, offer.distance_km, _("No charge"), day)]


def _to_door(option: DeliveryOption, here: StoreFacts) -> Instead:
    (said,) = say_options([option], here.currency)
    return Instead(
        "truck",
        "all",
        said.window[:1].upper() + said.window[1:],
        said.name,
        None,
        said.price,
        option.arrives_by or date.max,
        option.charge.amount_minor,
        said.to_free,
    )


def _options(session: Session, here: StoreFacts, sku: str) -> list[DeliveryOption]:
    """Return the ways to a door around here worth choosing between; none when nobody sends it."""
    asked = AskDelivery(Channel.STORE, current(), {sku: 1}, here.postcode, store_code=here.code)
    try:
        options = orders.delivery.find_options(session, asked).options
    except UnreadablePostcode:
        return []
    ranked = orders.delivery.rank_all([], options)
    return [each.delivery for each in ranked if each.delivery is not None]


def _local_day(offer: StoreOffer) -> date:
    moment = offer.ready_at or offer.store.asked_at
    return moment.astimezone(ZoneInfo(offer.store.time_zone)).date()
