"""What sourcing is asked, and what it decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from orders.commands import Channel, Method, SourcingOutcome
from orders.sourcing.rules import After
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted where: `values_minor` is what one unit of each SKU is worth.

    The place is WGS84. `store_id` is the store the order was begun in, or is collected at: of an
    order to collect, what that store lacks is asked, and others bring it there. `without` are
    locations that may not be chosen: they have said no already. `taken` is what other parts of the
    same order take where.
    """

    brand_id: UUID
    brand: str
    channel: Channel
    method: Method
    quantities: Mapping[str, int]
    latitude: float
    longitude: float
    values_minor: Mapping[str, int]
    postcode: str | None = None
    store_id: UUID | None = None
    without: frozenset[UUID] = frozenset()
    taken: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Send:
    """What one location sends; `ready_at` is when it can leave."""

    store: StoreFacts
    quantities: Mapping[str, int]
    ready_at: datetime
    distance_km: float


@dataclass(frozen=True, slots=True)
class Lacks:
    """What is not yet where it is sent from: brought there by others, or awaited until a day."""

    brings: tuple[Send, ...] = ()
    awaits: Mapping[str, int] = field(default_factory=dict)
    on: date | None = None


NOTHING_LACKS: Final = Lacks()


@dataclass(frozen=True, slots=True)
class Decision:
    """Who sends what; `missing` is what nobody does, and `after` what is done about that.

    `lacks` is what those who send have to get first; then the time they send it counts on that.

    `candidates` are the best ones with what each rule saw, `losing` how many fell to which rule, as
    `SourcingDecision` keeps them. `rule_set_id` is None for the rules that hold where nobody set
    any.
    """

    outcome: SourcingOutcome
    sends: tuple[Send, ...]
    missing: Mapping[str, int]
    after: After = After.ALTERNATIVES
    rule_set_id: UUID | None = None
    candidates: Sequence[Mapping[str, Any]] = ()
    losing: Mapping[str, Any] = field(default_factory=dict)
    lacks: Lacks = NOTHING_LACKS

    @property
    def refused(self) -> bool:
        """Tell whether such an order is not taken: nobody sends all of it, nor sees to it."""
        return not self.sends or (bool(self.missing) and self.after is not After.CASE)

    @property
    def follows(self) -> After | None:
        """Return what follows once such an order is taken; None where nothing is missing."""
        lacking = self.lacks.brings or self.lacks.awaits or self.missing
        return self.after if lacking and not self.refused else None
