"""Fills in the demonstration, whole, and restores it: every row goes, and it is filled in again."""

from pathlib import Path
from time import sleep
from typing import Final

from sqlalchemy import NullPool, create_engine, func, select, text
from sqlalchemy.exc import OperationalError

import stores.queries
from app.demo.furniture import furnish
from app.demo.retailer import BRAND
from app.demo.seed import KEYS_FILE, seed
from app.metadata import METADATA
from kernel.db import transaction

TRIES: Final = 5
PAUSE_S: Final = 1.0
LOCK_S: Final = 10
BEGUN_FILE: Final = "demo-begun"
"""Lies in the data folder while the demonstration is filled in: found again, that was cut off."""
KEPT: Final = frozenset({"reason"})
"""Tables whose rows came with the installation, not with the demonstration."""


class NoDemonstration(Exception):
    """This installation is somebody's own: nothing of it may be thrown away."""


def fill_in(home: Path, *, owner_url: str) -> bool:
    """Have the demonstration, with its past; return whether it had to be made.

    One whose filling was cut off begins anew. `owner_url` is the database's, of whoever owns its
    tables: only they may move rows back and empty them.
    """
    begun = home / BEGUN_FILE
    if begun.exists() and is_demonstration(home):
        _empty(owner_url)
    begun.touch()
    made = seed(home)
    if made:
        furnish(owner_url)
    begun.unlink()
    return made


def reset(home: Path, *, owner_url: str) -> None:
    """Have the demonstration as it is on its first day; programs may run meanwhile.

    Raises NoDemonstration when this is anything but the demonstration.
    """
    if not is_demonstration(home):
        raise NoDemonstration
    (home / BEGUN_FILE).touch()
    fill_in(home, owner_url=owner_url)


def is_demonstration(home: Path) -> bool:
    """Tell whether the demonstration's keys lie here and its brand is the only one."""
    with transaction() as session:
        brand = stores.queries.find_brand(session, BRAND.code)
        brands = session.execute(select(func.count()).select_from(_BRANDS)).scalar_one()
    return brand is not None and brands == 1 and (home / KEYS_FILE).exists()


_BRANDS: Final = METADATA.tables["brand"]


def _empty(owner_url: str) -> None:
    """Remove every row at once; what holds a lock meanwhile is waited for, then tried again."""
    engine = create_engine(owner_url, poolclass=NullPool)
    quote = engine.dialect.identifier_preparer.quote
    names = ", ".join(
        quote(table.name) for table in METADATA.sorted_tables if table.name not in KEPT
    )
    for left in reversed(range(TRIES)):
        try:
            with engine.begin() as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_S}s'"))
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        except OperationalError:  # a deadlock with a program that runs, or its lock
            if not left:
                raise
            sleep(PAUSE_S)
        else:
            return
