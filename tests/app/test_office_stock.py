"""Stock in the back office: each figure's why, counts, transfers, arrivals, feeds, rules."""

import re
from collections.abc import Callable
from datetime import UTC
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import inventory.jobs
import stores.services
from kernel.ids import show_order_number
from tests.app.test_office import PASSWORD, Desk, hired, place, plain
from tests.conftest import Shop
from tests.inventory.test_feeds import stocked
from tests.unmoved import nothing_moves

__all__ = ["hired"]

Sit = Callable[[str], Desk]
WHY = "/en/office/stock/MUG-BLUE/lyon"


@pytest.fixture
def desk(app: Flask, session: Session, hired: dict[str, Any]) -> Sit:
    """Somebody at a desk of their own, without passing the door: it lets in only so many."""

    def sit(short: str) -> Desk:
        token = stores.services.sign_in_with_password(
            session, email=f"{short}@aubepin.test", password=PASSWORD
        )
        session.commit()
        client = app.test_client()
        client.set_cookie("comptoir-staff", token, domain="localhost")
        return Desk(client)

    return sit


def level(session: Session, sku: str = "MUG-BLUE", store: str = "lyon") -> tuple[int, int]:
    """Return on hand and safety stock."""
    session.commit()
    row = session.execute(
        text(
            "SELECT on_hand, safety_stock FROM stock_level l"
            " JOIN location p ON p.id = l.location_id WHERE sku = :sku AND p.code = :store"
        ),
        {"sku": sku, "store": store},
    ).one()
    return row.on_hand, row.safety_stock


def last_id(location: str) -> str:
    """Return the id at the end of an address."""
    return location.rpartition("/")[2].partition("?")[0]


def test_the_sum_names_the_orders_the_rule_and_every_line_of_the_ledger(
    desk: Sit, client: FlaskClient, shop: Shop
) -> None:
    number = show_order_number(
        place(client, shop, items=[{"sku": "MUG-BLUE", "quantity": 3}])["stored"]
    )
    office = desk("nadia")
    office.read("/en/office/kept-back/new")
    rule = {"scope": "sku_store", "sku": "mug-blue", "store": "lyon", "amount": "2"}
    assert office.send("/en/office/kept-back", unit="units", **rule).status_code == 303
    said = office.read(WHY)
    assert "Why Lyon Croix-Rousse has 5" in said
    assert "On hand Goods came in: +10 10" in said
    assert f"Promised to orders 3 × {number}" in said
    assert "2 units One article in one store" in said
    assert "by Nadia Lefèvre" in said
    assert f"Promised to an order {number}" in said
    assert "– 10 +3 3" in said
    assert "Goods came in" in said
    assert "+10 10 – 0" in said


def test_a_past_moment_shows_what_was_there_then_and_corrects_nothing(
    desk: Sit, client: FlaskClient, shop: Shop, session: Session
) -> None:
    before = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    session.commit()
    place(client, shop, items=[{"sku": "MUG-BLUE", "quantity": 3}])
    office = desk("nadia")
    said = before.astimezone(UTC).isoformat().replace("+00:00", "Z")
    then = office.read(f"{WHY}?at={said}")
    assert "Why Lyon Croix-Rousse had 10" in then
    assert "Promised to an order" not in then
    assert "Correct the books" not in then
    later = office.read(f"{WHY}?at=2031-01-01T10:00")
    assert "This moment has not come yet" in later
    assert "Why Lyon Croix-Rousse has 7" in later
    assert "Say which moment" in office.read(f"{WHY}?at=nonsense")


