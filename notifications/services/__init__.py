"""Use cases of messages: owe one, lease those due, begin a call to the vendor, settle it.

Followers of what happens to orders are rung in the same way.
"""

from notifications.services.codes import owe_code
from notifications.services.following import (
    Ring,
    claim_rings,
    close_webhook,
    list_webhooks,
    open_webhook,
    resume_webhook,
    settle_ring,
    sign,
    signing_key,
)
from notifications.services.owing import owe, owe_wish
from notifications.services.resending import resend
from notifications.services.sending import Call, Claim, begin, claim_due, settle
from notifications.services.telling_carts import owe_cart
from notifications.services.telling_staff import owe_staff

__all__ = [
    "Call",
    "Claim",
    "Ring",
    "begin",
    "claim_due",
    "claim_rings",
    "close_webhook",
    "list_webhooks",
    "open_webhook",
    "owe",
    "owe_cart",
    "owe_code",
    "owe_staff",
    "owe_wish",
    "resend",
    "resume_webhook",
    "settle",
    "settle_ring",
    "sign",
    "signing_key",
]
