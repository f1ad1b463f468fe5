"""Weekly slots in JSON."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from kernel.fields import Quantity, StrictSchema
from stores.commands import AddPattern, StoreMethod
from stores.schemas.settings import TEXT

CLOCK = "%H:%M"


class Count(fields.Integer):
    """A whole number between two bounds, never a fraction or a text."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow)
        bounds = validate.Range(min=least, max=most)
        super().__init__(strict=True, validate=bounds, **kwargs)

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 (marshmallow)
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401 (marshmallow)
    ) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class PatternSchema(StrictSchema):
    """Slots to offer each week: weekdays are 1 (Monday) to 7, times are the store's own."""

    method = fields.Enum(StoreMethod, by_value=True, metadata=TEXT, required=True)
    weekdays = fields.List(
        Count(1, 7),
        required=True,
        validate=validate.Length(min=1, max=7),
    )
    from_time = fields.Time(format=CLOCK, data_key="from", required=True)
    until_time = fields.Time(format=CLOCK, data_key="until", required=True)
    minutes = Count(5, 720, required=True)
    capacity = Quantity(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> AddPattern:
        """Return the command."""
        return AddPattern(**{**data, "weekdays": tuple(data["weekdays"])})


class PatternShownSchema(Schema):
    """Slots a store offers each week."""

    id = fields.UUID(required=True)
    method = fields.String(attribute="pattern.method.value", required=True)
    weekdays = fields.List(fields.Integer(), attribute="pattern.weekdays", required=True)
    from_time = fields.Time(
        format=CLOCK, attribute="pattern.from_time", data_key="from", required=True
    )
    until_time = fields.Time(
        format=CLOCK, attribute="pattern.until_time", data_key="until", required=True
    )
    minutes = fields.Integer(attribute="pattern.minutes", required=True)
    capacity = fields.Integer(attribute="pattern.capacity", required=True)


class PatternListSchema(Schema):
    """The slots a store offers each week."""

    patterns = fields.List(fields.Nested(PatternShownSchema), required=True)
