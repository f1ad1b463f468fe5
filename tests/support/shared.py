"""What the tests of one folder share: opened by the first that asks, closed after the last."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, TypeVar

import pytest

Opened = TypeVar("Opened")
KEPT = pytest.StashKey[dict[str, Any]]()


def shared_in_folder(
    request: pytest.FixtureRequest, name: str, make: Callable[[], AbstractContextManager[Opened]]
) -> Opened:
    """Return what `make` opens; it is closed when this process leaves the folder.

    pytest has no such scope without packages: a module's fixture would open it for each file, and
    that of a session would keep servers at work while hundreds of other tests run.
    """
    folder = request.node.getparent(pytest.Dir)
    assert folder is not None
    kept = folder.stash.setdefault(KEPT, {})
    if name not in kept:
        with ExitStack() as stack:
            kept[name] = stack.enter_context(make())
            stack.callback(kept.pop, name)
            folder.addfinalizer(stack.pop_all().close)
    opened: Opened = kept[name]
    return opened
