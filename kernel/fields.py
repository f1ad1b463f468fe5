"""Strict marshmallow fields: what is not exactly meant is refused, never mended in silence."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from kernel import clock

TEXT_MAX = 200
QUANTITY_MAX = 100_000
ITEMS_MAX = 1_000
RADIUS_KM_MAX = 1_000
SKU_MAX = 64
FAST_CLOCK = timedelta(minutes=5)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)


class StrictSchema(Schema):
    """Base of every schema that reads input: unknown fields are refused."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE


class SafeText(fields.String):
    """Text that can be stored and shown: NFC, no control signs, no lone surrogates, bounded."""

    def __init__(self, *, max_length: int = TEXT_MAX, min_length: int = 1, **kwargs: Any) -> None:
        checks = [validate.Length(min=min_length, max=max_length), *kwargs.pop("validate", [])]
        super().__init__(validate=checks, **kwargs)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> str:
        text = unicodedata.normalize("NFC", str(super()._deserialize(value, attr, data, **kwargs)))
        if any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} for sign in text):
            raise ValidationError("Control signs are not allowed.")
        return text.strip()


class Quantity(fields.Integer):
    """A whole number of base units: at least 1, never a fraction or a text."""

    def __init__(self, *, minimum: int = 1, **kwargs: Any) -> None:
        super().__init__(
            strict=True, validate=validate.Range(min=minimum, max=QUANTITY_MAX), **kwargs
        )

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid")
        return int(super()._deserialize(value, attr, data, **kwargs) or 0)


class StrictFloat(fields.Float):
    """A JSON number, never a text, NaN or infinity."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.make_error("invalid")
        return float(super()._deserialize(value, attr, data, **kwargs) or 0.0)


class Instant(fields.AwareDateTime):
    """An instant with its offset, in this millennium: `2026-05-04T06:00:00Z`."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = validate.Range(min=EARLIEST, max=LATEST)
        super().__init__(format="iso", validate=bounds, **kwargs)


class Past(Instant):
    """An instant that is over, or as good as: clocks of others may be some minutes fast."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> datetime:
        said: datetime = super()._deserialize(value, attr, data, **kwargs)
        if said > clock.now() + FAST_CLOCK:
            raise ValidationError("That has not happened yet.")
        return said


class StrictBoolean(fields.Boolean):
    """`true` or `false`, nothing that looks like it."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class ItemSchema(StrictSchema):
    """A SKU and how many of its base units."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)


class Items(fields.List[Any]):
    """A list of SKUs with quantities, read as a mapping: the same SKU twice counts together."""

    def __init__(self, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(
            fields.Nested(ItemSchema),
            required=required,
            attribute="quantities",
            validate=validate.Length(min=1, max=ITEMS_MAX),
            **kwargs,
        )

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return quantities by SKU, in the order in which the SKUs were first named."""
        items = super().deserialize(value, attr, data, **kwargs)
        if items is self.load_default:
            return items
        quantities: dict[str, int] = {}
        for item in items:
            quantities[item["sku"]] = quantities.get(item["sku"], 0) + item["quantity"]
        if any(quantity > QUANTITY_MAX for quantity in quantities.values()):
            raise ValidationError(f"At most {QUANTITY_MAX} of one SKU.")
        return quantities


class ItemsSchema(StrictSchema):
    """A list of SKUs with quantities."""

    items = Items()


class PositionSchema(StrictSchema):
    """A place on the map, WGS84 degrees."""

    latitude = StrictFloat(required=True, validate=validate.Range(min=-90, max=90))
    longitude = StrictFloat(required=True, validate=validate.Range(min=-180, max=180))


class QueryInteger(fields.Integer):
    """A whole number in a query: ASCII digits and nothing else."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> int:
        if not isinstance(value, str) or not value.isascii() or not value.isdigit():
            raise self.make_error("invalid")
        return int(super()._deserialize(value, attr, data, **kwargs) or 0)


class QueryBoolean(fields.Boolean):
    """`true` or `false` in a query."""

    truthy = {"true"}  # noqa: RUF012 (marshmallow's own way)
    falsy = {"false"}  # noqa: RUF012 (marshmallow's own way)


class Kilometres(fields.Float):
    """A distance as it is told: to a tenth, for it is as the crow flies."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        found = super()._serialize(value, attr, obj, **kwargs)
        return None if found is None else round(float(found), 1)


class QueryFloat(fields.Float):
    """A number in a query: an ASCII decimal, never NaN, infinity or an exponent."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> float:
        plain = value.removeprefix("-").replace(".", "", 1) if isinstance(value, str) else ""
        if not plain.isascii() or not plain.isdigit():
            raise self.make_error("invalid")
        return float(super()._deserialize(value, attr, data, **kwargs) or 0.0)
