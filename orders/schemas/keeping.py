"""What changes while an order waits, in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from kernel.fields import SafeText, StrictSchema


class CorrectContactSchema(StrictSchema):
    """Where the customer is written to from now on; what is left out stays as it is."""

    email = SafeText(load_default=None, allow_none=True, max_length=254)
    phone = SafeText(load_default=None, allow_none=True, max_length=32)

    @validates_schema
    def something(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a correction that corrects nothing."""
        if not data.get("email") and not data.get("phone"):
            raise ValidationError("Give an e-mail address or a phone number.", "email")


class CorrectedSchema(Schema):
    """Whose contact was corrected."""

    order_id = fields.UUID(required=True)


class ExtendedSchema(Schema):
    """Until when a parcel is kept now."""

    fulfillment_id = fields.UUID(required=True)
    collect_by = fields.AwareDateTime(required=True)
