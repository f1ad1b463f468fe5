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


@dataclass(frozen=True, kw_only=True)
class MessageUndeliverable(Event):
    """A customer could be told something on no channel: each was tried and given up."""

    name = "message.undeliverable.v1"
    aggregate = "message"
    message_id: UUID
    order_id: UUID
    fulfillment_id: UUID
    template: str


@dataclass(frozen=True, kw_only=True)
class MessageReached(Event):
    """A customer of whose parcel a message had been given up was told something after all."""

    name = "message.reached.v1"
    aggregate = "message"
    message_id: UUID
    order_id: UUID
    fulfillment_id: UUID
    template: str


@dataclass(frozen=True, kw_only=True)
class WebhookOpened(Event):
    """A follower is rung from now on when something happens to orders."""

    name = "webhook.opened.v1"
    aggregate = "webhook"
    webhook_id: UUID
    key_id: UUID
    host: str


@dataclass(frozen=True, kw_only=True)
class WebhookClosed(Event):
    """A follower is rung no more."""

    name = "webhook.closed.v1"
    aggregate = "webhook"
    webhook_id: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookPaused(Event):
    """A follower has not answered for days: it is rung again when it asks for it."""

    name = "webhook.paused.v1"
    aggregate = "webhook"
    webhook_id: UUID
    answered: str


@dataclass(frozen=True, kw_only=True)
class WebhookResumed(Event):
    """A follower is rung again, from where it stopped."""

    name = "webhook.resumed.v1"
    aggregate = "webhook"
    webhook_id: UUID
