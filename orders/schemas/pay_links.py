"""Links to pay, in JSON."""

from marshmallow import Schema, fields


class PayLinkSchema(Schema):
    """From what an order is paid until when; the path is below the shop's address."""

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    pay_by = fields.AwareDateTime(required=True)
    made_at = fields.AwareDateTime(required=True)
    reminded_at = fields.AwareDateTime(required=True, allow_none=True)
    open = fields.Boolean(required=True)
    path = fields.String(required=True, metadata={"description": "Derived each time it is shown."})


class PayLinkListSchema(Schema):
    """Every link of an order, the newest first."""

    pay_links = fields.List(fields.Nested(PayLinkSchema), required=True)
