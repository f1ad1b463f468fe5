"""Inputs of packing a delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Box:
    """One package: what is in it, what it weighs, and its number where the carrier gave one."""

    quantities: Mapping[str, int]
    weight_g: int | None = None
    tracking_number: str | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """The packages of a delivery, and the carrier that takes them."""

    carrier: str
    boxes: Sequence[Box]


class DeliveryFailure(StrEnum):
    """Why a carrier could not deliver."""

    ABSENT = "absent"
    REFUSED = "refused"
    WRONG_ADDRESS = "wrong_address"
    DAMAGED = "damaged"
    LOST = "lost"
