"""What happens to messages, where somebody must know why."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageResent(Event):
    """Somebody had a message go out again; `message_id` is the new one's reference.

    `first_event_id` is the event the customer was first told of.
    """

    name = "message.resent.v1"
    aggregate = "message"
    message_id: UUID
    order_id: UUID
    fulfillment_id: UUID
    first_event_id: int
