"""Safety stock in JSON."""

from marshmallow import Schema, fields, validate

from inventory.commands import SafetyScope
from inventory.schemas.instants import Instant
from inventory.schemas.levels import LIMIT_MAX
from kernel.fields import (
    QUANTITY_MAX,
    SKU_MAX,
    Quantity,
    QueryBoolean,
    QueryInteger,
    SafeText,
    StrictSchema,
)

PERCENT_MAX = 100


class Percent(Quantity):
    """A whole number from 0 to 100."""

    def __init__(self) -> None:
        super().__init__(minimum=0, load_default=None, allow_none=True)
        self.validators = [validate.Range(min=0, max=PERCENT_MAX)]


class _RuleSchema(StrictSchema):
    scope = fields.Enum(SafetyScope, by_value=fields.String, required=True)
    group = SafeText(load_default=None, max_length=SKU_MAX)
    store = SafeText(load_default=None, max_length=SKU_MAX)
    category = SafeText(load_default=None, max_length=SKU_MAX)
    sku = SafeText(load_default=None, max_length=SKU_MAX)
    valid_from = Instant(load_default=None)
    valid_to = Instant(load_default=None)


class AddRuleSchema(_RuleSchema):
    """A rule to add: what its scope needs, and units or percent of what is on hand."""

    units = Quantity(minimum=0, load_default=None, allow_none=True)
    percent = Percent()


class PreviewRuleSchema(_RuleSchema):
    """A rule to think about, as a query."""

    units = QueryInteger(load_default=None, validate=validate.Range(min=0, max=QUANTITY_MAX))
    percent = QueryInteger(load_default=None, validate=validate.Range(min=0, max=PERCENT_MAX))


class RuleQuerySchema(StrictSchema):
    """Which rules to list, newest first."""

    ended = QueryBoolean(load_default=False)
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class SafetyRuleSchema(Schema):
    """A rule: how much is kept back, for what, from when to when, and who said so."""

    id = fields.UUID(required=True)
    scope = fields.Enum(SafetyScope, by_value=fields.String, required=True)
    group = fields.String(required=True, allow_none=True)
    store = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    sku = fields.String(required=True, allow_none=True)
    units = fields.Integer(required=True, allow_none=True)
    percent = fields.Integer(required=True, allow_none=True)
    valid_from = fields.AwareDateTime(required=True)
    valid_to = fields.AwareDateTime(required=True, allow_none=True)
    author = fields.String(required=True)


class SafetyRulePageSchema(Schema):
    """A page of rules; `next` is null on the last one."""

    rules = fields.List(fields.Nested(SafetyRuleSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class HiddenAtSchema(Schema):
    """How many levels of a store a rule would change, and how many it would leave without any."""

    store = fields.String(required=True)
    name = fields.String(required=True)
    changed = fields.Integer(required=True)
    gone = fields.Integer(required=True)


class HiddenSchema(Schema):
    """One level before and after."""

    store = fields.String(required=True)
    sku = fields.String(required=True)
    on_hand = fields.Integer(required=True)
    safety_before = fields.Integer(required=True)
    safety_after = fields.Integer(required=True)
    available_before = fields.Integer(required=True)
    available_after = fields.Integer(required=True)


class PreviewSchema(Schema):
    """What a rule would change if it held now."""

    changed = fields.Integer(required=True)
    gone = fields.Integer(required=True)
    stores = fields.List(fields.Nested(HiddenAtSchema), required=True)
    sample = fields.List(fields.Nested(HiddenSchema), required=True)
