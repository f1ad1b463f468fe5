"""Inputs at the counter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """How many of a SKU the customer does not want after all, and why: a reason's code."""

    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the associate saw at the counter, and what the customer takes.

    Exactly one of `qr`, `code` and `fulfillment_id` finds the parcel. Without `quantities`
    everything left that is not `refused` is handed over. `ticket_number` is the till's, where money
    was due. `forced` is the reason for which a rule is set aside. A till names its `terminal_id`.
    """

    store_code: str
    qr: str | None = None
    code: str | None = None
    fulfillment_id: UUID | None = None
    ticket_number: str | None = None
    quantities: Mapping[str, int] | None = None
    refused: Mapping[str, Refused] = field(default_factory=dict)
    identity_seen: bool = False
    forced: str | None = None
    terminal_id: UUID | None = None
