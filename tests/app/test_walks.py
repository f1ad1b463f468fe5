"""Walks, substitutes and put-backs on the tablet, the customer's answer in the shop."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.admin.store_words import OPTIONS
from kernel.actors import SYSTEM
from kernel.links import order_token
from stores.commands import Scope, SetRule, StaffRole
from stores.services import set_setting
from stores.settings import KEYS
from tests.app.test_shelf import enter
from tests.app.test_tablet import HTML, Tablet, api, field, place, words
from tests.conftest import Shop, as_key
from tests.unmoved import nothing_moves


@pytest.fixture
def tablet(client: FlaskClient, session: Session, shop: Shop) -> Tablet:
    """The tablet of an associate."""
    return enter(client, session, shop, StaffRole.ASSOCIATE, "Inès Morel")


def start(tablet: Tablet) -> str:
    """Begin a walk from the board; return the path of its page."""
    begun = tablet.post("/waves", page=tablet.get("/"))
    assert begun.status_code == 303, begun.text
    return str(begun.headers["Location"]).removeprefix("/en/tablet")


def statuses(tablet: Tablet) -> list[str]:
    return [row[0] for row in tablet.rows("SELECT status FROM fulfillment ORDER BY created_at")]


def test_two_parcels_are_picked_in_one_walk(tablet: Tablet) -> None:
    place(tablet)
    place(tablet, items=[{"sku": "MUG-BLUE", "quantity": 1}])
    assert "Pick several in one walk" in words(tablet.get("/"))
    path = start(tablet)
    assert statuses(tablet) == ["picking", "picking"]
    page = tablet.get(path)
    assert "Walk of Inès Morel" in words(page)
    assert "4 articles left" in words(page)
    scanned = tablet.post(path, act="scan", said="mug-blue")
    assert "boxes=1x1" in scanned.headers["Location"]
    tablet.post(path, act="pick", sku="MUG-BLUE")
    tablet.post(path, act="pick", sku="TENT-2P")
    page = tablet.get(path)
    assert "Everything is decided. Put each box into a bin now." in words(page)
    assert words(page).count("Put it into a bin") == 2
    assert "Walk of" not in words(tablet.get("/"))
    assert tablet.rows("SELECT sum(picked)::int FROM fulfillment_line") == [(4,)]


def test_a_walk_says_what_its_customers_say_beside_their_boxes(tablet: Tablet) -> None:
    place(tablet)
    noted = place(tablet, items=[{"sku": "MUG-BLUE", "quantity": 1}])
    parcel = noted["fulfillment_id"]
    tablet.post(f"/parcels/{parcel}", act="note", order_note="Emballage cadeau")
    path, key = start(tablet), as_key(tablet.shop.associate)
    parcels = tablet.client.get(f"/api/v1{path}", headers=key).get_json()["parcels"]
    ((box, note),) = [(each["box"], each["note"]) for each in parcels if each["id"] == parcel]
    assert note == "Emballage cadeau"
    assert [each["note"] for each in parcels].count(None) == 1
    assert f"Box {box} · The customer says Emballage cadeau" in words(tablet.get(path))
    scan = api(tablet, f"{path}/scan", {"sku": "MUG-BLUE"})
    assert [each["box"] for each in scan["wave"]["parcels"]] == [1, 2]
    assert all("note" not in each for each in scan["wave"]["parcels"])


def test_what_is_not_on_the_list_is_said_beside_the_field(tablet: Tablet) -> None:
    place(tablet, items=[{"sku": "MUG-BLUE", "quantity": 1}])
    path = start(tablet)
    refused = tablet.post(path, act="scan", said="TENT-2P")
    assert refused.status_code == 422
    assert "“TENT-2P” is not on this list." in words(refused)
    assert 'value="TENT-2P"' in refused.text


def test_a_walk_reports_what_is_missing_and_lets_a_parcel_go(tablet: Tablet) -> None:
    first = place(tablet, items=[{"sku": "MUG-BLUE", "quantity": 2}])["fulfillment_id"]
    place(tablet, items=[{"sku": "BOOK", "quantity": 1}])
    path = start(tablet)
    tablet.post(path, act="short", sku="MUG-BLUE", quantity="1", reason="damaged")
    left = tablet.post(path, act="leave", parcel=first)
    assert left.status_code == 303
    assert tablet.rows("SELECT cancelled FROM fulfillment_line WHERE sku = 'MUG-BLUE'") == [(1,)]
    assert "1 article left" in words(tablet.get(path))
    assert (
        tablet.post(path, act="short", sku="BOOK", quantity="9", reason="damaged").status_code
        == 422
    )


def test_somebody_elses_walk_leaves_nothing_to_begin(tablet: Tablet) -> None:
    place(tablet)
    place(tablet)
    board = tablet.get("/")
    start(tablet)
    again = tablet.post("/waves", page=board)
    assert again.status_code == 409
    assert "Nothing waits" not in words(again)
    assert "No parcel waits that is not in somebody’s walk already." in words(again)


def test_where_articles_are_scanned_a_tap_takes_nothing(tablet: Tablet, session: Session) -> None:
    set_setting(session, SetRule(Scope.STORE, "lyon", "scan_to_pick", "on"), actor=SYSTEM)
    session.commit()
    parcel = place(tablet, items=[{"sku": "BOOK", "quantity": 1}])["fulfillment_id"]
    page = tablet.get(f"/parcels/{parcel}")
    assert "Taken" not in words(page)
    tapped = tablet.post(f"/parcels/{parcel}", act="pick", sku="BOOK")
    assert tapped.status_code == 422
    assert "Articles are scanned here" in words(tapped)
    assert tablet.post(f"/parcels/{parcel}", act="scan", said="BOOK").status_code == 303
    assert tablet.rows("SELECT picked FROM fulfillment_line") == [(1,)]


def offer(tablet: Tablet, parcel: str) -> None:
    """Offer a notebook for a mug, through the pages."""
    path = f"/parcels/{parcel}/substitute"
    page = tablet.get(path, sku="MUG-BLUE", said="notebook")
    assert "Notebook · €4.55 10 free" in words(page)
    asked = tablet.post(
        path,
        page=page,
        sku="MUG-BLUE",
        said="BOOK",
        substitute="BOOK",
        quantity="1",
        reason="damaged",
    )
    assert asked.headers["Location"].endswith(f"/parcels/{parcel}?did=asked"), asked.text


def answer(tablet: Tablet, order_id: str, said: str) -> Any:
    """Press a button of the question on the order's page."""
    address = f"/en/orders/{order_token(type(tablet.shop.lyon)(order_id))}"
    page = tablet.client.get(address, headers=HTML)
    found = re.search(r'action="([^"]+/substitutes/[^"]+)"', page.text)
    assert found is not None, page.text
    hidden = {"csrf": field(page.text, "csrf"), "form": field(page.text, "form")}
    return page, tablet.client.post(found[1], data={**hidden, "answer": said}, headers=HTML)


