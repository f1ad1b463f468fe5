"""Taking rows in batches: each batch is one transaction, each row that does not fit is reported."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final, Generic, TypeVar

import click
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.cli.progress import Advance
from app.cli.reports import Report
from app.cli.session import attached
from app.cli.tables import Row
from kernel.db import transaction
from kernel.errors import Invalid, Refusal

BATCH_ROWS: Final = 300
SOME_NOT_TAKEN: Final = 3
"""Exit status when the whole file was read, but some rows were not taken."""

CLASHES: Final = {
    "uq_sku_gtin": "its GTIN belongs to another SKU",
    "uq_price_current": "somebody else changed this price at the same moment",
}
"""What a refusal of the database means, by constraint."""

T = TypeVar("T")
Batch = Sequence[tuple[int, T]]


@dataclass(frozen=True, slots=True)
class Use(Generic[T]):
    """What is done with rows: `take` returns how many were new, or changed something.

    `sift` names the lines that do not fit what is there, each with the reason.
    """

    take: Callable[[Session, list[T]], int]
    key: Callable[[T], tuple[str, ...]]
    warnings: Callable[[T], Iterable[str]] = lambda _: ()
    sift: Callable[[Session, Batch[T]], dict[int, str]] = lambda _session, _batch: {}


@dataclass(slots=True)
class Import:
    """One run: what was read and taken so far, and the report of the rest."""

    report: Report
    read: int = 0
    taken: int = 0
    new: int = 0
    seen: set[bytes] = field(default_factory=set)
    """Digests of the keys so far, because a table may have millions of rows."""

    def stepping(self, rows: Iterable[Row], advance: Advance) -> Iterator[Row]:
        """Yield the rows and tell how far they are."""
        last = 1
        for row in rows:
            advance(row.line - last)
            last = row.line
            yield row

    def load(self, rows: Iterable[Row], read: Callable[[Row], T], use: Use[T]) -> None:
        """Take every row that can be taken; the others are in the report."""
        batch: list[tuple[int, T]] = []
        for line, item in self._readable(rows, read, use):
            batch.append((line, item))
            if len(batch) == BATCH_ROWS:
                self._take(batch, use)
                batch = []
        if batch:
            self._take(batch, use)

    def _readable(
        self, rows: Iterable[Row], read: Callable[[Row], T], use: Use[T]
    ) -> Iterator[tuple[int, T]]:
        for row in rows:
            self.read += 1
            if row.wrong is not None:
                self.report.refuse(row.line, row.wrong)
                continue
            try:
                item = read(row)
                self._refuse_repeated(use.key(item))
            except Invalid as error:
                self.report.refuse(row.line, error.detail)
                continue
            for warning in use.warnings(item):
                self.report.warn(row.line, warning)
            yield row.line, item

    def _refuse_repeated(self, key: tuple[str, ...]) -> None:
        digest = blake2b("\0".join(key).encode(), digest_size=12).digest()
        if digest in self.seen:
            raise Invalid(f"{' '.join(key)} stood on an earlier line already")
        self.seen.add(digest)

    def _take(self, batch: Batch[T], use: Use[T]) -> None:
        """Take a batch whole; where the database refuses it, halve it until the row is found."""
        try:
            with transaction() as session:
                misfits = use.sift(session, batch)
                items = [item for line, item in batch if line not in misfits]
                new = use.take(session, items) if items else 0
        except (IntegrityError, DataError, Refusal) as error:
            if len(batch) == 1:
                self.report.refuse(batch[0][0], _reason(error))
                return
            middle = len(batch) // 2
            self._take(batch[:middle], use)
            self._take(batch[middle:], use)
            return
        for line, reason in sorted(misfits.items()):
            self.report.refuse(line, reason)
        self.taken += len(items)
        self.new += new


@contextmanager
def importing(
    kind: str, *, new: str = "new", others: str = "brought up to date"
) -> Iterator[Import]:
    """Give a run on the database; say at its end what became of it, also by the exit status.

    `new` and `others` are the words for rows that changed something and for those that need not.
    """
    began = time.monotonic()
    try:
        with attached() as settings:
            folder = Path(settings.core.comptoir_home) / "reports"
            with Report(folder, kind) as report:
                run = Import(report)
                yield run
    except OperationalError as error:
        raise click.ClickException(
            f"The database does not answer ({str(error.orig).strip()}). What was taken stays; "
            "run the import again."
        ) from error
    click.echo(
        f"{run.read:,} read: {run.new:,} {new}, {run.taken - run.new:,} {others}, "
        f"{report.refused:,} not taken, {report.warned:,} warnings, "
        f"{time.monotonic() - began:.1f} s."
    )
    if report.written:
        click.echo(f"Report: {report.path}")
    if report.refused:
        click.get_current_context().exit(SOME_NOT_TAKEN)


def _reason(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.detail
    original = getattr(error, "orig", None)
    constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
    return CLASHES.get(
        constraint or "", f"the database refused it: {str(original).splitlines()[0]}"
    )
