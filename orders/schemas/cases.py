"""Cases in JSON."""

from marshmallow import Schema, fields, validate

from kernel.fields import SKU_MAX, QueryBoolean, QueryInteger, SafeText, StrictSchema
from orders.commands import CaseKind
from orders.schemas.ordering import LIMIT_MAX, TEXT, ShownNumber

SENTENCE_MAX = 500


class CaseQuerySchema(StrictSchema):
    """Which cases to list: open ones by what is due next, or closed ones, the newest first."""

    store = SafeText(load_default=None, max_length=SKU_MAX)
    kind = fields.Enum(CaseKind, by_value=True, metadata=TEXT, load_default=None)
    mine = QueryBoolean(load_default=False)
    overdue = QueryBoolean(load_default=False)
    closed = QueryBoolean(load_default=False)
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class CaseSchema(Schema):
    """Something a person has to resolve, until `due_at`; without a location it is head office's."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    order_id = fields.UUID(required=True, allow_none=True)
    order_number = ShownNumber(required=True, allow_none=True)
    fulfillment_id = fields.UUID(required=True, allow_none=True)
    about_id = fields.UUID(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    owner_name = fields.String(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    warn_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_by_name = fields.String(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)


class CasePageSchema(Schema):
    """A page of cases; `next` is null on the last one."""

    cases = fields.List(fields.Nested(CaseSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class QueueQuerySchema(StrictSchema):
    """Which part of the queue: of one store, so many at most."""

    store = SafeText(load_default=None, max_length=SKU_MAX)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class QueueSchema(Schema):
    """What waits, in the order in which it is given."""

    cases = fields.List(fields.Nested(CaseSchema), required=True)


class TakenCaseSchema(Schema):
    """What somebody took; null when nothing waits."""

    case = fields.Nested(CaseSchema, required=True, allow_none=True)


class HappeningSchema(Schema):
    """One thing that happened to a case: who did it, and why."""

    name = fields.String(required=True)
    at = fields.AwareDateTime(required=True, attribute="recorded_at")
    actor_kind = fields.String(required=True)
    actor_id = fields.UUID(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class CaseStorySchema(CaseSchema):
    """A case with its history."""

    history = fields.List(fields.Nested(HappeningSchema), required=True)


class CaseCountSchema(Schema):
    """How many cases are open at a location, and how many of them are past their time."""

    location_id = fields.UUID(required=True, allow_none=True)
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class CaseCountsSchema(Schema):
    """Open cases by location; those without one are head office's."""

    counts = fields.List(fields.Nested(CaseCountSchema), required=True)


class AssignCaseSchema(StrictSchema):
    """Who sees to a case."""

    owner_id = fields.UUID(required=True)


class ResolveCaseSchema(StrictSchema):
    """How a case ended, in a sentence."""

    resolution = SafeText(required=True, min_length=3, max_length=SENTENCE_MAX)