def test_the_books_are_corrected_with_a_reason_and_once(desk: Sit, session: Session) -> None:
    office = desk("nadia")
    office.open(WHY)
    form = {"delta": "-2", "reason": "damaged", "note": "Fell from the shelf"}
    answers = [office.send(f"{WHY}/adjust", form="one-and-the-same", **form) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert level(session) == (8, 0)
    said = office.read(answers[0].location)
    assert "The books are corrected." in said
    assert "Corrected today" in said
    assert "Damaged" in said


@pytest.mark.parametrize(
    ("delta", "reason", "complaint"),
    [
        ("x", "damaged", "A whole number: 2 for two more"),
        ("1.5", "damaged", "A whole number: 2 for two more"),
        ("9" * 30, "damaged", "A whole number: 2 for two more"),
        ("0", "damaged", "Zero changes nothing."),
        ("-2", "", "Say why: the ledger keeps it."),
        ("-11", "lost", "The books hold only: MUG-BLUE (10)."),
    ],
)
def test_a_correction_that_cannot_be_meant_is_said_beside_its_field(
    desk: Sit, connection: Connection, delta: str, reason: str, complaint: str
) -> None:
    office = desk("nadia")
    office.open(WHY)
    with nothing_moves(connection):
        refused = office.send(f"{WHY}/adjust", delta=delta, reason=reason, note="kept")
    assert refused.status_code == 422
    assert complaint in plain(refused)
    assert 'value="kept"' in refused.text
    assert f'value="{delta}"' in refused.text


def test_who_may_not_correct_is_offered_no_form_and_refused(
    desk: Sit, connection: Connection
) -> None:
    agent, sophie, nadia = desk("luc"), desk("sophie"), desk("nadia")
    assert "Correct the books" not in agent.read(WHY)
    sophie.open("/en/office/stock")
    nadia.open(WHY)
    with nothing_moves(connection):
        assert agent.send(f"{WHY}/adjust", delta="1", reason="found").status_code == 403
        assert sophie.send(f"{WHY}/adjust", delta="1", reason="found").status_code == 404
        nadia.csrf = "forged"
        assert nadia.send(f"{WHY}/adjust", delta="1", reason="found").status_code == 403


def test_each_sees_the_parts_they_may_work_in(desk: Sit) -> None:
    admin, agent, manager = desk("camille"), desk("luc"), desk("nadia")
    assert "Articles Counts Transfers Arrivals Feeds Kept back To do" in admin.read(
        "/en/office/stock"
    )
    assert "Articles Transfers Arrivals Kept back" in agent.read("/en/office/stock")
    assert agent.open("/en/office/counts").status_code == 403
    assert "Paris" not in manager.read("/en/office/counts")
    assert manager.open("/en/office/counts?store=paris").status_code == 404
    assert manager.open("/en/office/feeds/new").status_code == 403
    for page in ("counts", "transfers", "arrivals", "kept-back", "to-do"):
        assert admin.open(f"/en/office/{page}?store=paris").status_code == 200


def test_a_count_is_blind_then_shows_its_variance_and_a_second_pair_of_eyes_decides(
    desk: Sit, session: Session
) -> None:
    nadia, camille = desk("nadia"), desk("camille")
    nadia.open("/en/office/counts/new")
    opened = nadia.send("/en/office/counts", store="lyon", category="", lines="mug-blue, BOOK")
    assert opened.status_code == 303
    page = opened.location
    assert "By the books" not in nadia.read(page)
    early = nadia.send(
        f"{page}/enter", sku=["BOOK", "MUG-BLUE"], **{"q-BOOK": "10", "then": "finish"}
    )
    assert early.status_code == 422
    assert "No figure yet for MUG-BLUE." in plain(early)
    figures = {"q-BOOK": "10", "q-MUG-BLUE": "2", "then": "finish"}
    assert nadia.send(f"{page}/enter", sku=["BOOK", "MUG-BLUE"], **figures).status_code == 303
    said = nadia.read(page)
    assert "Counted 2, on the shelf by the books 10 = 10 on hand less 0 in bins." in said
    assert "Somebody else must decide on this count" in said
    own = nadia.send(f"{page}/approve")
    assert (own.status_code, level(session)) == (422, (10, 0))
    camille.open(page)
    assert camille.send(f"{page}/reject", reason="").status_code == 422
    assert camille.send(f"{page}/approve").status_code == 303
    assert level(session) == (2, 0)
    assert "Booked" in nadia.read("/en/office/counts?store=lyon")
    assert camille.send(f"{page}/approve").status_code == 409


def test_a_bad_figure_of_a_count_is_said_in_its_row_and_nothing_is_lost(
    desk: Sit, connection: Connection
) -> None:
    office = desk("nadia")
    office.open("/en/office/counts/new")
    page = office.send("/en/office/counts", store="lyon", lines="BOOK MUG-BLUE").location
    office.open(page)
    with nothing_moves(connection):
        refused = office.send(
            f"{page}/enter", sku=["BOOK", "MUG-BLUE"], **{"q-BOOK": "-1", "q-MUG-BLUE": "7"}
        )
        nowhere = office.send(f"/en/office/counts/{uuid4()}/enter")
    assert (refused.status_code, nowhere.status_code) == (422, 404)
    assert "A whole number, 0 or more." in plain(refused)
    assert re.search(r'name="q-MUG-BLUE"[^>]*value="7"', refused.text)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [("NOTHING-1", "There is no such article: NOTHING-1."), ("", "Nothing to count")],
)
def test_a_count_of_nothing_is_not_begun(
    desk: Sit, connection: Connection, lines: str, complaint: str
) -> None:
    office = desk("nadia")
    office.open("/en/office/counts/new")
    with nothing_moves(connection):
        refused = office.send("/en/office/counts", store="lyon", lines=lines)
        away = office.send("/en/office/counts", store="paris", lines="BOOK")
    assert (refused.status_code, away.status_code) == (422, 404)
    assert complaint in plain(refused)


