"""E-mails as they come in: who wrote, what is new in it, and whether a machine wrote it.

What is attached is named, and not kept. Nothing here raises because of what a letter holds: what
cannot be read is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.parser import BytesHeaderParser
from email.policy import EmailPolicy, Policy
from email.utils import getaddresses
from hashlib import sha256
from itertools import count
from typing import Final, cast

import html2text
from mailparser_reply import EmailReplyParser

LETTER_BYTES_MAX: Final = 25 * 1024 * 1024
"""What mail servers take at most, by and large."""
TEXT_MAX: Final = 100_000
"""Signs of a letter that are looked at: far more than anybody reads."""
PARSED_MAX: Final = 12_000
"""Signs in which what is new is looked for: more than is kept of a message."""
HEADING_MAX: Final = 300
"""Signs of the longest line that introduces what is quoted, or begins a signature."""
BLANK_LINES: Final = re.compile(r"\n(?:[^\S\n]*+\n){3,}+")
HEADER_MAX: Final = 10_000
"""Signs of one header that are read."""
ATTACHED_MAX: Final = 50
"""Files that are named; of more nobody reads."""
QUOTED_MAX: Final = 10
"""How deep what is quoted in what is quoted is told apart."""
TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
LINE_TAGS: Final = frozenset({"p", "div", "br", "tr", "td", "th", "hr"})
UNREAD: Final = (
    (re.compile("<!--"), re.compile("-->")),
    *(
        (
            re.compile(rf"<{name}\b[^<>]*>", re.IGNORECASE),
            re.compile(f"</{name}[^<>]*>", re.IGNORECASE),
        )
        for name in ("head", "style", "script", "title")
    ),
)
"""What is between these on a page is no words."""
UNREADABLE: Final = (
    MessageError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    RecursionError,
)
SIGN: Final = "\ue000"
STOOD_FOR: Final = re.compile(f"{SIGN}(\\d+){SIGN}")
LINE_MAX: Final = 200
REFERENCES_MAX: Final = 50
LANGUAGES: Final = ("fr", "en", "de", "es", "it", "nl")
ID: Final = re.compile(r"<[^<>\s]{1,250}>")
TOKEN: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
TOKENS_MAX: Final = 20
SPACE: Final = re.compile(r"\s+")
BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})
MACHINES: Final = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply"})


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a letter, as its sender named it."""

    name: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail, read. `automatic` says why no person wrote it, empty where one did.

    `answers` are the Message-IDs it goes on from, the nearest first; `to` are all the addresses it
    was sent to, as its headers say. `tokens` are words that could be signed by us, wherever they
    stand: in an address, the subject, or what it quotes.
    """

    id: str
    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject: str
    text: str
    answers: tuple[str, ...]
    tokens: tuple[str, ...]
    attached: tuple[Attached, ...]
    language: str | None
    automatic: str


class _Bounded(EmailPolicy):
    """Reads the beginning of a header beyond all measure: some take a square of their length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:HEADER_MAX]


POLICY: Final = cast("Policy[EmailMessage]", _Bounded())


def read_letter(raw: bytes) -> Letter:
    """Return what an e-mail says: only what is new in it, without what it quotes."""
    try:
        return _read(message_from_bytes(raw, policy=POLICY), raw)
    except RecursionError:  # parts in parts in parts: the header alone is read
        return _read(BytesHeaderParser(policy=POLICY).parsebytes(raw), raw)


def _read(message: EmailMessage, raw: bytes) -> Letter:
    addresses = _addresses(message, "From") or _addresses(message, "Sender")
    name, sender = addresses[0] if addresses else ("", "")
    text = _text(message)
    to = tuple(
        address
        for header in ("Delivered-To", "X-Original-To", "To", "Cc")
        for _, address in _addresses(message, header)
    )
    subject = _line(message, "Subject")
    found = TOKEN.findall("\n".join((*to, subject, text)))
    return Letter(
        id=_id(message, raw),
        sender=sender.lower(),
        sender_name=name,
        to=to,
        subject=subject,
        text=_new_in(text),
        answers=_answers(message),
        tokens=tuple(dict.fromkeys(found))[:TOKENS_MAX],
        attached=tuple(_attached(message)),
        language=_line(message, "Content-Language")[:2].lower() or None,
        automatic=_automatic(message, sender.lower()),
    )


def read_sender(raw: bytes) -> str:
    """Return whom the header of an e-mail says that it is from; empty where it does not."""
    message = BytesHeaderParser(policy=POLICY).parsebytes(raw)
    addresses = _addresses(message, "From") or _addresses(message, "Sender")
    return addresses[0][1].lower() if addresses else ""


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except UNREADABLE:
        return ""  # the parser stumbles over some headers that no standard knows


def _line(message: EmailMessage, name: str) -> str:
    return SPACE.sub(" ", _clean(_header(message, name))).strip()[:LINE_MAX]


