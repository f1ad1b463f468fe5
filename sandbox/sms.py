"""Text messages in the shape of Twilio's Messages API; they arrive in the mailbox.

A message is queued at first, sent and delivered moments later, and each change is posted to its
StatusCallback, signed as Twilio signs.
"""

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx

from sandbox.agenda import Agenda
from sandbox.mailbox import Mailbox
from sandbox.sms_length import count_segments, is_gsm7
from sandbox.store import Document, Store

ACCOUNT_SID = "AC" + "5a" * 16
AUTH_TOKEN = "secret"  # noqa: S105 - opens a sandbox on this machine only
API = "/2010-04-01"

_KIND = "sms"
_STEP_S = 0.2
_CALLBACK_TIMEOUT_S = 10.0
_log = logging.getLogger(__name__)


class TextMessages:
    """The messages sent through the account, with their progress."""

    def __init__(self, store: Store, mailbox: Mailbox, agenda: Agenda) -> None:
        self._store = store
        self._mailbox = mailbox
        self._agenda = agenda
        for message in store.newest_first(_KIND):
            if message["resource"]["status"] in {"queued", "sent"}:
                self._plan(str(message["resource"]["sid"]))

    def send(
        self, *, sender: str, recipient: str, text: str, callback: str, undeliverable: bool = False
    ) -> Document:
        """Queue a message, put it into the mailbox and return its resource."""
        now = _rfc2822(datetime.now(UTC))
        sid = "SM" + secrets.token_hex(16)
        uri = f"{API}/Accounts/{ACCOUNT_SID}/Messages/{sid}"
        resource: Document = {
            "account_sid": ACCOUNT_SID,
            "api_version": API.strip("/"),
            "body": text,
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": None if sender.startswith("MG") else sender,
            "messaging_service_sid": sender if sender.startswith("MG") else None,
            "num_media": "0",
            "num_segments": str(count_segments(text)),
            "price": None,
            "price_unit": None,
            "sid": sid,
            "status": "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": recipient,
            "uri": f"{uri}.json",
        }
        kept = {"resource": resource, "callback": callback, "undeliverable": undeliverable}
        self._store.put(_KIND, sid, kept)
        self._mailbox.keep_sms(
            sender=sender,
            recipient=recipient,
            text=text,
            facts={
                "sid": sid,
                "num_segments": count_segments(text),
                "encoding": "GSM-7" if is_gsm7(text) else "UCS-2",
            },
        )
        self._plan(sid)
        return resource

    def find(self, sid: str) -> Document | None:
        """Return a message's resource, or None."""
        kept = self._store.find(_KIND, sid)
        return None if kept is None else dict(kept["resource"])

    def list_newest(self, fits: Callable[[Document], bool]) -> list[Document]:
        """Return the resources that fit, newest first."""
        resources = (dict(kept["resource"]) for kept in self._store.newest_first(_KIND))
        return [resource for resource in resources if fits(resource)]

    def _plan(self, sid: str) -> None:
        """Have the message advance a step shortly."""
        self._agenda.later(_STEP_S, lambda: self._advance(sid))

    def _advance(self, sid: str) -> None:
        """Move the message one step on and tell its StatusCallback."""
        kept = self._store.find(_KIND, sid)
        if kept is None:
            return
        resource, now = kept["resource"], _rfc2822(datetime.now(UTC))
        resource["date_updated"] = now
        if resource["status"] == "queued":
            resource |= {"status": "sent", "date_sent": now}
            self._plan(sid)
        elif kept["undeliverable"]:
            resource |= {"status": "undelivered", "error_code": 30003}
        else:
            resource["status"] = "delivered"
        self._store.put(_KIND, sid, kept)
        if kept["callback"]:
            _post_status(kept["callback"], resource)


def sign_callback(url: str, form: dict[str, str]) -> str:
    """Return X-Twilio-Signature: HMAC-SHA1 of the URL and the sorted form, base64."""
    signed = url + "".join(key + form[key] for key in sorted(form))
    digest = hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _post_status(url: str, resource: Document) -> None:
    """Tell the sender's callback of the new status; a callback that fails is only logged."""
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": str(resource["api_version"]),
        "From": str(resource["from"] or ""),
        "MessageSid": str(resource["sid"]),
        "MessageStatus": str(resource["status"]),
        "SmsSid": str(resource["sid"]),
        "SmsStatus": str(resource["status"]),
        "To": str(resource["to"]),
    }
    if resource["error_code"]:
        form["ErrorCode"] = str(resource["error_code"])
    headers = {"X-Twilio-Signature": sign_callback(url, form)}
    try:
        httpx.post(url, data=form, headers=headers, timeout=_CALLBACK_TIMEOUT_S, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as failure:
        _log.warning("StatusCallback %s failed: %s", url, failure)


def _rfc2822(moment: datetime) -> str:
    """Return the moment as Twilio writes it."""
    return format_datetime(moment)
