"""Transfers and expected goods in JSON."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from inventory.commands import Direction, MissingReason, TransferStatus
from inventory.schemas.counting import PageQuerySchema, once_each
from kernel.fields import ITEMS_MAX, SKU_MAX, Items, ItemsSchema, SafeText, StrictSchema


class DraftTransferSchema(ItemsSchema):
    """What is to go from one location to another, by their codes."""

    from_store = SafeText(required=True, max_length=SKU_MAX)
    to_store = SafeText(required=True, max_length=SKU_MAX)
    note = SafeText(load_default=None)


class SendTransferSchema(StrictSchema):
    """On which day the receiver may expect what is sent."""

    expected_on = fields.Date(required=True)


class MissingItemSchema(StrictSchema):
    """Why goods of a SKU did not arrive."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    reason = fields.Enum(MissingReason, by_value=fields.String, required=True)


class CloseTransferSchema(StrictSchema):
    """Why what is still on the way never arrives; each SKU once."""

    items = fields.List(
        fields.Nested(MissingItemSchema),
        required=True,
        validate=validate.Length(min=1, max=ITEMS_MAX),
    )

    @post_load
    def by_sku(self, data: Mapping[str, Any], **_: object) -> dict[str, MissingReason]:
        """Return the reasons by SKU."""
        return once_each(data["items"], "reason")


class TransferQuerySchema(PageQuerySchema):
    """Which transfers of a store to list."""

    direction = fields.Enum(Direction, by_value=fields.String, load_default=Direction.BOTH)
    status = fields.List(fields.Enum(TransferStatus, by_value=fields.String), load_default=[])


class DraftedSchema(Schema):
    """That a transfer was drafted, and under which number."""

    transfer_id = fields.UUID(required=True)
    number = fields.String(required=True)


class TransferIdSchema(Schema):
    """Which transfer it is, and where it is now."""

    transfer_id = fields.UUID(required=True)
    status = fields.String(required=True)


class ClosedTransferSchema(TransferIdSchema):
    """That a transfer was closed, and what of it was given up, by SKU."""

    missing = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class TransferSchema(Schema):
    """A transfer with its sums over all SKUs, in base units."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    from_code = fields.String(required=True)
    from_name = fields.String(required=True)
    to_code = fields.String(required=True)
    to_name = fields.String(required=True)
    status = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    created_by_name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    expected_on = fields.Date(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    skus = fields.Integer(required=True)
    quantity = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    received = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    fulfillment_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The parcel it carries its goods for, where it does."},
    )


class TransferPageSchema(Schema):
    """A page of transfers, newest first; `next` is null on the last one."""

    transfers = fields.List(fields.Nested(TransferSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class TransferLineSchema(Schema):
    """One SKU of a transfer; `open` is on the way, `surplus` arrived beyond what was sent."""

    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    received = fields.Integer(required=True)
    open = fields.Integer(required=True)
    surplus = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    missing_reason = fields.String(required=True, allow_none=True)


class TransferLinesSchema(Schema):
    """A transfer with all its lines."""

    transfer = fields.Nested(TransferSchema, required=True)
    lines = fields.List(fields.Nested(TransferLineSchema), required=True)


class ReceiveSchema(StrictSchema):
    """What came in, and, where known, which expected goods it is."""

    items = Items()
    incoming = fields.List(
        fields.UUID(),
        load_default=[],
        validate=validate.Length(max=ITEMS_MAX),
        attribute="incoming_ids",
    )
    reference = SafeText(load_default=None)


class ExpectSchema(ItemsSchema):
    """What is to come in, on which day, under which reference of the supplier."""

    expected_on = fields.Date(required=True)
    reference = SafeText(load_default=None)


class MoveIncomingSchema(StrictSchema):
    """On which other day goods are expected."""

    expected_on = fields.Date(required=True)


class CloseIncomingSchema(StrictSchema):
    """Why the rest is expected no longer."""

    reason = SafeText(required=True)


class IncomingQuerySchema(PageQuerySchema):
    """Which expected goods of a store to list."""

    sku = SafeText(load_default=None, max_length=SKU_MAX)


class ExpectedSchema(Schema):
    """That goods are expected: what each SKU's is called."""

    incoming = fields.Dict(keys=fields.String(), values=fields.UUID(), required=True)


class IncomingSchema(Schema):
    """What a store expects of a SKU on a day; `open` units have not come in yet."""

    id = fields.UUID(required=True)
    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    received = fields.Integer(required=True)
    open = fields.Integer(required=True)
    expected_on = fields.Date(required=True)
    reference = fields.String(required=True, allow_none=True)
    transfer_id = fields.UUID(required=True, allow_none=True)


class IncomingPageSchema(Schema):
    """A page of expected goods, the oldest day first; `next` is null on the last one."""

    incoming = fields.List(fields.Nested(IncomingSchema), required=True)
    next = fields.String(required=True, allow_none=True)
