"""Stores and articles as search engines read them: schema.org's words, in JSON-LD."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any, Final

import stores.promises
from app.formats import plain_amount
from app.shop.storefront import Storefront
from catalog.queries import ArticleFacts, SkuFacts
from orders.pricing import ShelfPrice
from stores.promises import OpenDay
from stores.queries import StoreFacts

WEEK: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHT: Final = time()
LAST_MINUTE: Final = "23:59"
HOURS: Final = {"@type": "OpeningHoursSpecification"}


def describe_store(found: Storefront, *, brand: str, url: str) -> dict[str, Any]:
    """Return what is known of a store: where, how to call, when it is open, when otherwise."""
    store = found.store
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Store",
        "@id": url,
        "url": url,
        "name": f"{brand} {store.name}",
        "branchCode": store.code,
        "parentOrganization": {"@type": "Organization", "name": brand},
        "currenciesAccepted": store.currency,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": store.street,
            "postalCode": store.postcode,
            "addressLocality": store.city,
            "addressCountry": store.country,
        },
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": store.latitude,
            "longitude": store.longitude,
        },
    }
    if store.phone:
        facts["telephone"] = store.phone
    if store.schedule is not None:
        facts["openingHoursSpecification"] = _weekly(store)
    special = [spec for day in found.days if not day.usual for spec in _special(day, found)]
    if special:
        facts["specialOpeningHoursSpecification"] = special
    return facts


def describe_product(
    article: ArticleFacts, sku: SkuFacts, price: ShelfPrice | None, *, having: bool
) -> dict[str, Any]:
    """Return what is known of a SKU: what it is, what it costs, and what is struck through."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": article.name,
        "sku": sku.sku,
    }
    if article.description:
        facts["description"] = article.description
    if sku.gtin:
        facts["gtin14"] = sku.gtin
    if price is None:
        return facts
    facts["offers"] = {
        "@type": "Offer",
        "price": plain_amount(price.paid_minor, price.currency),
        "priceCurrency": price.currency,
        "availability": f"https://schema.org/{'InStock' if having else 'OutOfStock'}",
    }
    if price.was_minor is not None:
        facts["offers"]["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "priceType": "https://schema.org/StrikethroughPrice",
            "price": plain_amount(price.was_minor, price.currency),
            "priceCurrency": price.currency,
        }
    return facts


def _weekly(store: StoreFacts) -> list[dict[str, Any]]:
    """Return the usual hours: one entry for all weekdays that have the same."""
    if store.schedule is None:
        return []
    by_times: dict[tuple[time, time], list[str]] = {}
    week = stores.promises.usual_week(store.schedule, start=store.asked_at)
    for number, name in enumerate(WEEK):
        for times in week[number]:
            by_times.setdefault(times, []).append(name)
    return [{**HOURS, "dayOfWeek": days, **_times(*times)} for times, days in by_times.items()]


def _special(day: OpenDay, found: Storefront) -> Iterable[dict[str, Any]]:
    """Yield what replaces the usual hours of a day; from midnight to midnight is closed."""
    valid = {"validFrom": day.day.isoformat(), "validThrough": day.day.isoformat()}
    closed = [{"opens": "00:00", "closes": "00:00"}]
    times: Sequence[dict[str, str]] = [_times(*each) for each in day.wall_times] or closed
    why = next(
        (each.reason for each in found.deviations if each.first_day <= day.day <= each.last_day),
        None,
    )
    for each in times:
        yield {**HOURS, **valid, **each, **({"description": why} if why else {})}


def _times(opens: time, closes: time) -> dict[str, str]:
    if opens == closes == MIDNIGHT:
        return {"opens": "00:00", "closes": LAST_MINUTE}
    return {"opens": opens.strftime("%H:%M"), "closes": closes.strftime("%H:%M")}
