"""An IMAP server in front of the mailbox: as much of RFC 3501 as reading one's mail takes.

Everybody who was ever written to has an account, whose name is their address; the password is the
sandbox's. What went to an address with `+something` before its `@` lies in the same folder, INBOX.
Sequence numbers are not kept: every command that names letters is a UID command.
"""

import re
import socketserver
import threading
from collections.abc import Iterator
from typing import Final

from sandbox.mailbox import Mailbox
from sandbox.store import Document, Store

PASSWORD: Final = "secret"  # noqa: S105 (opens a sandbox on this machine only)
FLAGS: Final = r"(\Seen \Flagged \Answered \Deleted \Draft)"
UNKNOWN: Final = "BAD this command is not known here"
_KIND: Final = "flags"
_WORD: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^)]*\)|\S+)')
_PIECE: Final = re.compile(r"BODY(\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)
_HEADER: Final = re.compile(r"BODY\.PEEK\[HEADER\.FIELDS \(([^)]*)\)\]", re.IGNORECASE)
_LITERAL: Final = re.compile(rb"\{(\d+)\}$")
_LINE_MAX: Final = 64 * 1024


class ImapServer:
    """Listens on 127.0.0.1 from construction on; `port` is the real one."""

    def __init__(self, store: Store, mailbox: Mailbox, *, port: int) -> None:
        class Conversation(_Conversation):
            folders = _Folders(store, mailbox)

        self._server = _Server(("127.0.0.1", port), Conversation)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox-imap", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Folders:
    """The letters of each address, and the flags they have."""

    def __init__(self, store: Store, mailbox: Mailbox) -> None:
        self._store = store
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._up_to = 0
        self._uids: dict[str, list[int]] = {}

    def list_uids(self, account: str) -> list[int]:
        """Return the letters of an account, oldest first; only what came since is looked at."""
        with self._lock:
            for each in self._mailbox.messages(since=str(self._up_to)):
                self._up_to = int(each["id"])
                if each["kind"] == "email":
                    for owner in {_account(to) for to in each["to"]}:
                        self._uids.setdefault(owner, []).append(self._up_to)
            return list(self._uids.get(account, ()))

    def read(self, uid: int) -> bytes:
        """Return a letter as it came."""
        found = self._mailbox.find_raw(uid)
        return b"" if found is None else found

    def flags(self, uid: int) -> set[str]:
        """Return the flags of a letter."""
        return set((self._store.find(_KIND, str(uid)) or {"flags": []})["flags"])

    def set_flags(self, uid: int, flags: set[str]) -> None:
        """Have a letter have these flags."""
        body: Document = {"flags": sorted(flags)}
        self._store.put(_KIND, str(uid), body)


class _Conversation(socketserver.StreamRequestHandler):
    """One client, from greeting to BYE."""

    folders: _Folders
    account = ""
    chosen = False

    def handle(self) -> None:
        """Answer each command; what is not known is BAD, what is not allowed yet is NO."""
        self._say("* OK [CAPABILITY IMAP4rev1] Sandbox ready")
        while line := self._read_line():
            words = [(a or b).decode("utf-8", "replace") for a, b in _WORD.findall(line)]
            if len(words) < 2:  # noqa: PLR2004 (tag and command)
                self._say("* BAD no command")
                continue
            tag, command, rest = words[0], words[1].upper(), words[2:]
            if command == "LOGOUT":
                self._say("* BYE")
                self._say(f"{tag} OK LOGOUT completed")
                return
            self._say(f"{tag} {self._answer(command, rest)}")

    def _answer(self, command: str, rest: list[str]) -> str:
        always = {"CAPABILITY": self._tell_capability, "NOOP": _nothing, "LOGIN": self._log_in}
        inside = {"SELECT": self._select, "EXAMINE": self._select, "CLOSE": self._close_folder}
        if command in always:
            return always[command](rest)
        if not self.account:
            return "NO log in first"
        if command in inside:
            return inside[command](rest)
        if not self.chosen:
            return "NO select a folder first"
        return self._by_uid(rest[0].upper(), rest[1:]) if command == "UID" and rest else UNKNOWN

    def _tell_capability(self, _rest: list[str]) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK CAPABILITY completed"

    def _close_folder(self, _rest: list[str]) -> str:
        self.chosen = False
        return "OK CLOSE completed"

    def _log_in(self, rest: list[str]) -> str:
        if len(rest) != 2 or rest[1] != PASSWORD:  # noqa: PLR2004 (name and password)
            return "NO [AUTHENTICATIONFAILED] wrong name or password"
        self.account = _account(rest[0])
        return "OK LOGIN completed"

    def _select(self, rest: list[str]) -> str:
        if [each.upper() for each in rest] != ["INBOX"]:
            return "NO [NONEXISTENT] there is only INBOX"
        uids = self.folders.list_uids(self.account)
        self._say(f"* {len(uids)} EXISTS")
        self._say("* 0 RECENT")
        self._say(f"* FLAGS {FLAGS}")
        self._say("* OK [UIDVALIDITY 1] for ever")
        self._say(f"* OK [UIDNEXT {max(uids, default=0) + 1}] next")
        self.chosen = True
        return "OK [READ-WRITE] SELECT completed"

    def _by_uid(self, command: str, rest: list[str]) -> str:
        known = self.folders.list_uids(self.account)
        if command == "SEARCH":
            found = [uid for uid in known if self._fits(uid, rest)]
            self._say(" ".join(["* SEARCH", *map(str, found)]))
        elif command == "FETCH" and len(rest) >= 2:  # noqa: PLR2004 (which, and what of them)
            for uid in _among(known, rest[0]):
                self._fetch(known.index(uid) + 1, uid, " ".join(rest[1:]).replace(") ]", ")]"))
        elif command == "STORE" and len(rest) == 3:  # noqa: PLR2004 (which, how, and the flags)
            for uid in _among(known, rest[0]):
                self._store(known.index(uid) + 1, uid, rest[1].upper(), rest[2])
        else:
            return UNKNOWN
        return f"OK UID {command} completed"

    def _fits(self, uid: int, wanted: list[str]) -> bool:
        flags = self.folders.flags(uid)
        tests = {
            "ALL": True,
            "UNSEEN": r"\Seen" not in flags,
            "SEEN": r"\Seen" in flags,
            "UNFLAGGED": r"\Flagged" not in flags,
            "FLAGGED": r"\Flagged" in flags,
        }
        return all(tests.get(each.upper(), False) for each in wanted)

    def _fetch(self, number: int, uid: int, items: str) -> None:
        found = [f"UID {uid}"]
        if "FLAGS" in items.upper():
            found.append(f"FLAGS ({' '.join(sorted(self.folders.flags(uid)))})")
        raw = self.folders.read(uid)
        if "RFC822.SIZE" in items.upper():
            found.append(f"RFC822.SIZE {len(raw)}")
        piece, literal = _PIECE.search(items), b""
        if piece is not None:
            start = int(piece[2] or 0)
            literal = raw[start : start + int(piece[3] or len(raw))]
            at = f"<{start}>" if piece[2] else ""
            found.append(f"BODY[]{at} {{{len(literal)}}}")
            if not piece[1]:
                self.folders.set_flags(uid, self.folders.flags(uid) | {r"\Seen"})
        header = _HEADER.search(items)
        if header is not None:
            literal = _fields(raw, set(header[1].upper().split()))
            found.append(f"{header[0].replace('.PEEK', '')} {{{len(literal)}}}")
        self.wfile.write(f"* {number} FETCH ({' '.join(found)}".encode())
        self.wfile.write(b"\r\n" * bool(piece or header) + literal + b")\r\n")

    def _store(self, number: int, uid: int, how: str, flags: str) -> None:
        named, before = set(flags.strip("()").split()), self.folders.flags(uid)
        after = before | named if how[0] == "+" else before - named if how[0] == "-" else named
        self.folders.set_flags(uid, after)
        if not how.endswith(".SILENT"):
            self._say(f"* {number} FETCH (UID {uid} FLAGS ({' '.join(sorted(after))}))")

    def _read_line(self) -> bytes:
        """Return a command with its literals in place; empty at the end of the conversation."""
        line = self.rfile.readline(_LINE_MAX).rstrip(b"\r\n")
        while (literal := _LITERAL.search(line)) is not None:
            self._say("+ go on")
            said = self.rfile.read(int(literal[1]))
            line = line[: literal.start()] + b'"' + said + b'"'
            line += self.rfile.readline(_LINE_MAX).rstrip(b"\r\n")
        return line

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _nothing(_rest: list[str]) -> str:
    return "OK NOOP completed"


def _account(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}".casefold()


def _fields(raw: bytes, wanted: set[str]) -> bytes:
    """Return those lines of a letter's header that have these names, and the empty line."""
    header = raw.partition(b"\r\n\r\n")[0]
    lines = re.split(rb"\r\n(?![ \t])", header)
    named = [each for each in lines if each.partition(b":")[0].decode("latin-1").upper() in wanted]
    return b"".join(each + b"\r\n" for each in [*named, b""])


def _among(known: list[int], wanted: str) -> Iterator[int]:
    """Yield those of the letters that a set of numbers names: `2`, `2,4`, `2:4`, `2:*`."""
    for part in wanted.split(","):
        first, _, last = part.partition(":")
        highest = max(known, default=0)
        low = highest if first == "*" else int(first)
        high = low if not last else highest if last == "*" else int(last)
        yield from (uid for uid in known if min(low, high) <= uid <= max(low, high))
