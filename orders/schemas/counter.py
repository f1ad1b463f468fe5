"""The counter in JSON: who may stand there, what may be handed over, what was."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from kernel.fields import ITEMS_MAX, SKU_MAX, Items, Quantity, SafeText, StrictBoolean, StrictSchema
from orders.commands import HandOver, Refused
from orders.schemas.ordering import FulfillmentSchema, ShownNumber


class ParcelQuerySchema(StrictSchema):
    """What the customer says at the counter: a name, or the end of a phone number."""

    said = SafeText(required=True, min_length=2, max_length=80)


class RefusedSchema(StrictSchema):
    """How many of a SKU the customer does not want, and the code of the reason."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)
    reason = SafeText(required=True, max_length=32)


class HandOverSchema(StrictSchema):
    """What was seen at the counter: exactly one of `qr`, `code` and `fulfillment_id`."""

    store = SafeText(required=True, max_length=SKU_MAX)
    qr = SafeText(load_default=None, max_length=500)
    code = SafeText(load_default=None, max_length=20)
    fulfillment_id = fields.UUID(load_default=None)
    ticket_number = SafeText(load_default=None, max_length=64)
    items = Items(
        required=False,
        load_default=None,
        metadata={"description": "What the customer takes; everything when left out."},
    )

    refused = fields.List(
        fields.Nested(RefusedSchema),
        load_default=list,
        validate=validate.Length(max=ITEMS_MAX),
        metadata={"description": "What the customer does not want after all, and why."},
    )
    identity_seen = StrictBoolean(load_default=False)
    forced = SafeText(load_default=None, allow_none=True, max_length=32)

    @validates_schema
    def one_of_three(self, data: dict[str, Any], **_: object) -> None:
        """Refuse none or several ways to find the parcel."""
        given = [name for name in ("qr", "code", "fulfillment_id") if data.get(name) is not None]
        if len(given) != 1:
            raise ValidationError("Give exactly one of qr, code and fulfillment_id.", "qr")

    @validates_schema
    def refused_once(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a SKU that is refused twice: it would have two reasons."""
        named = [each["sku"] for each in data.get("refused", ())]
        if len(named) != len(set(named)):
            raise ValidationError("Name each SKU once.", "refused")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> HandOver:
        """Return the command."""
        refused = {
            each["sku"]: Refused(each["quantity"], each["reason"]) for each in data.pop("refused")
        }
        return HandOver(store_code=data.pop("store"), refused=refused, **data)


class ParcelSchema(Schema):
    """A parcel that may be handed over now: to whom, from which bin, and what is due."""

    fulfillment = fields.Nested(FulfillmentSchema, required=True)
    customer_name = fields.String(required=True)
    holder = fields.String(required=True, metadata={"description": "customer or proxy"})
    holder_name = fields.String(required=True)
    found = fields.String(required=True)
    identity_needed = fields.Boolean(required=True)
    due_minor = fields.Integer(required=True)
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class HandedOverSchema(Schema):
    """That goods were handed over."""

    hand_over_id = fields.UUID(required=True)
    order_number = ShownNumber(required=True)
    status = fields.String(required=True)


class CounterSchema(Schema):
    """A parcel that somebody at the counter may have come for."""

    fulfillment_id = fields.UUID(required=True)
    order_number = ShownNumber(required=True)
    customer_name = fields.String(required=True)
    status = fields.String(required=True)
    bin = fields.String(required=True, allow_none=True)


class CounterListSchema(Schema):
    """Who may stand at the counter."""

    parcels = fields.List(fields.Nested(CounterSchema), required=True)


class PassKeysSchema(Schema):
    """The public keys passes are signed with: key id to base64url of 32 bytes (Ed25519)."""

    keys = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
