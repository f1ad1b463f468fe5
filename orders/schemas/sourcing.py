"""Rule sets, dry runs and explanations in JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from kernel.fields import SKU_MAX, SafeText, StrictSchema
from orders.commands import Channel, Method, SetRules
from orders.schemas.ordering import TEXT, ShownNumber

JSON_OBJECT = {"type": "object", "additionalProperties": True}
NAME_MAX = 80


class RuleSetBodySchema(StrictSchema):
    """Rules for one method; docs/sourcing.md has the language of `rules` and `limits`."""

    name = SafeText(required=True, max_length=NAME_MAX)
    method = fields.Enum(Method, by_value=True, metadata=TEXT, required=True)
    channel = fields.Enum(Channel, by_value=True, metadata=TEXT, load_default=None, allow_none=True)
    brand = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    group = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    rules = fields.List(fields.Dict(keys=SafeText(max_length=32)), required=True)
    limits = fields.Dict(keys=SafeText(max_length=32), load_default=dict)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> SetRules:
        """Return the command."""
        return SetRules(**data)


class DryRunSchema(StrictSchema):
    """Rules to try on past orders: those decided from `since` on, until `until` or now."""

    set = fields.Nested(RuleSetBodySchema, required=True)
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


class RuleSetQuerySchema(StrictSchema):
    """Which rule sets to list; those of before only when asked for."""

    closed = fields.String(load_default="no", validate=validate.OneOf(("yes", "no")))


class RuleSetSchema(Schema):
    """Rules for one method, for whom they hold, and since when."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    method = fields.String(required=True)
    channel = fields.String(required=True, allow_none=True)
    brand = fields.String(required=True, allow_none=True)
    group = fields.String(required=True, allow_none=True)
    rules = fields.List(fields.Dict(), required=True)
    limits = fields.Dict(required=True)
    sentences = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), required=True
    )
    valid_from = fields.AwareDateTime(required=True)
    valid_to = fields.AwareDateTime(required=True, allow_none=True)
    author = fields.String(required=True)


class RuleSetListSchema(Schema):
    """Rule sets, the widest first."""

    rule_sets = fields.List(fields.Nested(RuleSetSchema), required=True)


class RuleSetIdSchema(Schema):
    """The id of a rule set."""

    id = fields.UUID(required=True)


class TallySchema(Schema):
    """What decisions amount to."""

    orders = fields.Integer(required=True)
    whole = fields.Integer(required=True)
    split = fields.Integer(required=True)
    parcels = fields.Integer(required=True)
    km = fields.Float(required=True)
    missing_units = fields.Integer(required=True)
    last_units = fields.Integer(required=True)
    from_stores = fields.Integer(required=True)
    gathered = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    left_to_person = fields.Integer(required=True)


class DifferingSchema(Schema):
    """An order that would have been sent otherwise."""

    order_id = fields.UUID(required=True)
    order_number = ShownNumber(required=True)
    placed_at = fields.AwareDateTime(required=True)
    was = fields.List(fields.String(), required=True)
    would_be = fields.List(fields.String(), required=True)
    missing_units = fields.Integer(required=True)


class ReplaySchema(Schema):
    """What was decided, what these rules would have, and the orders in which both differ."""

    decided = fields.Nested(TallySchema, required=True)
    replayed = fields.Nested(TallySchema, required=True)
    differing = fields.List(fields.Nested(DifferingSchema), required=True)


class SentSchema(Schema):
    """What one location was chosen to send."""

    store = fields.String(required=True)
    name = fields.String(required=True)
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    ready_at = fields.AwareDateTime(required=True)
    km = fields.Float(required=True)


class CandidateSchema(Schema):
    """A location as the rules saw it; `fell` names the rule it fell to."""

    store = fields.String(required=True)
    name = fields.String(required=True)
    warehouse = fields.Boolean(required=True)
    km = fields.Float(required=True)
    gives = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    saw = fields.Dict(required=True)
    fell = fields.String(required=True)
    why = fields.String(required=True)
    paused_until = fields.AwareDateTime(required=True, allow_none=True)


class DecisionSchema(Schema):
    """Who was chosen to send what, by which rules, out of whom, in figures and in sentences."""

    id = fields.UUID(required=True)
    decided_at = fields.AwareDateTime(required=True)
    method = fields.String(required=True)
    outcome = fields.String(required=True)
    rule_set_id = fields.UUID(required=True, allow_none=True)
    rule_set = fields.String(required=True, allow_none=True)
    sends = fields.List(fields.Nested(SentSchema), required=True)
    missing = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    candidates = fields.List(fields.Nested(CandidateSchema), required=True)
    fell = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    considered = fields.Integer(required=True)
    sentences = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), required=True
    )


class DecisionListSchema(Schema):
    """What was decided for an order, the first decision first."""

    decisions = fields.List(fields.Nested(DecisionSchema), required=True)
