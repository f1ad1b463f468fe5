"""What a shopper types about themselves: read, checked, and kept to be shown again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from marshmallow import ValidationError

import customers.queries
import customers.services
from app.i18n import gettext as _
from customers.commands import GiveAddress, GiveContact
from customers.errors import UnreadableEmail, UnreadablePhone, UnreadablePostcode
from kernel.fields import SafeText

NAME_MAX: Final = 80
EMAIL_MAX: Final = 254
PHONE_MAX: Final = 32
LINE_MAX: Final = 120
POSTCODE_MAX: Final = 12
CITY_MAX: Final = 80
COUNTRY: Final = "FR"
"""Whose national numbers are read without a country code, and whose postcodes are written."""


@dataclass(slots=True)
class Typed:
    """The fields of a form as typed, and what is wrong with each, as a sentence."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def read_words(self, form: Mapping[str, str], name: str, *, longest: int, missing: str) -> str:
        """Return a text of several lines; `missing` is said when nothing was written."""
        raw = form.get(name, "").replace("\r\n", "\n").strip()
        self.values[name] = raw[: longest * 2]
        line = SafeText(min_length=0, max_length=longest)
        try:
            text = "\n".join(line.deserialize(each) for each in raw.split("\n"))
        except ValidationError:
            text = " " * (longest + 1)
        if len(text) > longest:
            self.errors[name] = _("Write at most %(count)d plain letters.") % {"count": longest}
            return ""
        if missing and not text:
            self.errors[name] = missing
        return text

    def read(self, form: Mapping[str, str], name: str, *, longest: int, missing: str = "") -> str:
        """Return a field without the space around it; `missing` is said when it is empty."""
        raw = form.get(name, "")
        self.values[name] = raw[: longest * 2]
        try:
            text = SafeText(min_length=0, max_length=longest).deserialize(raw.strip())
        except ValidationError:
            self.errors[name] = _("Write at most %(count)d plain letters.") % {"count": longest}
            return ""
        if missing and not customers.services.plain_line(text):
            self.errors[name] = missing
        return str(text)


def read_contact(form: Mapping[str, str], *, language: str) -> tuple[GiveContact, Typed]:
    """Return who an order is for, and what was typed with everything that is wrong about it."""
    typed = Typed()
    first_name, last_name = read_name(form, typed)
    email = read_email(form, typed)
    phone = typed.read(form, "phone", longest=PHONE_MAX)
    check_phone(phone, typed)
    return GiveContact(first_name, last_name, email or None, phone or None, language), typed


def read_address(form: Mapping[str, str], typed: Typed) -> GiveAddress:
    """Return where something is brought to; what is wrong is said in `typed`."""
    address = GiveAddress(
        line1=typed.read(form, "line1", longest=LINE_MAX, missing=_("Give street and number.")),
        line2=typed.read(form, "line2", longest=LINE_MAX) or None,
        postcode=typed.read(form, "postcode", longest=POSTCODE_MAX, missing=_("Give a postcode.")),
        city=typed.read(form, "city", longest=CITY_MAX, missing=_("Give a town.")),
    )
    check_postcode(address.postcode, typed)
    return address


def read_email(form: Mapping[str, str], typed: Typed) -> str:
    """Return an e-mail address; what is wrong with it is said in `typed`."""
    missing = _("Give the e-mail address we write to.")
    email = typed.read(form, "email", longest=EMAIL_MAX, missing=missing)
    _check_email(email, typed)
    return email


def read_correction(form: Mapping[str, str]) -> tuple[str | None, str | None, Typed]:
    """Return another e-mail address and phone number; what is left empty is None."""
    typed = Typed()
    email = typed.read(form, "email", longest=EMAIL_MAX)
    phone = typed.read(form, "phone", longest=PHONE_MAX)
    _check_email(email, typed)
    check_phone(phone, typed)
    if not email and not phone:
        typed.errors.setdefault("email", _("Give an e-mail address or a mobile number."))
    return email or None, phone or None, typed


def read_name(form: Mapping[str, str], typed: Typed) -> tuple[str, str]:
    """Return a first name and a last name."""
    return (
        typed.read(form, "first_name", longest=NAME_MAX, missing=_("Give a first name.")),
        typed.read(form, "last_name", longest=NAME_MAX, missing=_("Give a last name.")),
    )


def read_reach(form: Mapping[str, str], typed: Typed) -> tuple[str | None, str | None]:
    """Return the e-mail address or the phone number that one field holds; the other is None."""
    missing = _("Give an e-mail address or a mobile number.")
    reach = typed.read(form, "reach", longest=EMAIL_MAX, missing=missing)
    found = Typed()
    if "@" in reach:
        _check_email(reach, found)
    else:
        check_phone(reach, found)
    for sentence in found.errors.values():
        typed.errors.setdefault("reach", sentence)
    return (reach, None) if "@" in reach else (None, reach)


def _check_email(email: str, typed: Typed) -> None:
    try:
        if email:
            customers.services.normal_email(email)
    except UnreadableEmail:
        typed.errors["email"] = _("Write the whole address, as in name@example.org.")


def check_phone(phone: str, typed: Typed) -> None:
    """Say in `typed` what is wrong with a phone number, if something is."""
    try:
        if phone:
            customers.services.normal_phone(phone, country=COUNTRY)
    except UnreadablePhone:
        typed.errors["phone"] = _("Write ten digits, as in 06 12 34 56 78, or begin with +.")


def check_postcode(postcode: str, typed: Typed) -> None:
    """Say in `typed` what is wrong with a postcode, if something is."""
    try:
        if postcode:
            customers.queries.normal_postcode(postcode, country=COUNTRY)
    except UnreadablePostcode:
        typed.errors.setdefault("postcode", _("Write the five digits of a French postcode."))
