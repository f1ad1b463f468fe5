"""Rejecting, choosing, splitting and reasons in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import GiveAddress
from inventory.commands import StockEffect
from kernel.fields import SKU_MAX, Kilometres, SafeText, StrictBoolean, StrictSchema
from orders.commands import Answer, AnswerChoice, Partly, ReasonKind
from orders.schemas.ordering import TEXT, LineSchema, ShownNumber

CODE_MAX = 32
POSITION_MAX = 1_000


class RejectParcelSchema(StrictSchema):
    """Why a store cannot prepare a parcel: the code of a reason of kind `reject`."""

    reason = SafeText(required=True, max_length=CODE_MAX)


class ReassignParcelSchema(RejectParcelSchema):
    """Which store prepares a parcel instead, with the customer's word."""

    store = SafeText(required=True, max_length=SKU_MAX)


class DeliveryAddressSchema(StrictSchema):
    """Where something is delivered to."""

    line1 = SafeText(required=True, max_length=120)
    line2 = SafeText(load_default=None, allow_none=True, max_length=120)
    postcode = SafeText(required=True, max_length=12)
    city = SafeText(required=True, max_length=80)
    country = SafeText(
        load_default="FR",
        max_length=2,
        validate=[validate.Regexp("[A-Z]{2}", error="Two capital letters, as in FR.")],
    )

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> GiveAddress:
        """Return the command."""
        return GiveAddress(**data)


class AnswerChoiceSchema(StrictSchema):
    """What is chosen: `store` is needed for another store, `address` for delivery."""

    answer = fields.Enum(Answer, by_value=True, metadata=TEXT, required=True)
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    address = fields.Nested(DeliveryAddressSchema, load_default=None, allow_none=True)

    @validates_schema
    def only_what_belongs(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a store or an address with an answer that has none."""
        if data.get("store") and data.get("answer") is not Answer.OTHER_STORE:
            raise ValidationError("Only another store has a store.", "store")
        if data.get("address") and data.get("answer") is not Answer.DELIVERY:
            raise ValidationError("Only a delivery has an address.", "address")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> AnswerChoice:
        """Return the command."""
        return AnswerChoice(data["answer"], data["store"], data["address"])


class StoreAnswerSchema(Schema):
    """A store that has all of it, when it would be ready there, and how far away it is."""

    store = fields.String(required=True, attribute="store.code")
    name = fields.String(required=True, attribute="store.name")
    street = fields.String(required=True, attribute="store.street")
    postcode = fields.String(required=True, attribute="store.postcode")
    city = fields.String(required=True, attribute="store.city")
    ready_at = fields.AwareDateTime(required=True)
    distance_km = Kilometres(required=True)


class AnswersSchema(Schema):
    """What can be chosen now; `delivery` is null when nobody can send it."""

    stores = fields.List(fields.Nested(StoreAnswerSchema), required=True)
    delivery = fields.Nested(StoreAnswerSchema, required=True, allow_none=True)
    back_on = fields.Date(required=True, allow_none=True)
    wait_days = fields.Integer(required=True)
    value_minor = fields.Integer(required=True)


class ChoiceSchema(Schema):
    """What a shopper may choose, until when, what holds otherwise, and what was chosen."""

    order_number = ShownNumber(required=True)
    currency = fields.String(required=True)
    store = fields.String(required=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)
    answer_by = fields.AwareDateTime(required=True)
    fallback = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    wait_until = fields.AwareDateTime(required=True, allow_none=True)
    answers = fields.Nested(AnswersSchema, required=True, allow_none=True)


class PartlySchema(StrictSchema):
    """What the customer wants while only a part of the order is there."""

    answer = fields.Enum(Partly, by_value=True, metadata=TEXT, required=True)


class ReasonQuerySchema(StrictSchema):
    """Which reasons to list; closed ones only when asked for."""

    kind = fields.Enum(ReasonKind, by_value=True, metadata=TEXT, load_default=None)
    closed = fields.String(load_default="no", validate=validate.OneOf(("yes", "no")))


class ReasonWordsSchema(StrictSchema):
    """A reason's words in both languages."""

    fr = SafeText(required=True, max_length=80)
    en = SafeText(required=True, max_length=80)


class SetReasonSchema(StrictSchema):
    """A reason as it is to be: its words, what it says of the shelf, its place, whether offered."""

    labels = fields.Nested(ReasonWordsSchema, required=True)
    effect = fields.Enum(StockEffect, by_value=True, metadata=TEXT, required=True)
    position = fields.Integer(
        strict=True, load_default=100, validate=validate.Range(min=0, max=POSITION_MAX)
    )
    closed = StrictBoolean(load_default=False)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return what a command needs beside kind and code."""
        labels = data.pop("labels")
        return {**data, "label_fr": labels["fr"], "label_en": labels["en"]}


class ReasonSchema(Schema):
    """A reason: its words by language, what it says of the shelf, whether it is still offered."""

    kind = fields.String(required=True)
    code = fields.String(required=True)
    labels = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    effect = fields.String(required=True)
    position = fields.Integer(required=True)
    closed = fields.Boolean(required=True)


class ReasonListSchema(Schema):
    """Reasons, by kind, each kind in the retailer's order."""

    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
