"""Reading tables: comma-separated text, plain or gzipped, line by line, however long it is.

The whole text is read once before anything is done with it, so that a file which cannot be read
to its end changes nothing.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import click

BLOCK_BYTES = 1 << 20
LINE_MAX = 1_000_000
DELIMITERS = ",;\t|"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NUL_SHARE = 4
"""One byte in so many is NUL in UTF-16 text, however foreign; in other text hardly any is."""


class Unreadable(click.ClickException):
    """The file cannot be read, or is not what the command needs; nothing was changed."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table: the line it begins on, and its values, or why it has none."""

    line: int
    values: list[str]
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is open: its header, and how many lines follow it at most."""

    header: list[str]
    lines: int
    rows: Iterator[Row]


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a table whose first line names the columns; a record has as many values as the header.

    Raises Unreadable when it is not text in UTF-8, or empty.
    """
    lines = count_lines(path)
    with io.TextIOWrapper(_open(path), encoding="utf-8-sig", newline="") as text:
        source = _lines(text, path)
        first = next(source, "")
        if not first.strip():
            raise Unreadable(f"{path} is empty: the first line has to name the columns.")
        delimiter = max(DELIMITERS, key=first.count)
        header = next(csv.reader([first], delimiter=delimiter))
        yield Table(header, lines, _rows(source, header, delimiter))


def count_lines(path: Path) -> int:
    """Return how many lines a text has, after all of it could be read.

    Raises Unreadable with the reason when it cannot, above all for other encodings than UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    lines = 0
    try:
        with _open(path) as file:
            block = file.read(BLOCK_BYTES)
            if block.startswith(UTF_16_MARKS) or block.count(0) * NUL_SHARE > len(block) > 0:
                raise Unreadable(f"{path} is written in UTF-16. Save it as UTF-8 and import again.")
            while block:
                decoder.decode(block)
                lines += block.count(b"\n")
                block = file.read(BLOCK_BYTES)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line = lines + error.object[: error.start].count(b"\n") + 1
        raise Unreadable(
            f"{path} is not written in UTF-8 (line {line:,}), perhaps in Latin-1 or "
            "Windows-1252. Save it as UTF-8 and import again."
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error
    return lines


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _lines(text: io.TextIOWrapper, path: Path) -> Iterator[str]:
    while line := text.readline(LINE_MAX):
        if len(line) >= LINE_MAX:
            raise Unreadable(f"{path} holds a line of more than {LINE_MAX:,} signs: no table.")
        yield line


def _rows(source: Iterator[str], header: list[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 2  # the header was line 1
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield Row(line, [], f"lines {line} to {reader.line_num + 1} cannot be read: {error}")
            continue
        if values is None:
            return
        if any(value.strip() for value in values):
            yield Row(line, values, _ragged(values, header))


def _ragged(values: list[str], header: list[str]) -> str | None:
    if len(values) == len(header):
        return None
    return f"it has {len(values)} values, but the header names {len(header)} columns"
