"""Ways to a door in words: days, parcels and prices, the same for shop, tablet and back office."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

import stores.queries
from app import formats
from app.i18n import current, ngettext
from app.i18n import gettext as _
from orders.delivery import DeliveryOption
from orders.pricing import Quote
from orders.queries import FulfillmentFacts

NOON: Final = time(12)
ZONE: Final = "UTC"
DISTRICT: Final = re.compile(r" \d+er? Arrondissement$")
"""What a postcode of Paris, Lyon or Marseille says already."""


@dataclass(frozen=True, slots=True)
class SaidOption:
    """A way to a door as people read it; `to_free` says how much more makes it free."""

    code: str
    name: str
    price: str
    total_minor: int
    total: str
    window: str
    parcels: str
    to_free: str | None
    free_share: int | None
    """How far the basket is towards free delivery, in per cent."""
    vat: str

    @property
    def note(self) -> str:
        """Return everything but its name, as one line."""
        return f"{self.price} · {self.window}. {self.parcels}".rstrip()


def say_both_prices(facts: Mapping[str, Any]) -> str:
    """Return what a basket was said to cost and what it costs now, for who was to pay it."""
    seen, now = (
        formats.money(minor, facts["currency"], language=current())
        for minor in (facts["seen_minor"], facts["total_minor"])
    )
    if facts["seen_minor"] < 0:  # no page of ours said what it would cost
        return _("It costs %(now)s. Nothing was ordered.") % {"now": now}
    said = _("The price was %(seen)s and is %(now)s now. Nothing was ordered.")
    return said % {"seen": seen, "now": now}


def find_town(postcode: str) -> str:
    """Return the town a postcode is known for, as addresses write it; empty where nobody knows."""
    place = stores.queries.find_place(postcode)
    if place is None or not place.exact:
        return ""
    return DISTRICT.sub("", place.label.removeprefix(postcode)).strip()


def say_date(day: date) -> str:
    """Return a day as people say it: « jeudi 26 novembre »."""
    return formats.day(datetime.combine(day, NOON, UTC), ZONE, language=current())


def say_window(first: date, last: date) -> str:
    """Return between which days something arrives."""
    if first == last:
        return _("arrives %(day)s") % {"day": say_date(first)}
    return _("arrives between %(first)s and %(last)s") % {
        "first": say_date(first),
        "last": say_date(last),
    }


def say_arrival(parcel: FulfillmentFacts) -> str | None:
    """Return between which days a parcel arrives; None where nobody promised any."""
    if parcel.arrives_from is None or parcel.arrives_by is None:
        return None
    return say_window(parcel.arrives_from, parcel.arrives_by)


def say_options(options: Sequence[DeliveryOption], currency: str) -> list[SaidOption]:
    """Return the ways to a door as people read them, in their order."""
    return [_option(each, currency) for each in options]


def with_charge(option: SaidOption, quote: Quote, currency: str) -> SaidOption:
    """Return a way with what it costs in this order, whose promotions are of the whole basket."""
    minor = sum(each.amount_minor for each in quote.charges)
    total_minor = quote.totals.total_minor
    return replace(
        option,
        price=formats.money(minor, currency, language=current()) if minor else _("Free"),
        total_minor=total_minor,
        total=formats.money(total_minor, currency, language=current()),
    )


def _option(option: DeliveryOption, currency: str) -> SaidOption:
    def money(minor: int) -> str:
        return formats.money(minor, currency, language=current())

    left, free_from = option.fee.to_free_minor, option.fee.zone.free_from_minor
    to_free = share = None
    if left is not None and free_from:
        to_free = _("%(amount)s more, and delivery is free.") % {"amount": money(left)}
        share = 100 * (free_from - left) // free_from
    price_minor = option.charge.amount_minor
    return SaidOption(
        option.way.code,
        option.charge.name,
        money(price_minor) if price_minor else _("Free"),
        option.totals.total_minor,
        money(option.totals.total_minor),
        _say_window(option),
        _say_parcels(option),
        to_free,
        share,
        ", ".join(_say_vat(each.rate_bp, money(each.vat_minor)) for each in option.totals.vat),
    )


def _say_window(option: DeliveryOption) -> str:
    if option.arrives_from is None or option.arrives_by is None:
        return _("we write to you how and when it comes")
    return say_window(option.arrives_from, option.arrives_by)


def _say_vat(rate_bp: int, amount: str) -> str:
    rate = formats.number(Decimal(rate_bp) / 100, language=current())
    return _("of which VAT %(rate)s: %(amount)s") % {"rate": f"{rate}\u00a0%", "amount": amount}


def _say_parcels(option: DeliveryOption) -> str:
    """Return who sends it; of several parcels each with its last day; empty where nobody knows."""
    if not option.parcels:
        return ""
    if len(option.parcels) == 1:
        return _("Sent by %(store)s") % {"store": option.parcels[0].send.store.name}
    each = ", ".join(
        _("%(store)s by %(day)s")
        % {"store": parcel.send.store.name, "day": say_date(parcel.arrival.last)}
        for parcel in option.parcels
    )
    count = len(option.parcels)
    return ngettext("In %(num)d parcel: %(each)s", "In %(num)d parcels: %(each)s", count) % {
        "num": count,
        "each": each,
    }
