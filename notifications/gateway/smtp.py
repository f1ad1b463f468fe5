"""E-mail over SMTP."""

import re
import smtplib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from kernel.clock import now
from notifications.gateway.outcomes import (
    ANSWER_S,
    Outcome,
    RefusedForGood,
    RefusedForNow,
    Sent,
    Unanswered,
)
from notifications.gateway.settings import SMTP_PORTS, settings
from notifications.gateway.trusting import mail_authorities

CALL_S = 25.0
"""Seconds a whole conversation may take: less than the lease of a message."""
DONE, GO_ON, REFUSED_FOR_GOOD = 2, 3, 5
"""First digits of a reply."""
SIGN_IN_REPLIES = frozenset({530, 534, 535, 538})
"""Permanent by their digit, but about our own account: mended there, not by giving messages up."""
REPLY_LENGTH = 200
_STARTING_DOT = re.compile(rb"(?m)^\.")
_ENHANCED = re.compile(rb"^[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail ready to go; the page shows `picture`, a PNG, as `cid:` + `picture_id`."""

    message_id: str
    sender_name: str
    sender: str
    to: str
    language: str
    subject: str
    text: str
    page: str
    picture: bytes | None
    picture_id: str
    reply_to: str = ""
    answers: tuple[str, ...] = ()
    """Message-IDs of what it answers, the newest last."""
    unsubscribe: str = ""
    """Where a mail program posts to when its owner wants no more of these (RFC 8058)."""


def send_email(email: Email) -> Outcome:
    """Give an e-mail to the SMTP server and return what became of it.

    Up to the dot that ends the message nothing can have been taken; after it, silence is unknown.
    """
    to = _ascii_domain(email.to)
    try:
        client = _connect(urlsplit(settings().smtp_url), name=email.sender.rpartition("@")[2])
    except (OSError, smtplib.SMTPException) as error:
        return RefusedForNow(f"smtp connect: {_note(error)}")
    try:
        if not to.isascii() and not client.has_extn("smtputf8"):
            return RefusedForGood("smtp: the server cannot write to such an address")
        options = [] if to.isascii() else ["SMTPUTF8"]
        refused = _announce(client, sender=email.sender, to=to, options=options)
        policy = SMTP if to.isascii() else SMTPUTF8
        return refused or _give(client, _compose(email, to=to).as_bytes(policy=policy))
    finally:
        client.close()


class _Punctual(smtplib.SMTP):
    """Waits for no answer beyond the end of the conversation's time."""

    _ends_at = 0.0

    def getreply(self) -> tuple[int, bytes]:
        """Return the server's answer; a silent server counts as a closed connection."""
        self._ends_at = self._ends_at or time.monotonic() + CALL_S
        if self.sock is not None:
            self.sock.settimeout(max(min(ANSWER_S, self._ends_at - time.monotonic()), 0.01))
        return super().getreply()


class _PunctualTls(_Punctual, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""


def _connect(url: SplitResult, *, name: str) -> _Punctual:
    host, port = url.hostname or "", url.port or SMTP_PORTS[url.scheme]
    tls = mail_authorities()
    client = (
        _PunctualTls(host, port, name, timeout=ANSWER_S, context=tls)
        if url.scheme == "smtps"
        else _Punctual(host, port, name, timeout=ANSWER_S)
    )
    try:
        client.ehlo_or_helo_if_needed()
        if url.scheme == "starttls":
            client.starttls(context=tls)
            client.ehlo_or_helo_if_needed()
        if url.username:
            client.login(unquote(url.username), unquote(url.password or ""))
    except (OSError, smtplib.SMTPException):
        client.close()
        raise
    return client


def _announce(
    client: _Punctual, *, sender: str, to: str, options: Sequence[str]
) -> RefusedForNow | RefusedForGood | None:
    steps: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
        ("mail", lambda: client.mail(sender, options)),
        ("rcpt", lambda: client.rcpt(to)),
        ("data", lambda: client.docmd("DATA")),
    )
    for name, step in steps:
        try:
            code, words = step()
        except (OSError, smtplib.SMTPException) as error:
            return RefusedForNow(f"smtp {name}: {_note(error)}")
        if code // 100 not in {DONE, GO_ON}:
            return _refused(name, code, words)
    return None


def _give(client: _Punctual, content: bytes) -> Outcome:
    try:
        client.send(_STARTING_DOT.sub(b"..", content) + b".\r\n")
        code, words = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Unanswered(f"smtp end of data: {_note(error)}")
    if code // 100 == DONE:
        return Sent(words.decode("ascii", "replace")[:REPLY_LENGTH])
    if code < 0:
        return Unanswered("smtp end of data: no reply code")
    return _refused("end of data", code, words)


def _refused(moment: str, code: int, words: bytes) -> RefusedForNow | RefusedForGood:
    enhanced = _ENHANCED.match(words)
    note = f"smtp {moment}: {code}{' ' + enhanced[0].decode() if enhanced else ''}"
    if code // 100 == REFUSED_FOR_GOOD and code not in SIGN_IN_REPLIES:
        return RefusedForGood(note)
    return RefusedForNow(note)


def _note(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"


def _compose(email: Email, *, to: str) -> EmailMessage:
    message = EmailMessage(policy=SMTPUTF8)
    message["Message-ID"] = email.message_id
    message["Date"] = format_datetime(now())
    message["From"] = Address(email.sender_name, addr_spec=email.sender)
    local, _, domain = to.rpartition("@")
    message["To"] = Address("", local, domain)  # not parsed: a name in another script is no defect
    message["Subject"] = email.subject
    if email.reply_to:
        message["Reply-To"] = Address(addr_spec=email.reply_to)
    if email.answers:
        message["In-Reply-To"] = email.answers[-1]
        message["References"] = " ".join(email.answers)
    message["Content-Language"] = email.language
    message["Auto-Submitted"] = "auto-generated"
    if email.unsubscribe:
        message["List-Unsubscribe"] = f"<{email.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(email.text, cte="quoted-printable")
    message.add_alternative(email.page, subtype="html", cte="quoted-printable")
    page = message.get_body(("html",))
    if email.picture is not None and isinstance(page, EmailMessage):
        picture_id = f"<{email.picture_id}>"
        page.add_related(email.picture, "image", "png", cid=picture_id, disposition="inline")
    return message


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"
