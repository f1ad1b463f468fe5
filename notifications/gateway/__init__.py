"""The mail server and the SMS provider: the only code that speaks to either.

No sessions, no transactions. A call ends in an `Outcome`, not in an exception: what a vendor did
is a fact to be kept.
"""

from notifications.gateway.imap import Inbox, LetterWithheld, MailboxSilent, open_inbox
from notifications.gateway.letters import LETTER_BYTES_MAX, Attached, Letter, read_letter
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
from notifications.gateway.texts import ComeText, is_signed, read_text

__all__ = [
    "LETTER_BYTES_MAX",
    "Attached",
    "ComeText",
    "Email",
    "Inbox",
    "Letter",
    "LetterWithheld",
    "MailboxSilent",
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
    "is_signed",
    "may_text",
    "open_inbox",
    "read_letter",
    "read_text",
    "require_address",
    "ring",
    "send_email",
    "send_sms",
    "settings",
]
