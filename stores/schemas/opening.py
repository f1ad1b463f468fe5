"""Opening a store in JSON."""

from marshmallow import fields, validate

from kernel.fields import SafeText, StrictFloat, StrictSchema
from stores.schemas.groups import CODE_MAX

CODE = validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z", error="Small letters, digits and hyphens.")


class StartOpeningSchema(StrictSchema):
    """A store to be set up; `like` names one to copy settings, ways, slots and hours from."""

    brand = SafeText(required=True, max_length=CODE_MAX)
    code = SafeText(required=True, max_length=CODE_MAX, validate=[CODE])
    name = SafeText(required=True)
    street = SafeText(required=True)
    postcode = SafeText(required=True, max_length=12)
    city = SafeText(required=True)
    country = fields.String(
        load_default="FR", validate=validate.Regexp(r"[A-Z]{2}\Z", error="Two capital letters.")
    )
    phone = SafeText(load_default=None, allow_none=True, max_length=32)
    latitude = StrictFloat(required=True, validate=validate.Range(min=-90, max=90))
    longitude = StrictFloat(required=True, validate=validate.Range(min=-180, max=180))
    time_zone = SafeText(load_default=None, allow_none=True, max_length=64)
    opening_hours = SafeText(load_default=None, allow_none=True, max_length=500)
    like = SafeText(load_default=None, allow_none=True, max_length=CODE_MAX)