def test_a_transfer_goes_its_way_and_what_never_arrived_needs_a_reason(
    desk: Sit, session: Session
) -> None:
    nadia, sophie = desk("nadia"), desk("sophie")
    nadia.open("/en/office/transfers/new")
    drafted = nadia.send(
        "/en/office/transfers", **{"from": "lyon", "to": "paris", "lines": "BOOK 4\nMUG-BLUE x3"}
    )
    assert drafted.status_code == 303
    page = drafted.location
    sophie.open(page)
    assert sophie.send(f"{page}/send", expected_on="2031-01-01").status_code == 422
    assert nadia.send(f"{page}/send", expected_on="").status_code == 422
    assert nadia.send(f"{page}/send", expected_on="2031-01-01").status_code == 303
    assert level(session, "BOOK") == (6, 0)
    assert "It comes from another store" in sophie.read("/en/office/arrivals")
    part = {"q-BOOK": "4", "q-MUG-BLUE": ""}
    assert sophie.send(f"{page}/receive", **part).status_code == 303
    assert level(session, "BOOK", "paris") == (14, 0)
    assert "On nobody's shelf 3" in sophie.read(page)
    empty = sophie.send(f"{page}/receive", **{"q-BOOK": "", "q-MUG-BLUE": "0"})
    assert "Say how many of at least one article arrived." in plain(empty)
    unsaid = sophie.send(f"{page}/close", **{"why-MUG-BLUE": ""})
    assert (unsaid.status_code, "Say what became of it." in plain(unsaid)) == (422, True)
    assert sophie.send(f"{page}/close", **{"why-MUG-BLUE": "came_back"}).status_code == 303
    assert level(session) == (10, 0)
    assert "Closed with goods missing" in nadia.read("/en/office/transfers")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"from": "lyon", "to": "lyon", "lines": "BOOK"}, "Both ends are the same location"),
        ({"from": "lyon", "to": "", "lines": "BOOK"}, "Choose where it goes."),
        ({"from": "lyon", "to": "paris", "lines": "NOTHING 2"}, "is no article with a quantity"),
        ({"from": "lyon", "to": "paris", "lines": "BOOK 0"}, "is no article with a quantity"),
        ({"from": "lyon", "to": "paris", "lines": " \n"}, "Name at least one article."),
    ],
)
def test_a_transfer_that_cannot_be_meant_is_not_drafted(
    desk: Sit, connection: Connection, body: dict[str, Any], complaint: str
) -> None:
    office = desk("nadia")
    office.open("/en/office/transfers/new")
    with nothing_moves(connection):
        refused = office.send("/en/office/transfers", **body)
    assert refused.status_code == 422
    assert complaint in plain(refused)


