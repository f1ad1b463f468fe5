"""What carriers are told, and what they give."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Site:
    """One end of a way: who is there, the lines of the address below the name, and a telephone."""

    name: str
    lines: tuple[str, ...]
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """One package on its way: from where, to whom, and which of how many it is.

    `note` is what the customer says to whoever brings it.
    """

    package_id: UUID
    order_number: str
    sender: Site
    to: Site
    weight_g: int | None
    place: int
    places: int
    language: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed and stuck on a package."""

    content: bytes
    media_type: str
