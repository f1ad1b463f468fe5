"""Inputs of having articles come from another location."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FetchFrom:
    """What of a parcel comes from another location, on which day it arrives: tomorrow, unless told.

    With a `reason` (of kind short) the shelf here is doubted, as that reason says.
    """

    source_store: str
    quantities: Mapping[str, int]
    expected_on: date | None = None
    reason: str | None = None