def test_more_than_is_free_is_not_sent_and_a_draft_is_changed_or_given_up(
    desk: Sit, connection: Connection
) -> None:
    office = desk("nadia")
    office.open("/en/office/transfers/new")
    ends = {"from": "lyon", "to": "paris"}
    page = office.send("/en/office/transfers", lines="BOOK 11", **ends).location
    with nothing_moves(connection):
        refused = office.send(f"{page}/send", expected_on="2031-01-01")
    assert "Not enough is free to leave. What is left: BOOK (10)." in plain(refused)
    assert office.send(f"{page}/change", lines="BOOK 2").status_code == 303
    assert ">BOOK 2</textarea>" in office.open(page).text
    assert office.send(f"{page}/cancel").status_code == 303
    assert office.send(f"{page}/cancel").status_code == 409


def test_a_delivery_is_announced_and_booked_in_in_parts(
    desk: Sit, session: Session, connection: Connection
) -> None:
    office, away = desk("nadia"), desk("sophie")
    office.open("/en/office/arrivals")
    body = {"expected_on": "2031-01-05", "reference": "BL 7", "lines": "BOOK 6\nMUG-BLUE 2"}
    assert office.send("/en/office/arrivals/lyon/expect", **body).status_code == 303
    page = office.open("/en/office/arrivals").text
    lines = re.findall(r'name="line" value="([0-9a-f-]{36})"', page)[:2]
    assert "BL 7" in page
    away.open("/en/office/arrivals")
    figures = {f"q-{lines[0]}": "4", f"q-{lines[1]}": ""}
    with nothing_moves(connection):
        stranger = away.send("/en/office/arrivals/lyon/receive", line=lines, **figures)
        other = away.send("/en/office/arrivals/paris/receive", line=lines, **figures)
        nothing = office.send("/en/office/arrivals/lyon/receive", line=lines, delivery=lines[0])
    assert (stranger.status_code, other.status_code, nothing.status_code) == (404, 422, 422)
    assert "Say how many of at least one article came." in plain(nothing)
    assert office.send("/en/office/arrivals/lyon/receive", line=lines, **figures).status_code == 303
    assert level(session, "BOOK") == (14, 0)
    assert "6 4" in office.read("/en/office/arrivals")
    gone = {"delivery": lines[0], f"reason-{lines[0]}": ""}
    assert office.send("/en/office/arrivals/lyon/close", line=lines, **gone).status_code == 422
    gone[f"reason-{lines[0]}"] = "Out of print"
    assert office.send("/en/office/arrivals/lyon/close", line=lines, **gone).status_code == 303
    assert "Nothing is expected" in office.read("/en/office/arrivals")
    came = office.send("/en/office/arrivals/lyon/unexpected", came="BOOK\nBOOK\nBOOK 2")
    assert (came.status_code, level(session, "BOOK")) == (303, (18, 0))


def test_a_delivery_is_moved_to_another_day(desk: Sit) -> None:
    office = desk("nadia")
    office.open("/en/office/arrivals")
    body = {"expected_on": "2031-01-05", "reference": "", "lines": "BOOK 6"}
    office.send("/en/office/arrivals/lyon/expect", **body)
    [line] = re.findall(
        r'name="line" value="([0-9a-f-]{36})"', office.open("/en/office/arrivals").text
    )[:1]
    said = {"delivery": line, f"day-{line}": "2031-01-08"}
    assert office.send("/en/office/arrivals/lyon/move", line=line, **said).status_code == 303
    assert "8 January 2031" in office.read("/en/office/arrivals")


FEED = {"source": "erp", "sequence": "7", "kind": "full", "hand_overs": "no"}


def send_feed(office: Desk, lines: str, **changes: str) -> Any:
    file = (BytesIO(lines.encode()), "stock.csv")
    return office.send("/en/office/feeds", file=file, **{**FEED, "as_of": AS_OF, **changes})


AS_OF = "2026-01-01T06:00"


