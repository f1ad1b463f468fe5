"""`comptoir stock`: feeds, explanations and past levels from the command line."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import inventory.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import new_id
from tests.conftest import Shop, open_shop
from tests.inventory.test_feeds import stocked as list_many


@pytest.fixture
def stocked(installation: Any) -> Shop:
    installation.run("check")  # brings the schema
    with installation.attached(), transaction() as session:
        return open_shop(session)


def now() -> str:
    return datetime.now(UTC).isoformat()


def test_a_feed_is_taken_applied_and_recognised_when_it_comes_again(
    installation: Any, stocked: Shop, tmp_path: Path
) -> None:
    file = tmp_path / "stock.csv.gz"
    file.write_bytes(gzip.compress(b"store,sku,quantity\nlyon,BOOK,3\nlyon,NEVER,1\n"))
    feed = ("stock", "feed", file, "--source", "erp", "--sequence", "7", "--as-of", now())
    first, again = installation.run(*feed), installation.run(*feed)
    assert (first.exit_code, again.exit_code) == (3, 3)
    assert first.output.startswith("2 lines of erp 7: 3 levels changed, 1 conflicts, ")
    assert again.output.startswith("2 lines of erp 7: 3 levels changed, 1 conflicts, ")
    assert installation.rows(
        "SELECT l.sku, l.on_hand FROM stock_level l JOIN location p ON p.id = l.location_id"
        " WHERE p.code = 'lyon' ORDER BY 1"
    ) == [("BOOK", 3), ("MUG-BLUE", 0), ("TENT-2P", 0)]
    assert installation.run("check").exit_code == 0
    older = installation.run(*feed[:5], "--sequence", "6", "--as-of", now())
    assert (older.exit_code, older.output.splitlines()[-1]) == (
        1,
        "Error: A later feed of this source came before.",
    )


def test_a_feed_that_would_empty_a_store_is_applied_by_force_only(
    installation: Any, stocked: Shop, tmp_path: Path
) -> None:
    with installation.attached(), transaction() as session:
        list_many(session, stocked, articles=27)
    file = tmp_path / "stock.csv"
    file.write_text("store,sku,quantity\nlyon,BOOK,3\n")
    feed = ("stock", "feed", file, "--source", "erp", "--sequence", "7", "--as-of", now())
    units = (
        "SELECT sum(l.on_hand)::int FROM stock_level l JOIN location p ON p.id = l.location_id"
        " WHERE p.code = 'lyon'"
    )
    held = installation.run(*feed)
    assert held.exit_code == 3
    assert "Held back, nothing was applied: It says 0 of nearly everything at lyon." in held.output
    assert installation.rows(units) == [(27 * 5 + 30,)]
    forced = installation.run(*feed, "--force")
    assert (forced.exit_code, installation.rows(units)) == (0, [(3,)])


def test_why_is_it_three_is_said_in_both_languages(installation: Any, stocked: Shop) -> None:
    with installation.attached(), transaction() as session:
        inventory.services.set_counted(
            session, location_id=stocked.lyon, quantities={"BOOK": 5}, reason="shelf 4"
        )
        inventory.services.reserve(
            session, fulfillment_id=new_id(), location_id=stocked.lyon, quantities={"BOOK": 2}
        )
    english = installation.run("stock", "explain", "BOOK", "lyon").output
    french = installation.run("stock", "explain", "BOOK", "lyon", "--lang", "fr").output
    assert english.startswith("BOOK: 3 available, as of 20")
    assert "5 on hand, 2 promised, 0 in doubt, 0 kept back." in english
    assert "5 on hand (shelf 4). Since then:\n  promised × 1: promised +2\n" in english
    assert "5 en stock, 2 promis, 0 en doute, 0 gardés en réserve." in french
    assert "  promis × 1: promis +2\n" in french
    past = installation.run("stock", "explain", "BOOK", "lyon", "--at", now()).output
    assert "5 on hand, 2 promised, 0 in doubt.\nWhat was kept back then is not" in past
    unknown = installation.run("stock", "explain", "BOOK", "nowhere")
    assert unknown.exit_code == 1


def test_the_ledger_is_added_up_for_a_past_moment_and_against_the_levels(
    installation: Any, stocked: Shop
) -> None:
    before = now()
    with installation.attached(), transaction() as session:
        inventory.services.receive(
            session, location_id=stocked.lyon, quantities={"BOOK": 5}, actor=SYSTEM
        )
    past = installation.run("stock", "rebuild", "--at", before, "--store", "lyon")
    assert past.output.splitlines() == [
        "store,sku,on_hand,reserved,quarantined",
        "lyon,BOOK,10,0,0",
        "lyon,MUG-BLUE,10,0,0",
        "lyon,TENT-2P,10,0,0",
    ]
    agreed = installation.run("stock", "rebuild", "--check")
    assert (agreed.exit_code, agreed.output) == (
        0,
        "2 stores, 0 levels differ from their ledger.\n",
    )
    with installation.attached(), transaction() as session:
        session.execute(text("UPDATE stock_level SET on_hand = 4 WHERE sku = 'BOOK'"))
    differs = installation.run("stock", "rebuild", "--store", "lyon")
    assert (differs.exit_code, differs.output) == (
        1,
        (
            "lyon BOOK: level (4, 0, 0), ledger (15, 0, 0)\n"
            "1 stores, 1 levels differ from their ledger.\n"
        ),
    )
