"""The pages of prices: the list, a price that is planned, a promotion that is tried and set."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.access import EVERYBODY, SHOPPER
from kernel.web import declaration_of
from tests.app.test_office import Desk, plain
from tests.app.test_office_stores import People, Sit, people, sit  # noqa: F401 (fixtures)
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves

PROMOTION = {
    "name_fr": "Les tasses à -10 %",
    "name_en": "10 % off mugs",
    "code": "mugs",
    "kind": "percent",
    "percent": "10",
    "on_what": "article",
    "on_code": "MUG",
}
NEVER_THEIRS = ("price", "status", "amount", "discount")
NOTHING = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def head(sit: Sit) -> Desk:  # noqa: F811 (a fixture)
    """Head office at its desk."""
    return sit("camille")


def promotions(session: Session) -> list[tuple[Any, ...]]:
    rows = session.execute(
        text("SELECT code, percent_bp, withdrawn_at IS NULL FROM promotion ORDER BY created_at")
    )
    return [tuple(row) for row in rows]


def test_the_price_list_finds_articles_and_says_what_they_cost(head: Desk) -> None:
    page = plain(head.open("/en/office/prices?q=mug"))
    assert "MUG-BLUE" in page
    assert "€12.90" in page
    assert "TENT-2P" not in page


def test_a_price_is_planned_and_stands_in_the_history_with_its_author(
    head: Desk, session: Session
) -> None:
    path = "/en/office/prices/aubepin/BOOK"
    head.open(path)
    sent = head.send(path, price="3.90", valid_from="2099-01-01T10:00", is_reduced="yes")
    assert (sent.status_code, sent.location) == (303, f"{path}?done=set")
    page = plain(head.open(path))
    assert re.search(r"€3\.90 .{0,40}Planned.{0,40}Reduced", page)
    assert "Camille Roux" in page
    [row] = session.execute(text("SELECT amount_minor FROM price WHERE is_reduced")).all()
    assert row.amount_minor == 390


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"price": ""}, "Give the price."),
        ({"price": "much"}, "Write an amount like 12.90."),
        ({"price": "3.90", "valid_from": "2000-01-01T10:00"}, "It begins now or later"),
        ({"price": "3.90", "valid_to": "2000-01-01T10:00"}, "It begins now or later"),
    ],
)
def test_a_price_that_cannot_be_meant_is_said_and_changes_nothing(
    head: Desk, connection: Connection, typed: dict[str, str], said: str
) -> None:
    path = "/en/office/prices/aubepin/BOOK"
    head.open(path)
    with nothing_moves(connection):
        refused = head.send(path, **typed)
    assert refused.status_code == 422
    assert said in plain(refused)


def test_a_promotion_is_tried_on_yesterdays_orders_before_it_is_set(
    head: Desk, client: FlaskClient, shop: Shop, session: Session
) -> None:
    client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration))
    path = "/en/office/promotions/new"
    head.open(path)
    elsewhere = head.send(f"{path}?brand=aubepin", **PROMOTION, place="store:paris", preview="yes")
    assert "0 would have had it, alone: €0.00 less" in plain(elsewhere)
    tried = head.send(f"{path}?brand=aubepin", **PROMOTION, place="store:lyon", preview="yes")
    assert tried.status_code == 200
    page = plain(tried)
    assert "It is on 1 article with a price." in page
    assert "Of 1 order of the last 24 hours, 1 would have had it, alone: €2.58 less" in page
    assert "€12.90 €11.61" in page
    assert promotions(session) == []
    sent = head.send(f"{path}?brand=aubepin", **PROMOTION)
    assert (sent.status_code, sent.location) == (
        303,
        "/en/office/promotions?brand=aubepin&done=set",
    )
    assert promotions(session) == [("mugs", 1000, True)]


def test_a_promotion_is_changed_and_withdrawn(head: Desk, session: Session) -> None:
    head.open("/en/office/promotions/new")
    head.send("/en/office/promotions/new", **PROMOTION)
    first = session.execute(text("SELECT id FROM promotion")).scalar_one()
    head.open(f"/en/office/promotions/{first}")
    assert head.send(f"/en/office/promotions/{first}", **{**PROMOTION, "percent": "20"}).location
    assert promotions(session) == [("mugs", 1000, False), ("mugs", 2000, True)]
    second = session.execute(
        text("SELECT id FROM promotion WHERE withdrawn_at IS NULL")
    ).scalar_one()
    head.open(f"/en/office/promotions/{second}")
    assert head.read("/en/office/promotions?q=MUG").count("10 % off mugs") == 2
    assert "off mugs" not in head.read("/en/office/promotions?q=m%25gs")
    head.open(f"/en/office/promotions/{second}")
    assert head.send(f"/en/office/promotions/{second}/withdraw").status_code == 303
    assert [each[2] for each in promotions(session)] == [False, False]


def sheet(desk: Desk, path: str) -> str:
    """Return a list as the file the page gives."""
    answer = desk.client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return answer.get_data(as_text=True)


def put(desk: Desk, path: str, table: str, *, act: str = "try") -> str:
    """Send a file, and return what the page says became of it."""
    desk.open(path)
    sent = desk.send(path, file=(BytesIO(table.encode()), "table.csv"), act=act)
    assert sent.status_code == 200, plain(sent)
    return plain(sent)


def test_prices_come_as_a_file_that_is_tried_then_taken_over_row_by_row(
    head: Desk, session: Session, connection: Connection
) -> None:
    path = "/en/office/prices/import"
    kept = sheet(head, "/en/office/prices/table")
    assert "BOOK," in kept
    with nothing_moves(connection):
        same = put(head, path, kept, act="apply")
    assert "0 rows changed something." in same
    assert "says what is so already" in same or "say what is so already" in same

    table = (
        "SKU;Price;from;to;reduced\nBOOK;3,90;;;\nMUG-BLUE;much;;;\nGONE;1;;;\nBOOK;2;2000-01-01;;"
    )
    with nothing_moves(connection):
        tried = put(head, path, table)
    assert "1 row would change something. Nothing has moved." in tried
    taken = put(head, path, table, act="apply")

    assert "1 row changed something." in taken
    assert "2 BOOK: €3.90" in taken
    assert "3 price: Write an amount like 12.90." in taken
    assert "4 There is nothing with this code." in taken
    assert "5 It begins now or later, and ends after that." in taken
    author = session.execute(text("SELECT count(*) FROM event WHERE name = 'price.set.v1'"))
    assert author.scalar_one() == 1
    head.open(path)
    unnamed = head.send(path, file=(BytesIO(b"a,b\n1,2"), "table.csv"), act="apply")
    assert unnamed.status_code == 422
    assert "These columns are missing: sku, price." in plain(unnamed)


def test_promotions_come_as_a_file_and_go_back_into_one(
    head: Desk, session: Session, connection: Connection
) -> None:
    path = "/en/office/promotions/import"
    table = (
        "code,name_fr,name_en,kind,percent,on_what,on_code\n"
        "mugs,Tasses,Mugs,percent,10,article,MUG\n"
        "bad,Tout,All,percent,0,everything,"
    )
    with nothing_moves(connection):
        assert "1 row would change something." in put(head, path, table)
    taken = put(head, path, table, act="apply")
    assert "3 percent: Give a rate in per cent up to 100" in taken
    assert promotions(session) == [("mugs", 1000, True)]

    kept = sheet(head, "/en/office/promotions/table")
    with nothing_moves(connection):
        assert "1 row says what is so already." in put(head, path, kept, act="apply")
    put(head, path, kept.replace("percent,10,", "percent,20,"), act="apply")
    assert promotions(session) == [("mugs", 1000, False), ("mugs", 2000, True)]


def test_a_file_that_cannot_be_meant_is_refused_row_by_row(
    head: Desk, session: Session, connection: Connection
) -> None:
    rows = "".join(
        f"p{number},Tout,All,percent,10,everything,{place}\n"
        for number, place in enumerate(("nope", "lyon-croix-rousse", "group:typo", "store:typo"))
    )
    with nothing_moves(connection):
        refused = put(
            head,
            "/en/office/promotions/import",
            f"code,name_fr,name_en,kind,percent,on_what,place\n{rows}",
            act="apply",
        )
        prices = put(head, "/en/office/prices/import", "sku;price\nCANARD\nBO\0OK;1\n", act="apply")
    assert refused.count("place: There is no such place.") == 4
    assert "3 There is nothing with this code." in prices


def test_french_files_are_written_with_commas_and_cells_no_spreadsheet_reckons(
    head: Desk, session: Session, connection: Connection
) -> None:
    path = "/fr/office/promotions/import"
    put(
        head,
        path,
        "code;name_fr;name_en;kind;percent;on_what\neighth;=1+1;@all;percent;12,5;everything\n",
        act="apply",
    )
    assert promotions(session) == [("eighth", 1250, True)]
    assert "-12,5 %" in plain(head.open("/fr/office/promotions"))
    assert re.search(r"MUG-BLUE;[^;]*;12,90;", sheet(head, "/fr/office/prices/table"))
    kept = sheet(head, "/fr/office/promotions/table")
    assert "eighth;'=1+1;'@all;percent;12,5;" in kept
    with nothing_moves(connection):
        put(head, path, kept, act="apply")
        put(head, path, kept.replace("12,5", "12.5"), act="apply")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"percent": "0"}, "Give a rate in per cent up to 100"),
        ({"percent": "NaN"}, "Give a rate in per cent up to 100"),
        ({"place": "store:\0"}, "There is no such place."),
        ({"kind": "n_for_m", "take": "2", "pay": "2"}, "Fewer are paid than are taken."),
        ({"kind": "amount"}, "Say how much is taken off."),
        ({"on_code": ""}, "Say which one: its code."),
        ({"on_code": "NOTHING"}, "There is nothing with this code."),
        ({"name_fr": ""}, "Say it in French."),
        ({"valid_to": "2000-01-01T10:00"}, "This does not fit the rest."),
    ],
)
def test_a_promotion_whose_parts_do_not_fit_is_said_and_changes_nothing(
    head: Desk, connection: Connection, typed: dict[str, str], said: str
) -> None:
    head.open("/en/office/promotions/new")
    with nothing_moves(connection):
        refused = head.send("/en/office/promotions/new", **{**PROMOTION, **typed})
    assert refused.status_code == 422
    assert said in plain(refused)


def test_prices_are_head_offices_and_a_manager_sees_no_tab(sit: Sit) -> None:  # noqa: F811 (a fixture)
    desk = sit("nadia")
    assert "/en/office/prices" not in desk.open("/en/office/orders").text
    assert desk.client.get("/en/office/prices").status_code == 403


def test_no_route_of_customers_lets_a_price_a_status_or_an_amount_in(
    app: Flask, client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    offered = EVERYBODY | SHOPPER
    let_in, asked = [], 0
    for rule in app.url_map.iter_rules():
        declaration = declaration_of(app.view_functions[rule.endpoint])
        is_write = "POST" in (rule.methods or ()) and rule.rule.startswith("/api/v1/")
        if not is_write or declaration is None or declaration.permission not in offered:
            continue
        path = re.sub(r"<[^>]+>", NOTHING, rule.rule)
        asked += 1
        with nothing_moves(connection):
            body = dict.fromkeys(NEVER_THEIRS, 1)
            answer = client.post(path, json=body, headers=as_key(shop.integration))
        named = {each["pointer"] for each in (answer.json or {}).get("errors", ())}
        if answer.status_code < 400 or (
            answer.status_code == 422 and not {f"/{each}" for each in NEVER_THEIRS} <= named
        ):
            let_in.append((rule.rule, answer.status_code, named))
    assert asked > 5
    assert let_in == []
