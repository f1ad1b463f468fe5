"""Following the ledger: writers commit late and out of order, and a follower misses nothing."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx
from sqlalchemy import Connection, Engine, create_engine, text

import inventory.jobs
import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from tests.support.trade import Trade

WRITERS, LINES = 6, 25
BY_ID_ALONE: Final = (
    "SELECT id, sku, on_hand_delta FROM stock_movement WHERE id > :last ORDER BY id"
)
Copy = Counter[str]


def test_a_follower_by_place_has_exactly_what_the_levels_say(trade: Trade) -> None:
    skus = [trade.list_article(units=100) for _ in range(3)]
    headers = {"Authorization": f"Bearer {follower_key(trade)}"}
    start = trade.http.get("/api/v1/stock/changes/start", headers=headers).json()["next"]
    copy = levels_at(trade, headers, start)
    assert {sku: copy[sku] for sku in skus} == dict.fromkeys(skus, 100)
    with writers(trade, skus) as writing:
        place = start
        while writing.is_set():
            place = follow(trade.http, headers, place, copy)
    deadline = time.monotonic() + 20
    while copy_of(trade, skus) != {sku: copy[sku] for sku in skus}:
        assert time.monotonic() < deadline, "the follower never came to the levels"
        place = follow(trade.http, headers, place, copy)
    changed = sum(copy_of(trade, skus).values())
    assert changed == 300 + WRITERS * LINES


def test_following_by_id_alone_loses_lines(trade: Trade) -> None:
    sku = trade.list_article(units=100)
    engine = engine_of(trade)
    with engine.connect() as late, engine.connect() as early, engine.connect() as follower:
        book_line(late, trade, sku)
        book_line(early, trade, sku)
        early.commit()
        last = follower.execute(text("SELECT max(id) FROM stock_movement")).scalar_one()
        seen_before = units(follower, sku)
        follower.rollback()
        late.commit()
        more = follower.execute(text(BY_ID_ALONE), {"last": last}).all()
        assert [row for row in more if row.sku == sku] == []
        assert units(follower, sku) == seen_before + 1
        levels = (
            "UPDATE stock_level SET on_hand = on_hand + 2 WHERE sku = :sku AND location_id = :at"
        )
        at = trade.place_of_work.shop.lyon
        follower.execute(text(levels), {"sku": sku, "at": at})
        follower.commit()
    assert trade.place_of_work.broken() == []
    engine.dispose()


def follower_key(trade: Trade) -> str:
    with trade.place_of_work.inside(), transaction() as session:
        _, key = stores.services.issue_key(
            session, name="till", scopes=["stock.follow"], actor=SYSTEM
        )
    return key


def engine_of(trade: Trade) -> Engine:
    return create_engine(trade.place_of_work.environment["DATABASE_URL"], pool_size=WRITERS)


def copy_of(trade: Trade, skus: list[str]) -> dict[str, int]:
    """Return what the levels of Lyon say."""
    rows = trade.place_of_work.rows(
        "SELECT l.sku, l.on_hand FROM stock_level l JOIN location p ON p.id = l.location_id"
        " WHERE p.code = 'lyon'"
    )
    return {row["sku"]: row["on_hand"] for row in rows if row["sku"] in skus}


def units(connection: Connection, sku: str) -> int:
    """Return the sum of the ledger in Lyon, as far as it is committed."""
    query = text(
        "SELECT sum(m.on_hand_delta) FROM stock_movement m JOIN location p ON p.id = m.location_id"
        " WHERE m.sku = :sku AND p.code = 'lyon'"
    )
    return int(connection.execute(query, {"sku": sku}).scalar_one())


def levels_at(trade: Trade, headers: dict[str, str], place: str) -> Copy:
    copy: Copy = Counter()
    cursor: str | None = ""
    while cursor is not None:
        query = {"at": place, "location": "lyon", "limit": 2} | (
            {"cursor": cursor} if cursor else {}
        )
        page = trade.http.get("/api/v1/stock/changes/levels", params=query, headers=headers).json()
        for level in page["levels"]:
            copy[level["sku"]] = level["on_hand"]
        cursor = page["next"]
    return copy


def follow(client: httpx.Client, headers: dict[str, str], place: str, copy: Copy) -> str:
    """Take one page of changes into the copy; return where to go on."""
    page = client.get(
        "/api/v1/stock/changes", params={"after": place, "location": "lyon"}, headers=headers
    ).json()
    for change in page["changes"]:
        copy[change["sku"]] += change["movement"]["on_hand_delta"]
    return str(page["next"])


@contextmanager
def writers(trade: Trade, skus: list[str]) -> Iterator[threading.Event]:
    """Have writers who book one unit at a time and commit when they please."""
    writing = threading.Event()
    writing.set()
    engine = engine_of(trade)

    def book(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 (it paces a test)
        for _ in range(LINES):
            with engine.begin() as connection:
                write(connection, trade, chance.choice(skus))
                time.sleep(chance.uniform(0, 0.02))

    threads = [threading.Thread(target=book, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()

    def wait() -> None:
        for thread in threads:
            thread.join()
        writing.clear()

    threading.Thread(target=wait).start()
    yield writing
    engine.dispose()


def book_line(connection: Connection, trade: Trade, sku: str) -> None:
    values = {"sku": sku, "location_id": trade.place_of_work.shop.lyon}
    connection.execute(
        text(
            "INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause)"
            " VALUES (:location_id, :sku, 'received', 1, 'receipt')"
        ),
        values,
    )


def write(connection: Connection, trade: Trade, sku: str) -> None:
    book_line(connection, trade, sku)
    values = {"sku": sku, "location_id": trade.place_of_work.shop.lyon}
    connection.execute(
        text(
            "UPDATE stock_level SET on_hand = on_hand + 1"
            " WHERE location_id = :location_id AND sku = :sku"
        ),
        values,
    )


def test_what_runs_low_is_found_by_following_the_ledger(trade: Trade) -> None:
    manager = trade.place_of_work.shop.manager
    with trade.place_of_work.inside():
        inventory.jobs.note_low()  # the first time begins now
        sku, plenty = trade.list_article(units=5), trade.list_article(units=50)
        assert trade.place({sku: 3, plenty: 3}).status_code == 201
        inventory.jobs.note_low()
        inventory.jobs.note_low()
        shown = trade.get("/stores/lyon/low-stock", key=manager)["low"]
        assert [(each["sku"], each["available"]) for each in shown] == [(sku, 2)]
        told = trade.place_of_work.rows(
            "SELECT facts -> 'skus' AS skus, facts -> 'count' AS count FROM event"
            " WHERE name = 'stock.ran_low.v1'"
        )
        assert told == [{"skus": [sku], "count": 1}]
        assert trade.place({sku: 2}).status_code == 201
        assert trade.get("/stores/lyon/low-stock", key=manager)["low"] == []
        untouched = trade.list_article(units=2)
        shown = trade.get("/stores/lyon/low-stock", key=manager)["low"]
        assert shown == [{"sku": untouched, "available": 2, "since": None}]
