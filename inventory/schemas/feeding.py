"""Feeds in JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from inventory.commands import ConflictKind, DeclareFeed, FeedKind, FeedStatus
from inventory.schemas.instants import Instant
from inventory.schemas.levels import LIMIT_MAX
from kernel.fields import QueryBoolean, QueryInteger, SafeText, StrictSchema
from kernel.web import ID_MAX

SOURCE_MAX = 64


class DeclareFeedSchema(StrictSchema):
    """What a source says of a feed; the lines are the body."""

    source = SafeText(required=True, max_length=SOURCE_MAX)
    sequence = QueryInteger(required=True, validate=validate.Range(min=1, max=ID_MAX))
    kind = fields.Enum(FeedKind, by_value=fields.String, load_default=FeedKind.FULL)
    as_of = Instant(required=True)
    contains_hand_overs = QueryBoolean(load_default=False)

    @post_load
    def _command(self, data: dict[str, Any], **_: object) -> DeclareFeed:
        return DeclareFeed(**data)


class FeedQuerySchema(StrictSchema):
    """Which feeds to list, newest first."""

    source = SafeText(load_default=None, max_length=SOURCE_MAX)
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class ConflictQuerySchema(StrictSchema):
    """Which conflicts of a feed to list."""

    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class FeedSchema(Schema):
    """A feed: what was declared, how far it is, and what came of it."""

    id = fields.UUID(required=True)
    source = fields.String(required=True)
    sequence = fields.Integer(required=True)
    kind = fields.Enum(FeedKind, by_value=fields.String, required=True)
    as_of = fields.AwareDateTime(required=True)
    contains_hand_overs = fields.Boolean(required=True)
    status = fields.Enum(FeedStatus, by_value=fields.String, required=True)
    lines = fields.Integer(required=True)
    applied = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    conflicts = fields.Integer(required=True)
    received_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)


class FeedPageSchema(Schema):
    """A page of feeds; `next` is null on the last one."""

    feeds = fields.List(fields.Nested(FeedSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ConflictSchema(Schema):
    """A line that was not simply taken over; `line` is null for what a snapshot left out."""

    line = fields.Integer(required=True, allow_none=True)
    store = fields.String(required=True, attribute="store_code")
    sku = fields.String(required=True)
    kind = fields.Enum(ConflictKind, by_value=fields.String, required=True)
    theirs = fields.Integer(required=True, allow_none=True)
    ours = fields.Integer(required=True, allow_none=True)


class ConflictPageSchema(Schema):
    """A page of conflicts; `next` is null on the last one."""

    conflicts = fields.List(fields.Nested(ConflictSchema), required=True)
    next = fields.String(required=True, allow_none=True)
