"""Stand-ins for the vendors: mail, text messages and Stripe, with a mailbox to read what was sent.

`python -m sandbox` runs them as a process; tests may run them in their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.server import Addresses, Options, Sandbox

__all__ = ["Addresses", "Options", "running"]


@contextmanager
def running(home: Path, options: Options | None = None) -> Iterator[Addresses]:
    """Yield the addresses of a sandbox that remembers in `home` and ends with the block."""
    sandbox = Sandbox(home, options or Options())
    try:
        yield sandbox.addresses
    finally:
        sandbox.close()
