"""Picking, waves, substitutes and put-backs in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from inventory.commands import Disposition, Returned
from kernel.fields import (
    ITEMS_MAX,
    QUANTITY_MAX,
    SKU_MAX,
    Quantity,
    SafeText,
    StrictSchema,
)
from orders.commands import OfferSubstitute, ScanInWave
from orders.schemas.ordering import NOTED, TEXT, ShownNumber

REASON_MAX = 32
WAVE_MAX = 50
GTIN = validate.Regexp(r"\A[0-9]{8,14}\Z", error="A barcode has 8 to 14 digits.")


class NamedSchema(StrictSchema):
    """An article, named by its SKU or by the barcode that was scanned."""

    sku = SafeText(load_default=None, max_length=SKU_MAX)
    gtin = SafeText(load_default=None, max_length=14, validate=[GTIN])
    quantity = Quantity(load_default=1)

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **_: object) -> None:
        """Refuse none or both."""
        if (data.get("sku") is None) == (data.get("gtin") is None):
            raise ValidationError("Give either sku or gtin.", "sku")


class PickSchema(StrictSchema):
    """What was taken from the shelf: by SKU, or by the barcode that was scanned."""

    items = fields.List(
        fields.Nested(NamedSchema),
        required=True,
        validate=validate.Length(min=1, max=ITEMS_MAX),
    )

    @post_load
    def summed(self, data: dict[str, Any], **_: object) -> dict[str, dict[str, int]]:
        """Return quantities by SKU and by barcode: the same article twice counts together."""
        found: dict[str, dict[str, int]] = {"quantities": {}, "gtins": {}}
        for item in data["items"]:
            kind, name = ("gtins", item["gtin"]) if item["gtin"] else ("quantities", item["sku"])
            found[kind][name] = found[kind].get(name, 0) + item["quantity"]
        if any(each > QUANTITY_MAX for sums in found.values() for each in sums.values()):
            raise ValidationError(f"At most {QUANTITY_MAX} of one article.", "items")
        return found


class StartWaveSchema(StrictSchema):
    """Which parcels are picked in one walk; without any, those promised soonest."""

    fulfillment_ids = fields.List(
        fields.UUID(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=WAVE_MAX),
    )


class ScanSchema(NamedSchema):
    """An article that was taken in a wave."""

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> ScanInWave:
        """Return the command."""
        return ScanInWave(**data)


class WaveParcelSchema(Schema):
    """A parcel of a wave; `box` is the number of its box on the trolley."""

    id = fields.UUID(required=True)
    order_number = ShownNumber(required=True)
    box = fields.Integer(required=True)
    bin = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    promised_at = fields.AwareDateTime(required=True)
    undecided = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    note = fields.String(allow_none=True, metadata={"description": NOTED})


class WavePartSchema(Schema):
    """How many of an article go into which box."""

    fulfillment_id = fields.UUID(required=True)
    box = fields.Integer(required=True)
    quantity = fields.Integer(required=True)
    picked = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    undecided = fields.Integer(required=True)


class WaveStopSchema(Schema):
    """One article of the walk, where it lies, and into which boxes it goes."""

    sku = fields.String(required=True)
    name = fields.String(required=True)
    place = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    picked = fields.Integer(required=True)
    undecided = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    parts = fields.List(fields.Nested(WavePartSchema), required=True)


class WaveSchema(Schema):
    """One walk through a store: its parcels, and its stops in the order of the walk."""

    id = fields.UUID(required=True)
    location_id = fields.UUID(required=True)
    picker_name = fields.String(required=True)
    walk = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    undecided = fields.Integer(required=True)
    parcels = fields.List(fields.Nested(WaveParcelSchema), required=True)
    stops = fields.List(fields.Nested(WaveStopSchema), required=True)


class WaveListSchema(Schema):
    """The waves of a store that are under way."""

    waves = fields.List(fields.Nested(WaveSchema), required=True)


class TakenSchema(Schema):
    """Into which box how many go."""

    fulfillment_id = fields.UUID(required=True)
    box = fields.Integer(required=True)
    quantity = fields.Integer(required=True, attribute="picked")


class ScannedSchema(Schema):
    """Where what was scanned goes, and the wave after it."""

    taken = fields.List(fields.Nested(TakenSchema), required=True)
    wave = fields.Nested(WaveSchema, required=True)


KEPT_WAVE = WaveSchema(exclude=("parcels.note",))
KEPT_SCANNED = ScannedSchema(exclude=("wave.parcels.note",))
"""What of an answer to what moves a wave is stored: nothing personal."""


class OfferSubstituteSchema(StrictSchema):
    """Another article for so many of one that is missing, and why it is."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    substitute_sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)
    reason = SafeText(required=True, max_length=REASON_MAX)


def offer_of(fulfillment_id: Any, body: dict[str, Any]) -> OfferSubstitute:  # noqa: ANN401 (an id of the address)
    """Return the command of a body for a parcel."""
    return OfferSubstitute(fulfillment_id=fulfillment_id, **body)


class SubstituteSchema(Schema):
    """An offer of another article; `amount_minor` is what it would cost."""

    id = fields.UUID(required=True)
    fulfillment_id = fields.UUID(required=True)
    sku = fields.String(required=True)
    substitute_sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    unit_price_minor = fields.Integer(required=True)
    price_per = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)
    reason = fields.String(required=True)
    status = fields.String(required=True)
    proposed_by_name = fields.String(required=True)
    proposed_at = fields.AwareDateTime(required=True)
    answer_by = fields.AwareDateTime(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)


class SubstituteListSchema(Schema):
    """Every substitute that was offered in a parcel, oldest first."""

    substitutes = fields.List(fields.Nested(SubstituteSchema), required=True)


class PutBackQuerySchema(StrictSchema):
    """Which store's bins."""

    store = SafeText(required=True, max_length=SKU_MAX)


class PutBackSchema(Schema):
    """Goods in a bin, or on a trolley, that have to go back to the shelf."""

    id = fields.UUID(required=True)
    fulfillment_id = fields.UUID(required=True)
    order_number = ShownNumber(required=True)
    location_id = fields.UUID(required=True)
    bin = fields.String(required=True, allow_none=True)
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    why = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True)


class PutBackListSchema(Schema):
    """What a store has to put back, the most urgent first."""

    put_backs = fields.List(fields.Nested(PutBackSchema), required=True)


class OtherSchema(StrictSchema):
    """Goods of a bin that are not for sale again: damaged, or in doubt until counted."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)
    disposition = fields.Enum(Disposition, by_value=True, metadata=TEXT, required=True)

    @post_load
    def item(self, data: dict[str, Any], **_: object) -> Returned:
        """Return what becomes of these."""
        return Returned(**data)


class FinishPutBackSchema(StrictSchema):
    """What lay in the bin is on the shelf, but for `others`."""

    others = fields.List(
        fields.Nested(OtherSchema), load_default=list, validate=validate.Length(max=ITEMS_MAX)
    )


class PutBackDoneSchema(Schema):
    """That goods are back on the shelf."""

    id = fields.UUID(required=True)
