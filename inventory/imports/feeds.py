"""Feeds as they come: CSV, JSON or JSON lines, in pieces, never whole in memory. Pure."""

import codecs
import csv
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from inventory.commands import FeedBatch, FeedRow, UnreadableRow
from inventory.imports.counted import ON_HAND_MAX, read_code, read_header
from kernel.errors import Invalid

BATCH_LINES: Final = 20_000
LINES_MAX: Final = 20_000_000
LINE_SIGNS_MAX: Final = 100_000
PIECE_BYTES: Final = 1 << 18
DELIMITERS: Final = ",;\t|"
FIELDS: Final = ("store", "sku", "quantity")

_GZIP: Final = 31
_DOCUMENT = re.compile(r'\s*\{\s*"lines"\s*:\s*\[')
_BETWEEN = re.compile(r"\s*,?\s*")
_END = re.compile(r"\s*\]\s*\}\s*")
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}([.,]0+)?")


class FeedForm(StrEnum):
    """How the lines of a feed are written."""

    CSV = "csv"
    JSON = "json"
    JSON_LINES = "json-lines"


Values = tuple[int, str, str, object]
"""A line as it was written: its number, store, SKU and quantity."""


def unzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what gzipped pieces hold, at most `PIECE_BYTES` at once, however small they were.

    Raises Invalid when they are no gzip or end too early.
    """
    engine = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            data = piece
            while data:
                if engine.eof:  # several files in one
                    engine = zlib.decompressobj(_GZIP)
                yield engine.decompress(data, PIECE_BYTES)
                data = engine.unconsumed_tail or engine.unused_data
    except zlib.error as error:
        raise Invalid(f"the feed is not gzip: {error}") from error
    if not engine.eof:
        raise Invalid("the gzipped feed ends too early")


def read_feed(pieces: Iterable[bytes], *, form: FeedForm, signed: bool) -> Iterator[FeedBatch]:
    """Yield the lines of a feed in batches; `signed` feeds may lower, others only state.

    Raises Invalid when this is no such text; single lines that cannot be meant are in the batch.
    """
    lines = _READERS[form](_text(pieces))
    count = 0
    while some := tuple(islice(lines, BATCH_LINES)):
        count += len(some)
        if count > LINES_MAX:
            raise Invalid(f"a feed has at most {LINES_MAX:,} lines: split it")
        yield _batch(some, signed=signed)


def _batch(lines: tuple[Values, ...], *, signed: bool) -> FeedBatch:
    rows: list[FeedRow] = []
    unreadable: list[UnreadableRow] = []
    digest = sha256()
    for line, store, sku, figure in lines:
        digest.update(f"{store}\0{sku}\0{figure}\n".encode(errors="replace"))
        codes = _code("store", store), _code("SKU", sku)
        quantity = _quantity(figure, signed=signed)
        if quantity is None or not all(codes):
            unreadable.append(UnreadableRow(line, *codes))
        else:
            rows.append(FeedRow(line, *codes, quantity))
    return FeedBatch(tuple(rows), tuple(unreadable), digest.digest())


def _code(name: str, value: str) -> str:
    try:
        return read_code(name, value)
    except Invalid:
        return ""


def _quantity(figure: object, *, signed: bool) -> int | None:
    """Return a whole number of base units; None for anything else."""
    if isinstance(figure, str) and _WHOLE.fullmatch(figure.strip()):
        figure = int(re.split(r"[.,]", figure)[0])
    if not isinstance(figure, int) or isinstance(figure, bool):
        return None
    return figure if (-ON_HAND_MAX if signed else 0) <= figure <= ON_HAND_MAX else None


def _text(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for piece in pieces:
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Invalid("the feed is not written in UTF-8") from error


def _lines(texts: Iterable[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        *whole, rest = (rest + text).split("\n")
        yield from (f"{each}\n" for each in whole)
        if len(rest) > LINE_SIGNS_MAX:
            raise Invalid(f"a line has more than {LINE_SIGNS_MAX:,} signs: this is no feed")
    if rest:
        yield rest


def _read_csv(texts: Iterable[str]) -> Iterator[Values]:
    lines = _lines(texts)
    first = next(lines, "")
    delimiter = max(DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    places = read_header(header, store_given=False)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 2  # the header was line 1
        try:
            values = next(reader, None)
        except csv.Error:
            yield line, "", "", None
            continue
        if values is None:
            return
        if len(values) == len(header):
            yield line, values[places["store"]], values[places["sku"]], values[places["quantity"]]
        elif any(value.strip() for value in values):
            yield line, "", "", None


def _read_json_lines(texts: Iterable[str]) -> Iterator[Values]:
    for line, written in enumerate(_lines(texts), start=1):
        if written.strip():
            try:
                yield _values(line, json.loads(written, object_pairs_hook=_once))
            except (ValueError, RecursionError):
                yield line, "", "", None


def _read_json(texts: Iterable[str]) -> Iterator[Values]:
    """Read `{"lines": [{…}, …]}` object by object; the number of a line is its place in the list.

    Raises Invalid where it stops being that: what follows could not be found again.
    """
    source = iter(texts)
    ahead, begun = "", None
    while begun is None:
        ahead = _more(ahead, source)
        begun = _DOCUMENT.match(ahead)
    ahead = ahead[begun.end() :]
    decoder, place, line = json.JSONDecoder(object_pairs_hook=_once), 0, 0
    while True:
        place = _after(_BETWEEN, ahead, place)
        try:
            found, place = decoder.raw_decode(ahead, place)
        except (ValueError, RecursionError):
            if ahead.startswith("]", place):
                _require_end(ahead[place:], source)
                return
            ahead, place = _more(ahead[place:], source), 0
            continue
        line += 1
        yield _values(line, found)


def _after(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place


def _more(ahead: str, source: Iterator[str]) -> str:
    """Return what was not understood yet with the next piece of text behind it."""
    piece = next(source, None)
    if piece is None or len(ahead) > LINE_SIGNS_MAX + PIECE_BYTES:
        raise Invalid('the feed is not {"lines": [{"store": …, "sku": …, "quantity": …}, …]}')
    return ahead + piece


def _require_end(ahead: str, source: Iterator[str]) -> None:
    rest = ahead + "".join(islice(source, 2))
    if not _END.fullmatch(rest) or next(source, None):
        raise Invalid("the feed goes on after its lines")


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any] | None:
    """Return what an object says; None when it says something twice: nobody knows which counts."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else None


def _values(line: int, found: object) -> Values:
    if not isinstance(found, Mapping) or set(found) != set(FIELDS):
        return line, "", "", None
    store, sku, quantity = (found[each] for each in FIELDS)
    if isinstance(quantity, str):  # JSON has numbers
        quantity = None
    return line, _written(store), _written(sku), quantity


def _written(value: Any) -> str:  # noqa: ANN401 (JSON)
    return value if isinstance(value, str) else ""


_READERS: Final = {
    FeedForm.CSV: _read_csv,
    FeedForm.JSON: _read_json,
    FeedForm.JSON_LINES: _read_json_lines,
}
