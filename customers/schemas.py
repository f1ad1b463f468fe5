"""Accounts in JSON: codes, signing in, who the owner is, how they are reached, their addresses."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import GiveAddress
from kernel.fields import SafeText, StrictBoolean, StrictSchema

LANGUAGES: Final = ("fr", "en")
EMAIL_MAX: Final = 254
PHONE_MAX: Final = 32
NAME_MAX: Final = 80
LINE_MAX: Final = 120
CODE_MAX: Final = 16
TOKEN_MAX: Final = 100
PASSWORD_MAX: Final = 200
TEXT: Final = {"type": "string"}


def _country() -> SafeText:
    check = validate.Regexp(r"[A-Z]{2}\Z", error="Two capital letters, as in FR.")
    return SafeText(load_default="FR", max_length=2, validate=[check])


class AskCodeSchema(StrictSchema):
    """Where a code is sent, and in which language."""

    email = SafeText(required=True, max_length=EMAIL_MAX)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))


class AskedCodeSchema(Schema):
    """What a code answers, and what shows that whoever answers is who asked."""

    challenge_id = fields.UUID(required=True)
    token = fields.String(required=True)


class SignInSchema(StrictSchema):
    """The code that arrived, with what was told when it was asked for."""

    challenge_id = fields.UUID(required=True)
    token = SafeText(required=True, max_length=TOKEN_MAX)
    code = SafeText(required=True, max_length=CODE_MAX)


class PasswordSignInSchema(StrictSchema):
    """The address an account is opened with, and its password."""

    email = SafeText(required=True, max_length=EMAIL_MAX)
    password = SafeText(required=True, max_length=PASSWORD_MAX)


class SignedInSchema(Schema):
    """The bearer token of an account, good until it is signed out, or until then."""

    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    is_new = fields.Boolean(
        required=True, metadata={"description": "The account was opened by this code."}
    )


class NameAccountSchema(StrictSchema):
    """How the owner is called, and which language they read."""

    first_name = SafeText(required=True, max_length=NAME_MAX)
    last_name = SafeText(required=True, max_length=NAME_MAX)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class OwnPointSchema(Schema):
    """A proven e-mail address or telephone number of an account."""

    id = fields.UUID(required=True)
    kind = fields.String(attribute="kind.value", required=True, metadata=TEXT)
    value = fields.String(required=True)
    proven_at = fields.AwareDateTime(required=True)


class AccountSchema(Schema):
    """What an account knows of its owner. `email` is what it is opened with."""

    email = fields.String(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    language = fields.String(required=True)
    has_password = fields.Boolean(required=True)
    points = fields.List(fields.Nested(OwnPointSchema), required=True)


class SaveAddressSchema(StrictSchema):
    """An address to keep for the next order."""

    line1 = SafeText(required=True, max_length=LINE_MAX)
    line2 = SafeText(load_default=None, allow_none=True, max_length=LINE_MAX)
    postcode = SafeText(required=True, max_length=12)
    city = SafeText(required=True, max_length=NAME_MAX)
    country = _country()

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> GiveAddress:
        """Return the command."""
        return GiveAddress(**data)


class OwnAddressSchema(Schema):
    """An address an account keeps."""

    id = fields.UUID(required=True)
    line1 = fields.String(required=True)
    line2 = fields.String(required=True, allow_none=True)
    postcode = fields.String(required=True)
    city = fields.String(required=True)
    country = fields.String(required=True)


class OwnAddressesSchema(Schema):
    """The addresses an account keeps, the newest first."""

    addresses = fields.List(fields.Nested(OwnAddressSchema), required=True)


class OwnThingSchema(Schema):
    """What was kept, changed or let go of."""

    id = fields.UUID(required=True)


class AskPointSchema(StrictSchema):
    """An e-mail address or a telephone number to add; `country` reads national numbers."""

    email = SafeText(load_default=None, allow_none=True, max_length=EMAIL_MAX)
    phone = SafeText(load_default=None, allow_none=True, max_length=PHONE_MAX)
    country = _country()

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_: object) -> None:
        """Refuse none, and both."""
        if bool(data.get("email")) == bool(data.get("phone")):
            raise ValidationError("Give an e-mail address or a phone number.", "email")


class ChallengeSchema(Schema):
    """What a code answers."""

    challenge_id = fields.UUID(required=True)


class ProvePointSchema(StrictSchema):
    """The code that arrived at a contact point."""

    challenge_id = fields.UUID(required=True)
    code = SafeText(required=True, max_length=CODE_MAX)


class SetPasswordSchema(ProvePointSchema):
    """The code that arrived, and the new password; without one, codes alone open the account."""

    password = SafeText(required=True, allow_none=True, max_length=PASSWORD_MAX)


class SignOutSchema(StrictSchema):
    """Whether every session of the account ends, or this one only."""

    everywhere = StrictBoolean(load_default=False)


class AccountDoneSchema(Schema):
    """That it is done."""

    done = fields.Boolean(required=True)
