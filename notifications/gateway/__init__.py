"""The mail server and the SMS provider: the only code that speaks to either.

No sessions, no transactions. A call ends in an `Outcome`, not in an exception: what a vendor did
is a fact to be kept.
"""

from notifications.gateway.outcomes import (
    NotFound,
    Outcome,
    RefusedForGood,
    RefusedForNow,
    Sent,
    Unanswered,
)
from notifications.gateway.ringing import Rung, require_address, ring
from notifications.gateway.settings import MessagingSettings, configure, settings
from notifications.gateway.sms import Sms, find_sms, may_text, send_sms
from notifications.gateway.smtp import Email, send_email

__all__ = [
    "Email",
    "MessagingSettings",
    "NotFound",
    "Outcome",
    "RefusedForGood",
    "RefusedForNow",
    "Rung",
    "Sent",
    "Sms",
    "Unanswered",
    "configure",
    "find_sms",
    "may_text",
    "require_address",
    "ring",
    "send_email",
    "send_sms",
    "settings",
]
