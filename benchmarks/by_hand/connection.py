"""A connection of its own for each thread, kept open."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import make_url

Connection = psycopg.Connection[tuple[Any, ...]]


ONE_PLAN = " -c plan_cache_mode=force_generic_plan"
"""Every statement is planned once: PostgreSQL would plan some anew each time, for longer than they
run."""


def connect(url: str, *, more: str = "") -> Callable[[], Connection]:
    """Return what gives a thread its connection; the first statement of a kind is prepared."""
    address = make_url(url)
    local = threading.local()

    def connection() -> Connection:
        found: Connection | None = getattr(local, "connection", None)
        if found is None:
            found = local.connection = psycopg.connect(
                host=str(address.query["host"]),
                user=address.username,
                dbname=address.database,
                options=f"-c timezone=UTC{more}",
                prepare_threshold=0,
                autocommit=True,
            )
        return found

    return connection
