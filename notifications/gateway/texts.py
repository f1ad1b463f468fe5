"""Text messages as they come in: proven by the signature of the provider, who speaks as Twilio."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Final
from urllib.parse import unquote, urlsplit

import phonenumbers

from notifications.gateway.settings import settings

SID_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class ComeText:
    """A text message that came in; `sender` is E.164, or empty where it is no telephone."""

    id: str
    sender: str
    text: str


def is_signed(target: str, form: Mapping[str, str], signature: str) -> bool:
    """Tell whether the provider posted this form to this path (with its query) of ours.

    As Twilio signs: HMAC-SHA1 of the address and the sorted fields, under the account's token.
    """
    token = unquote(urlsplit(settings().sms_url).password or "")
    if not token:
        return False
    url = settings().public_url.rstrip("/") + target
    said = url + "".join(name + form[name] for name in sorted(form))
    made = base64.b64encode(hmac.new(token.encode(), said.encode(), sha1).digest())
    return hmac.compare_digest(made, signature.encode("utf-8", "replace"))


def read_text(form: Mapping[str, str]) -> ComeText | None:
    """Return the text message a form tells of; None where it tells of none."""
    sid = form.get("MessageSid", "")
    if not 0 < len(sid) <= SID_MAX:
        return None
    return ComeText(sid, _number(form.get("From", "")), form.get("Body", "").replace("\x00", ""))


def _number(said: str) -> str:
    """Return a number in E.164; empty for the names and short codes of machines."""
    try:
        number = phonenumbers.parse(said)
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
