"""Google's local inventory feed: exact lines, whose stores, and what it asks of the database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

import inventory.services
import stores.services
from app.access import PERMISSIONS
from app.feeds.google import write_feed
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import new_id
from stores.commands import OpenLocation
from tests.conftest import Shop, as_key, open_shop
from tests.support.counting import counted
from tests.unmoved import nothing_moves, problem

FEED = "/api/v1/feeds/google-local-inventory"
HEADER = (
    "store code\tid\tquantity\tavailability\tprice\tsale price\tpickup method\tpickup sla"
    "\tpickup link template"
)


@pytest.fixture
def reader(session: Session, shop: Shop) -> str:
    """The key of a program that may read feeds, of every store."""
    assert "feeds.read" in PERMISSIONS
    key = stores.services.issue_key(session, name="google", scopes=["feeds.read"], actor=SYSTEM)[1]
    session.commit()
    return key


@pytest.fixture
def statements(engine: Engine) -> Callable[[], Any]:
    """Watch what is sent to the database while a `with` block runs."""
    return lambda: counted(engine)


def link(article: str, sku: str) -> str:
    return f"http://shop.test/fr/articles/{article}?sku={sku}&store={{store_code}}"


def lines(store: str, method: str, sla: str, *rows: tuple[str, str, int, str, str]) -> list[str]:
    return [
        f"{store}\t{sku}\t{left}\t{said}\t{price}\t\t{method}\t{sla}\t{link(article, sku)}"
        for sku, article, left, said, price in rows
    ]


PARIS = (
    ("BOOK", "BOOK", 10, "in_stock", "4.55 EUR"),
    ("MUG-BLUE", "MUG", 10, "in_stock", "12.90 EUR"),
    ("TENT-2P", "TENT", 10, "in_stock", "89.90 EUR"),
)


def stand(connection: Connection, **columns: str) -> None:
    """Have the store in Lyon be otherwise than it was opened."""
    for name, value in columns.items():
        connection.execute(text(f"UPDATE location SET {name} = {value} WHERE code = 'lyon'"))  # noqa: S608 (columns of ours)


def test_each_store_says_what_it_can_promise_at_what_price_and_when(
    client: FlaskClient, connection: Connection, session: Session, shop: Shop, reader: str
) -> None:
    inventory.services.set_counted(
        session, location_id=shop.lyon, quantities={"BOOK": 0, "MUG-BLUE": 4}, reason="counted"
    )
    inventory.services.reserve(
        session, fulfillment_id=new_id(), location_id=shop.lyon, quantities={"MUG-BLUE": 2}
    )
    session.commit()
    stand(connection, prepare_min="0")
    with nothing_moves(connection):
        answer = client.get(FEED, headers=as_key(reader))
    assert (answer.status_code, answer.mimetype) == (200, "text/tab-separated-values")
    assert answer.is_streamed
    lyon = lines(
        "lyon", "reserve", "same day",
        ("BOOK", "BOOK", 0, "out_of_stock", "4.55 EUR"),
        ("MUG-BLUE", "MUG", 2, "limited_availability", "12.90 EUR"),
        ("TENT-2P", "TENT", 10, "in_stock", "89.90 EUR"),
    )  # fmt: skip
    assert answer.text.splitlines()[:4] == [HEADER, *lyon]
    assert [line.split("\t")[:2] for line in answer.text.splitlines()[4:]] == [
        ["paris", "BOOK"], ["paris", "MUG-BLUE"], ["paris", "TENT-2P"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"prepare_min": "1440"}, ("reserve", "next day")),
        ({"prepare_min": "2880"}, ("reserve", "2-day")),
        ({"prepare_min": "6 * 1440"}, ("reserve", "6-day")),
        ({"prepare_min": "7 * 1440"}, ("reserve", "multi-week")),
        ({"paused_until": "now() + interval '1 hour'"}, ("not supported", "")),
        ({"opening_hours": "NULL"}, ("not supported", "")),
        ({"collects": "false"}, ("not supported", "")),
    ],
)
def test_how_soon_comes_from_the_promise_and_a_store_that_gives_nothing_out_says_so(
    client: FlaskClient,
    connection: Connection,
    reader: str,
    *,
    columns: dict[str, str],
    said: tuple[str, str],
) -> None:
    stand(connection, **columns)
    answer = client.get(f"{FEED}?store=lyon", headers=as_key(reader))
    assert answer.text.splitlines() == [HEADER, *lines("lyon", *said, *PARIS)]


def test_where_cards_are_taken_it_is_bought_and_not_only_reserved(shop: Shop) -> None:
    found = "".join(write_feed(["paris"], site="http://shop.test/", by_card=True)).splitlines()
    assert [line.split("\t")[6] for line in found[1:]] == ["buy", "buy", "buy"]


def test_warehouses_stores_being_set_up_and_closed_ones_are_not_listed(
    client: FlaskClient, connection: Connection, session: Session, shop: Shop, reader: str
) -> None:
    stores.services.open_location(
        session,
        OpenLocation(
            brand_id=shop.brand_id, code="depot", name="Dépôt", street="1 quai", postcode="38070",
            city="Saint-Quentin", country="FR", phone=None, latitude=45.6, longitude=5.1,
            time_zone="Europe/Paris", opening_hours="24/7", sells=False, collects=False,
        ),
    )  # fmt: skip
    session.commit()
    stand(connection, opened_at="NULL")
    connection.execute(text("UPDATE location SET closed_at = now() WHERE code = 'paris'"))
    assert client.get(FEED, headers=as_key(reader)).text == f"{HEADER}\n"
    for store in ("depot", "lyon", "paris", "nowhere"):
        refused = client.get(f"{FEED}?store={store}", headers=as_key(reader))
        assert problem(refused) == (404, "unknown-location"), store


def test_a_manager_reads_the_own_stores_and_others_read_nothing(
    client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    with nothing_moves(connection):
        own = client.get(FEED, headers=as_key(shop.manager))
        foreign = client.get(f"{FEED}?store=paris", headers=as_key(shop.manager))
        associate = client.get(FEED, headers=as_key(shop.associate))
        nobody = client.get(FEED)
    assert {line.split("\t")[0] for line in own.text.splitlines()[1:]} == {"lyon"}
    assert problem(foreign) == (404, "unknown-location")
    assert problem(associate) == (403, "forbidden")
    assert nobody.status_code == 401


def test_a_store_costs_three_statements_however_much_it_has(
    session: Session, shop: Shop, statements: Callable[[], Any]
) -> None:
    with statements() as sent:
        both = "".join(write_feed(["lyon", "paris"], site="http://shop.test", by_card=False))
    assert (len(sent), both.count("\n")) == (6, 7)


def test_the_feed_is_written_to_a_file_that_is_whole_or_as_before(
    installation: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    installation.run("check")  # brings the schema
    with installation.attached(), transaction() as session:
        open_shop(session)
    file = tmp_path / "google.tsv"
    file.write_text("the day before")
    refused = installation.run("stock", "google-feed", "--out", file)
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: The feed names pages of the shop: set PUBLIC_URL to the shop's address.\n",
    )
    assert file.read_text() == "the day before"
    monkeypatch.setenv("PUBLIC_URL", "https://shop.test")
    done = installation.run("stock", "google-feed", "--out", file)
    assert (done.exit_code, done.output) == (0, f"2 stores, 6 articles in {file}.\n")
    written = file.read_text()
    assert written.splitlines()[0] == HEADER
    assert written.count("https://shop.test/fr/articles/TENT?sku=TENT-2P&store={store_code}\n") == 2
    assert [path.name for path in tmp_path.iterdir() if "google" in path.name] == ["google.tsv"]
    assert installation.run("stock", "google-feed", "--store", "lyon").output == "".join(
        line for line in written.splitlines(keepends=True) if not line.startswith("paris")
    )
    unknown = installation.run("stock", "google-feed", "--store", "nowhere")
    assert (unknown.exit_code, unknown.output) == (1, "Error: No such store\n")
