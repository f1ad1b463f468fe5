"""What a carrier has to be able to do, what it is told of a package, and which ones there are."""

from collections.abc import Mapping
from typing import Final, Protocol
from uuid import UUID

from orders.carriers.local import LocalCarrier
from orders.carriers.shapes import Label, Shipment, Site
from orders.errors import UnknownCarrier

__all__ = ["Carrier", "Label", "Shipment", "Site", "find_carrier", "list_carriers"]


class Carrier(Protocol):
    """Who takes packages. `code` is stored with each package, `name` is what people read."""

    @property
    def code(self) -> str:
        """Return the carrier's code, which never changes."""

    @property
    def name(self) -> str:
        """Return what people call it."""

    def number(self, package_id: UUID) -> str | None:
        """Return a number to follow this package by; None when it has to be asked for."""

    def track_url(self, number: str, *, language: str) -> str | None:
        """Return where a package is followed; None when only the order's page says it."""

    def label(self, shipment: Shipment, number: str) -> Label:
        """Return what is stuck on the package."""


CARRIERS: Final[Mapping[str, Carrier]] = {each.code: each for each in (LocalCarrier(),)}


def find_carrier(code: str) -> Carrier:
    """Return a carrier by its code.

    Raises UnknownCarrier.
    """
    if code not in CARRIERS:
        raise UnknownCarrier(carrier=code, known=sorted(CARRIERS))
    return CARRIERS[code]


def list_carriers() -> list[Carrier]:
    """Return the carriers there are, the usual one first."""
    return list(CARRIERS.values())
