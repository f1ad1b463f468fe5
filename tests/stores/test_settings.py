"""Settings of the trade: inherited, dated, signed, and resolved onto every store they hold for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from stores import queries
from stores.commands import OpenLocation
from stores.jobs import resolve_rules
from stores.settings import KEYS, USUAL
from tests.conftest import Shop
from tests.stores.conftest import Ask, ahead
from tests.unmoved import nothing_moves, problem


def rule(key: str, value: Any, scope: str = "store", code: str | None = "lyon") -> dict[str, Any]:
    return {"scope": scope, "code": code, "key": key, "value": value}


def prepare_min(session: Session, code: str = "lyon") -> int:
    return queries.get_store(session, code).rules.prepare_min


def group_lyon(session: Session, shop: Shop) -> None:
    session.execute(
        text(
            "WITH g AS (INSERT INTO store_group (id, brand_id, code, name) "
            "VALUES (gen_random_uuid(), :brand, 'south', 'South') RETURNING id) "
            "UPDATE location SET group_id = (SELECT id FROM g) WHERE code = 'lyon'"
        ),
        {"brand": shop.brand_id},
    )
    session.commit()


def test_the_narrowest_scope_wins_and_what_it_overrules_is_told(
    ask: Ask, see: Ask, session: Session, shop: Shop, admin: str
) -> None:
    group_lyon(session, shop)
    for scope, code, minutes in (
        ("global", None, 100),
        ("brand", "aubepin", 90),
        ("group", "south", 80),
    ):
        assert ask("settings", rule("prepare_min", minutes, scope, code), key=admin).json["id"]
        assert prepare_min(session) == minutes
    assert prepare_min(session, "paris") == 90

    mine = ask("settings", rule("prepare_min", 70)).json["id"]
    assert prepare_min(session) == 70
    told = {each["key"]: each for each in see("stores/lyon/settings").json["rules"]}
    assert set(told) == set(KEYS)
    held = told["prepare_min"]
    assert (held["value"], held["default"], held["unit"]) == (70, 120, "minutes")
    winner = held["winner"]
    assert (winner["scope"], winner["author_name"], winner["standing"]) == (
        "store",
        "Nadia",
        "holds",
    )
    assert [(each["scope"], each["scope_name"], each["standing"]) for each in held["others"]] == [
        ("group", "South", "overruled"),
        ("brand", "Aubépin", "overruled"),
        ("global", None, "overruled"),
    ]
    assert (told["hold_days"]["value"], told["hold_days"]["winner"]) == (7, None)

    assert ask(f"settings/{mine}/end").status_code == 200
    assert prepare_min(session) == 80


def test_the_newest_of_two_at_one_scope_wins_and_no_limit_is_a_value_too(
    ask: Ask, session: Session, admin: str
) -> None:
    ask("settings", rule("orders_per_day", 40, "global", None), key=admin)
    ask("settings", rule("orders_per_day", 30))
    assert queries.get_store(session, "lyon").rules.orders_per_day == 30
    ask("settings", rule("orders_per_day", None))
    assert queries.get_store(session, "lyon").rules.orders_per_day is None
    assert queries.get_store(session, "paris").rules.orders_per_day == 40


def test_a_dated_setting_begins_and_ends_by_the_clocks_job(
    ask: Ask, session: Session, shop: Shop
) -> None:
    ask("settings", {**rule("prepare_min", 240), "valid_from": ahead(hours=1)})
    assert prepare_min(session) == 120
    session.execute(text("UPDATE setting SET valid_from = now() - interval '2 hours'"))
    session.commit()
    assert resolve_rules() == 1
    assert prepare_min(session) == 240
    assert resolve_rules() == 0
    session.execute(text("UPDATE setting SET valid_to = now() - interval '1 hour'"))
    session.commit()
    assert resolve_rules() == 1
    assert prepare_min(session) == 120


def test_nobody_sets_or_ends_a_setting_for_a_time_that_is_over(
    ask: Ask, see: Ask, session: Session
) -> None:
    ask("settings", rule("prepare_min", 60))
    newest = ask("settings", {**rule("prepare_min", 90), "valid_from": ahead(hours=-48)}).json["id"]
    assert prepare_min(session) == 90
    ask(f"settings/{newest}/end", {"at": ahead(hours=-48)})
    first, second = see("settings").json["settings"][:2]
    assert first["valid_from"] > second["valid_from"]
    assert first["valid_to"] > first["valid_from"]
    assert prepare_min(session) == 60


def test_a_cut_off_is_a_time_of_day_and_holds_differ_by_channel(ask: Ask, session: Session) -> None:
    ask("settings", rule("cut_off", "16:40"))
    ask("settings", rule("hold_phone_min", 600))
    rules = queries.get_store(session, "lyon").rules
    assert rules.cut_off is not None
    assert rules.cut_off.isoformat() == "16:40:00"
    assert [rules.hold_min(each) for each in ("web", "phone", "chat", "reservation")] == [
        35,
        600,
        600,
        2_880,
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prepare_min", -1),
        ("prepare_min", 10_081),
        ("prepare_min", None),
        ("prepare_min", "90"),
        ("hold_days", 0),
        ("orders_per_day", 0),
        ("cut_off", "25:00"),
        ("cut_off", "9:00"),
        ("cut_off", 16),
    ],
)
def test_a_value_out_of_bounds_is_refused_and_nothing_moves(
    ask: Ask, connection: Connection, key: str, value: Any
) -> None:
    with nothing_moves(connection):
        assert problem(ask("settings", rule(key, value))) == (422, "unreadable-setting")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"key": "luck"}, 422, "validation"),
        ({"value": True}, 422, "validation"),
        ({"value": 1.5}, 422, "validation"),
        ({"scope": "store", "code": "paris"}, 404, "unknown-scope"),
        ({"scope": "store", "code": "nowhere"}, 404, "unknown-scope"),
        ({"scope": "brand", "code": "aubepin"}, 403, "forbidden"),
        ({"scope": "global", "code": None}, 403, "forbidden"),
        ({"scope": "global"}, 404, "unknown-scope"),
        ({"valid_from": ahead(hours=2), "valid_to": ahead(hours=1)}, 422, "unreadable-setting"),
        ({"valid_to": ahead(hours=-1)}, 422, "unreadable-setting"),
        ({"valid_from": "9999-12-31T23:59:59-14:00"}, 422, "validation"),
        ({"valid_to": "0001-01-01T00:00:00+14:00"}, 422, "validation"),
    ],
)
def test_a_manager_sets_known_keys_for_their_own_stores_only(
    ask: Ask, connection: Connection, changes: dict[str, Any], status: int, code: str
) -> None:
    with nothing_moves(connection):
        refused = ask("settings", {**rule("prepare_min", 60), **changes})
        assert problem(refused) == (status, code)


def test_a_manager_ends_no_setting_of_head_office(
    ask: Ask, see: Ask, connection: Connection, admin: str
) -> None:
    wide = ask("settings", rule("prepare_min", 90, "global", None), key=admin).json["id"]
    foreign = ask("settings", rule("prepare_min", 30, "store", "paris"), key=admin).json["id"]
    with nothing_moves(connection):
        for each in (wide, foreign):
            assert problem(ask(f"settings/{each}/end")) == (404, "unknown-rule")
    seen = see("settings").json
    assert [each["id"] for each in seen["settings"]] == [wide]
    pages = [see("settings?limit=1", key=admin).json]
    pages.append(see(f"settings?limit=1&cursor={pages[0]['next']}", key=admin).json)
    assert [page["settings"][0]["id"] for page in pages] == [foreign, wide]


def test_ending_later_keeps_it_until_then(ask: Ask, session: Session) -> None:
    mine = ask("settings", rule("hold_days", 3)).json["id"]
    ask(f"settings/{mine}/end", {"at": ahead(days=1)})
    assert queries.get_store(session, "lyon").hold_days == 3
    (facts,) = queries.list_settings(session)
    assert facts.valid_to is not None
    assert facts.valid_to > datetime.now(UTC) + timedelta(hours=23)


def test_what_an_import_says_of_a_store_becomes_its_setting_only_when_it_differs(
    session: Session, shop: Shop
) -> None:
    def open_again(**changes: Any) -> None:
        place: dict[str, Any] = {
            "street": "1 rue",
            "postcode": "13001",
            "city": "Marseille",
            "country": "FR",
            "phone": None,
            "latitude": 43.3,
            "longitude": 5.4,
            "time_zone": "Europe/Paris",
            "opening_hours": "24/7",
        }
        stores.services.open_location(
            session, OpenLocation(shop.brand_id, "mrs", "Marseille", **place, **changes)
        )

    open_again(prepare_min=USUAL.prepare_min, hold_days=USUAL.hold_days)
    assert queries.list_settings(session) == []
    open_again(prepare_min=60)
    open_again(prepare_min=60)
    open_again()
    (facts,) = queries.list_settings(session)
    assert (facts.key, facts.value, facts.scope_code, facts.author_name) == (
        "prepare_min",
        60,
        "mrs",
        None,
    )
    assert prepare_min(session, "mrs") == 60
