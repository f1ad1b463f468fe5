"""Conversations in JSON."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from conversations.commands import Intent, ProvenBy, ThreadStatus
from customers.commands import TouchChannel
from kernel.fields import (
    SKU_MAX,
    Instant,
    QueryBoolean,
    QueryInteger,
    SafeText,
    StrictBoolean,
    StrictSchema,
)

BODY_MAX: Final = 4_000
LIMIT_MAX: Final = 100
ID_MAX: Final = 2**63 - 1
SENTENCE_MAX: Final = 500
TEXT: Final = {"type": "string"}
LANGUAGES: Final = ("fr", "en")
YEAR: Final = timedelta(days=366)


class Spoken(SafeText):
    """What somebody says, on several lines where they like."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=BODY_MAX, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        lines = value.splitlines() if isinstance(value, str) else [value]
        said = [super(Spoken, self)._deserialize(each, attr, data, **kwargs) for each in lines]
        return "\n".join(said).strip()


class ThreadQuerySchema(StrictSchema):
    """Which conversations to list, the newest first; `desk` are those without a store."""

    status = fields.Enum(ThreadStatus, by_value=True, metadata=TEXT, load_default=None)
    channel = fields.Enum(TouchChannel, by_value=True, metadata=TEXT, load_default=None)
    intent = fields.Enum(Intent, by_value=True, metadata=TEXT, load_default=None)
    store = SafeText(load_default=None, max_length=SKU_MAX)
    desk = QueryBoolean(load_default=False)
    mine = QueryBoolean(load_default=False)
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class ThreadSchema(Schema):
    """A conversation: whose turn it is, who answers, and since when it waits for us."""

    id = fields.UUID(required=True)
    status = fields.String(required=True)
    intent = fields.String(required=True)
    began_on = fields.String(required=True)
    channel = fields.String(required=True)
    language = fields.String(required=True)
    writer = fields.String(required=True)
    subject = fields.String(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    order_id = fields.UUID(required=True, allow_none=True)
    cart_id = fields.UUID(required=True, allow_none=True)
    claimed = fields.Boolean(
        required=True,
        metadata={
            "description": "Who writes only says that they are this customer: tell them nothing of"
            " the customer's before they proved it (`identify` with `proven_by`)."
        },
    )
    location_id = fields.UUID(required=True, allow_none=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    transfers = fields.Integer(required=True)
    opened_at = fields.AwareDateTime(required=True)
    waiting_since = fields.AwareDateTime(required=True, allow_none=True)
    first_reply_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class ThreadPageSchema(Schema):
    """A page of conversations; `next` is null on the last one."""

    threads = fields.List(fields.Nested(ThreadSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class EntrySchema(Schema):
    """One thing said: by the customer (`in`), by us (`out`), or among us (`within`)."""

    id = fields.Integer(required=True)
    said_at = fields.AwareDateTime(required=True)
    channel = fields.String(required=True)
    direction = fields.String(required=True)
    actor_kind = fields.String(required=True)
    actor_name = fields.String(required=True)
    automatic = fields.Boolean(required=True)
    body = fields.String(required=True)


class WaitingSchema(Schema):
    """Who has to answer and until when; warned of from `warn_at` on."""

    id = fields.UUID(required=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    owner_name = fields.String(required=True, allow_none=True)
    warn_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True)


class ThreadStorySchema(ThreadSchema):
    """A conversation with all that was said; `case` is open while it waits for us."""

    case = fields.Nested(WaitingSchema, required=True, allow_none=True)
    ways = fields.List(fields.String(), required=True)
    entries = fields.List(fields.Nested(EntrySchema), required=True)


class ThreadStateSchema(Schema):
    """How a conversation stands after something was done; no word of what was said."""

    id = fields.UUID(required=True)
    status = fields.String(required=True)
    intent = fields.String(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    transfers = fields.Integer(required=True)


class NameThreadSchema(StrictSchema):
    """Whom it is about, and which order."""

    customer_id = fields.UUID(load_default=None, allow_none=True)
    order_number = SafeText(load_default=None, allow_none=True, max_length=20)


class IdentifyThreadSchema(NameThreadSchema):
    """Whom it is about, and which order; and how they proved who they are, where they did."""

    proven_by = fields.Enum(
        ProvenBy, by_value=True, metadata=TEXT, load_default=None, allow_none=True
    )


class OpenThreadSchema(NameThreadSchema):
    """What somebody turned to us with, written down by whoever heard it.

    With a `resolution` that was all of it. Otherwise somebody goes on with it: by `reply_by`, when
    they asked to be called back.
    """

    channel = fields.Enum(TouchChannel, by_value=True, metadata=TEXT, required=True)
    intent = fields.Enum(Intent, by_value=True, metadata=TEXT, required=True)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    body = Spoken(required=True)
    writer = SafeText(load_default="", min_length=0)
    subject = SafeText(load_default="", min_length=0)
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    reply_by = Instant(load_default=None, allow_none=True)
    resolution = SafeText(load_default=None, allow_none=True, max_length=SENTENCE_MAX)


class ReplySchema(StrictSchema):
    """An answer. `channel` is one of the thread's `ways`, without it the usual one.

    With `seen`, the last entry that was read, nothing is said where a colleague answered since.
    """

    body = Spoken(required=True)
    channel = fields.Enum(
        TouchChannel, by_value=True, metadata=TEXT, load_default=None, allow_none=True
    )
    seen = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=ID_MAX),
    )


class NoteThreadSchema(StrictSchema):
    """What colleagues should know."""

    body = Spoken(required=True)


class HandThreadOverSchema(StrictSchema):
    """Who answers from now on: a person, a store, or the desk; exactly one of them."""

    staff_id = fields.UUID(load_default=None, allow_none=True)
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    desk = StrictBoolean(load_default=False)

    @validates_schema
    def _check_one(self, data: dict[str, Any], **_more: Any) -> None:
        if [bool(each) for each in data.values()].count(True) != 1:
            message = "Name a person, a store, or the desk."
            raise ValidationError(message)


class IntentSchema(StrictSchema):
    """What it is about."""

    intent = fields.Enum(Intent, by_value=True, metadata=TEXT, required=True)


class EndThreadSchema(StrictSchema):
    """What became of the matter, in a sentence."""

    resolution = SafeText(required=True, min_length=3, max_length=SENTENCE_MAX)


class FiguresQuerySchema(StrictSchema):
    """From when until when conversations began; a year at most."""

    begins = Instant(required=True)
    ends = Instant(required=True)

    @validates_schema
    def _check_time(self, data: dict[str, Any], **_more: Any) -> None:
        if not data["begins"] < data["ends"] <= data["begins"] + YEAR:
            message = "Ask for some time, a year at most."
            raise ValidationError(message)


class FigureSchema(Schema):
    """How well one place answered on one channel; medians in minutes, null without any."""

    channel = fields.String(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    opened = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    ended = fields.Integer(required=True)
    resolved_first = fields.Integer(required=True)
    transfers = fields.Integer(required=True)
    late = fields.Integer(required=True)
    first_reply_min = fields.Float(required=True, allow_none=True)
    resolution_min = fields.Float(required=True, allow_none=True)


class FiguresSchema(Schema):
    """How well conversations were answered, by channel and place."""

    figures = fields.List(fields.Nested(FigureSchema), required=True)
