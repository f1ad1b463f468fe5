"""Tables in the office: written as CSV files, and read from them row by row, with a report."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from app.admin.reading import plain
from app.i18n import current
from app.i18n import gettext as _
from kernel.errors import Refusal

BYTES_MAX: Final = 2 << 20
ROWS_MAX: Final = 2_000
DELIMITERS: Final = ",;\t"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: a spreadsheet would reckon it."""
GUARD: Final = "'"
MARK: Final = "\ufeff"
"""What has a spreadsheet read a file as UTF-8."""

Row = Mapping[str, str]
Take = Callable[[Row], str | None]
"""Does what a row says; returns its sentence, or None where all is so already."""


class Wrong(Exception):
    """A row cannot be meant; it says why, in the page's language."""


@dataclass(slots=True)
class Report:
    """What became of a table's rows: `changed` and `refused` by line, and how many stayed."""

    applied: bool
    changed: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    unchanged: int = 0


class _TriedError(Exception):
    """What was only tried is taken back."""


def write_table(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a table to be kept as a file, as spreadsheets of the page's language read it."""
    text = io.StringIO()
    text.write(MARK)
    writer = csv.writer(text, delimiter=";" if current() == "fr" else ",")
    writer.writerow(columns)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    answer = current_app.response_class(text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def read_table(needed: Sequence[str]) -> list[tuple[int, Row]]:
    """Return the rows of the file that was sent, each with its line.

    Raises Wrong when it is no table, too long, or has no column of a needed name.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Wrong(_("Choose the CSV file."))
    sent = file.stream.read(BYTES_MAX + 1)
    if len(sent) > BYTES_MAX:
        raise Wrong(_("This file is too long for here. Use the command line for it."))
    try:
        lines = sent.decode("utf-8-sig").splitlines()
        delimiter = max(DELIMITERS, key=lines[0].count) if lines else ","
        reader = csv.DictReader(lines, restval="", delimiter=delimiter, strict=True)
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        rows = [(reader.line_num, _plain(row)) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Wrong(_("This is no CSV file in UTF-8.")) from error
    missing = [name for name in needed if name not in header]
    if missing:
        raise Wrong(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    if len(rows) > ROWS_MAX:
        raise Wrong(_("This file is too long for here. Use the command line for it."))
    return rows


def take_rows(
    session: Session, rows: Sequence[tuple[int, Row]], take: Take, *, apply: bool
) -> Report:
    """Do what every row says, each for itself, or only try it: then nothing has moved."""
    report = Report(apply)
    with suppress(_TriedError), session.begin_nested():
        for line, row in rows:
            _take(session, report, line, row, take)
        if not apply:
            raise _TriedError
    return report


def _take(session: Session, report: Report, line: int, row: Row, take: Take) -> None:
    try:
        with session.begin_nested():
            said = take(row)
    except (Wrong, Refusal) as error:
        report.refused.append((line, str(error)))
        return
    if said is None:
        report.unchanged += 1
    else:
        report.changed.append((line, said))


def _guarded(cell: object) -> str:
    """Return a cell that no spreadsheet reckons; a guard that was there gets its own."""
    text = str(cell)
    return GUARD + text if text.removeprefix(GUARD).startswith(FORMULA) else text


def _unguarded(text: str) -> str:
    """Return what a cell said before it was guarded."""
    kept = text.removeprefix(GUARD)
    return kept if kept.removeprefix(GUARD).startswith(FORMULA) else text


def _plain(row: Mapping[str | None, str | list[str] | None]) -> Row:
    return {
        name: _unguarded(plain(value))
        for name, value in row.items()
        if name is not None and isinstance(value, str)
    }
