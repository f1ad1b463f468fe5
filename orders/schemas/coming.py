"""Who comes for an order in JSON: proxies and arrivals."""

from marshmallow import Schema, fields

from kernel.fields import SafeText, StrictSchema
from orders.commands import BAY_MAX, VEHICLE_MAX
from orders.schemas.ordering import ContactSchema


class NameProxySchema(ContactSchema):
    """Whom the customer sends, and where their own code goes."""


class ProxySchema(Schema):
    """Somebody who may collect an order, or might; the name is shortened."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    named_at = fields.AwareDateTime(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    collected = fields.Boolean(required=True)


class ProxyListSchema(Schema):
    """Everybody who was named to collect an order."""

    proxies = fields.List(fields.Nested(ProxySchema), required=True)


class ProxyIdSchema(Schema):
    """Who was named, or withdrawn."""

    proxy_id = fields.UUID(required=True)


class ArrivedSchema(StrictSchema):
    """Where the customer waits, and in what; both may be left out."""

    bay = SafeText(load_default=None, allow_none=True, max_length=BAY_MAX)
    vehicle = SafeText(load_default=None, allow_none=True, max_length=VEHICLE_MAX)


class ComingSchema(Schema):
    """What the customer said of their coming."""

    fulfillment_id = fields.UUID(required=True)
    on_my_way_at = fields.AwareDateTime(required=True, allow_none=True)
    arrived_at = fields.AwareDateTime(required=True, allow_none=True)
    bay = fields.String(required=True, allow_none=True)
    served_at = fields.AwareDateTime(required=True, allow_none=True)
