"""The mailbox: every e-mail and text message that was sent, in order, readable over HTTP."""

import base64
import itertools
import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.store import Document, Store

_KIND = "message"


class Mailbox:
    """Messages as documents with `id` (grows with arrival), `kind` and `received_at` (UTC)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep_email(self, *, sender: str, recipients: Sequence[str], raw: bytes) -> int:
        """Keep an e-mail under its envelope's sender and recipients; return its id."""
        return self._keep(read_email(raw) | {"from": sender, "to": list(recipients)})

    def keep_sms(self, *, sender: str, recipient: str, text: str, facts: Document) -> int:
        """Keep a text message with what the provider knows of it; return its id."""
        return self._keep({"kind": "sms", "from": sender, "to": [recipient], "text": text, **facts})

    def messages(self, *, to: str = "", since: str = "") -> Iterator[Document]:
        """Yield messages, oldest first.

        `to` is one recipient in full; `since` is an id (later ones) or an ISO 8601 time (from
        then on). Raises ValueError for another `since`.
        """
        after, moment = (int(since), None) if since.isdecimal() else (0, _read_time(since))
        for place, message in self._store.oldest_first(_KIND, after=after):
            if to and to.casefold() not in (known.casefold() for known in message["to"]):
                continue
            if moment and datetime.fromisoformat(message["received_at"]) < moment:
                continue
            yield {"id": place} | message

    def find(self, message_id: int) -> Document | None:
        """Return one message, or None."""
        for place, message in self._store.oldest_first(_KIND, after=message_id - 1):
            return {"id": place} | message if place == message_id else None
        return None

    def find_raw(self, message_id: int) -> bytes | None:
        """Return an e-mail as it came, or None."""
        found = self.find(message_id)
        return base64.b64decode(found["raw_base64"]) if found and found["kind"] == "email" else None

    def clear(self) -> None:
        """Forget every message."""
        self._store.clear(_KIND)

    def _keep(self, message: Document) -> int:
        """Keep the message as received now; return its id."""
        received_at = datetime.now(UTC).isoformat(timespec="microseconds")
        body = {"received_at": received_at, **message}
        return self._store.put(_KIND, uuid.uuid4().hex, body)


def read_email(raw: bytes) -> Document:
    """Return the parts of an e-mail; what cannot be decoded is shown as well as it can be.

    A repeated header has its values on separate lines; attachments are base64.
    """
    message = message_from_bytes(raw, policy=policy.default)
    headers: dict[str, str] = {}
    for name, value in message.items():
        headers[name] = f"{headers[name]}\n{value}" if name in headers else str(value)
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    bodies = {id(part) for part in (plain, page)}
    return {
        "kind": "email",
        "subject": headers.get("Subject", ""),
        "message_id": headers.get("Message-ID", headers.get("Message-Id", "")),
        "headers": headers,
        "text": _text(plain),
        "html": _text(page),
        "attachments": [
            _attachment(part)
            for part in message.walk()
            if not part.is_multipart() and id(part) not in bodies
        ],
        "raw": raw.decode("utf-8", "replace"),
        "raw_base64": base64.b64encode(raw).decode(),
    }


def mailbox_pages(mailbox: Mailbox) -> Blueprint:
    """Return the mailbox's HTTP interface."""
    pages = Blueprint("mailbox", __name__, url_prefix="/mailbox")

    @pages.get("/messages")
    def list_messages() -> ResponseReturnValue:
        try:
            found = mailbox.messages(
                to=request.args.get("to", ""), since=request.args.get("since", "")
            )
            first = list(itertools.islice(found, 1))
        except ValueError as refusal:
            return jsonify(error=str(refusal)), 400
        return Response(_json_list(itertools.chain(first, found)), mimetype="application/json")

    @pages.delete("/messages")
    def clear_messages() -> ResponseReturnValue:
        mailbox.clear()
        return "", 204

    @pages.get("/messages/<int:message_id>")
    def show_message(message_id: int) -> ResponseReturnValue:
        return jsonify(mailbox.find(message_id) or abort(404))

    @pages.get("/messages/<int:message_id>/raw")
    def show_raw(message_id: int) -> ResponseReturnValue:
        message = mailbox.find(message_id) or abort(404)
        if message["kind"] == "sms":
            return Response(message["text"], mimetype="text/plain")
        return Response(base64.b64decode(message["raw_base64"]), mimetype="message/rfc822")

    return pages


def _json_list(messages: Iterator[Document]) -> Iterator[str]:
    """Yield the JSON of {"messages": […]} piece by piece: twenty thousand e-mails are many."""
    yield '{"messages": ['
    for count, message in enumerate(messages):
        shown = {key: value for key, value in message.items() if key != "raw_base64"}
        yield ("," if count else "") + json.dumps(shown)
    yield "]}"


def _read_time(since: str) -> datetime | None:
    """Return the moment, UTC where no zone is named; None for nothing."""
    if not since:
        return None
    moment = datetime.fromisoformat(since.replace(" ", "+"))  # an unescaped + arrives as a space
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(part: MIMEPart | None) -> str:
    """Return a part's text."""
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _attachment(part: EmailMessage) -> Document:
    """Return what a reader of the e-mail gets of one attached or embedded file."""
    payload = part.get_payload(decode=True)
    return {
        "filename": part.get_filename() or "",
        "content_type": part.get_content_type(),
        "content_id": str(part.get("Content-ID", "")).strip("<> "),
        "disposition": part.get_content_disposition() or "",
        "base64": base64.b64encode(payload if isinstance(payload, bytes) else b"").decode(),
    }
