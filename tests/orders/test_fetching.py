"""Articles of a parcel come from another store: reserved there, carried, reserved here."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.cli.check import run_checks
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from orders import queries
from tests.orders.conftest import TENT, Counter
from tests.orders.delivering import DAY, fetch, tell
from tests.unmoved import nothing_moves, problem

MUGS = {"sku": "MUG-BLUE", "quantity": 2}


def level(counter: Counter, sku: str, store: str = "lyon") -> tuple[int, int, int]:
    """Return on hand, reserved and quarantined."""
    row = counter.session.execute(
        text(
            "SELECT l.on_hand, l.reserved, l.quarantined FROM stock_level l "
            "JOIN location p ON p.id = l.location_id WHERE l.sku = :sku AND p.code = :store"
        ),
        {"sku": sku, "store": store},
    ).one()
    return tuple(row)


def parcel(counter: Counter) -> Any:
    headers = {"Authorization": f"Bearer {counter.shop.associate}"}
    return counter.client.get(f"/api/v1/fulfillments/{counter.parcel}", headers=headers).json


def line(counter: Counter, sku: str) -> dict[str, Any]:
    (found,) = (each for each in parcel(counter)["lines"] if each["sku"] == sku)
    return dict(found)


def move(counter: Counter, transfer_id: str, act: str, body: Any = None, *, paris: bool) -> Any:
    """Somebody at one end of a transfer does something with it; the news gets around."""
    key = counter.shop.paris_associate if paris else counter.shop.associate
    response = counter.ask(f"transfers/{transfer_id}/{act}", body or {}, key=key)
    assert response.status_code == 200, response.text
    tell(counter.session)
    return response


def fetched(counter: Counter, items: Any = (TENT,), **more: Any) -> str:
    response = fetch(counter, list(items), **more)
    assert response.status_code == 201, response.text
    tell(counter.session)
    return str(response.json["transfer_id"])


def sold_out(counter: Counter, sku: str, *, store: str) -> None:
    """Nothing of a SKU is left for others at a store."""
    free = level(counter, sku, store)
    items = [{"sku": sku, "quantity": free[0] - free[1] - free[2]}]
    assert counter.client is not None
    answer = counter.ask(
        "orders",
        {**ORDER, "store": store, "items": items},
        key=counter.shop.integration,
    )
    assert answer.status_code == 201, answer.text


ORDER: dict[str, Any] = {
    "channel": "web",
    "customer": {"last_name": "Martin", "email": "m@example.org"},
}


def test_what_is_fetched_is_reserved_there_carried_and_ready_here(counter: Counter) -> None:
    counter.bring_to("accepted")
    promised = datetime.fromisoformat(parcel(counter)["promised_at"])

    transfer = fetched(counter, reason="not_found")

    assert counter.status() == "in_transfer"
    assert level(counter, "TENT-2P", "paris") == (10, 1, 0)
    assert level(counter, "TENT-2P") == (10, 0, 10)
    assert datetime.fromisoformat(parcel(counter)["promised_at"]) > promised
    assert run_checks() == []

    move(counter, transfer, "send", {"expected_on": DAY}, paris=True)
    assert level(counter, "TENT-2P", "paris") == (9, 0, 0)
    assert counter.status() == "in_transfer"
    assert run_checks() == []

    move(counter, transfer, "receive", {"items": [TENT]}, paris=False)
    assert counter.status() == "accepted"
    assert level(counter, "TENT-2P") == (11, 1, 10)
    assert run_checks() == []

    for command in ("pick", "ready", "hand-over"):
        items = {"items": [TENT, MUGS]} if command == "pick" else None
        assert counter.do(command, items).status_code in {200, 201}
    assert level(counter, "TENT-2P") == (10, 0, 10)
    assert run_checks() == []


def test_a_picked_line_stays_picked_while_another_comes_from_elsewhere(counter: Counter) -> None:
    counter.bring_to("picking")
    assert counter.do("pick", {"items": [MUGS]}).status_code == 200
    transfer = fetched(counter)
    for act, body, paris in (
        ("send", {"expected_on": DAY}, True),
        ("receive", {"items": [TENT]}, False),
    ):
        move(counter, transfer, act, body, paris=paris)
    assert counter.status() == "accepted"
    assert (line(counter, "MUG-BLUE")["picked"], line(counter, "TENT-2P")["picked"]) == (2, 0)
    assert counter.do("pick", {"items": [TENT]}).status_code == 200
    assert counter.do("ready").status_code == 200
    assert run_checks() == []


def test_what_is_fetched_leaves_its_wave_and_may_be_taken_into_another(counter: Counter) -> None:
    counter.place()
    wave = counter.ask("stores/lyon/waves", {}).json["id"]

    transfer = fetched(counter, [MUGS])
    assert (parcel(counter)["status"], parcel(counter)["wave_id"]) == ("in_transfer", None)
    ended = text("SELECT ended_at IS NOT NULL FROM wave WHERE id = :id")
    assert counter.session.execute(ended, {"id": wave}).scalar_one()
    assert run_checks() == []

    move(counter, transfer, "send", {"expected_on": DAY}, paris=True)
    move(counter, transfer, "receive", {"items": [MUGS]}, paris=False)
    again = counter.ask("stores/lyon/waves", {}).json
    assert [each["id"] for each in again["parcels"]] == [counter.parcel]
    assert run_checks() == []


def test_the_places_that_have_it_are_listed_with_what_they_have(counter: Counter) -> None:
    counter.bring_to("accepted")
    headers = {"Authorization": f"Bearer {counter.shop.associate}"}
    path = f"/api/v1/fulfillments/{counter.parcel}/sources"
    found = counter.client.get(path, headers=headers).json
    assert found["lacking"] == {"TENT-2P": 1, "MUG-BLUE": 2}
    (paris,) = found["sources"]
    assert (paris["store"], paris["complete"]) == ("paris", True)
    assert paris["quantities"] == {"TENT-2P": 1, "MUG-BLUE": 2}
    assert 380 < paris["distance_km"] < 400

    fetched(counter)
    sold_out(counter, "MUG-BLUE", store="paris")

    found = counter.client.get(path, headers=headers).json
    assert found == {"lacking": {"MUG-BLUE": 2}, "sources": []}


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"from_store": "lyon"}, (422, "same-place")),
        ({"from_store": "nowhere"}, (404, "unknown-location")),
        ({"items": [{"sku": "TENT-2P", "quantity": 2}]}, (422, "not-ordered")),
        ({"items": [{"sku": "BOOK", "quantity": 1}]}, (422, "not-ordered")),
        ({"reason": "no-such"}, (422, "unknown-reason")),
    ],
)
def test_what_cannot_be_fetched_is_refused_and_nothing_moves(
    counter: Counter, connection: Connection, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    counter.bring_to("accepted")
    counter.session.commit()
    with nothing_moves(connection):
        asked = {"from_store": "paris", "items": [TENT], **body}
        response = counter.ask(f"fulfillments/{counter.parcel}/fetch", asked)
        assert problem(response) == refusal


def test_what_nobody_has_left_is_not_fetched(counter: Counter, connection: Connection) -> None:
    counter.bring_to("accepted")
    sold_out(counter, "TENT-2P", store="paris")
    counter.session.commit()
    with nothing_moves(connection):
        assert problem(fetch(counter, [TENT])) == (409, "out-of-stock")


def test_what_is_on_its_way_is_not_fetched_twice(counter: Counter, connection: Connection) -> None:
    counter.bring_to("accepted")
    fetched(counter)
    with nothing_moves(connection):
        assert problem(fetch(counter, [TENT])) == (422, "not-ordered")
    fetched(counter, [MUGS])
    assert level(counter, "MUG-BLUE", "paris") == (10, 2, 0)
    assert run_checks() == []


def test_a_unit_lost_on_the_way_is_reported_short_and_the_rest_goes_on(counter: Counter) -> None:
    counter.bring_to("accepted")
    transfer = fetched(counter, [MUGS])
    move(counter, transfer, "send", {"expected_on": DAY}, paris=True)
    one = {"items": [{**MUGS, "quantity": 1}]}
    move(counter, transfer, "receive", one, paris=False)
    assert counter.status() == "in_transfer"
    body = {"items": [{"sku": "MUG-BLUE", "reason": "lost"}]}
    answer = counter.ask(f"transfers/{transfer}/close", body, key=counter.shop.manager)
    assert answer.status_code == 200, answer.text
    tell(counter.session)
    assert counter.status() == "accepted"
    mugs = line(counter, "MUG-BLUE")
    assert (mugs["cancelled"], mugs["short_reason"]) == (1, "lost_in_transfer")
    assert level(counter, "MUG-BLUE") == (11, 1, 0)
    assert run_checks() == []


def test_a_sender_who_calls_it_off_leaves_the_parcel_without_it(counter: Counter) -> None:
    counter.bring_to("accepted")
    transfer = fetched(counter)
    move(counter, transfer, "cancel", paris=True)
    assert counter.status() == "accepted"
    assert line(counter, "TENT-2P")["cancelled"] == 1
    assert level(counter, "TENT-2P", "paris") == (10, 0, 0)
    assert run_checks() == []


def test_a_parcel_of_which_nothing_arrives_ends_cancelled(counter: Counter) -> None:
    counter.bring_to("accepted")
    transfer = fetched(counter, [TENT, MUGS])
    move(counter, transfer, "cancel", paris=True)
    assert counter.status() == "cancelled"
    assert level(counter, "TENT-2P") == (10, 0, 0)
    assert run_checks() == []


def test_a_sender_may_send_less_and_never_more(counter: Counter, connection: Connection) -> None:
    counter.bring_to("accepted")
    transfer = fetched(counter, [MUGS])
    with nothing_moves(connection):
        for items in ([{**MUGS, "quantity": 3}], [MUGS, TENT]):
            answer = counter.ask(f"transfers/{transfer}/change", {"items": items})
            assert problem(answer) == (409, "transfer-carries")
    move(counter, transfer, "change", {"items": [{**MUGS, "quantity": 1}]}, paris=True)
    assert level(counter, "MUG-BLUE", "paris") == (10, 1, 0)
    assert line(counter, "MUG-BLUE")["cancelled"] == 1
    assert run_checks() == []


@pytest.mark.parametrize("how_far", ["drafted", "sent"])
def test_a_customer_who_cancels_wants_nothing_of_what_is_carried(
    counter: Counter, how_far: str
) -> None:
    sent = how_far == "sent"
    counter.bring_to("accepted")
    transfer = fetched(counter)
    if sent:
        move(counter, transfer, "send", {"expected_on": DAY}, paris=True)
    assert counter.do("cancel").status_code == 200
    tell(counter.session)
    assert counter.status() == "cancelled"
    if sent:
        move(counter, transfer, "receive", {"items": [TENT]}, paris=False)
        assert level(counter, "TENT-2P", "paris") == (9, 0, 0)
        assert level(counter, "TENT-2P") == (11, 0, 0)
    else:
        assert level(counter, "TENT-2P", "paris") == (10, 0, 0)
        assert level(counter, "TENT-2P") == (10, 0, 0)
    assert run_checks() == []


def test_what_arrives_beyond_what_was_asked_for_is_for_sale(counter: Counter) -> None:
    counter.bring_to("accepted")
    transfer = fetched(counter)
    move(counter, transfer, "send", {"expected_on": DAY}, paris=True)
    move(counter, transfer, "receive", {"items": [{**TENT, "quantity": 3}]}, paris=False)
    assert level(counter, "TENT-2P") == (13, 1, 0)
    assert run_checks() == []


def test_a_transfer_that_lost_its_reservation_is_found(counter: Counter) -> None:
    counter.bring_to("accepted")
    transfer = fetched(counter)
    counter.session.execute(
        text("UPDATE transfer_line SET quantity = 2 WHERE transfer_id = :id"), {"id": transfer}
    )
    counter.session.commit()
    assert "TRANSFER-02" in [finding.check.id for finding in run_checks()]


def test_what_a_transfer_keeps_at_the_sender_is_explained_by_its_order(counter: Counter) -> None:
    counter.bring_to("accepted")
    transfer = UUID(fetched(counter))
    numbers = queries.list_numbers(counter.session, [transfer], actor=SYSTEM)
    assert {each: show_order_number(number) for each, number in numbers.items()} == {
        transfer: counter.order["number"]
    }
