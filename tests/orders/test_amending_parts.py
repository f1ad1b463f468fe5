"""A change that has goods brought instead of collected, or moves them between parcels."""

from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import as_key
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.orders.doors import ADDRESS, have_ship, open_way
from tests.orders.test_amending import BOOK, MUG, TENT, amend, broken, lines, read, reserved
from tests.orders.test_amending_ways import promote
from tests.orders.test_parts import DOOR, LYON, PARIS, part, place, rows
from tests.unmoved import nothing_moves, problem

FEE: Final = 490
BRING: Final = {"method": "delivery", "address": ADDRESS}


@pytest.fixture
def doors(session: Session, counter: Counter) -> Counter:
    """Lyon alone sends orders to doors, in one way."""
    have_ship(session, counter.shop.lyon)
    open_way(session)
    session.commit()
    return counter


def open_parcels(counter: Counter) -> dict[tuple[str, str], Any]:
    """Return the parcels of the order at hand that go on, by how and where."""
    stores = {str(counter.shop.lyon): "lyon", str(counter.shop.paris): "paris"}
    return {
        (each["method"], stores[each["location_id"]]): each
        for each in read(counter)["fulfillments"]
        if each["status"] not in {"rerouted", "cancelled"}
    }


def goods(parcel: Any) -> dict[str, int]:
    return {each["sku"]: each["quantity"] for each in parcel["lines"]}


def obligations(counter: Counter) -> list[tuple[int, str]]:
    found = rows(counter.session, "SELECT amount_minor, status FROM obligation ORDER BY id")
    return [tuple(each) for each in found]


def messages(counter: Counter) -> list[str]:
    tell(counter.session)
    sql = "SELECT template FROM message WHERE order_id = :id AND channel = 'email' ORDER BY id"
    return [each.template for each in rows(counter.session, sql, id=counter.order["id"])]


def test_what_nobody_paid_waits_for_its_money_once_it_is_to_be_brought(doors: Counter) -> None:
    doors.place()
    total = TENT + 2 * MUG + FEE
    preview = amend(doors, path="/preview", **BRING)
    assert (preview.status_code, preview.json["total_minor"]) == (200, total)
    assert obligations(doors) == []

    amended = amend(doors, **BRING, seen_total_minor=total)

    assert amended.status_code == 201, amended.text
    assert amended.json["delta_minor"] == FEE
    (((way, _), parcel),) = open_parcels(doors).items()
    assert (way, parcel["status"], parcel["id"]) == (
        "delivery",
        "pending",
        amended.json["fulfillment_id"],
    )
    assert obligations(doors) == [(total, "opened")]
    assert [reserved(doors, sku) for sku in ("TENT-2P", "MUG-BLUE")] == [1, 2]
    (fact,) = rows(doors.session, "SELECT facts FROM event WHERE name = 'order.amended.v1'")
    assert fact.facts["changes"] == {
        "way": ["pickup", "delivery"],
        "store": ["lyon", "lyon"],
        "address": True,
        "charge": [0, FEE],
    }
    assert messages(doors) == ["confirmation"]  # the next one says that it is paid
    assert broken(doors) == []

    link = doors.ask(f"orders/{doors.order['id']}/pay-links", {}, key=doors.shop.agent)
    assert link.status_code == 201, link.text
    assert messages(doors)[-1] == "pay_link"

    back = amend(doors, version=2, method="pickup", store="paris")
    assert back.status_code == 201, back.text
    assert back.json["total_minor"] == total - FEE
    (((way, store), parcel),) = open_parcels(doors).items()
    assert (way, store, parcel["status"]) == ("pickup", "paris", "pending")
    assert obligations(doors) == [(total, "cancelled"), (total - FEE, "opened")]
    assert broken(doors) == []


