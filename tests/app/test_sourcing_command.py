"""`comptoir sourcing`, as whoever runs the installation types it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import orders.services
from app.cli.sourcing import ROWS
from customers.commands import GiveAddress, GiveContact
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import Bring, Channel, PayBy, PlaceOrder
from tests.conftest import open_shop
from tests.orders.doors import open_way

RULES = {"name": "Paris first", "rules": [{"rank": "locations", "first": ["paris"]}]}


@pytest.fixture
def house(installation: Any) -> Any:
    """An installation of which Lyon was chosen to send one order to Bordeaux."""
    with installation.attached(), transaction() as session:
        open_shop(session)
        session.execute(text("UPDATE location SET ships = true"))
        open_way(session)
        command = PlaceOrder(
            Channel.WEB,
            [
                Bring(
                    GiveAddress("12 rue des Lilas", "33000", "Bordeaux"), {"TENT-2P": 1}, "standard"
                )
            ],
            GiveContact("Chloé", "Durand", "c@example.org", None, "fr"),
            PayBy.CARD,
        )
        orders.services.place_order(session, command, actor=SYSTEM)
    return installation


def test_past_orders_are_decided_again_by_the_rules_of_a_file(house: Any, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(RULES))
    before = house.rows("SELECT count(*) FROM sourcing_decision")
    command = ("sourcing", "replay", "--rules", str(file), "--since", "2020-01-01")
    told = house.run(*command)
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert lines[0] == "| | decided | Paris first |"
    assert [line.split(" | ")[0][2:] for line in lines[2 : 2 + len(ROWS)]] == [
        label for label, _say in ROWS
    ]
    assert "| orders sent otherwise | – | 1 |" in lines
    assert lines[-1].endswith("lyon → paris")
    assert house.rows("SELECT count(*) FROM sourcing_decision") == before
    figures = house.run(
        "sourcing", "replay", "--rules", str(file), "--since", "2020-01-01", "--json"
    )
    assert json.loads(figures.stdout)["Paris first"]["replayed"]["by_store"] == {"paris": 1}


def test_a_time_without_orders_is_said_and_one_that_ends_before_it_begins_is_refused(
    house: Any, tmp_path: Path
) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(RULES))
    replay = ("sourcing", "replay", "--rules", str(file), "--since", "2020-01-01", "--until")
    told = house.run(*replay, "2020-01-02")
    assert told.stdout.splitlines()[-1].startswith("Of that time no decision is kept")
    assert "| busiest location | – | – |" in told.stdout
    assert "first orders that would" not in told.stdout
    backwards = house.run(*replay, "2019-01-01")
    assert (backwards.exit_code, backwards.stdout) == (2, "")


def test_an_order_is_explained(house: Any) -> None:
    ((number,),) = house.rows("SELECT number FROM sales_order")
    told = house.run("sourcing", "show", number, "--language", "fr")
    assert told.exit_code == 0, told.output
    assert "Lyon Croix-Rousse envoie tout, à " in told.stdout
    assert house.run("sourcing", "show", "AAAAAAA").exit_code == 1


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("{", "is not a rule set"),
        ("[" * 100_000, "is not a rule set"),
        ('{"name": 5, "rules": []}', "is not a rule set"),
        ('{"rules": [{"rank": "role", "first": ["store"]}]}', '"warehouse" or "store"'),
        ('{"rules": [{"filter": "near"}]}', "Rule 1: a filter is one of within_km"),
        ('{"rules": [{"filter": "groups", "only": ["nord"]}]}', "which is none of the groups"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(
    house: Any, tmp_path: Path, said: str, wrong: str
) -> None:
    file = tmp_path / "rules.json"
    file.write_text(said)
    told = house.run("sourcing", "replay", "--rules", str(file), "--since", "2020-01-01")
    assert (told.exit_code, wrong in told.stderr) == (1, True), told.output
    assert "Traceback" not in told.output
