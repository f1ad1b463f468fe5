"""What placing, preparing and handing over refuse, through the door, moving nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.cli.check import run_checks
from orders import passes
from tests.conftest import as_key, order_body
from tests.unmoved import nothing_moves, problem

NOT_VALID = (404, "pass-not-valid")


def test_all_shortages_are_told_at_once(counter: Any, connection: Connection) -> None:
    items = [
        {"sku": "TENT-2P", "quantity": 11},
        {"sku": "BOOK", "quantity": 1},
        {"sku": "MUG-BLUE", "quantity": 12},
    ]
    with nothing_moves(connection):
        response = counter.place(items=items)
    assert problem(response) == (409, "out-of-stock")
    assert response.json["shortages"] == {"TENT-2P": 10, "MUG-BLUE": 10}


def test_an_article_split_over_lines_is_counted_together(
    counter: Any, connection: Connection
) -> None:
    with nothing_moves(connection):
        response = counter.place(items=[{"sku": "BOOK", "quantity": 6}] * 2)
    assert response.json["shortages"] == {"BOOK": 10}
    assert counter.place(items=[{"sku": "BOOK", "quantity": 5}] * 2).status_code == 201
    counter.order = {}
    with nothing_moves(connection):
        assert counter.place(items=[{"sku": "BOOK", "quantity": 1}]).status_code == 409


def test_a_paused_store_takes_no_orders_and_says_until_when(
    counter: Any, connection: Connection
) -> None:
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    paused = counter.ask(
        "stores/lyon/pause", {"until": until, "reason": "stock-take"}, key=counter.shop.manager
    )
    assert paused.json["paused"] is True
    with nothing_moves(connection):
        response = counter.place()
    assert problem(response) == (409, "store-paused")
    assert datetime.fromisoformat(response.json["until"]) == datetime.fromisoformat(until)
    assert response.json["reason"] == "stock-take"
    resumed = counter.ask("stores/lyon/resume", key=counter.shop.manager)
    assert resumed.json["paused"] is False
    assert counter.place().status_code == 201


@pytest.mark.parametrize(
    "change",
    ["collects = false", "opening_hours = NULL", "opening_hours = 'Mo-Su off'"],
)
def test_a_store_that_cannot_promise_takes_no_orders(
    counter: Any, connection: Connection, change: str
) -> None:
    counter.session.execute(text(f"UPDATE location SET {change} WHERE code = 'lyon'"))  # noqa: S608 (our own words)
    counter.session.commit()
    with nothing_moves(connection):
        assert problem(counter.place()) == (409, "pickup-not-offered")


def test_an_article_without_a_price_today_cannot_be_ordered(
    counter: Any, connection: Connection
) -> None:
    counter.session.execute(
        text("UPDATE price SET valid_to = statement_timestamp() WHERE sku = 'BOOK'")
    )
    counter.session.commit()
    with nothing_moves(connection):
        response = counter.place(items=[{"sku": "BOOK", "quantity": 1}])
    assert problem(response) == (422, "unknown-sku")


def test_an_address_given_by_a_customer_never_changes_the_store(counter: Any) -> None:
    query = text("SELECT md5(string_agg(l::text, '' ORDER BY id)) FROM location l")
    before = counter.session.execute(query).scalar_one()
    customer = {**order_body()["customer"], "street": "1 rue du Voleur"}
    assert problem(counter.place(customer=customer)) == (422, "validation")
    assert counter.place().status_code == 201
    assert counter.session.execute(query).scalar_one() == before


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("pick", {"items": [{"sku": "TENT-2P", "quantity": 2}]}),
        ("pick", {"items": [{"sku": "BOOK", "quantity": 1}]}),
        ("pick", {"items": [{"sku": "MUG-BLUE", "quantity": 1}, {"sku": "X", "quantity": 1}]}),
        ("short", {"sku": "TENT-2P", "quantity": 2, "reason": "damaged"}),
        ("short", {"sku": "BOOK", "quantity": 1, "reason": "not_found"}),
    ],
)
def test_nobody_picks_or_misses_more_than_was_ordered(
    counter: Any, connection: Connection, command: str, body: dict[str, Any]
) -> None:
    counter.bring_to("picking")
    with nothing_moves(connection):
        response = counter.do(command, body)
    assert problem(response) == (422, "not-ordered")
    assert response.json["open"] == {"TENT-2P": 1, "MUG-BLUE": 2}


def test_a_parcel_without_a_bin_is_not_ready(counter: Any, connection: Connection) -> None:
    counter.bring_to("picked")
    with nothing_moves(connection):
        assert problem(counter.ask(f"fulfillments/{counter.parcel}/ready", {})) == (
            409,
            "not-binned",
        )


def test_undecided_articles_are_named(counter: Any, connection: Connection) -> None:
    counter.bring_to("picking")
    counter.do("pick")
    with nothing_moves(connection):
        response = counter.do("ready")
    assert response.json["undecided"] == {"MUG-BLUE": 2}


def test_a_parcel_of_which_nothing_is_left_ends_by_itself(counter: Any) -> None:
    counter.bring_to("picking")
    for item in order_body()["items"]:
        counter.do("short", {**item, "reason": "not_found"})
    assert counter.status() == "cancelled"
    assert run_checks() == []


@pytest.mark.parametrize(
    "alter",
    [
        lambda qr: qr[:-1],
        lambda qr: qr + "A",
        lambda qr: qr.lower(),
        lambda qr: qr.upper(),
        lambda qr: qr.removeprefix("CMP1."),
        lambda qr: qr.replace("CMP1.", "CMP2."),
        lambda qr: "https://evil.test/?q=" + qr,
        lambda qr: qr + " and more",
        lambda qr: qr[:30] + ("A" if qr[30] != "A" else "B") + qr[31:],
        lambda qr: qr[:100] + ("A" if qr[100] != "A" else "B") + qr[101:],
        lambda _: "CMP1.",
        lambda _: "CMP1." + "A" * 134,
        lambda _: "javascript:alert(1)",
        lambda _: "é",
    ],
)
def test_an_altered_code_opens_nothing(counter: Any, connection: Connection, alter: Any) -> None:
    counter.bring_to("ready")
    with nothing_moves(connection):
        for path in ("hand-overs", "hand-overs/check"):
            body = {"store": "lyon", "qr": alter(counter.qr()), "ticket_number": "T-1"}
            assert problem(counter.ask(path, body)) == NOT_VALID


def test_a_genuine_signature_over_another_pass_opens_nothing(
    counter: Any, connection: Connection
) -> None:
    counter.bring_to("ready")
    facts = counter._newest_pass()  # noqa: SLF001 (the pass as it is kept)
    forged = passes.new_pass(facts.fulfillment_id, collect_by=facts.last_day)
    with nothing_moves(connection):
        assert problem(counter.hand_over(qr=passes.qr_text(forged))) == NOT_VALID


@pytest.mark.parametrize(
    "code",
    [
        "A",
        "0000-0000",
        "x" * 20,
        "ÀÉÎÖ-2345",
        "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
        "%",
    ],
)
def test_a_guessed_code_opens_nothing(counter: Any, connection: Connection, code: str) -> None:
    counter.bring_to("ready")
    with nothing_moves(connection):
        assert problem(counter.hand_over(code=code)) == NOT_VALID


def test_a_code_may_be_typed_as_people_type(counter: Any) -> None:
    counter.bring_to("ready")
    typed = counter.code().lower().replace("0", "o").replace("1", "l")
    for way in (typed, f" {typed[:4]} {typed[4:]} ", f"{typed[:4]}-{typed[4:]}"):
        checked = counter.ask("hand-overs/check", {"store": "lyon", "code": way})
        assert checked.json["fulfillment"]["id"] == counter.parcel
        assert checked.json["customer_name"] == "Chloé Durand"
        assert checked.json["due_minor"] == 11570


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"qr": None},
        {"qr": "CMP1.x", "code": "00000000"},
        {"qr": "x" * 501},
        {"code": "x" * 21},
        {"code": True},
        {"fulfillment_id": 5},
        {"fulfillment_id": "not-an-id"},
        {"code": "00000000", "items": []},
        {"code": "00000000", "items": [{"sku": "BOOK", "quantity": 1.9}]},
        {"code": "00000000", "amount_minor": 1},
    ],
)
def test_a_parcel_is_found_in_exactly_one_way(
    counter: Any, connection: Connection, body: dict[str, Any]
) -> None:
    with nothing_moves(connection):
        for path in ("hand-overs", "hand-overs/check"):
            assert problem(counter.ask(path, {"store": "lyon", **body})) == (422, "validation")


def test_another_stores_parcel_is_sent_there_and_nothing_of_it_is_shown(
    counter: Any, connection: Connection
) -> None:
    counter.bring_to("ready")
    qr, code = counter.qr(), counter.code()
    with nothing_moves(connection):
        response = counter.hand_over(store="paris", qr=qr, key=counter.shop.paris_associate)
        typed = counter.hand_over(store="paris", code=code, key=counter.shop.paris_associate)
        foreign = counter.hand_over(store="lyon", qr=qr, key=counter.shop.paris_associate)
    for each in (response, typed):
        assert problem(each) == (409, "wrong-store")
        assert each.json["store"] == "lyon"
        assert "Durand" not in each.text
    assert problem(foreign) == (404, "unknown-location")


def test_the_second_one_is_told_who_was_first(counter: Any, connection: Connection) -> None:
    counter.bring_to("ready")
    qr = counter.qr()
    assert counter.hand_over(qr=qr).status_code == 201
    with nothing_moves(connection):
        for way in ({"qr": qr}, {"code": counter.code()}, {"fulfillment_id": counter.parcel}):
            response = counter.hand_over(**way)
            assert problem(response) == (409, "already-collected")
            assert response.json["by"] == "Inès"
            assert response.json["at"]


@pytest.mark.parametrize(
    ("end", "said"),
    [("cancelled", (409, "order-cancelled")), ("expired", (409, "pickup-expired"))],
)
def test_a_dead_code_says_why(
    counter: Any, connection: Connection, end: str, said: tuple[int, str]
) -> None:
    counter.bring_to(end)
    with nothing_moves(connection):
        assert problem(counter.hand_over(qr=counter.qr())) == said
        assert problem(counter.hand_over(code=counter.code())) == said


def test_a_pass_that_was_replaced_is_dead(counter: Any, connection: Connection) -> None:
    counter.bring_to("ready")
    counter.session.execute(text("UPDATE pickup_pass SET revoked_at = now(), revoked_why = 'new'"))
    counter.session.commit()
    with nothing_moves(connection):
        response = counter.hand_over(qr=counter.qr())
    assert problem(response) == (409, "pass-revoked")
    assert response.json["why"] == "new"


def test_nothing_leaves_unpaid(counter: Any, connection: Connection) -> None:
    counter.bring_to("ready")
    with nothing_moves(connection):
        response = counter.ask("hand-overs", {"store": "lyon", "qr": counter.qr()})
    assert response.status_code == 409
    assert response.json["due_minor"] == 11570
    assert response.json["currency"] == "EUR"


def test_a_ticket_pays_a_parcel_once(counter: Any, connection: Connection) -> None:
    counter.bring_to("ready")
    parts = [[item] for item in order_body()["items"]]
    ways = [
        {
            "store": "lyon",
            "fulfillment_id": counter.parcel,
            "identity_seen": True,
            "ticket_number": "T-7",
            "items": part,
        }
        for part in parts
    ]
    assert counter.ask("hand-overs", ways[0]).status_code == 201
    with nothing_moves(connection):
        assert problem(counter.ask("hand-overs", ways[1]))[0] == 409
    assert counter.ask("hand-overs", {**ways[1], "ticket_number": "T-8"}).status_code == 201
    assert run_checks() == []


@pytest.mark.parametrize(
    "items",
    [
        [{"sku": "TENT-2P", "quantity": 2}],
        [{"sku": "BOOK", "quantity": 1}],
        [{"sku": "TENT-2P", "quantity": 1}, {"sku": "MUG-BLUE", "quantity": 3}],
    ],
)
def test_nobody_takes_more_than_lies_in_the_bin(
    counter: Any, connection: Connection, items: list[dict[str, Any]]
) -> None:
    counter.bring_to("ready")
    with nothing_moves(connection):
        response = counter.hand_over(qr=counter.qr(), items=items)
    assert problem(response) == (422, "not-ordered")
    assert response.json["open"] == {"TENT-2P": 1, "MUG-BLUE": 2}


def test_guessing_is_stopped_but_genuine_codes_never_count(counter: Any) -> None:
    counter.bring_to("ready")
    qr = counter.qr()
    for _ in range(3):
        assert counter.ask("hand-overs/check", {"store": "lyon", "qr": qr}).status_code == 200
    for _ in range(20):
        assert problem(counter.hand_over(code="00000000")) == NOT_VALID
    stopped = counter.hand_over(qr=qr)
    assert problem(stopped) == (429, "too-many-attempts")
    assert stopped.headers["Retry-After"] == "600"
    assert "retry_after_s" not in stopped.json
    found = counter.hand_over(fulfillment_id=counter.parcel)
    assert found.status_code == 201


def test_a_reason_to_cancel_is_one_we_know(counter: Any, connection: Connection) -> None:
    counter.place()
    with nothing_moves(connection):
        reasons: list[Any] = ["because", 5, None, [], {"$ne": "fraud"}]
        for reason in reasons:
            response = counter.client.post(
                f"/api/v1/orders/{counter.order['id']}/cancel",
                json={"reason": reason},
                headers=as_key(counter.shop.agent),
            )
            assert problem(response) == (422, "validation")
