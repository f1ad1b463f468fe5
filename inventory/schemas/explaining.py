"""Why a figure is what it is, in JSON."""

from marshmallow import Schema, fields

from inventory.commands import TaskCause
from inventory.schemas.levels import LevelSchema
from inventory.schemas.safety import SafetyRuleSchema
from kernel.fields import Instant, StrictSchema


class ExplainQuerySchema(StrictSchema):
    """For which instant; without one, for now."""

    at = Instant(load_default=None)


class BasisSchema(Schema):
    """The last count or feed that changed the figure, and on hand after it."""

    cause = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)
    on_hand = fields.Integer(required=True)


class SummedSchema(Schema):
    """All movements of one kind since the basis."""

    kind = fields.String(required=True)
    lines = fields.Integer(required=True)
    on_hand = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)


class OwedSchema(Schema):
    """What is promised to one fulfillment; `in_bins` is null for the past."""

    fulfillment_id = fields.UUID(required=True)
    quantity = fields.Integer(required=True)
    in_bins = fields.Integer(required=True, allow_none=True)
    held_until = fields.AwareDateTime(required=True, allow_none=True)
    expired = fields.Boolean(required=True)


class DoubtedSchema(Schema):
    """That so many left the offer, when and why."""

    recorded_at = fields.AwareDateTime(required=True)
    quantity = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)


class TaskOpenSchema(Schema):
    """That somebody has to count."""

    cause = fields.Enum(TaskCause, by_value=fields.String, required=True)
    opened_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    owner = fields.String(required=True, allow_none=True)


class ShortageOpenSchema(Schema):
    """That more is promised than is there."""

    missing = fields.Integer(required=True)
    opened_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    owner = fields.String(required=True, allow_none=True)


class VerdictSchema(Schema):
    """The rule of safety stock that holds, and those that it wins over."""

    winner = fields.Nested(SafetyRuleSchema, required=True, allow_none=True)
    losers = fields.List(fields.Nested(SafetyRuleSchema), required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)


class ExplainedArrivalSchema(Schema):
    """What is still to come in."""

    expected_on = fields.Date(required=True)
    quantity = fields.Integer(required=True)
    reference = fields.String(required=True, allow_none=True)
    transfer_id = fields.UUID(required=True, allow_none=True)


class ExplanationSchema(Schema):
    """One level taken apart: what adds up to `available`."""

    level = fields.Nested(LevelSchema, required=True)
    at = fields.AwareDateTime(required=True)
    past = fields.Boolean(required=True)
    basis = fields.Nested(BasisSchema, required=True, allow_none=True)
    since = fields.List(fields.Nested(SummedSchema), required=True)
    owed = fields.List(fields.Nested(OwedSchema), required=True)
    expired = fields.Integer(required=True)
    doubts = fields.List(fields.Nested(DoubtedSchema), required=True)
    task = fields.Nested(TaskOpenSchema, required=True, allow_none=True)
    shortage = fields.Nested(ShortageOpenSchema, required=True, allow_none=True)
    verdict = fields.Nested(VerdictSchema, required=True, allow_none=True)
    expected = fields.List(fields.Nested(ExplainedArrivalSchema), required=True)
    available = fields.Integer(required=True)
