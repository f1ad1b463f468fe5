"""How far a long command is: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

PLAIN_S = 2.0
"""Seconds between two plain lines."""

Advance = Callable[[int], None]


@contextmanager
def progress(label: str, length: int) -> Iterator[Advance]:
    """Give a function that takes how many more were done; it shows them on the error output."""
    if sys.stderr.isatty():
        with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
            yield bar.update
        return
    done, told_at = 0, time.monotonic()

    def advance(count: int) -> None:
        nonlocal done, told_at
        done += count
        if time.monotonic() - told_at >= PLAIN_S:
            told_at = time.monotonic()
            click.echo(f"{label}: {done:,} of {length:,}", err=True)

    yield advance