def test_a_part_of_what_is_collected_is_brought_and_the_rest_waits_in_the_store(
    doors: Counter,
) -> None:
    promote(doors)
    doors.place()
    total, off = TENT + 2 * MUG, 2 * MUG // 10
    mug = {"sku": "MUG-BLUE", "quantity": 1}
    with nothing_moves(doors.session.connection()):
        for wrong, code in (
            ({**BRING, "part": [{**mug, "quantity": 3}]}, "not-ordered"),
            ({**BRING, "part": [mug], "lines": lines(MUG_BLUE=0)}, "not-ordered"),
            ({"part": [mug]}, "nothing-to-amend"),
        ):
            assert problem(amend(doors, **wrong))[1] == code
        preview = amend(doors, path="/preview", **BRING, part=[mug])
    amended = amend(doors, **BRING, part=[mug])
    assert amended.status_code == 201, amended.text
    assert preview.json["total_minor"] == amended.json["total_minor"] == total - off + FEE

    found = open_parcels(doors)
    assert {key: (goods(each), each["status"]) for key, each in found.items()} == {
        ("pickup", "lyon"): ({"TENT-2P": 1, "MUG-BLUE": 1}, "new"),
        ("delivery", "lyon"): ({"MUG-BLUE": 1}, "pending"),
    }
    assert [reserved(doors, sku) for sku in ("TENT-2P", "MUG-BLUE")] == [1, 2]
    (fact,) = rows(doors.session, "SELECT facts FROM event WHERE name = 'order.amended.v1'")
    assert fact.facts["changes"]["part"] == {"MUG-BLUE": 1}
    assert broken(doors) == []

    lyon = found["pickup", "lyon"]["id"]
    more = amend(
        doors,
        version=2,
        fulfillment_id=lyon,
        store="paris",
        part=[{"sku": "TENT-2P", "quantity": 1}],
        lines=lines(MUG_BLUE=3, TENT_2P=2),
    )
    assert more.status_code == 201, more.text
    assert {key: goods(each) for key, each in open_parcels(doors).items()} == {
        ("pickup", "paris"): {"TENT-2P": 1},
        ("pickup", "lyon"): {"TENT-2P": 1, "MUG-BLUE": 3},
        ("delivery", "lyon"): {"MUG-BLUE": 1},
    }
    assert broken(doors) == []


def test_what_a_till_was_paid_for_is_brought_and_the_difference_is_asked(doors: Counter) -> None:
    place(
        doors,
        part(LYON, tent=1),
        part(DOOR, mug=1),
        channel="store",
        placed_at="lyon",
        pay_by="till",
        ticket_number="T-1",
        key=doors.shop.associate,
    )
    tent = open_parcels(doors)["pickup", "lyon"]
    amended = amend(doors, fulfillment_id=tent["id"], method="delivery")
    assert amended.status_code == 201, amended.text
    assert amended.json["delta_minor"] == 0  # brought with the mug, in one way
    assert obligations(doors) == []
    more = amend(
        doors, version=2, fulfillment_id=amended.json["fulfillment_id"], lines=lines(BOOK=2)
    )
    assert more.json["delta_minor"] == 2 * BOOK
    assert obligations(doors) == [(2 * BOOK, "opened")]
    assert broken(doors) == []


def test_a_line_goes_from_one_parcel_to_another_with_its_price_and_its_share(
    doors: Counter,
) -> None:
    promotion_id = promote(doors, uses_max=5)
    place(doors, part(LYON, tent=1, mug=3), part(PARIS, mug=1), part(DOOR, book=1), pay_by="card")
    before = read(doors)["total_minor"]
    doors.session.execute(text("UPDATE promotion SET withdrawn_at = statement_timestamp()"))
    doors.session.commit()
    parcels = open_parcels(doors)
    lyon, paris = parcels["pickup", "lyon"]["id"], parcels["pickup", "paris"]["id"]
    door = parcels["delivery", "lyon"]["id"]
    change = {
        "parcels": [
            {"fulfillment_id": lyon, "lines": lines(MUG_BLUE=1)},
            {"fulfillment_id": paris, "lines": lines(MUG_BLUE=2)},
            {"fulfillment_id": door, "lines": lines(MUG_BLUE=1)},
        ]
    }
    amended = amend(doors, **change)
    assert amended.status_code == 201, amended.text
    assert (amended.json["delta_minor"], amended.json["total_minor"]) == (0, before)
    assert amended.json["fulfillment_ids"] == [lyon, paris, door]
    assert {key: goods(each) for key, each in open_parcels(doors).items()} == {
        ("pickup", "lyon"): {"TENT-2P": 1, "MUG-BLUE": 1},
        ("pickup", "paris"): {"MUG-BLUE": 2},
        ("delivery", "lyon"): {"BOOK": 1, "MUG-BLUE": 1},
    }
    assert (reserved(doors, "MUG-BLUE"), reserved(doors, "MUG-BLUE", "paris")) == (2, 2)
    (fact,) = rows(doors.session, "SELECT facts FROM event WHERE name = 'order.amended.v1'")
    assert [each["lines"] for each in fact.facts["changes"]["parcels"]] == [
        {"MUG-BLUE": [3, 1]},
        {"MUG-BLUE": [1, 2]},
        {"MUG-BLUE": [0, 1]},
    ]
    assert rows(doors.session, "SELECT uses FROM promotion WHERE id = :id", id=promotion_id) == [
        (1,)
    ]
    assert broken(doors) == []

    merged = amend(
        doors,
        version=2,
        parcels=[
            {"fulfillment_id": paris, "lines": lines(MUG_BLUE=0)},
            {"fulfillment_id": lyon, "lines": lines(MUG_BLUE=3)},
        ],
    )
    assert merged.status_code == 201, merged.text
    assert merged.json["delta_minor"] == 0
    states = {each["id"]: each for each in read(doors)["fulfillments"]}
    assert (states[paris]["status"], states[paris]["rerouted_to"]) == ("rerouted", lyon)
    assert broken(doors) == []


