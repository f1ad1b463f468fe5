"""Report files: what a command did not take, and what should be known of what it took."""

import csv
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from kernel.clock import now

REFUSED, WARNING = "not taken", "warning"


class Report:
    """A CSV file with a line per finding, made when the first one is written."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._stack = ExitStack()
        self._file: TextIO | None = None
        self.path = folder / f"{kind}-{now():%Y%m%dT%H%M%S.%f}Z.csv"
        self.refused = 0
        self.warned = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def refuse(self, line: int, reason: str) -> None:
        """Note that what stands on this line was not taken, and why."""
        self.refused += 1
        self._write(line, REFUSED, reason)

    def warn(self, line: int, reason: str) -> None:
        """Note what should be known of something that was taken."""
        self.warned += 1
        self._write(line, WARNING, reason)

    @property
    def written(self) -> bool:
        """Tell whether there is a file to read."""
        return self._file is not None

    def _write(self, line: int, kind: str, reason: str) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._stack.enter_context(
                self.path.open("x", encoding="utf-8", newline="")
            )
            csv.writer(self._file).writerow(("line", "outcome", "reason"))
        csv.writer(self._file).writerow((line, kind, reason))
