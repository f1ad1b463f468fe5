"""Opening hours in JSON."""

from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from kernel.clock import now
from kernel.fields import SafeText, StrictSchema
from stores.commands import ExceptDays

DAYS_MAX = timedelta(days=366)
HOURS_MAX = 500


class HoursSchema(StrictSchema):
    """Weekly hours in OpenStreetMap syntax."""

    opening_hours = SafeText(required=True, max_length=HOURS_MAX)


def _soon(day: date) -> None:
    if not -timedelta(days=1) <= day - now().date() <= 2 * DAYS_MAX:
        raise ValidationError("Give a day from today on, at most two years ahead.")


class ExceptDaysSchema(StrictSchema):
    """Other hours than usual from a first to a last day, like `09:30-12:00,14:00-17:00`."""

    first_day = fields.Date(required=True, validate=_soon)
    last_day = fields.Date(required=True, validate=_soon)
    hours = SafeText(
        required=True,
        allow_none=True,
        max_length=HOURS_MAX,
        metadata={"description": "null: closed"},
    )
    reason = SafeText(required=True)

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: object) -> None:
        """Refuse days that end before they begin."""
        if data["last_day"] < data["first_day"]:
            raise ValidationError("The last day is before the first.", "last_day")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> ExceptDays:
        """Return the command."""
        return ExceptDays(**data)


class ExceptionalSchema(Schema):
    """Exceptional days, who said so and why."""

    id = fields.UUID(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    hours = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    author_name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class ExceptionalPageSchema(Schema):
    """A page of exceptional days, what was said last first; `next` is null on the last one."""

    days = fields.List(fields.Nested(ExceptionalSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ExceptionalIdSchema(Schema):
    """The exceptional days that were added or withdrawn."""

    id = fields.UUID(required=True)
