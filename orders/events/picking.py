"""What happens around picking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import Event
from orders.events.parcels import FulfillmentEvent


@dataclass(frozen=True, kw_only=True)
class PutBackAsked(Event):
    """Goods in a bin have to go back to the shelf; `quantities` maps SKU to how many."""

    name = "put_back.asked.v1"
    aggregate = "put_back"
    put_back_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    quantities: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class PutBackFinished(Event):
    """What lay in a bin is on the shelf again; `kept_off` maps SKU to how many are not."""

    name = "put_back.finished.v1"
    aggregate = "put_back"
    put_back_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    kept_off: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class WaveEvent(Event):
    """Base of what happens to one wave."""

    name = ""
    aggregate = "wave"
    wave_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class WaveStarted(WaveEvent):
    """Somebody picks these parcels in one walk; their places in the list number the boxes."""

    name = "wave.started.v1"
    walk: str
    parcels: list[UUID]


@dataclass(frozen=True, kw_only=True)
class WaveLeft(WaveEvent):
    """A parcel is picked by itself from now on."""

    name = "wave.left.v1"
    fulfillment_id: UUID


@dataclass(frozen=True, kw_only=True)
class WaveEnded(WaveEvent):
    """Nothing of a wave is left to decide."""

    name = "wave.ended.v1"


@dataclass(frozen=True, kw_only=True)
class SubstituteEvent(FulfillmentEvent):
    """Base of what happens to a substitute: `quantity` of another SKU for one that is missing."""

    name = ""
    substitution_id: UUID
    sku: str
    substitute_sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class SubstituteOffered(SubstituteEvent):
    """The customer is asked whether they want something else, until `answer_by`."""

    name = "fulfillment.substitute_offered.v1"
    answer_by: datetime


@dataclass(frozen=True, kw_only=True)
class SubstituteAccepted(SubstituteEvent):
    """The customer takes something else: it is owed in place of what is missing."""

    name = "fulfillment.substitute_accepted.v1"


@dataclass(frozen=True, kw_only=True)
class SubstituteEnded(SubstituteEvent):
    """The customer does not get something else: `how` is declined, lapsed or withdrawn."""

    name = "fulfillment.substitute_ended.v1"
    how: str
