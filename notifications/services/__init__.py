"""Use cases of messages: owe one, lease those due, begin a call to the vendor, settle it."""

from notifications.services.codes import owe_code
from notifications.services.owing import owe, owe_wish
from notifications.services.resending import resend
from notifications.services.sending import Call, Claim, begin, claim_due, settle
from notifications.services.telling_staff import owe_staff

__all__ = [
    "Call",
    "Claim",
    "begin",
    "claim_due",
    "owe",
    "owe_code",
    "owe_staff",
    "owe_wish",
    "resend",
    "settle",
]