def test_a_feed_is_sent_applied_and_tells_its_conflicts(desk: Sit, session: Session) -> None:
    admin, manager = desk("camille"), desk("nadia")
    admin.open("/en/office/feeds/new")
    lines = "store,sku,quantity\nlyon,BOOK,4\nparis,NOPE,1\nelsewhere,BOOK,2\n"
    sent = send_feed(admin, lines)
    assert sent.status_code == 303, plain(sent)
    running = admin.open(sent.location)
    assert 'hx-trigger="every 2s"' in running.text
    assert "lines applied" in plain(running)
    inventory.jobs.apply_feed(UUID(last_id(sent.location)))
    done = admin.open(sent.location)
    assert "hx-trigger" not in done.text
    assert "No article has this SKU" in plain(done)
    assert "No store has this code" in plain(done)
    mine = manager.read(sent.location)
    assert "No article has this SKU" not in mine
    assert "erp" in manager.read("/en/office/feeds?source=erp")


def test_a_feed_that_would_empty_a_store_is_let_through_by_a_button(
    desk: Sit, session: Session, shop: Shop
) -> None:
    stocked(session, shop, articles=27)
    admin, manager = desk("camille"), desk("nadia")
    admin.open("/en/office/feeds/new")
    sent = send_feed(admin, "store,sku,quantity\nlyon,BOOK,4\n")
    held = admin.read(sent.location)
    assert "It says that nearly nothing is left" in held
    assert "Held back" in admin.read("/en/office/feeds")
    assert "It is true: apply it" not in manager.read(sent.location)
    assert manager.send(f"{sent.location}/let-through").status_code == 403
    admin.open(sent.location)
    assert admin.send(f"{sent.location}/let-through").headers["Location"] == sent.location
    assert "hx-trigger" in admin.open(sent.location).text
    again = admin.send(f"{sent.location}/let-through")
    assert (again.status_code, "This feed is not held back" in plain(again)) == (409, True)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sequence": "x"}, "A number above the last one."),
        ({"source": ""}, "Say which system it comes from."),
        ({"as_of": "2999-01-01T06:00"}, "This moment has not come yet."),
        ({"hand_overs": ""}, "Say whether it knows our hand-overs."),
        ({"kind": "half"}, "Say what the quantities are."),
    ],
)
def test_a_feed_without_a_whole_declaration_is_not_taken_in(
    desk: Sit, connection: Connection, changes: dict[str, str], complaint: str
) -> None:
    admin = desk("camille")
    admin.open("/en/office/feeds/new")
    with nothing_moves(connection):
        refused = send_feed(admin, "store,sku,quantity\nlyon,BOOK,4\n", **changes)
    assert refused.status_code == 422
    assert complaint in plain(refused)


def test_only_who_is_signed_in_may_send_more_than_a_small_form(
    desk: Sit, client: FlaskClient
) -> None:
    lines = "store,sku,quantity\n" + "lyon,BOOK,4\n" * 120_000
    admin = desk("camille")
    admin.open("/en/office/feeds/new")
    stranger = Desk(client)
    stranger.open("/en/office/sign-in")
    answers = [send_feed(admin, lines, kind="delta"), send_feed(stranger, lines, sequence="8")]
    for each in answers:
        each.request.environ["wsgi.input"].close()  # the test client's own file
    assert [each.status_code for each in answers] == [303, 413]


