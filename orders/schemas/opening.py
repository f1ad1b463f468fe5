"""What stands in the way of opening a store, and closing one, in JSON."""

from marshmallow import Schema, fields

from kernel.fields import SafeText, StrictSchema


class CloseSchema(StrictSchema):
    """Why a store is closed for good."""

    reason = SafeText(required=True)


class StepSchema(Schema):
    """One step of setting up a store, and how many there are of what it counts."""

    step = fields.String(attribute="step.value", required=True)
    done = fields.Boolean(required=True)
    count = fields.Integer(required=True, allow_none=True)


class OpeningSchema(Schema):
    """How far the setting up of a store is; `opened_at` once it is switched on."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    opened_at = fields.AwareDateTime(required=True, allow_none=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class ClosedSchema(Schema):
    """The store that was closed."""

    code = fields.String(required=True)