def test_a_customer_is_asked_and_takes_the_other_article(tablet: Tablet) -> None:
    placed = place(tablet)
    offer(tablet, placed["fulfillment_id"])
    parcel = tablet.get(f"/parcels/{placed['fulfillment_id']}")
    assert "The customer is asked: 1 × Notebook instead, for €4.55?" in words(parcel)
    page, answered = answer(tablet, placed["id"], "accept")
    assert "Another article instead?" in words(page)
    assert "1 × Mug, blue €12.90" in words(page)
    assert "1 × Notebook €4.55 €8.35 less" in words(page)
    assert answered.status_code == 303
    assert tablet.rows("SELECT sku, quantity FROM fulfillment_line WHERE sku = 'BOOK'") == [
        ("BOOK", 1)
    ]
    again = tablet.client.get(answered.headers["Location"], headers=HTML)
    assert "Another article instead?" not in words(again)


def test_a_form_sent_again_with_another_answer_says_which_one_stands(
    tablet: Tablet, session: Session
) -> None:
    placed = place(tablet)
    offer(tablet, placed["fulfillment_id"])
    page, answered = answer(tablet, placed["id"], "accept")
    assert answered.status_code == 303
    hidden = {"csrf": field(page.text, "csrf"), "form": field(page.text, "form")}
    action = re.findall(r'action="([^"]+/substitutes/[^"]+)"', page.text)[0]
    with nothing_moves(session.connection()):
        other = tablet.client.post(action, data={**hidden, "answer": "decline"}, headers=HTML)
    assert other.status_code == 409
    assert "Your first answer stands: the other article is taken." in words(other)
    assert "Order" in words(other), "it is the order's own page"


