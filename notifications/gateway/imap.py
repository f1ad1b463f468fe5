"""The mailbox that customers write to, over IMAP: what is unread is handed out, then marked."""

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from notifications.gateway.letters import LETTER_BYTES_MAX, read_sender
from notifications.gateway.outcomes import ANSWER_S
from notifications.gateway.settings import IMAP_PORTS, settings
from notifications.gateway.trusting import mail_authorities

SEEN: Final = r"(\Seen)"
FLAGGED: Final = r"(\Flagged)"
"""What cannot be taken in is flagged: a person finds it, and it holds up nobody."""
OK: Final = "OK"
UID: Final = re.compile(rb"\bUID (\d+)")
NAMED_AT_ONCE: Final = 200
"""Letters that one command names: longer ones are refused by some servers."""


class MailboxSilent(Exception):
    """The mail server does not answer, or refuses; the message is a kind of error, no words."""


class LetterWithheld(Exception):
    """The mail server does not give out, or mark, one letter; the others are none the worse."""


class Inbox:
    """One folder, open; what is fetched stays unread until it is marked."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client

    def list_unread(self) -> list[str]:
        """Return the UIDs of letters nobody has read or flagged, oldest first."""
        found = self._uid("SEARCH", "UNSEEN", "UNFLAGGED")
        return [uid.decode("ascii") for uid in (found[0] or b"").split()]

    def list_senders(self, uids: Sequence[str]) -> dict[str, str]:
        """Return who these letters say that they are from, by UID; empty where they do not."""
        found = dict.fromkeys(uids, "")
        for start in range(0, len(uids), NAMED_AT_ONCE):
            named = ",".join(uids[start : start + NAMED_AT_ONCE])
            answer = self._uid("FETCH", named, "(UID BODY.PEEK[HEADER.FIELDS (FROM SENDER)])")
            for place, each in enumerate(answer):
                if not isinstance(each, tuple):
                    continue
                after = answer[place + 1] if place + 1 < len(answer) else b""
                uid = UID.search(each[0]) or UID.search(after if isinstance(after, bytes) else b"")
                if uid is not None:
                    found[uid[1].decode("ascii")] = read_sender(bytes(each[1]))
        return found

    def fetch(self, uid: str) -> bytes:
        """Return a letter as it came; of one beyond all measure the beginning. Empty if gone.

        Raises LetterWithheld.
        """
        answer = self._uid("FETCH", uid, f"(BODY.PEEK[]<0.{LETTER_BYTES_MAX}>)")
        return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), b"")

    def mark_read(self, uid: str) -> None:
        """Have a letter be read: it has been taken in."""
        self._uid("STORE", uid, "+FLAGS.SILENT", SEEN)

    def flag(self, uid: str) -> None:
        """Have a letter be left for a person to look at."""
        self._uid("STORE", uid, "+FLAGS.SILENT", FLAGGED)

    def flag_all(self, uids: Sequence[str]) -> None:
        """Have letters be left for a person to look at."""
        for start in range(0, len(uids), NAMED_AT_ONCE):
            self.flag(",".join(uids[start : start + NAMED_AT_ONCE]))

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        try:
            status, answer = self._client.uid(command, *arguments)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise LetterWithheld(f"{command} BAD") from error
        if status != OK:
            raise LetterWithheld(f"{command} {status}")
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
    except (OSError, imaplib.IMAP4.error, LetterWithheld) as error:
        raise MailboxSilent(type(error).__name__) from error
    finally:
        if client is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()
