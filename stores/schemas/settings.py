"""Settings of the trade in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from kernel.fields import Instant, QueryInteger, SafeText, StrictSchema
from stores.commands import Scope, SetRule
from stores.settings import KEYS

LIMIT_MAX = 100
TEXT = {"type": "string"}
VALUE = {
    "oneOf": [{"type": "integer"}, {"type": "string"}],
    "nullable": True,
    "description": "A whole number, a time of day like 16:40, or null for no limit.",
}


class Value(fields.Field[Any]):
    """A setting's value: a whole number, a text or null; its key says which."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow)
        super().__init__(allow_none=True, metadata=VALUE, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int | str:  # noqa: ANN401 (marshmallow)
        if type(value) not in {int, str}:
            raise ValidationError("Give a whole number, a text or null.")
        found: int | str = value
        return found


class SetRuleSchema(StrictSchema):
    """A setting to hold for everybody, a brand, a group or a store."""

    scope = fields.Enum(Scope, by_value=True, metadata=TEXT, required=True)
    code = SafeText(load_default=None, allow_none=True, max_length=64)
    key = fields.String(required=True, validate=validate.OneOf(sorted(KEYS)))
    value = Value(required=True)
    valid_from = Instant(load_default=None, allow_none=True)
    valid_to = Instant(load_default=None, allow_none=True)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> SetRule:
        """Return the command."""
        return SetRule(**data)


class EndRuleSchema(StrictSchema):
    """From when on a setting holds no longer; at once when left out."""

    at = Instant(load_default=None, allow_none=True)


class SettingQuerySchema(StrictSchema):
    """Which settings to list, newest first."""

    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class SettingSchema(Schema):
    """One setting at one scope, who set it, and how it stands."""

    id = fields.UUID(required=True)
    scope = fields.Function(
        lambda each: each.scope.value, required=True, metadata={"type": "string"}
    )
    scope_code = fields.String(required=True, allow_none=True)
    scope_name = fields.String(required=True, allow_none=True)
    key = fields.String(required=True)
    value = Value(required=True)
    valid_from = fields.AwareDateTime(required=True)
    valid_to = fields.AwareDateTime(required=True, allow_none=True)
    author_name = fields.String(required=True, allow_none=True)
    standing = fields.Function(
        lambda each: each.standing.value, required=True, metadata={"type": "string"}
    )


class SettingPageSchema(Schema):
    """A page of settings; `next` is null on the last one."""

    settings = fields.List(fields.Nested(SettingSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class SettingIdSchema(Schema):
    """The setting that was set."""

    id = fields.UUID(required=True)


class HeldRuleSchema(Schema):
    """What holds at a store under one key; without a winner it is the default."""

    key = fields.String(required=True)
    unit = fields.String(required=True)
    value = Value(required=True)
    default = Value(required=True)
    winner = fields.Nested(SettingSchema, required=True, allow_none=True)
    others = fields.List(fields.Nested(SettingSchema), required=True)


class RuleListSchema(Schema):
    """What holds at a store under every key."""

    rules = fields.List(fields.Nested(HeldRuleSchema), required=True)
