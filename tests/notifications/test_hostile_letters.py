"""Letters made to be slow to read: each is read to its end, however often its trick is in it."""

import signal
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from notifications.gateway import read_letter

SIZE = 500_000
FUSE_S = 60
"""Work of the processor. Each takes less than one such second; what looked at every piece once for
every other would take many minutes."""
HEAD = b"From: a@b.example\r\nMessage-ID: <1@b>\r\n"


def plain(line: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + b"\r\n" + line * (size // len(line)) + b"end"


def page(tag: bytes) -> Callable[[int], bytes]:
    top = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    return lambda size: top + tag * (size // len(tag)) + b"end"


def header(name: bytes, word: bytes) -> Callable[[int], bytes]:
    return lambda size: (
        HEAD + name + b": " + word * (size // len(word)) + b"\r\nSubject: Hi\r\n\r\nend"
    )


def parts(part: bytes) -> Callable[[int], bytes]:
    top = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nBonjour\r\n"
    return lambda size: top + part * (size // len(part)) + b"--x--\r\n"


def nested(size: int) -> bytes:
    part = b"Content-Type: multipart/mixed; boundary=x%d\r\n\r\n--x%d\r\n"
    return HEAD + b"".join(part % (n, n) for n in range(size // 55))


HOSTILE = {
    "blank lines": plain(b"\r\n"),
    "blank lines with spaces": plain(b" \r\n"),
    "one line": plain(b"x"),
    "spaces": plain(b" "),
    "quoted": plain(b"> a\r\n"),
    "quoted deeply": plain(b">"),
    "introduced, English": plain(b"On Monday "),
    "introduced, French": plain("Le lundi a écrit ".encode()),
    "introduced, German": plain(b"Am Montag schrieb "),
    "introduced, in lines": plain(b"On Monday\r\n"),
    "forwarded": plain(b"From: x\r\nSent: y\r\n"),
    "signed": plain(b"-- \r\n"),
    "disclaimed": plain(b"Warning: "),
    "tokens": plain(b"A" * 43 + b" "),
    "quotations": page(b"<blockquote>"),
    "lists": page(b"<ul><li>"),
    "open tags": page(b"<a "),
    "attributes": page(b'<a x="'),
    "comments": page(b"<!--"),
    "styles": page(b"<style>"),
    "as typed": page(b"<pre>\n"),
    "signs": page(b"&"),
    "less than": page(b"<"),
    "tables": page(b"<table><tr><td>"),
    "headers": lambda size: HEAD + b"X-A: b\r\n" * (size // 8) + b"\r\nend",
    "To, commas": header(b"To", b","),
    "To, brackets": header(b"To", b"("),
    "To, many": header(b"To", b"a@b.example, "),
    "To, folded": header(b"To", b"b\r\n "),
    "references": header(b"References", b"<a@b> "),
    "encoded": header(b"X-Subject", b"=?utf-8?q?a?= "),
    "parameters": header(b"Content-Type", b"text/plain; a=b; "),
    "file names": header(b"Content-Disposition", b"attachment; filename*0=b; "),
    "attachments": parts(b"--x\r\nContent-Disposition: attachment; filename=a\r\n\r\nhi\r\n"),
    "empty parts": parts(b"--x\r\n"),
    "parts in parts": nested,
    "letters in letters": lambda size: (
        HEAD + b"Content-Type: message/rfc822\r\n\r\n" * (size // 32)
    ),
}


@pytest.fixture
def fuse() -> Iterator[None]:
    def blow(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail(f"still reading after {FUSE_S} s of work")

    before = signal.signal(signal.SIGVTALRM, blow)
    signal.setitimer(signal.ITIMER_VIRTUAL, FUSE_S)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.usefixtures("fuse")
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_it_is_read_to_its_end(make: Callable[[int], bytes]) -> None:
    assert read_letter(make(SIZE)).sender == "a@b.example"


def test_what_is_said_is_read_whatever_its_lines_and_tags() -> None:
    long = "mot " * 200 + "fin."
    said = f"Bonjour,\n\n{long}\n\n\n\n\n\nMerci\n\nLe lun. 3 mai, Comptoir a écrit :\n> Oui."
    read = read_letter(HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + said.encode())
    assert read.text.split("\n")[:3] == ["Bonjour,", "", long]
    assert read.text.endswith("Merci")
    html = (
        "<html><head><title>x</title><style>p {}</style></head><body><p>Bonjour <b>vous</b> &amp;"
        " 2 < 3</p><!-- non --><ul><li>un</li><li>deux</li></ul><script>alert(1)</script>"
        "<blockquote type=cite>avant<blockquote>encore</blockquote></blockquote></body></html>"
    )
    top = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    lines = [each.strip() for each in read_letter(HEAD + top + html.encode()).text.split("\n")]
    assert [each for each in lines if each] == ["Bonjour vous & 2 < 3", "* un", "* deux"]