def _clean(text: str) -> str:
    """Return text that the database can hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _addresses(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    found = getaddresses([_clean(_header(message, name))])
    return [(SPACE.sub(" ", who)[:LINE_MAX], at) for who, at in found if "@" in at]


def _id(message: EmailMessage, raw: bytes) -> str:
    """Return the Message-ID; of a letter without one, something made of all of it."""
    found = ID.search(_header(message, "Message-ID"))
    return found[0] if found else f"sha256:{sha256(raw).hexdigest()}"


def _answers(message: EmailMessage) -> tuple[str, ...]:
    before = ID.findall(_header(message, "References"))[-REFERENCES_MAX:]
    nearest_first = ID.findall(_header(message, "In-Reply-To")) + before[::-1]
    return tuple(dict.fromkeys(nearest_first))


def _automatic(message: EmailMessage, sender: str) -> str:
    """Return why no person wrote this to us: what answers it would only make more of it."""
    submitted = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    bulk = _header(message, "Precedence").strip().lower() in BULK
    no_sender = not sender or _header(message, "Return-Path").strip() == "<>"
    signs = {
        "auto-submitted": submitted not in {"", "no"},
        "precedence": bulk,
        "list": any(message[name] for name in ("List-Id", "List-Unsubscribe")),
        "auto-reply": any(message[name] for name in ("X-Autoreply", "X-Autorespond", "X-Loop")),
        "no sender": no_sender,
        "a machine's address": sender.partition("@")[0] in MACHINES,
        "report": message.get_content_type() == "multipart/report",
    }
    return next((why for why, is_so in signs.items() if is_so), "")


def _text(message: EmailMessage) -> str:
    try:
        plain, page = message.get_body(("plain",)), message.get_body(("html",))
    except UNREADABLE:  # parts that are not what they say
        return ""
    said = _decoded(plain)
    return said if said.strip() else _without_tags(_decoded(page))


def _decoded(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = data.decode(charset, "replace")
    except (LookupError, ValueError):  # a code nobody knows
        text = data.decode("utf-8", "replace")
    return _clean(text.replace("\r\n", "\n"))[:TEXT_MAX]


def _without_tags(page: str) -> str:
    reader = html2text.HTML2Text(bodywidth=0)
    reader.ignore_images = reader.ignore_links = reader.ignore_emphasis = True
    reader.ignore_tables = True
    try:
        return reader.handle(_only_text_tags(page))
    except (AssertionError, *UNREADABLE):
        return ""


def _only_text_tags(page: str) -> str:
    """Return a page with the tags that make lines and quotations, bare, and no others.

    What reads pages takes a square of what is nested, open or has many attributes.
    """
    for opens, closes in UNREAD:
        page = _without(page, opens, closes)
    quoted, made, done = 0, [], 0
    for tag in TAG.finditer(page):
        made.append(page[done : tag.start()].replace("<", "&lt;"))
        done, (closing, name) = tag.end(), (tag[1], tag[2].lower())
        if name == "li" and not closing:
            made.append("<br>* ")
        elif name == "blockquote" and 0 <= quoted + (-1 if closing else 1) <= QUOTED_MAX:
            quoted += -1 if closing else 1
            made.append(f"<{closing}{name}>")
        elif name in LINE_TAGS:
            made.append(f"<{closing}{name}>")
    return SPACE.sub(" ", "".join([*made, page[done:].replace("<", "&lt;")]))


def _without(page: str, opens: re.Pattern[str], closes: re.Pattern[str]) -> str:
    """Return a page without all that stands between these; without the rest where one is open."""
    kept, at = [], 0
    while (begun := opens.search(page, at)) is not None:
        kept.append(page[at : begun.start()])
        ended = closes.search(page, begun.end())
        if ended is None:
            return "".join(kept)
        at = ended.end()
    return "".join([*kept, page[at:]])


def _new_in(text: str) -> str:
    """Return what was written now, without quotations and signature; all if nothing is new."""
    text = BLANK_LINES.sub("\n\n\n", text.strip())[:PARSED_MAX]
    if not text:
        return ""
    bare, long = _without_long_lines(text)
    parsed = EmailReplyParser(languages=list(LANGUAGES)).read(text=bare)
    lines = parsed.replies[0].body.strip().splitlines() if parsed.replies else []
    while lines and (not lines[-1].strip() or lines[-1].startswith(">")):
        lines.pop()  # quoted below the answer without a word of introduction
    said = "\n".join(lines)
    return STOOD_FOR.sub(lambda found: long[int(found[1])], said) or text


def _without_long_lines(text: str) -> tuple[str, list[str]]:
    """Return text with a sign in place of each long line, and these lines.

    No client introduces what it quotes by one, and to look for that takes a square of its length.
    """
    lines = text.replace(SIGN, "").split("\n")
    long = [each for each in lines if len(each) > HEADING_MAX]
    place = count()
    bare = [f"{SIGN}{next(place)}{SIGN}" if len(each) > HEADING_MAX else each for each in lines]
    return "\n".join(bare), long


def _attached(message: EmailMessage) -> Sequence[Attached]:
    found: list[Attached] = []
    for part in message.walk():
        if len(found) == ATTACHED_MAX:
            break
        name = _file_name(part)
        if part.is_multipart() or not (name or part.get_content_disposition() == "attachment"):
            continue
        payload = part.get_payload(decode=True)
        size = len(payload) if isinstance(payload, bytes) else 0
        found.append(Attached(name or "?", part.get_content_type(), size))
    return found


def _file_name(part: MIMEPart) -> str:
    try:
        return SPACE.sub(" ", _clean(part.get_filename() or ""))[:LINE_MAX]
    except UNREADABLE:
        return ""
