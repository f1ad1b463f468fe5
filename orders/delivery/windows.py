"""Between which days something arrives, and what is kept to say why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import customers.queries
import stores.promises
from orders import queries
from orders.pricing import Zone, find_zone
from stores.promises import Arrival

ARRIVAL: Final = "arrival"
"""What a promise remembers of when the goods arrive."""
POSTCODE_KEPT: Final = 3
"""Signs of a postcode that a promise keeps: enough to explain it, too few to find anybody."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where something goes, as far as its days depend on it; `country` is ISO 3166."""

    country: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day of an arrival, with what they were computed from."""

    first: date
    last: date
    inputs: dict[str, Any]


def arrival_of(leaves_at: datetime, *, time_zone: str, zone: Zone, to: Destination) -> Arrival:
    """Return when what leaves a location then arrives at a postcode of a zone."""
    return stores.promises.arrive(
        leaves_at.astimezone(ZoneInfo(time_zone)).date(),
        days_min=zone.days_min,
        days_max=zone.days_max,
        country=to.country,
        postcode=to.postcode,
    )


def window_of(leaves_at: datetime, *, time_zone: str, zone: Zone, to: Destination) -> Window:
    """Return the days of an arrival as they are promised and kept: JSON that explains them."""
    arrival = arrival_of(leaves_at, time_zone=time_zone, zone=zone, to=to)
    kept = {
        "zone": zone.name,
        "country": to.country,
        "postcode": to.postcode[:POSTCODE_KEPT],
        "leaves_on": arrival.leaves_on.isoformat(),
        "days_min": zone.days_min,
        "days_max": zone.days_max,
        "first": arrival.first.isoformat(),
        "last": arrival.last.isoformat(),
        "off": [day.isoformat() for day in arrival.off],
    }
    return Window(arrival.first, arrival.last, {ARRIVAL: kept})


def find_window(
    session: Session,
    leaves_at: datetime,
    *,
    time_zone: str,
    method_id: UUID | None,
    address_id: UUID | None,
) -> Window | None:
    """Return the days of what goes on in a way to an address; None where nobody promises any."""
    address = customers.queries.find_address(session, address_id)
    if method_id is None or address is None:
        return None
    to = Destination(address.country, address.postcode)
    way = queries.get_delivery_way(session, method_id)
    zone = find_zone(way.zones, country=to.country, postcode=to.postcode)
    return window_of(leaves_at, time_zone=time_zone, zone=zone, to=to) if zone else None
