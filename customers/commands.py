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
