"""Input of bringing the order of another shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orders.commands.placing import Agreed, PlaceOrder


@dataclass(frozen=True, slots=True)
class BringOrder:
    """An order of another shop under its number there, with what it agreed.

    `payment_reference` names the payment it took. `stated` is what it said, word for word, without
    anything of the person.
    """

    number: str
    order: PlaceOrder
    agreed: Agreed
    stated: Mapping[str, Any]
    payment_reference: str | None = None
