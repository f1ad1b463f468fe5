"""Persons of a former system in JSON."""

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from customers.commands import GiveAddress, GiveContact, GivenConsent
from kernel.fields import Instant, SafeText, StrictBoolean, StrictSchema
from orders.schemas.choosing import DeliveryAddressSchema
from orders.schemas.ordering import LANGUAGES, ContactSchema

FORMER_MAX: Final = 64
WORD_MAX: Final = 40
MANY: Final = 100


class GivenConsentSchema(StrictSchema):
    """What somebody agreed to or refused, with its proof: the newest that they said holds.

    `wording` is the version of what they were asked, `proof` what shows it (a form's id, a call),
    `source` where they said it. An empty `topic` is all of them.
    """

    purpose = SafeText(required=True, max_length=WORD_MAX)
    channel = SafeText(required=True, max_length=WORD_MAX)
    topic = SafeText(load_default="", min_length=0, max_length=WORD_MAX)
    granted = StrictBoolean(required=True)
    wording = SafeText(required=True)
    proof = SafeText(required=True)
    source = SafeText(required=True)
    given_at = Instant(required=True)

    @post_load
    def consent(self, data: dict[str, Any], **_: object) -> GivenConsent:
        """Return the consent."""
        return GivenConsent(**data)


class BringCustomerSchema(ContactSchema):
    """A person of another system: its id there, and an e-mail address or a phone number."""

    former_id = SafeText(required=True, max_length=FORMER_MAX)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    addresses = fields.List(
        fields.Nested(DeliveryAddressSchema),
        load_default=list,
        validate=validate.Length(max=MANY),
    )
    consents = fields.List(
        fields.Nested(GivenConsentSchema), load_default=list, validate=validate.Length(max=MANY)
    )

    @post_load
    def person(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return what a command has of it, without who says so."""
        addresses: tuple[GiveAddress, ...] = tuple(data["addresses"])
        names = ("first_name", "last_name", "email", "phone", "language")
        return {
            "former_id": data["former_id"],
            "contact": GiveContact(**{name: data[name] for name in names}),
            "addresses": addresses,
            "consents": tuple(data["consents"]),
        }


class BroughtCustomerSchema(Schema):
    """Who they are here; how many addresses and consents of them were new."""

    id = fields.UUID(required=True)
    former_id = fields.String(required=True)
    addresses = fields.Integer(required=True)
    consents = fields.Integer(required=True)
