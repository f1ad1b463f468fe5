"""Inputs of promotions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orders.commands.words import PromotionKind, PromotionOn


@dataclass(frozen=True, slots=True)
class SetPromotion:
    """What a brand takes off for a time: of what, where, how much, and for how many orders.

    `amount` is a share in basis points for PERCENT, minor units per `price_per` for AMOUNT;
    `take` are paid as `pay` for N_FOR_M. Without a group or store it holds everywhere; without
    `valid_from` it begins now.
    """

    code: str
    names: Mapping[str, str]
    kind: PromotionKind
    on_what: PromotionOn
    on_code: str | None = None
    amount: int | None = None
    take: int | None = None
    pay: int | None = None
    group_id: UUID | None = None
    location_id: UUID | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    uses_max: int | None = None
