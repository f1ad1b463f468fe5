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
class Place:
    """Where somebody looks for stores: what they called it, and where that is (WGS84)."""

    label: str
    latitude: float
    longitude: float
