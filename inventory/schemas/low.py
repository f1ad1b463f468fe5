"""What runs low, in JSON."""

from marshmallow import Schema, fields, validate

from inventory.schemas.levels import LIMIT_MAX
from kernel.fields import QueryInteger, SafeText, StrictSchema


class LowQuerySchema(StrictSchema):
    """Which page."""

    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class LowSchema(Schema):
    """A SKU that runs low; `since` is when it was noted, null until its shelf next moves."""

    sku = fields.String(required=True)
    available = fields.Integer(required=True)
    since = fields.AwareDateTime(required=True, allow_none=True)


class LowPageSchema(Schema):
    """A page of what runs low; `next` is null on the last one."""

    low = fields.List(fields.Nested(LowSchema), required=True)
    next = fields.String(required=True, allow_none=True)
