"""Inputs of conversations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customers.commands import TouchChannel


class Intent(StrEnum):
    """What somebody turns to us for."""

    ORDER_STATE = "order_state"
    CHANGE = "change"
    CANCEL = "cancel"
    PICKUP = "pickup"
    RETURN = "return"
    INVOICE = "invoice"
    PRODUCT = "product"
    AVAILABILITY = "availability"
    COMPLAINT = "complaint"
    OTHER = "other"


class ThreadStatus(StrEnum):
    """Whose turn it is: the assistant's, ours, theirs, or nobody's any more."""

    AUTOMATIC = "automatic"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


class ProvenBy(StrEnum):
    """How somebody who only said who they are proved it.

    They said a code sent to the customer's own address, or wrote from their account; they were
    called at the customer's number; or their identity was seen.
    """

    CODE = "code"
    CALLED = "called"
    SEEN = "seen"


class SurveyAbout(StrEnum):
    """What somebody is asked about afterwards."""

    PICKUP = "pickup"
    DELIVERY = "delivery"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """An answer in one language."""

    question: str
    body: str
    keywords: str = ""


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """What is answered to a question, in every language; `code` names it for good.

    `version` is the one that was read before it was changed, None of a new one. `asked_id` is the
    question somebody asked that it answers.
    """

    code: str
    intent: Intent
    words: Mapping[str, AnswerWords]
    published: bool
    version: int | None = None
    asked_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, and by which way.

    Of one `reference` of a `source` (the id of an e-mail, or of a message) the first is kept.
    """

    body: str
    channel: TouchChannel
    source: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class OpenThread:
    """That somebody turns to us: what for, what they said, who they are and what about, if known.

    Without `location_id` the desk answers. `reply_by` is when they asked to be called, otherwise
    the reply clock of the channel decides. `automatic` begins with the assistant. `writer` is the
    name they gave, `claimed` tells that who they are was only typed. `brand_id` is whom they
    turned to; that of their order goes before it.
    """

    said: Said
    intent: Intent
    language: str
    writer: str = ""
    subject: str = ""
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    order_id: UUID | None = None
    cart_id: UUID | None = None
    claimed: bool = False
    brand_id: UUID | None = None
    location_id: UUID | None = None
    reply_by: datetime | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Where something was written from: an address, a number (E.164), or a name in a network.

    `source` is `email`, `sms`, or `social/` and the connector that brought it.
    """

    channel: TouchChannel
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Something that came in by itself, and all it says about which conversation it belongs to.

    `thread_id` was proven by a token of ours. `answers` are the references of messages, theirs or
    ours, that it goes on from. `order_id` is that of a message of ours that it answers. `brand_id`
    is whose mailbox or connector it came by, None where it says nothing of that.
    """

    said: Said
    sender: Sender
    writer: str = ""
    subject: str = ""
    language: str | None = None
    thread_id: UUID | None = None
    answers: tuple[str, ...] = ()
    order_id: UUID | None = None
    brand_id: UUID | None = None
