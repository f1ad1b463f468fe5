"""`comptoir stores`, as whoever runs the installation types it."""

from typing import Any

import pytest
from sqlalchemy import text

from kernel.db import transaction
from tests.conftest import open_shop


@pytest.fixture
def house(installation: Any) -> Any:
    """An installation with the small retailer's two stores."""
    with installation.attached(), transaction() as session:
        open_shop(session)
    return installation


def paused(house: Any) -> bool:
    return bool(house.rows("SELECT paused_until FROM location WHERE code = 'lyon'")[0][0])


def test_rules_are_set_and_shown_with_who_said_so(house: Any) -> None:
    own = house.run("stores", "set", "cut_off", "16:40", "--store", "lyon")
    assert (own.exit_code, own.stdout) == (0, "cut_off = 16:40 (store lyon)\n"), own.output
    wide = house.run("stores", "set", "orders_per_day", "30")
    assert wide.stdout == "orders_per_day = 30 (global)\n"
    said = house.run("stores", "settings", "lyon").stdout.splitlines()
    assert "cut_off = 16:40 (store lyon)" in said
    assert "orders_per_day = 30 orders (global)" in said
    assert "orders_per_hour = none (default)" in said
    refused = house.run("stores", "set", "cut_off", "late")
    assert (refused.exit_code, "a time like 16:40" in refused.stderr) == (1, True)
    unknown = house.run("stores", "set", "cutoff", "16:40")
    assert unknown.exit_code == 1
    assert "No such setting. Use one of the keys" in unknown.stderr


def test_a_store_is_paused_and_resumed(house: Any) -> None:
    assert house.run(
        "stores", "pause", "lyon", "--until", "2999-01-01T00:00", "--reason", "flood"
    ).stdout == ("lyon takes no orders until 2999-01-01 00:00 UTC.\n")
    assert paused(house)
    assert house.run("stores", "resume", "lyon").exit_code == 0
    assert not paused(house)
    assert house.run("stores", "resume", "nowhere").exit_code == 1
    over = house.run("stores", "pause", "lyon", "--until", "2020-01-01T00:00", "--reason", "flood")
    assert (over.exit_code, "this time is over" in over.stderr) == (2, True)
    assert not paused(house)


def test_stores_that_can_promise_no_time_are_named(house: Any) -> None:
    with house.engine.begin() as connection:
        for hours, code in ((None, "paris"), ("off", "lyon")):
            connection.execute(
                text("UPDATE location SET opening_hours = :hours WHERE code = :code"),
                {"hours": hours, "code": code},
            )
    named = house.run("stores", "hours")
    assert named.exit_code == 1
    assert named.stdout.splitlines() == [
        "lyon: 'off' does not open for 45 days",
        "paris: the opening hours are not known",
        "2 stores looked at, 2 without hours to promise by.",
    ]


def test_tills_are_linked_renewed_revoked_and_listed(house: Any) -> None:
    linked = house.run("terminals", "enrol", "lyon", "Caisse 3")
    assert linked.exit_code == 0, linked.output
    key, told = linked.stdout.splitlines()
    terminal_id = told.split()[1].rstrip(".")
    assert len(key) == 43
    renewed = house.run("terminals", "renew", terminal_id).stdout.splitlines()
    assert renewed[0] != key
    assert renewed[1] == "The key before works for 24 hours more."
    assert house.run("terminals", "revoke", terminal_id).stdout == "Revoked.\n"
    assert house.run("terminals", "list", "lyon").stdout == (
        f"{terminal_id}  Caisse 3  revoked  last heard: never\n"
    )
