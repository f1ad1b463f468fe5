"""Tasks, counts and shortages in JSON."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from inventory.commands import CountStatus
from kernel.fields import ITEMS_MAX, SKU_MAX, Quantity, QueryInteger, SafeText, StrictSchema

LIMIT_MAX = 100
CURSOR_MAX = 400


class PageQuerySchema(StrictSchema):
    """Which page of a list to show."""

    cursor = SafeText(load_default=None, max_length=CURSOR_MAX)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class TaskSchema(Schema):
    """A SKU that somebody has to count."""

    id = fields.UUID(required=True)
    sku = fields.String(required=True)
    cause = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    owner_name = fields.String(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True)
    count_id = fields.UUID(required=True, allow_none=True)


class TaskPageSchema(Schema):
    """A page of tasks, what is due first first; `next` is null on the last one."""

    tasks = fields.List(fields.Nested(TaskSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class AskCountSchema(StrictSchema):
    """Which SKUs a store is to count."""

    skus = fields.List(
        SafeText(max_length=SKU_MAX),
        required=True,
        validate=validate.Length(min=1, max=ITEMS_MAX),
    )
    note = SafeText(load_default=None)


class AskedSchema(Schema):
    """The SKUs of these that nobody had to count yet."""

    opened = fields.List(fields.String(), required=True)


class AssignSchema(StrictSchema):
    """Who of the staff is to do it."""

    staff_id = fields.UUID(required=True)


class OpenCountSchema(StrictSchema):
    """What to count: SKUs, those of tasks, or those of a category that the store stocks."""

    skus = fields.List(
        SafeText(max_length=SKU_MAX), load_default=[], validate=validate.Length(max=ITEMS_MAX)
    )
    tasks = fields.List(
        fields.UUID(),
        load_default=[],
        validate=validate.Length(max=ITEMS_MAX),
        attribute="task_ids",
    )
    category = SafeText(load_default=None, attribute="category_code")
    note = SafeText(load_default=None)


class CountedItemSchema(StrictSchema):
    """What lies on the shelf of a SKU, in base units."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    counted = Quantity(required=True, minimum=0)


class EnterCountSchema(StrictSchema):
    """Figures of a count; each SKU once."""

    items = fields.List(
        fields.Nested(CountedItemSchema),
        required=True,
        validate=validate.Length(min=1, max=ITEMS_MAX),
    )

    @post_load
    def by_sku(self, data: Mapping[str, Any], **_: object) -> dict[str, int]:
        """Return what was counted by SKU."""
        return once_each(data["items"], "counted")


class RejectSchema(StrictSchema):
    """Why the differences of a count are not booked."""

    reason = SafeText(required=True)


class CountQuerySchema(PageQuerySchema):
    """Which counts of a store to list."""

    status = fields.List(fields.Enum(CountStatus, by_value=fields.String), load_default=[])


class CountIdSchema(Schema):
    """Which count it is, and where it is now."""

    count_id = fields.UUID(required=True)
    status = fields.String(required=True)


class CountSchema(Schema):
    """A count; `differing` is null while it is blind."""

    id = fields.UUID(required=True)
    status = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    opened_by_name = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by_name = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    skus = fields.Integer(required=True)
    counted = fields.Integer(required=True)
    differing = fields.Integer(required=True, allow_none=True)


class CountPageSchema(Schema):
    """A page of counts, newest first; `next` is null on the last one."""

    counts = fields.List(fields.Nested(CountSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class CountLineSchema(Schema):
    """One SKU of a count; all but `counted` is null until the count is submitted.

    `shelf` is what was on hand less what lay in bins when it was counted.
    """

    sku = fields.String(required=True)
    counted = fields.Integer(required=True, allow_none=True)
    counted_at = fields.AwareDateTime(required=True, allow_none=True)
    on_hand = fields.Integer(required=True, allow_none=True)
    in_bins = fields.Integer(required=True, allow_none=True)
    shelf = fields.Integer(required=True, allow_none=True)
    difference = fields.Integer(required=True, allow_none=True)


class CountLinesSchema(Schema):
    """A count with a page of its lines; `next` is null on the last one."""

    count = fields.Nested(CountSchema, required=True)
    lines = fields.List(fields.Nested(CountLineSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ShortageQuerySchema(PageQuerySchema):
    """Which shortages of a store to list: those that are open, or those that are over."""

    state = SafeText(load_default="open", validate=[validate.OneOf(["open", "closed"])])


class ShortageSchema(Schema):
    """More of a SKU is promised than is there, by `missing` units."""

    id = fields.UUID(required=True)
    sku = fields.String(required=True)
    missing = fields.Integer(required=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    owner_name = fields.String(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_by_name = fields.String(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)


class ShortagePageSchema(Schema):
    """A page of shortages, what is due first first; `next` is null on the last one."""

    shortages = fields.List(fields.Nested(ShortageSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ResolutionSchema(StrictSchema):
    """How a shortage was resolved."""

    resolution = SafeText(required=True)


class DoneSchema(Schema):
    """That it was done, to what."""

    id = fields.UUID(required=True)


def once_each(items: list[dict[str, Any]], figure: str) -> dict[str, Any]:
    """Return the figure of each item by SKU.

    Raises ValidationError when a SKU stands twice: which figure is meant could not be told.
    """
    found = {item["sku"]: item[figure] for item in items}
    if len(found) != len(items):
        raise ValidationError("Each SKU once.", "items")
    return found
