"""Deliveries: packed, given to the carrier, delivered, or brought back."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.cli.check import run_checks
from orders.carriers import find_carrier
from orders.carriers.local import is_number
from tests.conftest import Shop, as_key
from tests.orders.conftest import Counter
from tests.orders.delivering import bring_instead, packages, tell
from tests.unmoved import nothing_moves, problem

TENT_AND_MUGS = {"TENT-2P": 1, "MUG-BLUE": 2}
ALL_IN_ONE = packages(TENT_AND_MUGS, weight_g=3200)


@pytest.fixture
def picked(counter: Counter) -> Counter:
    """A delivery whose every line is picked."""
    counter.bring_to("picked")
    bring_instead(counter)
    return counter


def do(counter: Counter, command: str, body: Any = None) -> Any:
    response = counter.ask(f"fulfillments/{counter.parcel}/{command}", body)
    counter.session.commit()
    return response


def done(counter: Counter, *steps: tuple[str, Any]) -> None:
    for command, body in steps:
        response = do(counter, command, body)
        assert response.status_code == 200, response.text
        tell(counter.session)


PACK = ("pack", ALL_IN_ONE)
SHIP = ("ship", {"ticket_number": "T-7"})
FAIL = ("delivery-failed", {"reason": "absent"})


def show(counter: Counter, path: str, *, key: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {key or counter.shop.associate}"}
    return counter.client.get(f"/api/v1{path}", headers=headers)


def listed(counter: Counter) -> list[dict[str, Any]]:
    found = show(counter, f"/fulfillments/{counter.parcel}/packages").json["packages"]
    return [dict(each) for each in found]


def level(counter: Counter, sku: str) -> tuple[int, int, int]:
    row = counter.session.execute(
        text(
            "SELECT on_hand, reserved, quarantined FROM stock_level "
            "WHERE sku = :sku AND location_id = :lyon"
        ),
        {"sku": sku, "lyon": counter.shop.lyon},
    ).one()
    return tuple(row)


def test_a_delivery_is_packed_shipped_and_delivered(picked: Counter) -> None:
    done(picked, PACK)
    assert picked.status() == "packed"
    assert level(picked, "TENT-2P") == (10, 1, 0)
    (package,) = listed(picked)
    assert package["quantities"] == TENT_AND_MUGS
    assert (package["weight_g"], package["packed_by_name"]) == (3200, "Inès")
    assert is_number(package["tracking_number"])
    assert package["shipped_at"] is None
    assert run_checks() == []

    done(picked, SHIP)
    assert picked.status() == "shipped"
    assert level(picked, "TENT-2P") == (9, 0, 0)
    assert level(picked, "MUG-BLUE") == (8, 0, 0)
    assert run_checks() == []

    done(picked, ("delivered", {}))
    assert picked.status() == "delivered"
    (package,) = listed(picked)
    assert package["delivered_at"] is not None
    assert run_checks() == []


def test_several_packages_hold_together_what_was_picked(picked: Counter) -> None:
    boxes = packages({"TENT-2P": 1}, {"MUG-BLUE": 1}, {"MUG-BLUE": 1})
    done(picked, ("pack", boxes), SHIP)
    found = listed(picked)
    assert [each["quantities"] for each in found] == [
        {"TENT-2P": 1},
        {"MUG-BLUE": 1},
        {"MUG-BLUE": 1},
    ]
    assert len({each["tracking_number"] for each in found}) == 3
    assert run_checks() == []


@pytest.mark.parametrize(
    "boxes",
    [
        packages({"TENT-2P": 1}),
        packages(TENT_AND_MUGS, {"MUG-BLUE": 1}),
        packages({**TENT_AND_MUGS, "BOOK": 1}),
    ],
    ids=["too little", "too much", "something else"],
)
def test_packages_that_hold_something_else_are_refused(
    picked: Counter, connection: Connection, boxes: dict[str, Any]
) -> None:
    with nothing_moves(connection):
        assert problem(do(picked, "pack", boxes)) == (422, "packages-differ")


def test_a_line_that_is_not_decided_is_not_packed(counter: Counter, connection: Connection) -> None:
    counter.bring_to("picking")
    bring_instead(counter)
    with nothing_moves(connection):
        assert problem(do(counter, *PACK)) == (409, "lines-undecided")


def test_what_is_collected_is_not_packed_and_what_is_delivered_waits_in_no_bin(
    counter: Counter, connection: Connection
) -> None:
    counter.bring_to("picked")
    counter.session.commit()
    with nothing_moves(connection):
        for command, body in (PACK, SHIP, ("delivered", {}), FAIL, ("returned", {})):
            assert problem(do(counter, command, body)) == (409, "wrong-method")
    bring_instead(counter)
    with nothing_moves(connection):
        assert problem(counter.do("ready")) == (409, "wrong-method")


STEPS: dict[str, tuple[tuple[str, Any], ...]] = {
    "picking": (),
    "packed": (PACK,),
    "shipped": (PACK, SHIP),
    "delivered": (PACK, SHIP, ("delivered", {})),
    "cancelled": (PACK, SHIP, ("returned", {})),
}
WRONG = (409, "wrong-state")
COMMANDS = (PACK, SHIP, ("delivered", {}), FAIL, ("returned", {}))
ANSWERS: dict[str, tuple[str | tuple[int, str], ...]] = {
    "picking": ("packed", WRONG, WRONG, WRONG, WRONG),
    "packed": (WRONG, "shipped", WRONG, WRONG, WRONG),
    "shipped": (WRONG, WRONG, "delivered", "shipped", "cancelled"),
    "delivered": (WRONG, WRONG, WRONG, WRONG, WRONG),
    "cancelled": (WRONG, WRONG, WRONG, WRONG, WRONG),
}


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=[each[0] for each in COMMANDS])
@pytest.mark.parametrize("state", STEPS)
def test_each_step_of_a_delivery_does_what_its_state_allows_or_nothing(
    picked: Counter, connection: Connection, state: str, number: int
) -> None:
    done(picked, *STEPS[state])
    assert picked.status() == state
    answer = ANSWERS[state][number]
    if isinstance(answer, tuple):
        with nothing_moves(connection):
            assert problem(do(picked, *COMMANDS[number])) == answer
        return
    assert do(picked, *COMMANDS[number]).status_code == 200
    assert picked.status() == answer
    assert run_checks() == []


def test_what_nobody_paid_does_not_leave(picked: Counter, connection: Connection) -> None:
    done(picked, PACK)
    with nothing_moves(connection):
        refused = do(picked, "ship", {})
        assert problem(refused) == (409, "payment-due")
        assert (refused.json["due_minor"], refused.json["currency"]) == (11570, "EUR")


def test_a_number_of_the_carrier_is_anothers_only_once(
    picked: Counter, connection: Connection, shop: Shop
) -> None:
    body = packages(TENT_AND_MUGS, tracking_number="6A12345678901")
    done(picked, ("pack", body))
    assert [each["tracking_number"] for each in listed(picked)] == ["6A12345678901"]
    other = Counter(picked.client, picked.session, shop)
    other.bring_to("picked")
    bring_instead(other)
    with nothing_moves(connection):
        assert problem(do(other, "pack", body)) == (409, "tracking-number-taken")
        for number in ("<script>", "6A 1", "6A1\n"):
            odd = do(other, "pack", packages(TENT_AND_MUGS, tracking_number=number))
            assert problem(odd) == (422, "validation")
        nobody = {**ALL_IN_ONE, "carrier": "nobody"}
        assert problem(do(other, "pack", nobody)) == (422, "unknown-carrier")


def test_a_failed_delivery_is_a_case_until_a_second_try_ends_it(picked: Counter) -> None:
    done(picked, PACK, SHIP, FAIL)
    assert picked.status() == "shipped"
    (package,) = listed(picked)
    assert package["failure"] == "absent"
    assert cases(picked) == [("delivery", None)]
    done(picked, FAIL)
    assert cases(picked) == [("delivery", None)]
    done(picked, ("delivered", {}))
    assert cases(picked) == [("delivery", "delivered")]
    assert run_checks() == []


@pytest.mark.parametrize(
    ("disposition", "tents"),
    [("restock", (10, 0, 0)), ("quarantine", (10, 0, 1)), ("write_off", (9, 0, 0))],
)
def test_what_comes_back_is_booked_in_and_the_order_ends(
    picked: Counter, disposition: str, tents: tuple[int, int, int]
) -> None:
    done(picked, PACK, SHIP, FAIL, ("returned", {"disposition": disposition}))
    assert picked.status() == "cancelled"
    assert level(picked, "TENT-2P") == tents
    assert cases(picked) == [("delivery", "returned"), ("money", None)]
    assert run_checks() == []


def test_a_packed_delivery_may_be_cancelled_and_a_shipped_one_not(
    picked: Counter, connection: Connection
) -> None:
    done(picked, PACK)
    assert picked.do("cancel").status_code == 200
    assert picked.status() == "cancelled"
    assert run_checks() == []
    picked.bring_to("picked")
    bring_instead(picked)
    done(picked, PACK, SHIP)
    with nothing_moves(connection):
        assert problem(picked.do("cancel")) == (409, "order-not-cancellable")


def test_a_label_names_both_ends_and_nobody_elses_store_prints_it(picked: Counter) -> None:
    picked.session.execute(text("UPDATE contact SET last_name = 'Durand & <fils>'"))
    done(picked, PACK)
    (package,) = listed(picked)
    said = picked.client.put(
        f"/api/v1/orders/{picked.order['id']}/note",
        json={"note": "Sonnez chez la gardienne, " * 6},
        headers=as_key(picked.shop.associate),
    )
    assert said.status_code == 200, said.text
    answer = show(picked, f"/packages/{package['id']}/label")
    assert answer.get_data(as_text=True).count("chez la gardienne") > 1
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    label = answer.get_data(as_text=True)
    for words in (
        package["tracking_number"],
        "Chloé Durand &amp; &lt;fils&gt;",
        "12 rue des Lilas",
        "69001 Lyon",
        "Lyon Croix-Rousse",
        "3,20 kg",
        "1/1",
    ):
        assert words in label
    key = picked.shop.paris_associate
    other = show(picked, f"/packages/{package['id']}/label", key=key)
    assert problem(other) == (404, "unknown-package")


def test_packages_that_lose_a_unit_are_found(picked: Counter) -> None:
    done(picked, PACK)
    picked.session.execute(text("""UPDATE package SET quantities = '{"TENT-2P": 1}'"""))
    picked.session.commit()
    assert [finding.check.id for finding in run_checks()] == ["SHIP-01"]


def test_a_number_of_ours_shows_a_mistyped_digit() -> None:
    number = find_carrier("local").number(UUID(int=7)) or ""
    assert is_number(number)
    wrong = "1" if number[5] != "1" else "2"
    assert not is_number(f"{number[:5]}{wrong}{number[6:]}")
    assert not is_number(number[:-1])


def cases(counter: Counter) -> list[tuple[str, str | None]]:
    rows = counter.session.execute(text("SELECT kind, resolution FROM case_file ORDER BY id"))
    return [(row.kind, row.resolution) for row in rows]