def test_a_rule_is_looked_at_before_it_is_made_and_ended_afterwards(
    desk: Sit, session: Session, connection: Connection
) -> None:
    office = desk("nadia")
    asked = "?scope=sku_store&sku=BOOK&store=lyon&amount=10&unit=units&valid_from=&valid_to="
    with nothing_moves(connection):
        looked = office.read(f"/en/office/kept-back/new{asked}")
    assert "1 article at 1 store changes; 1 would disappear" in looked
    assert "10 0 → 10 10 → 0" in looked
    body = {"scope": "sku_store", "sku": "BOOK", "store": "lyon", "amount": "10", "unit": "units"}
    assert office.send("/en/office/kept-back", **body).status_code == 303
    assert level(session, "BOOK") == (10, 10)
    listed = office.open("/en/office/kept-back")
    assert "10 units" in plain(listed)
    end = re.search(r'action="(/en/office/kept-back/[^"]+/end)"', listed.text)
    assert end is not None
    away = desk("sophie")
    away.open("/en/office/kept-back")
    assert away.send(end[1]).status_code == 404
    assert office.send(end[1]).status_code == 303
    assert level(session, "BOOK") == (10, 0)
    assert "Nothing is kept back" in office.read("/en/office/kept-back")
    assert "ended" in office.read("/en/office/kept-back?ended=yes")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"amount": "-1"}, "A whole number, 0 or more."),
        ({"amount": "101", "unit": "percent"}, "A whole number, 0 or more."),
        ({"scope": ""}, "Say for what it holds."),
        ({"store": ""}, "Choose a store."),
        ({"sku": "NOTHING"}, "There is no such article: NOTHING."),
        ({"scope": "global"}, "This rule reaches beyond your stores"),
        ({"valid_to": "2020-01-01T10:00"}, "The rule does not say what it is for"),
    ],
)
def test_a_rule_that_cannot_be_is_neither_shown_nor_made(
    desk: Sit, connection: Connection, changes: dict[str, str], complaint: str
) -> None:
    office = desk("nadia")
    office.open("/en/office/kept-back/new")
    body = {"scope": "sku_store", "sku": "BOOK", "store": "lyon", "amount": "1", "unit": "units"}
    with nothing_moves(connection):
        looked = office.client.get("/en/office/kept-back/new", query_string={**body, **changes})
        sent = office.send("/en/office/kept-back", **{**body, **changes})
    assert (looked.status_code, sent.status_code) == (422, 422)
    assert complaint in plain(looked)
    assert complaint in plain(sent)


def test_tasks_are_taken_given_and_counted(desk: Sit, hired: dict[str, Any]) -> None:
    office = desk("nadia")
    office.open(WHY)
    assert office.send(f"{WHY}/ask-count", why_count="Two customers complained").status_code == 303
    page = office.open("/en/office/to-do")
    said = plain(page)
    assert "Somebody asked for it · Two customers complained" in said
    assert "Nobody yet" in said
    take = re.search(r'action="(/en/office/to-do/lyon/tasks/[^"]+/take)"', page.text)
    assert take is not None
    assert office.send(take[1]).status_code == 303
    assert "You" in office.read("/en/office/to-do")
    give = take[1].replace("/take", "/assign")
    assert office.send(give, owner=str(hired["theo"])).status_code == 303
    assert "Théo Garnier" in office.read("/en/office/to-do")
    assert office.send(give, owner=str(hired["sophie"])).status_code == 422
    task = take[1].split("/")[-2]
    opened = office.send("/en/office/counts", store="lyon", lines="", task=[task])
    assert opened.status_code == 303
    assert "in a count" in office.read("/en/office/to-do")


def test_a_shortage_is_closed_only_once_it_is_covered(
    desk: Sit, client: FlaskClient, shop: Shop, session: Session
) -> None:
    place(client, shop, items=[{"sku": "MUG-BLUE", "quantity": 3}])
    office = desk("nadia")
    office.open(WHY)
    assert office.send(f"{WHY}/adjust", delta="-8", reason="theft").status_code == 303
    assert "1 more is promised than is there" in office.read(WHY)
    page = office.open("/en/office/to-do")
    assert "Promised, but not there" in plain(page)
    close = re.search(r'action="(/en/office/to-do/lyon/shortages/([^"]+)/close)"', page.text)
    assert close is not None
    field = f"resolution-{close[2]}"
    assert "Say how it was resolved." in plain(office.send(close[1], **{field: ""}))
    refused = office.send(close[1], **{field: "Borrowed one"})
    assert (refused.status_code, "1 more are still promised" in plain(refused)) == (422, True)
    assert 'value="Borrowed one"' in refused.text
    take = close[1].replace("/close", "/take")
    assert office.send(take).status_code == 303
    office.open(WHY)
    office.send(f"{WHY}/adjust", delta="1", reason="found")
    assert "Promised, but not there" not in office.read("/en/office/to-do")
    assert level(session) == (3, 0)


def test_what_runs_low_is_listed_with_its_store(desk: Sit) -> None:
    office = desk("nadia")
    assert "Running low" not in office.read("/en/office/to-do")
    office.open(WHY)
    office.send(f"{WHY}/adjust", delta="-9", reason="display")
    assert "Running low: at most 2 available" in office.read("/en/office/to-do")
    assert "Every store" in desk("camille").read("/en/office/to-do")
