"""The tablet's shelf: counting blind, receiving, sending and correcting, through its forms."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import inventory.services
import stores.services
from app import sessions
from inventory.commands import DraftTransfer, ExpectGoods
from kernel.actors import SYSTEM
from stores.commands import HireStaff, StaffRole
from tests.app.test_tablet import HTML, PIN, Tablet, api, field, place, words
from tests.conftest import Shop, today
from tests.unmoved import nothing_moves

TODAY = today()


def enter(
    client: FlaskClient, session: Session, shop: Shop, role: StaffRole, name: str, **more: Any
) -> Tablet:
    """Return a tablet in Lyon on which somebody of this role is signed in."""
    who = HireStaff(name, role, (shop.lyon,), pin=PIN, **more)
    person = stores.services.hire_staff(session, who)
    session.commit()
    device = stores.services.enrol_tablet(
        session,
        code=stores.services.offer_enrolment(session, location_id=shop.lyon, tablet_name="T1"),
    )
    token = stores.services.sign_in_with_pin(session, tablet_id=device.id, staff_id=person, pin=PIN)
    session.commit()
    client.set_cookie(f"comptoir-{sessions.TABLET}", device.token)
    client.set_cookie(f"comptoir-{sessions.STAFF}", token)
    return Tablet(client, session, shop, person)


@pytest.fixture
def tablet(client: FlaskClient, session: Session, shop: Shop) -> Tablet:
    """The tablet of an associate."""
    return enter(client, session, shop, StaffRole.ASSOCIATE, "Inès Morel")


@pytest.fixture
def manager(client: FlaskClient, session: Session, shop: Shop) -> Tablet:
    """The tablet of a manager."""
    return enter(client, session, shop, StaffRole.MANAGER, "Nadia Lefèvre")


def send(tablet: Tablet, address: str, **fields: Any) -> TestResponse:
    """Send a form of the page at this address, which may have a query."""
    page = tablet.client.get(address, headers=HTML)
    hidden = {"csrf": field(page.text, "csrf"), "form": str(uuid4())}
    data = {**hidden, **{name.replace("__", ":"): value for name, value in fields.items()}}
    return tablet.client.post(address, data=data, headers=HTML)


def follow(tablet: Tablet, response: TestResponse) -> TestResponse:
    """Open the page a form leads to."""
    assert response.status_code == 303, words(response)
    return tablet.client.get(response.headers["Location"], headers=HTML)


def on_hand(tablet: Tablet, sku: str, location: UUID | None = None) -> int:
    where = location or tablet.shop.lyon
    sql = "SELECT on_hand FROM stock_level WHERE sku = :sku AND location_id = :where"
    return int(tablet.rows(sql, sku=sku, where=where)[0][0])


def begin(tablet: Tablet, said: str = "MUG-BLUE") -> str:
    """Begin to count an article; return the address of its count."""
    begun = tablet.post("/shelf/counts", tablet.get("/shelf"), said=said)
    assert begun.status_code == 303
    return str(begun.headers["Location"])


# Counting


def test_scans_count_one_each_and_the_books_are_shown_only_afterwards(tablet: Tablet) -> None:
    count = begin(tablet)
    for _ in range(8):
        shown = follow(tablet, send(tablet, count, said="mug-blue"))
    assert 'name="figure:MUG-BLUE" value="8"' in shown.text
    assert "10" not in re.sub(r'(?:width|height|value|data-\w+|maxlength)="\d+"', "", words(shown))
    done = follow(tablet, send(tablet, count, act="finish"))
    assert "Counted and booked" in words(done)
    assert "2 are missing: 8 counted, 10 should be on the shelf." in words(done)
    assert on_hand(tablet, "MUG-BLUE") == 8


def test_a_figure_is_typed_and_what_lies_in_a_bin_is_not_counted(tablet: Tablet) -> None:
    placed = place(tablet)
    parcel = f"/fulfillments/{placed['fulfillment_id']}"
    api(tablet, f"{parcel}/accept")
    api(tablet, f"{parcel}/pick", {"items": [{"sku": "MUG-BLUE", "quantity": 2}]})
    count = begin(tablet)
    done = follow(tablet, send(tablet, count, act="finish", **{"figure:MUG-BLUE": "8"}))
    assert "8 counted, as booked. 2 more lie in bins and were not to be counted." in words(done)
    assert on_hand(tablet, "MUG-BLUE") == 10


def test_a_large_difference_waits_for_a_manager(tablet: Tablet) -> None:
    count = begin(tablet)
    done = follow(tablet, send(tablet, count, act="finish", **{"figure:MUG-BLUE": "1"}))
    assert "At least one article differs by more than 5 units." in words(done)
    assert on_hand(tablet, "MUG-BLUE") == 10


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"act": "finish"}, 409, "1 article has no figure yet: MUG-BLUE."),
        ({"act": "finish", "figure:MUG-BLUE": "ten"}, 422, "Type a whole number."),
        ({"act": "finish", "figure:MUG-BLUE": "1000001"}, 422, "Type a whole number."),
        ({"act": "scan", "said": "BOOK"}, 422, "“BOOK” is not part of this count."),
        ({"act": "scan", "said": "NOWHERE"}, 422, "“NOWHERE” is no article of ours."),
        ({"act": "scan", "said": "A\x00B"}, 422, "is no article of ours."),
    ],
)
def test_what_does_not_fit_a_count_is_said_and_moves_nothing(
    tablet: Tablet, connection: Connection, fields: dict[str, str], status: int, sentence: str
) -> None:
    count = begin(tablet)
    page = tablet.client.get(count, headers=HTML)
    data = {"csrf": field(page.text, "csrf"), "form": str(uuid4()), **fields}
    with nothing_moves(connection):
        refused = tablet.client.post(count, data=data, headers=HTML)
    assert refused.status_code == status
    assert sentence in words(refused)
    if "figure:MUG-BLUE" in fields:
        assert f'value="{fields["figure:MUG-BLUE"]}"' in refused.text


def test_a_figure_that_was_not_touched_leaves_what_others_counted(tablet: Tablet) -> None:
    count = begin(tablet)
    follow(tablet, send(tablet, count, said="MUG-BLUE"))
    stale = {"figure:MUG-BLUE": "0", "was:MUG-BLUE": "0"}
    shown = follow(tablet, send(tablet, count, said="MUG-BLUE", **stale))
    assert 'name="figure:MUG-BLUE" value="2"' in shown.text


def test_a_task_is_begun_by_one_tap_and_a_count_given_up_books_nothing(tablet: Tablet) -> None:
    inventory.services.ask_count(
        tablet.session, location_id=tablet.shop.lyon, skus=["BOOK"], note="stocktake", actor=SYSTEM
    )
    tablet.session.commit()
    page = tablet.get("/shelf")
    assert "To count 1 Notebook Notebook Head office asks for it: stocktake" in words(page)
    task = field(page.text, "task")
    count = tablet.post("/shelf/counts", page, task=task).headers["Location"]
    assert "Count of 1 article 0 of 1 counted, begun by Inès Morel" in words(tablet.get("/shelf"))
    over = follow(tablet, send(tablet, count, act="give-up"))
    assert "The count was given up: nothing was booked." in words(over)
    assert field(over.text, "task") == task


def test_what_is_overdue_stands_first(tablet: Tablet) -> None:
    expect(tablet, TODAY - timedelta(days=3), "PO-7", {"BOOK": 4})
    expect(tablet, TODAY, "PO-8", {"BOOK": 4})
    expect(tablet, TODAY + timedelta(days=9), "PO-9", {"BOOK": 4})
    said = words(tablet.get("/shelf"))
    assert "Overdue 1 Delivery PO-7 1 article, 4 units" in said
    assert said.index("PO-7") < said.index("To receive 1 Delivery PO-8")
    assert "PO-9" not in said


# Receiving


def expect(tablet: Tablet, on: date, reference: str, quantities: dict[str, int]) -> str:
    """Have Lyon expect goods; return the address of the delivery."""
    command = ExpectGoods(tablet.shop.lyon, quantities, on, reference)
    inventory.services.expect_goods(tablet.session, command, actor=SYSTEM)
    tablet.session.commit()
    return f"/en/tablet/shelf/arrivals?on={on}&reference={reference}"


def test_a_delivery_is_scanned_booked_and_its_rest_closed_with_a_reason(tablet: Tablet) -> None:
    address = expect(tablet, TODAY, "PO-1", {"BOOK": 3, "MUG-BLUE": 1})
    scanned = send(tablet, address, said="BOOK", **{"figure:BOOK": "1"})
    assert scanned.status_code == 200
    assert 'name="figure:BOOK" value="2"' in scanned.text
    assert "1 short" in words(scanned)
    assert on_hand(tablet, "BOOK") == 10
    booked = follow(
        tablet, send(tablet, address, act="book", **{"figure:BOOK": "2", "figure:MUG-BLUE": "2"})
    )
    assert "Booked in. This is still missing." in words(booked)
    assert (on_hand(tablet, "BOOK"), on_hand(tablet, "MUG-BLUE")) == (12, 12)
    closed = follow(tablet, send(tablet, address, act="close", reason="none left"))
    assert "Closed: the rest is not expected any more." in words(closed)
    assert "PO-1" not in words(closed)


def test_more_than_announced_and_the_unannounced_are_seen_before_they_are_booked(
    tablet: Tablet,
) -> None:
    address = expect(tablet, TODAY, "PO-1", {"BOOK": 1})
    scanned = send(tablet, address, said="MUG-BLUE", **{"figure:BOOK": "3"})
    assert "2 too many" in words(scanned)
    assert "not announced" in words(scanned)
    alone = send(tablet, "/en/tablet/shelf/arrivals", act="book", **{"figure:BOOK": "5"})
    follow(tablet, alone)
    assert on_hand(tablet, "BOOK") == 15


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": "book"}, "Nothing was scanned yet."),
        ({"act": "book", "figure:BOOK": "-1"}, "Type a whole number."),
        ({"act": "book", "figure:NOWHERE": "1"}, "One of these articles is no longer"),
        ({"act": "scan", "said": "NOWHERE"}, "“NOWHERE” is no article of ours."),
        ({"act": "close", "reason": " "}, "Say in a few words why the rest does not come."),
    ],
)
def test_a_delivery_that_cannot_be_booked_says_why_and_moves_nothing(
    tablet: Tablet, connection: Connection, fields: dict[str, str], sentence: str
) -> None:
    address = expect(tablet, TODAY, "PO-1", {"BOOK": 3})
    with nothing_moves(connection):
        refused = send(tablet, address, **fields)
    assert refused.status_code in {404, 422}
    assert sentence in words(refused)


# Transfers


def draft(tablet: Tablet, from_id: UUID, to_id: UUID, **quantities: int) -> str:
    command = DraftTransfer(from_id, to_id, quantities)
    transfer_id, _ = inventory.services.draft_transfer(tablet.session, command, actor=SYSTEM)
    tablet.session.commit()
    return f"/en/tablet/shelf/transfers/{transfer_id}"


def test_a_transfer_is_drafted_by_scan_and_sent_as_it_was_picked(tablet: Tablet) -> None:
    new = "/en/tablet/shelf/transfers/new"
    assert 'name="figure:BOOK" value="1"' in send(tablet, new, said="BOOK").text
    drafted = send(tablet, new, act="draft", to="paris", **{"figure:BOOK": "4"})
    address = drafted.headers["Location"]
    assert "To Paris Bastille" in words(tablet.get("/shelf"))
    tomorrow = str(TODAY + timedelta(days=1))
    sent = send(tablet, address, act="send", expected_on=tomorrow, **{"figure:BOOK": "3"})
    assert "Sent: it is on nobody's shelf until they receive it." in follow(
        tablet, sent
    ).text.replace("&#39;", "'")
    assert on_hand(tablet, "BOOK") == 7
    assert tablet.rows("SELECT sent FROM transfer_line") == [(3,)]


def test_a_transfer_is_received_in_parts_and_closed_with_reasons(tablet: Tablet) -> None:
    address = draft(tablet, tablet.shop.paris, tablet.shop.lyon, BOOK=5)
    inventory.services.send_transfer(
        tablet.session, UUID(address.rpartition("/")[2]), expected_on=TODAY, actor=SYSTEM
    )
    tablet.session.commit()
    assert "From Paris Bastille" in words(tablet.get("/shelf"))
    assert "2 short" in words(send(tablet, address, said="BOOK", **{"figure:BOOK": "2"}))
    strange = send(tablet, address, said="MUG-BLUE", **{"figure:BOOK": "2"})
    assert "“MUG-BLUE” is not announced here." in words(strange)
    assert 'name="figure:BOOK" value="2"' in strange.text
    part = follow(tablet, send(tablet, address, act="receive", **{"figure:BOOK": "3"}))
    assert "Booked in. This is still missing." in words(part)
    assert on_hand(tablet, "BOOK") == 13
    with_reason = send(tablet, address, act="close", **{"reason:BOOK": "came_back"})
    assert "Closed, not all came" in words(follow(tablet, with_reason))
    assert on_hand(tablet, "BOOK", tablet.shop.paris) == 7


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"act": "send", "expected_on": "2999-01-01", "figure:BOOK": "11"}, 409, "BOOK (10)"),
        ({"act": "send", "expected_on": "soon", "figure:BOOK": "1"}, 422, "Say on which day"),
        ({"act": "send", "expected_on": "2020-01-01", "figure:BOOK": "1"}, 422, "in the past"),
        ({"act": "send", "expected_on": "2999-01-01", "figure:BOOK": "0"}, 422, "Nothing was"),
        ({"act": "receive", "figure:BOOK": "1"}, 403, "The sending store sends"),
    ],
)
def test_a_transfer_that_cannot_move_says_why(
    tablet: Tablet, connection: Connection, fields: dict[str, str], status: int, sentence: str
) -> None:
    address = draft(tablet, tablet.shop.lyon, tablet.shop.paris, BOOK=2)
    with nothing_moves(connection):
        refused = send(tablet, address, **fields)
    assert (refused.status_code, sentence in words(refused)) == (status, True)


def test_a_transfer_between_other_stores_is_not_found(tablet: Tablet) -> None:
    tablet.rows(
        "INSERT INTO location SELECT (jsonb_populate_record(l, jsonb_build_object("
        "'id', gen_random_uuid(), 'code', 'nice'))).* FROM location l WHERE code = 'paris' "
        "RETURNING code"
    )
    ((nice,),) = tablet.rows("SELECT id FROM location WHERE code = 'nice'")
    address = draft(tablet, tablet.shop.paris, nice, BOOK=2)
    assert tablet.client.get(address, headers=HTML).status_code == 404


# Correcting


def test_a_manager_corrects_a_figure_with_a_reason(manager: Tablet) -> None:
    assert "Correct the figure" in words(manager.get("/where", said="BOOK"))
    corrected = send(
        manager, "/en/tablet/shelf/correct?sku=BOOK", way="fewer", quantity="2", reason="damaged"
    )
    assert "Corrected" in words(follow(manager, corrected))
    assert on_hand(manager, "BOOK") == 8


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"quantity": "0"}, 422, "Type by how many"),
        ({"quantity": "11"}, 409, "Fewer are booked here than you take away: BOOK (10)."),
        ({"reason": ""}, 422, "Choose a reason."),
        ({"reason": "found"}, 422, "This reason does not fit"),
        ({"way": "up"}, 422, "Say whether there are fewer or more."),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_moves_nothing(
    manager: Tablet,
    connection: Connection,
    changed: dict[str, str],
    status: int,
    sentence: str,
) -> None:
    form = {"way": "fewer", "quantity": "2", "reason": "damaged", "note": "seen", **changed}
    with nothing_moves(connection):
        refused = send(manager, "/en/tablet/shelf/correct?sku=BOOK", **form)
    assert (refused.status_code, sentence in words(refused)) == (status, True)
    assert 'value="seen"' in refused.text


def test_an_associate_corrects_nothing(tablet: Tablet, connection: Connection) -> None:
    assert "Correct the figure" not in words(tablet.get("/where", said="BOOK"))
    assert tablet.get("/shelf/correct", sku="BOOK").status_code == 403
    page = tablet.get("/shelf")
    with nothing_moves(connection):
        refused = tablet.post("/shelf/correct", page, sku="BOOK", way="fewer", quantity="1")
    assert refused.status_code == 403
