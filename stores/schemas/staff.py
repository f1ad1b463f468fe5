"""People of the staff in JSON."""

from typing import Any

from marshmallow import Schema, fields, validate

from kernel.fields import SafeText, StrictSchema
from stores.commands import StaffRole
from stores.schemas.settings import TEXT, SettingQuerySchema

STORES_MAX = 1_000


class StoreCodes(fields.List[Any]):
    """The codes of stores."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow)
        super().__init__(
            SafeText(max_length=64), validate=validate.Length(max=STORES_MAX), **kwargs
        )


class StaffQuerySchema(SettingQuerySchema):
    """Which people to list, by name."""

    store = SafeText(load_default=None, max_length=64)


class HireSchema(StrictSchema):
    """Somebody who joins; a PIN or password is given on the page of the person, never here."""

    name = SafeText(required=True, max_length=80)
    role = fields.Enum(StaffRole, by_value=True, metadata=TEXT, load_default=StaffRole.ASSOCIATE)
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(max=254))
    stores = StoreCodes(required=True)


class MoveSchema(StrictSchema):
    """The stores somebody works at from now on."""

    stores = StoreCodes(required=True)


class LimitSchema(StrictSchema):
    """The code of the one brand whose customers somebody sees; null is all of them."""

    brand = SafeText(required=True, allow_none=True, max_length=64)


class StaffIdSchema(Schema):
    """The person who joined, moved or left."""

    id = fields.UUID(required=True)


class StaffSchema(StaffIdSchema):
    """Somebody of the staff."""

    name = fields.String(required=True)
    role = fields.String(attribute="role.value", required=True)
    email = fields.String(required=True, allow_none=True)
    location_ids = fields.List(fields.UUID(), required=True)
    has_pin = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    brand_id = fields.UUID(required=True, allow_none=True)


class StaffPageSchema(Schema):
    """A page of people; `next` is null on the last one."""

    staff = fields.List(fields.Nested(StaffSchema), required=True)
    next = fields.String(required=True, allow_none=True)
