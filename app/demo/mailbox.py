"""Reading the sandbox's mailbox, and making its letters showable on any host."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from markupsafe import Markup, escape

PATIENCE_S: Final = 4
SHOWN_MAX: Final = 40
RECENT: Final = timedelta(hours=24)
LINK: Final = re.compile(r"https?://[^\s<>\"']+")


class MailboxSilent(Exception):
    """The mailbox does not answer: it runs only beside `make run`."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail or a text message as the customer got it."""

    id: int
    kind: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    received_at: datetime

    @property
    def is_email(self) -> bool:
        """Tell whether it is an e-mail."""
        return self.kind == "email"


def list_letters(home: Path, *, public_url: str) -> list[Letter]:
    """Return the newest letters, newest first: those of a day, or of all time if there are none.

    Raises MailboxSilent.
    """
    since = (datetime.now(UTC) - RECENT).isoformat()
    found = _get(home, "/messages", since=since)["messages"] or _get(home, "/messages")["messages"]
    newest = sorted(found, key=lambda each: -int(each["id"]))[:SHOWN_MAX]
    return [_letter(each, public_url) for each in newest]


def find_letter(home: Path, letter_id: int, *, public_url: str) -> Letter | None:
    """Return one letter; None when the mailbox has none with this id.

    Raises MailboxSilent.
    """
    found = _get(home, f"/messages/{letter_id}")
    return _letter(found, public_url) if found else None


def answer_letter(home: Path, letter_id: int, said: str) -> bool:
    """Have whoever got a letter answer it, by mail or by text; False where there is no such letter.

    Raises MailboxSilent.
    """
    try:
        answer = httpx.post(
            f"{_address(home)}/messages/{letter_id}/answer",
            json={"text": said},
            timeout=PATIENCE_S,
            trust_env=False,
        )
        return answer.status_code != httpx.codes.NOT_FOUND and bool(answer.raise_for_status())
    except httpx.HTTPError as error:
        raise MailboxSilent from error


def with_links(text: str, *, public_url: str) -> Markup:
    """Return a text message with its links to our pages alive on this host."""
    parts, at = [], 0
    for found in LINK.finditer(text):
        address = found[0].rstrip(".,;)")
        target = address.removeprefix(public_url) if public_url else address
        parts.append(escape(text[at : found.start()]))
        if target.startswith("/"):
            parts.append(Markup('<a href="{}">{}</a>').format(target, address))
        else:
            parts.append(escape(address))
        at = found.start() + len(address)
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def _letter(message: Mapping[str, Any], public_url: str) -> Letter:
    return Letter(
        id=int(message["id"]),
        kind=str(message["kind"]),
        sender=str(message.get("headers", {}).get("From") or message["from"]),
        to=", ".join(message["to"]),
        subject=str(message.get("subject", "")),
        text=str(message["text"]),
        html=_own(message, public_url) if message.get("html") else "",
        received_at=datetime.fromisoformat(message["received_at"]),
    )


def _own(message: Mapping[str, Any], public_url: str) -> str:
    """Return the e-mail's page with its pictures inside it and its links to our pages local."""
    html = str(message["html"])
    for part in message.get("attachments", []):
        if part["content_id"]:
            picture = f"data:{part['content_type']};base64,{part['base64']}"
            html = html.replace(f"cid:{part['content_id']}", picture)
    if public_url:
        html = html.replace(f'href="{public_url}/', 'href="/')
    return html.replace("<a ", '<a target="_top" ')


def _get(home: Path, path: str, **query: str) -> Any:  # noqa: ANN401 (JSON)
    try:
        answer = httpx.get(
            f"{_address(home)}{path}", params=query, timeout=PATIENCE_S, trust_env=False
        )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return answer.raise_for_status().json()
    except httpx.HTTPError as error:
        raise MailboxSilent from error


def _address(home: Path) -> str:
    told = os.environ.get("MAILBOX_URL")
    file = home / "sandbox.json"
    if told:
        return told
    if not file.exists():
        raise MailboxSilent
    return str(json.loads(file.read_text())["mailbox"])
