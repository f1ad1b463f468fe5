"""Tills of a store in JSON."""

from marshmallow import Schema, fields

from kernel.fields import SafeText, StrictSchema

NAME_MAX = 60


class EnrolTerminalSchema(StrictSchema):
    """What the till is called, as it is written on it."""

    name = SafeText(required=True, max_length=NAME_MAX)


class TerminalIdSchema(Schema):
    """The till that was revoked."""

    id = fields.UUID(required=True)


class TerminalKeySchema(TerminalIdSchema):
    """A till and its key: kept nowhere, shown in this answer only."""

    key = fields.String(required=True)


class TerminalSchema(TerminalIdSchema):
    """A till; `seen_at` is when it last spoke to us, to the minute."""

    name = fields.String(required=True)
    generation = fields.Integer(required=True)
    previous_until = fields.AwareDateTime(required=True, allow_none=True)
    enrolled_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class TerminalListSchema(Schema):
    """The tills of a store, those in use first."""

    terminals = fields.List(fields.Nested(TerminalSchema), required=True)
