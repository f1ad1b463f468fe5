"""A store's page: where it is, when it is open, what can be collected there."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import abort, url_for

import stores.promises
import stores.queries
from app.shop.blueprint import PAGES, blueprint
from app.shop.closing import list_exceptional_days
from app.shop.following import dial_number
from app.shop.offers import say_hours, week_of
from app.shop.visitor import read_frame, show
from kernel.db import transaction
from kernel.web import declare
from stores.commands import StoreMethod
from stores.queries import StoreFacts

WEEK: Final = 7
MIDNIGHT: Final = "00:00"
SEEN: Final = frozenset({StoreMethod.PICKUP, StoreMethod.DRIVE, StoreMethod.RESERVATION})


@blueprint.get(f"{PAGES}/stores/<string:code>")
@declare(permission="stores.read")
def store(code: str) -> str:
    """Show a store to whoever may come: address, hours of the week, days that differ, ways."""
    with transaction() as session:
        frame = read_frame(session)
        found = stores.queries.get_store(session, code)
        if found.opened_at is None or not found.sells:
            abort(404)
        ways = [
            each
            for each in stores.queries.list_methods(session, found.id)
            if each.offered and each.method in SEEN
        ]
    return show(
        "store",
        frame,
        store=found,
        phone=dial_number(found),
        hours=say_hours(found),
        week=week_of(found),
        exceptional=list_exceptional_days(found),
        ways=ways,
        data=_data(found),
    )


def _data(store: StoreFacts) -> dict[str, Any]:
    """Return what search engines read of a store (schema.org); hours of the coming seven days."""
    return {
        "@context": "https://schema.org",
        "@type": "Store",
        "name": store.name,
        "url": url_for("shop.store", code=store.code, _external=True),
        "telephone": store.phone,
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
        "openingHoursSpecification": _hours(store),
    }


def _hours(store: StoreFacts) -> list[dict[str, str]]:
    if store.schedule is None:
        return []
    zone = ZoneInfo(store.time_zone)
    start = store.asked_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [(start + timedelta(days=number)).date() for number in range(WEEK)]
    times: dict[object, list[tuple[datetime, datetime]]] = {day: [] for day in days}
    for opens, closes in stores.promises.opening_times(store.schedule, start=start):
        here = opens.astimezone(zone)
        if here.date() not in times:
            break
        times[here.date()].append((here, closes.astimezone(zone)))
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": day.isoformat(),
            "validThrough": day.isoformat(),
            "opens": opens,
            "closes": closes,
        }
        for day in days
        for opens, closes in [
            (begin.strftime("%H:%M"), end.strftime("%H:%M")) for begin, end in times[day]
        ]
        or [(MIDNIGHT, MIDNIGHT)]
    ]
