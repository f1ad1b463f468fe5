"""Whoever got a message answers it: an e-mail goes into the mailbox, a text to the provider's hook.

Also somebody may write who never got anything.
"""

import secrets
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

import httpx
from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.mailbox import Mailbox
from sandbox.sms import ACCOUNT_SID, API, sign_callback
from sandbox.store import Document

_TIMEOUT_S = 10.0
_QUOTED = "> "


class Answers:
    """What people write back."""

    def __init__(self, mailbox: Mailbox, sms_webhook_url: str) -> None:
        self._mailbox = mailbox
        self._hook = sms_webhook_url

    def answer(self, message_id: int, text: str) -> Document | None:
        """Have the recipient of a message answer it; None where there is no such message."""
        got = self._mailbox.find(message_id)
        if got is None:
            return None
        if got["kind"] == "sms":
            return self.text(sender=got["to"][0], to=str(got["from"]), text=text)
        return self._write(got, text)

    def text(self, *, sender: str, to: str, text: str) -> Document:
        """Have somebody write a text message; return what the hook said."""
        form = {
            "AccountSid": ACCOUNT_SID,
            "ApiVersion": API.strip("/"),
            "Body": text,
            "From": sender,
            "MessageSid": "SM" + secrets.token_hex(16),
            "NumMedia": "0",
            "NumSegments": "1",
            "To": to,
        }
        headers = {"X-Twilio-Signature": sign_callback(self._hook, form)}
        reply = httpx.post(
            self._hook, data=form, headers=headers, timeout=_TIMEOUT_S, trust_env=False
        )
        return {"sid": form["MessageSid"], "status": reply.status_code, "answer": reply.text}

    def _write(self, got: Document, text: str) -> Document:
        headers, sender = got["headers"], str(got["to"][0])
        to = parseaddr(headers.get("Reply-To") or headers.get("From") or got["from"])[1]
        letter = EmailMessage()
        letter["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
        letter["Date"] = format_datetime(datetime.now(UTC))
        letter["From"] = Address(addr_spec=sender)
        letter["To"] = Address(addr_spec=to)
        letter["Subject"] = f"Re: {got['subject']}"
        if got["message_id"]:
            letter["In-Reply-To"] = got["message_id"]
            letter["References"] = f"{headers.get('References', '')} {got['message_id']}".strip()
        quoted = "\n".join(f"{_QUOTED}{line}" for line in str(got["text"]).splitlines())
        letter.set_content(f"{text}\n\n{headers.get('Date', '')}, {to} :\n{quoted}\n")
        kept = self._mailbox.keep_email(sender=sender, recipients=[to], raw=letter.as_bytes())
        return {"id": kept, "to": to}


def answer_pages(answers: Answers) -> Blueprint:
    """Return the HTTP interface of people who write."""
    pages = Blueprint("answers", __name__, url_prefix="/mailbox")

    @pages.post("/messages/<int:message_id>/answer")
    def answer(message_id: int) -> ResponseReturnValue:
        said = answers.answer(message_id, str(request.get_json()["text"]))
        return jsonify(said or abort(404))

    @pages.post("/texts")
    def write_text() -> ResponseReturnValue:
        body = request.get_json()
        return jsonify(answers.text(sender=body["from"], to=body["to"], text=body["text"]))

    return pages
