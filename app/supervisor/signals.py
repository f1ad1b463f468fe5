"""Ctrl-C, SIGTERM and a closed terminal mean the same: stop, once, in good order."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

WISHES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """The first signal that asks for the end raises KeyboardInterrupt inside the block.

    Further ones are ignored, so that whoever presses Ctrl-C twice does not interrupt the stopping.
    """

    def stop(_number: int, _frame: object) -> None:
        for wish in WISHES:
            signal.signal(wish, signal.SIG_IGN)
        with suppress(OSError):
            os.write(2, b"\nStopping\n")  # unbuffered: a handler may interrupt another write
        raise KeyboardInterrupt

    before = {wish: signal.signal(wish, stop) for wish in WISHES}
    try:
        yield
    finally:
        for wish, handler in before.items():
            signal.signal(wish, handler)
