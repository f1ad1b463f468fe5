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
class MessageSent(Event):
    """A customer was told something: the provider of the channel took it."""

    name = "message.sent.v1"
    aggregate = "message"
    message_id: UUID
    contact_id: UUID
    order_id: UUID | None
    fulfillment_id: UUID | None
    channel: str
    template: str


@dataclass(frozen=True, kw_only=True)
class MessageWithheld(Event):
    """A message that advertises did not go: its customer had not agreed to be told of its topic."""

    name = "message.withheld.v1"
    aggregate = "message"
    message_id: UUID
    contact_id: UUID
    channel: str
    template: str
    topic: str


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


@dataclass(frozen=True, kw_only=True)
class ConnectorEvent(Event):
    """Base of what happens to a program that brings what people write elsewhere."""

    name = ""
    aggregate = "connector"
    connector_id: UUID
    source: str


@dataclass(frozen=True, kw_only=True)
class ConnectorOpened(ConnectorEvent):
    """A connector may bring messages from now on."""

    name = "connector.opened.v1"


@dataclass(frozen=True, kw_only=True)
class ConnectorRenewed(ConnectorEvent):
    """A connector has a fresh key."""

    name = "connector.renewed.v1"


@dataclass(frozen=True, kw_only=True)
class ConnectorClosed(ConnectorEvent):
    """A connector brings and takes nothing any more."""

    name = "connector.closed.v1"


@dataclass(frozen=True, kw_only=True)
class AnswerUndelivered(Event):
    """An answer of ours did not arrive in a social network, and was given up."""

    name = "answer.undelivered.v1"
    aggregate = "thread"
    thread_id: UUID
    entry_id: int