def test_an_answer_that_comes_too_late_is_told_on_the_orders_page(tablet: Tablet) -> None:
    placed = place(tablet)
    offer(tablet, placed["fulfillment_id"])
    address = f"/en/orders/{order_token(type(tablet.shop.lyon)(placed['id']))}"
    page = tablet.client.get(address, headers=HTML)
    action = re.findall(r'action="([^"]+/substitutes/[^"]+)"', page.text)[0]
    parcel = f"/parcels/{placed['fulfillment_id']}"
    (substitute,) = tablet.rows("SELECT id::text FROM substitution")[0]
    told = tablet.post(parcel, act="answer", answer="decline", substitute=substitute)
    assert told.headers["Location"].endswith("did=answered")
    hidden = {"csrf": field(page.text, "csrf"), "form": "00000000-0000-4000-8000-000000000001"}
    late = tablet.client.post(action, data={**hidden, "answer": "accept"}, headers=HTML)
    assert late.status_code == 409
    assert "This was answered already, or the time to answer is over." in words(late)


def test_a_bin_nobody_collects_is_put_back(tablet: Tablet) -> None:
    placed = place(tablet)
    parcel = f"/fulfillments/{placed['fulfillment_id']}"
    api(tablet, f"{parcel}/accept")
    api(tablet, f"{parcel}/pick", {"items": [{"sku": "MUG-BLUE", "quantity": 2}]})
    api(tablet, f"{parcel}/bin", {"bin": "C4"})
    api(tablet, f"/orders/{placed['id']}/cancel", key=tablet.shop.agent)
    assert "Put back on the shelf 1" in words(tablet.get("/"))
    page = tablet.get("/put-backs")
    assert "Bin C4" in words(page)
    (task,) = tablet.rows("SELECT id::text FROM put_back")[0]
    why = tablet.get("/where", said="MUG-BLUE")
    assert "to be put back on the shelf" in words(why)
    path = f"/put-backs/{task}"
    many = tablet.post(path, page=page, **{"damaged:MUG-BLUE": "3"})
    assert (many.status_code, "That is more than lay in the bin." in words(many)) == (422, True)
    done = tablet.post(path, page=page, **{"damaged:MUG-BLUE": "1", "missing:MUG-BLUE": "0"})
    assert done.headers["Location"].endswith("/put-backs?did=done")
    assert tablet.rows(
        "SELECT on_hand, reserved FROM stock_level WHERE sku = 'MUG-BLUE' AND location_id ="
        " (SELECT id FROM location WHERE code = 'lyon')"
    ) == [(9, 0)]
    assert "Nothing to put back" in words(tablet.get("/put-backs"))


def test_the_board_counts_down_to_when_an_order_has_to_be_taken_on(tablet: Tablet) -> None:
    placed = place(tablet)["fulfillment_id"]
    assert re.search(r"take on in 1[45] min", words(tablet.get("/")))
    tablet.rows("UPDATE fulfillment SET accept_by = now() - interval '3 min' RETURNING 1")
    assert "Late 1" in words(tablet.get("/"))
    api(tablet, f"/fulfillments/{placed}/accept")
    assert "Late" not in words(tablet.get("/"))


def test_every_word_a_setting_can_be_is_said() -> None:
    assert set(OPTIONS) == {word for key in KEYS.values() for word in key.options}
