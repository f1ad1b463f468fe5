"""Inputs of the catalogue's use cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """The base unit in which an article is counted."""

    PIECE = "piece"
    GRAM = "gram"
    MILLILITRE = "millilitre"
    MILLIMETRE = "millimetre"


@dataclass(frozen=True, slots=True)
class ListSku:
    """One SKU as an import or an editor gives it; `price_minor` includes tax, per `price_per`.

    A language without a description keeps the one it has; so do a weight and an éco-participation
    that are not given.
    """

    sku: str
    article_code: str
    names: Mapping[str, str]
    price_minor: int
    currency: str
    vat_bp: int
    unit: Unit = Unit.PIECE
    price_per: int = 1
    gtin: str | None = None
    category: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    picture: str | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    weight_g: int | None = None
    eco_minor: int | None = None


@dataclass(frozen=True, slots=True)
class SetPrice:
    """What a SKU costs from an instant on, or from it until another; tax included, per `price_per`.

    Without `valid_from` it is now. After `valid_to` it costs again what it would have cost then.
    """

    sku: str
    amount_minor: int
    price_per: int = 1
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    is_reduced: bool = False
