"""What receipts tell: sales and returns, each once, on the same orders and the same stock."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import pos_adapter.jobs
from app.cli.check import run_checks
from catalog.commands import ListSku
from catalog.services import list_skus
from kernel.ids import read_order_number
from tests.conftest import Shop, as_key
from tests.pos_adapter.conftest import Books
from tests.support.till import Till, line
from tests.unmoved import problem

GTIN = "3017620422003"


def broken() -> list[str]:
    return [finding.check.id for finding in run_checks()]


@pytest.fixture(autouse=True)
def _sound(session: Session) -> Any:
    yield
    assert broken() == []


@pytest.mark.matter("buy", "pos")
def test_a_sale_is_an_order_that_is_over(till: Till, books: Books, shop: Shop) -> None:
    sold = till.ring_up(line("TENT-2P", 1, 8990), line("MUG-BLUE", 3, 3000))
    assert sold.status_code == 201
    answer = sold.json
    assert answer == {
        "seq": 1,
        "kind": "sale",
        "order_number": answer["order_number"],
        "return_id": None,
        "hand_overs": [],
        "found": {},
        "customer_known": False,
    }
    (order,) = books.rows(
        "SELECT o.id, o.channel, o.formation, o.contact_id, f.method, f.status, f.ended_at,"
        " f.location_id FROM sales_order o JOIN fulfillment f ON f.order_id = o.id"
        " WHERE o.number = :number",
        number=read_order_number(answer["order_number"]),
    )
    assert (order["channel"], order["formation"], order["contact_id"]) == ("pos", "in_store", None)
    assert (order["method"], order["status"]) == ("carry_out", "handed_over")
    assert order["ended_at"] is not None
    assert order["location_id"] == shop.lyon
    assert books.rows("SELECT reference_id, ticket_number, amount_minor FROM till_payment") == [
        {"reference_id": order["id"], "ticket_number": "T-0001", "amount_minor": 11990}
    ]
    assert books.rows(
        "SELECT sku, quantity, unit_price_minor, price_per, vat_bp FROM order_line ORDER BY sku"
    ) == [
        _line("MUG-BLUE", 3, 1000, 1, 2000),
        _line("TENT-2P", 1, 8990, 1, 2000),
    ]
    assert books.level("TENT-2P") == (9, 0, 0)
    assert books.level("MUG-BLUE") == (7, 0, 0)
    (given,) = books.rows("SELECT terminal_id, staff_name, quantities FROM hand_over")
    assert given == {
        "terminal_id": UUID(till.id),
        "staff_name": "Caisse lyon",
        "quantities": {"TENT-2P": 1, "MUG-BLUE": 3},
    }


def _line(*row: Any) -> dict[str, Any]:
    names = ("sku", "quantity", "unit_price_minor", "price_per", "vat_bp")
    return dict(zip(names, row, strict=True))


def test_amounts_are_the_tills_own_to_the_last_cent(till: Till, books: Books) -> None:
    till.ring_up(
        line("MUG-BLUE", 2, 2580), line("MUG-BLUE", 1, 999, vat_bp=2000), line("BOOK", 3, 1000)
    )
    assert books.rows(
        "SELECT sku, quantity, unit_price_minor, price_per, vat_bp FROM order_line ORDER BY sku"
    ) == [_line("BOOK", 3, 1000, 3, 550), _line("MUG-BLUE", 3, 1193, 1, 2000)]
    assert books.rows("SELECT amount_minor FROM till_payment") == [{"amount_minor": 4579}]


def test_a_barcode_is_as_good_as_a_sku(
    till: Till, session: Session, shop: Shop, books: Books
) -> None:
    jar = ListSku("JAR", "JAR", {"fr": "Pot"}, 400, "EUR", 550, gtin=GTIN.zfill(14))
    list_skus(session, [jar], brand_id=shop.brand_id)
    session.commit()
    scanned = {"gtin": GTIN, "quantity": 1, "amount_minor": 400}
    assert till.ring_up(scanned, line("JAR", 1, 400)).json["found"] == {"JAR": 2}
    assert books.rows("SELECT sku, quantity, vat_bp FROM order_line") == [
        {"sku": "JAR", "quantity": 2, "vat_bp": 550}
    ]


def test_a_sale_beyond_what_is_booked_is_a_fact_and_somebody_counts(
    till: Till, books: Books
) -> None:
    assert till.ring_up(line("BOOK", 12, 5460)).json["found"] == {"BOOK": 2}
    assert books.level("BOOK") == (0, 0, 0)
    assert books.rows("SELECT sku, cause FROM count_task") == [
        {"sku": "BOOK", "cause": "sold_at_zero"}
    ]


def test_a_known_customer_is_the_orders_and_an_unreadable_one_undoes_nothing(
    till: Till, books: Books
) -> None:
    known = {"email": "chloe@example.org", "first_name": "Chloé", "last_name": "Durand"}
    assert till.ring_up(line("BOOK", 1, 455), customer=known).json["customer_known"] is True
    unreadable = {"email": "nobody@@example"}
    assert till.ring_up(line("BOOK", 1, 455), customer=unreadable).json["customer_known"] is False
    assert books.rows(
        "SELECT c.email FROM sales_order o JOIN contact c ON c.id = o.contact_id"
    ) == [{"email": "chloe@example.org"}]


def test_nobody_is_written_to_because_of_a_sale(till: Till, books: Books) -> None:
    before = books.owed()  # the stock that came in
    till.ring_up(line("BOOK", 1, 455), customer={"email": "chloe@example.org"})
    assert books.owed() - before == Counter({"tell-history": 1})
    assert books.count("message") == 0


def test_the_same_number_with_another_story_is_refused_and_a_case(till: Till, books: Books) -> None:
    receipt = till.receipt(line("BOOK", 1, 455))
    assert till.post("/receipts", receipt).status_code == 201
    altered = {**receipt, "ticket_number": "T-9999"}
    for _ in range(2):
        assert problem(till.post("/receipts", altered)) == (409, "receipt-altered")
    assert books.level("BOOK") == (9, 0, 0)
    (case,) = books.cases()
    assert (case["kind"], case["key"]) == ("till", f"till/{till.id}/1/altered")
    assert case["facts"]["ticket_number"] == "T-9999"


def test_a_number_far_ahead_is_refused_with_the_last_one_and_opens_no_gap(
    till: Till, books: Books
) -> None:
    first = 2**62
    assert till.ring_up(line("TENT-2P", 1, 8990), seq=first).status_code == 201
    before = books.moved()

    for seq in (first + 10_001, 2**63 - 1):
        refused = till.ring_up(line("TENT-2P", 1, 8990), seq=seq)
        assert problem(refused) == (409, "receipt-too-far-ahead")
        assert (refused.json["last_seq"], refused.json["at_most"]) == (first, first + 10_000)

    assert books.moved() == before
    assert till.get("/receipts/gaps").json == {"last_seq": first, "gaps": []}
    assert {case["facts"]["what"] for case in books.cases()} == {"receipt-too-far-ahead"}
    assert till.ring_up(line("TENT-2P", 1, 8990), seq=first + 10_000).status_code == 201


def test_the_same_receipt_written_otherwise_is_the_same(till: Till) -> None:
    receipt = till.receipt(line("BOOK", 1, 455))
    first = till.post("/receipts", receipt)
    turned = dict(reversed(list(receipt.items())))
    assert till.post("/receipts", turned).json == first.json


def test_two_tills_count_by_themselves(till: Till, paris_till: Till, books: Books) -> None:
    numbers = {
        each.ring_up(line("BOOK", 1, 455)).json["order_number"] for each in (till, paris_till)
    }
    assert len(numbers) == 2
    assert books.rows("SELECT seq FROM pos_receipt") == [{"seq": 1}, {"seq": 1}]


@pytest.mark.parametrize(
    ("changes", "code", "fact"),
    [
        ({"total_minor": 456}, "receipt-unbalanced", {"lines_minor": 455, "total_minor": 456}),
        ({"currency": "CHF"}, "foreign-currency", {"currency": "EUR"}),
        ({"lines": [line("GONE", 1, 455)]}, "unknown-sku", {"skus": ["GONE"]}),
        (
            {"lines": [{"gtin": "12345670", "quantity": 1, "amount_minor": 455}]},
            "unknown-sku",
            {"skus": ["12345670"]},
        ),
        (
            {"lines": [line("BOOK", 1, 400, vat_bp=550), line("BOOK", 1, 55, vat_bp=2000)]},
            "mixed-lines",
            {"skus": ["BOOK"]},
        ),
    ],
)
def test_a_receipt_that_cannot_be_meant_is_refused_and_somebody_is_asked(
    till: Till, books: Books, changes: Any, code: str, fact: Any
) -> None:
    before = books.moved()
    receipt = till.receipt(line("BOOK", 1, 455))
    answer = till.post("/receipts", {**receipt, **changes})
    assert problem(answer) == (422, code)
    assert {name: answer.json[name] for name in fact} == fact
    assert books.moved() == before
    (case,) = books.cases()
    assert (case["kind"], case["facts"]["what"]) == ("till", code)
    assert till.post("/receipts", receipt).status_code == 201
    assert books.cases() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 0},
        {"seq": 2**63},
        {"seq": "1"},
        {"seq": 1.5},
        {"happened_at": "0001-01-01T00:00:00+14:00"},
        {"happened_at": "2101-01-01T00:00:00Z"},
        {"happened_at": "2026-11-22T10:00:00"},
        {"kind": "gift"},
        {"lines": []},
        {"lines": [line("BOOK", -1, 455)]},
        {"lines": [line("BOOK", 1, -455)]},
        {"lines": [{"quantity": 1, "amount_minor": 455}]},
        {"lines": [line("BOOK", 1, 455, gtin="12345670")]},
        {"total_minor": 2**31},
        {"order_number": "7K3-M9PX"},
        {"colour": "red"},
    ],
)
def test_a_receipt_of_another_shape_is_refused(till: Till, books: Books, changes: Any) -> None:
    answer = till.post("/receipts", {**till.receipt(line("BOOK", 1, 455)), **changes})
    assert problem(answer) == (422, "validation")
    assert books.count("pos_receipt") == 0


def test_a_clock_wrong_by_years_is_kept_and_orders_nothing(till: Till, books: Books) -> None:
    till.ring_up(line("BOOK", 1, 455), happened_at="1999-12-31T23:59:59Z")
    assert books.rows(
        "SELECT date_part('year', happened_at) AS told,"
        " recorded_at > now() - interval '1 minute' AS now FROM pos_receipt"
    ) == [{"told": 1999.0, "now": True}]


# Orders that wait for their customer


def named(ready: dict[str, str], *amounts: int) -> list[dict[str, Any]]:
    """Return the lines of the waiting order, each with what the till took."""
    tent, mugs = amounts
    number = ready["number"]
    return [
        line("TENT-2P", 1, tent, order_number=number),
        line("MUG-BLUE", 2, mugs, order_number=number),
    ]


def test_a_line_that_names_an_order_is_its_payment_and_its_hand_over(
    till: Till, ready: dict[str, str], books: Books
) -> None:
    sold = till.ring_up(*named(ready, 8990, 2580), line("BOOK", 1, 455))
    assert sold.json["hand_overs"] == [
        {"order_number": ready["number"], "outcome": "handed_over", "refusal": None}
    ]
    assert books.level("TENT-2P") == (9, 0, 0)
    assert books.level("MUG-BLUE") == (8, 0, 0)
    assert books.level("BOOK") == (9, 0, 0)
    assert books.rows(
        "SELECT f.status, h.terminal_id FROM fulfillment f JOIN hand_over h"
        " ON h.fulfillment_id = f.id WHERE f.id = :id",
        id=ready["parcel"],
    ) == [{"status": "handed_over", "terminal_id": UUID(till.id)}]
    assert books.rows(
        "SELECT o.channel, p.amount_minor FROM till_payment p"
        " JOIN sales_order o ON o.id = p.reference_id ORDER BY o.channel"
    ) == [{"channel": "pos", "amount_minor": 455}, {"channel": "web", "amount_minor": 11570}]
    assert books.cases() == []


def test_a_receipt_of_an_order_alone_makes_no_second_order(
    till: Till, ready: dict[str, str], books: Books
) -> None:
    sold = till.ring_up(*named(ready, 8990, 2580))
    assert sold.json["order_number"] is None
    assert books.rows("SELECT channel FROM sales_order") == [{"channel": "web"}]
    assert books.rows("SELECT order_id FROM pos_receipt") == [{"order_id": UUID(ready["order_id"])}]


def test_a_part_of_an_order_leaves_the_rest_waiting(
    till: Till, ready: dict[str, str], books: Books
) -> None:
    till.ring_up(line("MUG-BLUE", 1, 1290, order_number=ready["number"]))
    assert books.level("MUG-BLUE") == (9, 1, 0)
    assert books.rows("SELECT status FROM fulfillment") == [{"status": "ready"}]


def test_what_was_taken_and_what_was_due_differ_and_somebody_is_asked(
    till: Till, ready: dict[str, str], books: Books
) -> None:
    sold = till.ring_up(*named(ready, 8000, 2580))
    assert sold.json["hand_overs"][0]["outcome"] == "handed_over"
    (case,) = books.cases()
    assert case["kind"] == "till"
    told = {name: case["facts"][name] for name in ("what", "due_minor", "took_minor", "currency")}
    assert told == {
        "what": "amount-differs",
        "due_minor": 990,
        "took_minor": 10580,
        "currency": "EUR",
    }


def test_goods_of_an_order_that_was_collected_already_have_left_again(
    till: Till, ready: dict[str, str], books: Books
) -> None:
    till.ring_up(*named(ready, 8990, 2580))
    again = till.ring_up(*named(ready, 8990, 2580))
    assert again.status_code == 201
    assert again.json["hand_overs"] == [
        {"order_number": ready["number"], "outcome": "conflict", "refusal": "already-collected"}
    ]
    assert books.level("TENT-2P") == (8, 0, 0)
    assert books.level("MUG-BLUE") == (6, 0, 0)
    (case,) = books.cases()
    assert (case["kind"], case["fulfillment_id"]) == ("conflict", UUID(ready["parcel"]))
    assert case["facts"]["what"] == "already-collected"
    assert case["facts"]["quantities"] == {"TENT-2P": 1, "MUG-BLUE": 2}
    assert books.rows("SELECT conflict, terminal_id FROM hand_over ORDER BY handed_over_at") == [
        {"conflict": False, "terminal_id": UUID(till.id)},
        {"conflict": True, "terminal_id": UUID(till.id)},
    ]
    assert books.rows(
        "SELECT o.channel, p.ticket_number, p.amount_minor FROM till_payment p"
        " JOIN sales_order o ON o.id = p.reference_id ORDER BY p.ticket_number"
    ) == [
        {"channel": "web", "ticket_number": "T-0001", "amount_minor": 11570},
        {"channel": "web", "ticket_number": "T-0002", "amount_minor": 11570},
    ]


@pytest.mark.parametrize(
    ("number", "refusal"), [("7K3-M9PX", "unknown-order"), ("nonsense", "unknown-order")]
)
def test_goods_of_an_unknown_order_are_sold_and_somebody_is_asked(
    till: Till, books: Books, number: str, refusal: str
) -> None:
    sold = till.ring_up(line("BOOK", 1, 455, order_number=number))
    assert sold.json["hand_overs"] == [
        {"order_number": number, "outcome": "conflict", "refusal": refusal}
    ]
    assert books.level("BOOK") == (9, 0, 0)
    assert [case["kind"] for case in books.cases()] == ["conflict"]


def test_an_order_that_waits_at_another_store_is_a_conflict(
    paris_till: Till, ready: dict[str, str], books: Books
) -> None:
    sold = paris_till.ring_up(*named(ready, 8990, 2580))
    assert sold.json["hand_overs"][0]["refusal"] == "wrong-store"
    assert books.level("TENT-2P") == (10, 1, 0)
    (case,) = books.cases()
    assert case["fulfillment_id"] == UUID(ready["parcel"])


# Returns


@pytest.mark.matter("bring_back", "pos")
def test_goods_come_back_without_an_order(till: Till, books: Books) -> None:
    back = till.ring_up(
        line("BOOK", 2, 910, disposition="quarantine", reason="wet"),
        line("MUG-BLUE", 1, 1290),
        kind="return",
    )
    assert back.status_code == 201
    assert books.level("BOOK") == (12, 0, 2)
    assert books.level("MUG-BLUE") == (11, 0, 0)
    assert books.rows(
        "SELECT sku, quantity, amount_minor, disposition, reason FROM goods_return_line"
        " WHERE return_id = :id ORDER BY sku",
        id=back.json["return_id"],
    ) == [
        {
            "sku": "BOOK",
            "quantity": 2,
            "amount_minor": 910,
            "disposition": "quarantine",
            "reason": "wet",
        },
        {
            "sku": "MUG-BLUE",
            "quantity": 1,
            "amount_minor": 1290,
            "disposition": "restock",
            "reason": None,
        },
    ]
    assert books.count("till_payment") == 0


def test_never_more_comes_back_of_an_order_than_was_handed_over(
    till: Till, paris_till: Till, ready: dict[str, str], books: Books
) -> None:
    early = till.ring_up(line("MUG-BLUE", 1, 1290), kind="return", order_number=ready["number"])
    assert problem(early) == (409, "more-than-handed-over")
    till.ring_up(*named(ready, 8990, 2580))
    first = paris_till.ring_up(
        line("MUG-BLUE", 1, 1290), kind="return", order_number=ready["number"]
    )
    assert first.status_code == 201
    too_many = till.ring_up(line("MUG-BLUE", 2, 2580), kind="return", order_number=ready["number"])
    assert problem(too_many) == (409, "more-than-handed-over")
    assert too_many.json["open"] == {"TENT-2P": 1, "MUG-BLUE": 1}
    foreign = till.ring_up(line("BOOK", 1, 455), kind="return", order_number=ready["number"])
    assert problem(foreign) == (409, "more-than-handed-over")
    assert books.level("MUG-BLUE") == (8, 0, 0)
    assert books.count("goods_return") == 1


def test_a_return_is_taken_in_once(till: Till, books: Books) -> None:
    receipt = till.receipt(line("BOOK", 1, 455), kind="return")
    assert [till.post("/receipts", receipt).status_code for _ in range(2)] == [201, 200]
    assert books.level("BOOK") == (11, 0, 0)


# Many at once


def test_each_receipt_of_a_batch_stands_alone(till: Till, books: Books) -> None:
    good, lost = till.receipt(line("BOOK", 1, 455)), till.receipt(line("GONE", 1, 455))
    other = till.receipt(line("MUG-BLUE", 1, 1290))
    wrong = {**till.receipt(line("BOOK", 1, 455)), "seq": -4}
    answers = till.post("/receipts/batch", {"receipts": [good, lost, wrong, other, good]})
    assert answers.status_code == 200
    told = answers.json["answers"]
    assert [each["outcome"] for each in told] == [
        "applied",
        "refused",
        "refused",
        "applied",
        "repeated",
    ]
    assert [each["place"] for each in told] == [0, 1, 2, 3, 4]
    assert told[0]["receipt"] == told[4]["receipt"]
    assert told[1]["problem"]["type"] == "/problems/unknown-sku"
    assert told[1]["problem"]["skus"] == ["GONE"]
    assert told[2]["problem"]["errors"][0]["pointer"] == "/seq"
    assert books.level("BOOK") == (9, 0, 0)
    assert books.level("MUG-BLUE") == (9, 0, 0)


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_has_between_one_and_a_hundred_receipts(till: Till, count: int) -> None:
    answer = till.post("/receipts/batch", {"receipts": [{}] * count})
    assert problem(answer) == (422, "validation")


def test_what_never_came_is_known_and_after_a_day_somebodys(
    till: Till, session: Session, books: Books
) -> None:
    receipts = [till.receipt(line("BOOK", 1, 455)) for _ in range(7)]
    for at in (0, 3, 6):
        till.post("/receipts", receipts[at])
    told = till.get("/receipts/gaps").json
    assert told["last_seq"] == 7
    assert [(gap["first_seq"], gap["last_seq"]) for gap in told["gaps"]] == [(2, 3), (5, 6)]
    pos_adapter.jobs.watch()
    assert books.cases() == []
    session.execute(text("UPDATE pos_receipt SET recorded_at = now() - interval '26 hours'"))
    session.commit()
    assert broken() == ["INV-18"]
    pos_adapter.jobs.watch()
    pos_adapter.jobs.watch()
    told = {(case["facts"]["first_seq"], case["facts"]["last_seq"]) for case in books.cases()}
    assert told == {(2, 3), (5, 6)}
    assert broken() == []
    for receipt in receipts:
        till.post("/receipts", receipt)
    assert books.cases() == []
    assert till.get("/receipts/gaps").json == {"last_seq": 7, "gaps": []}


def test_a_sale_is_shown_to_those_who_look_for_orders(
    till: Till, client: FlaskClient, shop: Shop
) -> None:
    number = till.ring_up(line("BOOK", 1, 455)).json["order_number"]
    shown = client.get(f"/api/v1/orders?number={number}", headers=as_key(shop.associate))
    assert shown.json["status"] == "handed_over"
    assert shown.json["channel"] == "pos"
    (parcel,) = shown.json["fulfillments"]
    refused = client.post(
        "/api/v1/hand-overs/check",
        json={"store": "lyon", "fulfillment_id": parcel["id"]},
        headers=as_key(shop.associate),
    )
    assert problem(refused) == (409, "already-collected")
