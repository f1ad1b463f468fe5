"""The orders of an account in JSON."""

from marshmallow import Schema, fields, validate

from kernel.fields import QueryInteger, SafeText, StrictSchema
from orders.schemas.ordering import OrderSchema

PAGE_MAX = 20


class OwnOrdersQuerySchema(StrictSchema):
    """Which page of an account's orders."""

    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=PAGE_MAX, validate=validate.Range(min=1, max=PAGE_MAX))


class OwnOrdersSchema(Schema):
    """An account's orders, the newest first; `next` is there while there are more."""

    orders = fields.List(fields.Nested(OrderSchema), required=True)
    next = fields.String(required=True, allow_none=True)
