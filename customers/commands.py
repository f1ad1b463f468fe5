"""Inputs of the customers' use cases."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GiveContact:
    """Who to write to about one order, as they gave it; `country` reads national numbers."""

    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class GiveAddress:
    """Where something is delivered to, as they said it; `country` is ISO 3166."""

    line1: str
    postcode: str
    city: str
    line2: str | None = None
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody looks for stores: what they called it, and where that is (WGS84)."""

    label: str
    latitude: float
    longitude: float