def test_several_parcels_change_together_or_nothing_does(doors: Counter) -> None:
    place(doors, part(LYON, tent=1), part(PARIS, mug=1), part(DOOR, book=1), pay_by="card")
    parcels = open_parcels(doors)
    lyon, paris = parcels["pickup", "lyon"]["id"], parcels["pickup", "paris"]["id"]
    door = parcels["delivery", "lyon"]["id"]
    bad = [
        ([(lyon, {"lines": lines(MUG_BLUE=11)}), (paris, {"lines": lines(TENT_2P=1)})], 409),
        ([(lyon, {"store": "paris"}), (lyon, {"lines": lines(BOOK=1)})], 404),
        ([(lyon, {"lines": lines(BOOK=1)}), (str(UUID(int=1)), {})], 404),
        ([(lyon, {"lines": lines(BOOK=1)}), (door, {"method": "pickup"})], 422),
        ([(lyon, {"lines": lines(BOOK=1)}), (door, {"store": "paris"})], 409),
        (
            [
                (each, {"lines": lines(TENT_2P=0, MUG_BLUE=0, BOOK=0)})
                for each in (lyon, paris, door)
            ],
            422,
        ),
    ]
    kinds = []
    for wanted, status in bad:
        asked = [{"fulfillment_id": parcel, **said} for parcel, said in wanted]
        with nothing_moves(doors.session.connection()):
            refused = amend(doors, parcels=asked)
        assert refused.status_code == status, refused.text
        kinds.append(problem(refused)[1])
    assert kinds == [
        "out-of-stock",
        "unknown-fulfillment",
        "unknown-fulfillment",
        "store-not-named",
        "wrong-method",
        "empty-order",
    ]
    with nothing_moves(doors.session.connection()):
        assert problem(amend(doors, version=9, parcels=[])) == (409, "stale-order")
        foreign = amend(
            doors,
            key=doors.shop.associate,
            parcels=[{"fulfillment_id": paris, "lines": lines(MUG_BLUE=2)}],
        )
        twice = amend(doors, lines=lines(BOOK=1), parcels=[{"fulfillment_id": lyon}])
    assert problem(foreign) == (404, "unknown-fulfillment")
    assert twice.status_code == 422


def test_what_nobody_can_send_or_nobody_can_find_stays_where_it_is(doors: Counter) -> None:
    doors.place()
    session = doors.session
    refusals = [
        ({"method": "delivery"}, (422, "address-needed")),
        ({**BRING, "delivery_method": "rocket"}, (422, "unknown-delivery-method")),
        ({**BRING, "store": "paris"}, (409, "wrong-method")),
        ({**BRING, "lines": lines(TENT_2P=11)}, (409, "not-deliverable")),
        ({"delivery_method": "standard"}, (409, "wrong-method")),
        ({"method": "carry_out"}, (422, "invalid-request")),
    ]
    for change, expected in refusals:
        with nothing_moves(session.connection()):
            refused = amend(doors, **change)
        assert problem(refused)[0] == expected[0], refused.text
        assert expected[1] in {problem(refused)[1], "invalid-request"}, refused.text
    session.execute(text("UPDATE stock_level SET on_hand = 1 WHERE sku = 'TENT-2P'"))
    session.commit()
    last = amend(doors, **BRING)  # the last one, which it holds itself
    assert last.status_code == 201, last.text
    sourced = rows(session, "SELECT chosen FROM sourcing_decision")
    assert [each.chosen[0]["store"] for each in sourced] == ["lyon"]


def test_a_reservation_is_not_brought(doors: Counter) -> None:
    doors.session.execute(
        text("UPDATE sales_order SET formation = 'reservation' WHERE id = :id"),
        {"id": doors.place().json["id"]},
    )
    doors.session.commit()
    with nothing_moves(doors.session.connection()):
        assert problem(amend(doors, **BRING)) == (409, "wrong-method")


def test_the_customer_may_take_what_is_brought_at_a_counter_themselves(doors: Counter) -> None:
    place(doors, part(DOOR, tent=1, mug=1), pay_by="card")
    refused = doors.client.post(
        f"/api/v1/orders/{doors.order['id']}/amendments",
        json={"method": "pickup", "store": "lyon"},
        headers={**as_key(doors.shop.associate), "If-Match": '"1"'},
    )
    assert refused.status_code == 201, refused.text
    (((way, store), parcel),) = open_parcels(doors).items()
    assert (way, store, goods(parcel)) == ("pickup", "lyon", {"TENT-2P": 1, "MUG-BLUE": 1})
    assert broken(doors) == []
