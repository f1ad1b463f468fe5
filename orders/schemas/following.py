"""What happens to orders, for followers, in JSON."""

from marshmallow import Schema, fields, validate

from kernel.fields import QueryInteger, SafeText, StrictSchema
from orders.events import FOLLOWED
from orders.schemas.ordering import ShownNumber

CHANGES_MAX = 500


class OrderChangeQuerySchema(StrictSchema):
    """From which position on; of one kind, or all."""

    after = SafeText(required=True, max_length=400)
    type = SafeText(load_default=None, max_length=60, validate=[validate.OneOf(sorted(FOLLOWED))])
    limit = QueryInteger(load_default=200, validate=validate.Range(min=1, max=CHANGES_MAX))


class OrderChangeSchema(Schema):
    """One thing that happened to an order; `external_number` is its number where it came from."""

    id = fields.String(attribute="position", required=True)
    type = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    order_id = fields.UUID(required=True)
    order_number = ShownNumber(required=True)
    external_number = fields.String(required=True, allow_none=True)
    fulfillment_id = fields.UUID(required=True, allow_none=True)
    store = fields.String(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class OrderChangePageSchema(Schema):
    """What happened after a position; ask again from `next`, at once if there were `limit`."""

    changes = fields.List(fields.Nested(OrderChangeSchema), required=True)
    next = fields.String(required=True)


class OrderStartSchema(Schema):
    """The position to follow from."""

    next = fields.String(required=True)
