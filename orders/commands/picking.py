"""Inputs of picking."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OfferSubstitute:
    """Another SKU for so many of one that is missing in a parcel, and why it is missing."""

    fulfillment_id: UUID
    sku: str
    substitute_sku: str
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class ScanInWave:
    """So many of an article were taken in a wave: named by SKU, or by the barcode scanned."""

    quantity: int = 1
    sku: str | None = None
    gtin: str | None = None
