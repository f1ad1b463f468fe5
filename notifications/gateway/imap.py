"""The mailbox that customers write to, over IMAP: what is unread is handed out, then marked."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from notifications.gateway.letters import LETTER_BYTES_MAX
from notifications.gateway.outcomes import ANSWER_S
from notifications.gateway.settings import IMAP_PORTS, settings
from notifications.gateway.trusting import mail_authorities

SEEN: Final = r"(\Seen)"
FLAGGED: Final = r"(\Flagged)"
"""What cannot be taken in is flagged: a person finds it, and it holds up nobody."""
OK: Final = "OK"


class MailboxSilent(Exception):
    """The mail server does not answer, or refuses; the message is a kind of error, no words."""


class Inbox:
    """One folder, open; what is fetched stays unread until it is marked."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client

    def list_unread(self) -> list[str]:
        """Return the UIDs of letters nobody has read or flagged, oldest first."""
        found = self._uid("SEARCH", "UNSEEN", "UNFLAGGED")
        return [uid.decode("ascii") for uid in (found[0] or b"").split()]

    def fetch(self, uid: str) -> bytes:
        """Return a letter as it came; of one beyond all measure the beginning. Empty if gone."""
        answer = self._uid("FETCH", uid, f"(BODY.PEEK[]<0.{LETTER_BYTES_MAX}>)")
        return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), b"")

    def mark_read(self, uid: str) -> None:
        """Have a letter be read: it has been taken in."""
        self._uid("STORE", uid, "+FLAGS.SILENT", SEEN)

    def flag(self, uid: str) -> None:
        """Have a letter be left for a person to look at."""
        self._uid("STORE", uid, "+FLAGS.SILENT", FLAGGED)

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        status, answer = self._client.uid(command, *arguments)
        if status != OK:
            raise MailboxSilent(f"{command} {status}")
        return answer


@contextmanager
def open_inbox() -> Iterator[Inbox]:
    """Give the folder that the settings name, as long as the block lasts.

    Raises MailboxSilent.
    """
    url = urlsplit(settings().imap_url)
    host, port = url.hostname or "", url.port or IMAP_PORTS[url.scheme]
    client: imaplib.IMAP4 | None = None
    try:
        client = (
            imaplib.IMAP4_SSL(host, port, ssl_context=mail_authorities(), timeout=ANSWER_S)
            if url.scheme == "imaps"
            else imaplib.IMAP4(host, port, timeout=ANSWER_S)
        )
        client.login(unquote(url.username or ""), unquote(url.password or ""))
        folder = unquote(url.path.strip("/")) or "INBOX"
        if client.select(f'"{folder}"')[0] != OK:
            raise MailboxSilent("folder")
        yield Inbox(client)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxSilent(type(error).__name__) from error
    finally:
        if client is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()
