"""What happens when a store cannot prepare a parcel, or has only a part of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import Event
from orders.events.parcels import FulfillmentEvent


@dataclass(frozen=True, kw_only=True)
class FulfillmentRejected(FulfillmentEvent):
    """The store cannot prepare it; the shopper chooses until `answer_by`.

    `asks` is whether they are asked: not when somebody answers for them at once.
    """

    name = "fulfillment.rejected.v1"
    choice_id: UUID
    answer_by: datetime
    asks: bool


@dataclass(frozen=True, kw_only=True)
class ChoiceMade(FulfillmentEvent):
    """What the shopper chose, or what holds because nobody answered in time."""

    name = "choice.answered.v1"
    choice_id: UUID
    answer: str


@dataclass(frozen=True, kw_only=True)
class FulfillmentRerouted(FulfillmentEvent):
    """Another fulfillment took over what this one owed, ready by `promised_at`.

    `tells` is whether its customer is told: not when they are told of more than that.
    """

    name = "fulfillment.rerouted.v1"
    to_fulfillment_id: UUID
    to_location_id: UUID
    method: str
    promised_at: datetime
    tells: bool = True


@dataclass(frozen=True, kw_only=True)
class FulfillmentSplit(FulfillmentEvent):
    """What is still on its way goes on by itself: `quantities` are another fulfillment's now."""

    name = "fulfillment.split.v1"
    to_fulfillment_id: UUID
    quantities: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class PartlyThere(Event):
    """A part of the order is in the store, the rest on its way: the customer is told and asked."""

    name = "order.partly_there.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class PartlyAnswered(Event):
    """What the customer wants while only a part of the order is there."""

    name = "order.partly_answered.v1"
    aggregate = "order"
    order_id: UUID
    answer: str


@dataclass(frozen=True, kw_only=True)
class ReasonSet(Event):
    """The retailer changed, added or closed a reason."""

    name = "reason.set.v1"
    aggregate = "reason"
    reason_id: UUID
    kind: str
    code: str
    effect: str
    closed: bool
