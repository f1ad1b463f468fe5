"""What a tablet knows and did without a network, in JSON."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from kernel.fields import SKU_MAX, Items, SafeText, StrictBoolean, StrictSchema
from orders.commands import OfflineDeed, OfflineKind
from orders.schemas.ordering import TEXT, LineSchema, ShownNumber

FACTS_MAX = 200
SEQ_MAX = 2**53
YEARS = range(1970, 2101)


def _plausible(moment: datetime) -> None:
    if moment.year not in YEARS:
        raise ValidationError("Give a moment between 1970 and 2100.")


class TruthQuerySchema(StrictSchema):
    """Of which store the truth is wanted."""

    store = SafeText(required=True, max_length=SKU_MAX)


class OfflineLineSchema(LineSchema):
    """One SKU of a parcel; prices stay at home."""

    class Meta:
        """What a tablet without a network has no use for."""

        exclude = (
            "unit_price_minor",
            "price_per",
            "vat_bp",
            "discount_minor",
            "promotion",
            "eco_minor",
        )


class OfflineParcelSchema(Schema):
    """A parcel as a tablet may have to prepare it or hand it over."""

    fulfillment_id = fields.UUID(required=True, attribute="parcel.id")
    order_number = ShownNumber(required=True, attribute="parcel.order_number")
    customer_name = fields.String(required=True)
    method = fields.String(required=True, attribute="parcel.method")
    status = fields.String(required=True, attribute="parcel.status")
    promised_at = fields.AwareDateTime(required=True, attribute="parcel.promised_at")
    slot_starts_at = fields.AwareDateTime(
        required=True, allow_none=True, attribute="parcel.slot_starts_at"
    )
    slot_ends_at = fields.AwareDateTime(
        required=True, allow_none=True, attribute="parcel.slot_ends_at"
    )
    bin = fields.String(required=True, allow_none=True, attribute="parcel.bin")
    collect_by = fields.AwareDateTime(required=True, allow_none=True, attribute="parcel.collect_by")
    currency = fields.String(required=True, attribute="parcel.currency")
    due_minor = fields.Integer(required=True)
    identity_required = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(OfflineLineSchema), required=True, attribute="parcel.lines")


class OfflineTruthSchema(Schema):
    """What holds at a store: `revoked` passes verify with a key and are dead all the same.

    `complete` is false when there was more than fits. `keys`: key id to base64url of 32 bytes.
    """

    store = fields.String(required=True)
    taken_at = fields.AwareDateTime(required=True)
    complete = fields.Boolean(required=True)
    keys = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    revoked = fields.List(fields.UUID(), required=True)
    parcels = fields.List(fields.Nested(OfflineParcelSchema), required=True)


class OfflineFactSchema(StrictSchema):
    """Something that was done: a pick, or a hand-over found by `qr` or by `fulfillment_id`.

    `staff_id` is who did it, of the store's staff; without it, whoever sends it.
    """

    nonce = fields.UUID(required=True)
    seq = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=SEQ_MAX))
    kind = fields.Enum(OfflineKind, by_value=True, metadata=TEXT, required=True)
    happened_at = fields.AwareDateTime(required=True, validate=_plausible)
    fulfillment_id = fields.UUID(load_default=None, allow_none=True)
    qr = SafeText(load_default=None, allow_none=True, max_length=500)
    items = Items(required=True)
    ticket_number = SafeText(load_default=None, allow_none=True, max_length=64)
    identity_seen = StrictBoolean(load_default=False)
    staff_id = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def one_way(self, data: dict[str, Any], **_: object) -> None:
        """Refuse none or two ways to find the parcel, and a pick by its pass."""
        if (data.get("qr") is None) == (data.get("fulfillment_id") is None):
            raise ValidationError("Give exactly one of qr and fulfillment_id.", "fulfillment_id")
        if data.get("kind") is OfflineKind.PICK and data.get("qr") is not None:
            raise ValidationError("A pick names its fulfillment_id.", "qr")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> OfflineDeed:
        """Return the command."""
        return OfflineDeed(**data)


class OfflineFactsSchema(StrictSchema):
    """What a tablet did. `tablet_id` only with a key: a tablet is known by its own sign-in."""

    tablet_id = fields.UUID(load_default=None, allow_none=True)
    facts = fields.List(
        fields.Nested(OfflineFactSchema),
        required=True,
        validate=validate.Length(min=1, max=FACTS_MAX),
    )


class OfflineAnswerSchema(Schema):
    """What became of one: `applied` as it was meant, or a `conflict` with a case for a person.

    `refused`, also with a case, is what was told under the nonce of something else.
    """

    nonce = fields.UUID(required=True)
    outcome = fields.String(required=True)
    hand_over_id = fields.UUID(required=True, allow_none=True)
    case_id = fields.UUID(required=True, allow_none=True)
    refusal = fields.String(required=True, allow_none=True)


class OfflineAnswersSchema(Schema):
    """What became of each, in the order of their running numbers."""

    facts = fields.List(fields.Nested(OfflineAnswerSchema), required=True)
