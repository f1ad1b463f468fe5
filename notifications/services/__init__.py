"""Use cases of messages: owe one, lease those due, begin a call to the vendor, settle it.

Followers of what happens to orders are rung in the same way.
"""

from notifications.services.answering import (
    SocialCall,
    claim_answers,
    list_answers,
    owe_social,
    settle_answer,
    signed_headers,
)
from notifications.services.codes import owe_code
from notifications.services.connecting import (
    ConnectorFacts,
    admit_connector,
    close_connector,
    connector_key,
    find_generation,
    find_key,
    keep_refused,
    list_connectors,
    open_connector,
    renew_connector_key,
    reopen_connector,
    show_connector_key,
)
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
from notifications.services.forgetting import forget_recipient
from notifications.services.hearing import (
    Heard,
    brake,
    hear_letter,
    hear_message,
    hear_text,
    is_stop,
)
from notifications.services.owing import owe, owe_wish
from notifications.services.resending import resend
from notifications.services.sending import Call, Claim, begin, claim_due, settle
from notifications.services.telling_answers import owe_answer
from notifications.services.telling_carts import owe_cart
from notifications.services.telling_staff import owe_staff

__all__ = [
    "Call",
    "Claim",
    "ConnectorFacts",
    "Heard",
    "Ring",
    "SocialCall",
    "admit_connector",
    "begin",
    "brake",
    "claim_answers",
    "claim_due",
    "claim_rings",
    "close_connector",
    "close_webhook",
    "connector_key",
    "find_generation",
    "find_key",
    "forget_recipient",
    "hear_letter",
    "hear_message",
    "hear_text",
    "is_stop",
    "keep_refused",
    "list_answers",
    "list_connectors",
    "list_webhooks",
    "open_connector",
    "open_webhook",
    "owe",
    "owe_answer",
    "owe_cart",
    "owe_code",
    "owe_social",
    "owe_staff",
    "owe_wish",
    "renew_connector_key",
    "reopen_connector",
    "resend",
    "resume_webhook",
    "settle",
    "settle_answer",
    "settle_ring",
    "show_connector_key",
    "sign",
    "signed_headers",
    "signing_key",
]
