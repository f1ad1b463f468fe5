"""The counter in all its cases: refused articles, identity, rules set aside, proxies, cars."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.cli.check import run_checks
from kernel.actors import SYSTEM
from kernel.links import order_token
from orders import passes, queries, services
from stores.commands import Scope, SetRule, StoreMethod
from stores.services import set_method, set_setting
from tests.conftest import as_key
from tests.orders.conftest import TENT, Counter
from tests.unmoved import nothing_moves, problem

MUG = {"sku": "MUG-BLUE", "quantity": 1}
PAUL = {"first_name": "Paul", "last_name": "Petit", "email": "paul@example.org"}


def refuse(reason: str = "wrong_size", **item: Any) -> dict[str, Any]:
    return {**TENT, "reason": reason, **item}


def rows(counter: Counter, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in counter.session.execute(text(sql), values)]


def level(counter: Counter, sku: str) -> tuple[int, int, int]:
    [row] = rows(
        counter,
        "SELECT on_hand, reserved, quarantined FROM stock_level"
        " WHERE sku = :sku AND location_id = :lyon",
        sku=sku,
        lyon=counter.shop.lyon,
    )
    return row


def set_rule(counter: Counter, key: str, value: int) -> None:
    set_setting(counter.session, SetRule(Scope.STORE, "lyon", key, value), actor=SYSTEM)
    counter.session.commit()


# Refused


def test_what_is_refused_is_not_paid_and_waits_to_be_put_back(counter: Counter) -> None:
    counter.bring_to("ready")
    on_hand, reserved, _ = level(counter, "TENT-2P")
    body = {"store": "lyon", "qr": counter.qr(), "refused": [refuse()]}
    unpaid = counter.ask("hand-overs", body)
    assert (unpaid.status_code, unpaid.json["due_minor"]) == (409, 2580)

    given = counter.hand_over(qr=counter.qr(), refused=[refuse()], identity_seen=False)

    assert (given.status_code, given.json["status"]) == (201, "handed_over")
    assert level(counter, "TENT-2P") == (on_hand, reserved, 0)
    assert rows(counter, "SELECT quantities, why, bin FROM put_back") == [
        ({"TENT-2P": 1}, "refused", "A1")
    ]
    assert run_checks() == []
    assert rows(counter, "SELECT amount_minor FROM till_payment") == [(2580,)]
    assert rows(counter, "SELECT verified, quantities, refused FROM hand_over") == [
        ("qr", {"MUG-BLUE": 2}, {"TENT-2P": {"quantity": 1, "reason": "wrong_size"}})
    ]


def test_what_is_damaged_is_doubted_until_somebody_counts(counter: Counter) -> None:
    counter.bring_to("ready")
    on_hand, reserved, _ = level(counter, "TENT-2P")

    assert counter.hand_over(qr=counter.qr(), refused=[refuse("damaged")]).status_code == 201

    assert level(counter, "TENT-2P") == (on_hand, reserved - 1, 1)
    assert rows(counter, "SELECT count(*) FROM put_back") == [(0,)]
    assert run_checks() == []


def test_a_parcel_of_which_everything_is_refused_ends_cancelled(counter: Counter) -> None:
    counter.bring_to("ready")
    refused = [refuse("damaged"), refuse("damaged", sku="MUG-BLUE", quantity=2)]

    given = counter.ask("hand-overs", {"store": "lyon", "qr": counter.qr(), "refused": refused})

    assert (given.status_code, given.json["status"]) == (201, "cancelled")
    assert rows(counter, "SELECT reason FROM event WHERE name = 'fulfillment.cancelled.v1'") == [
        ("refused",)
    ]
    assert rows(counter, "SELECT revoked_why FROM pickup_pass") == [("refused",)]
    assert run_checks() == []


def test_what_is_left_of_a_parcel_in_part_refused_can_still_be_collected(
    counter: Counter,
) -> None:
    counter.bring_to("ready")
    first = counter.hand_over(qr=counter.qr(), items=[MUG], refused=[refuse("damaged")])
    assert (first.status_code, first.json["status"]) == (201, "ready")
    assert run_checks() == []

    assert counter.hand_over(qr=counter.qr()).json["status"] == "handed_over"
    assert run_checks() == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"refused": [refuse("because")]}, (422, "unknown-reason")),
        ({"refused": [refuse(quantity=2)]}, (422, "not-ordered")),
        ({"refused": [refuse()], "items": [TENT]}, (422, "not-ordered")),
        ({"refused": [refuse(), refuse()]}, (422, "validation")),
        ({"forced": "because"}, (422, "unknown-reason")),
    ],
)
def test_what_makes_no_sense_moves_nothing(
    counter: Counter, connection: Connection, body: dict[str, Any], said: tuple[int, str]
) -> None:
    counter.bring_to("ready")
    with nothing_moves(connection):
        assert problem(counter.hand_over(qr=counter.qr(), **body)) == said


# Identity


def test_who_has_nothing_to_show_shows_an_identity_card(
    counter: Counter, connection: Connection
) -> None:
    counter.bring_to("ready")
    way = {"fulfillment_id": counter.parcel, "identity_seen": False}
    with nothing_moves(connection):
        response = counter.hand_over(**way)
    assert problem(response) == (409, "identity-needed")
    assert response.json["name"] == "Chloé Durand"

    assert counter.hand_over(fulfillment_id=counter.parcel).status_code == 201
    assert rows(counter, "SELECT found, verified FROM hand_over") == [("search", "identity")]


@pytest.mark.parametrize(("least", "needed"), [(11_570, True), (11_571, False)])
def test_above_a_value_a_code_is_not_enough(counter: Counter, least: int, *, needed: bool) -> None:
    set_rule(counter, "identity_from_minor", least)
    counter.bring_to("ready")
    check = counter.ask("hand-overs/check", {"store": "lyon", "qr": counter.qr()})
    assert check.json["identity_needed"] is needed

    response = counter.hand_over(qr=counter.qr(), identity_seen=False)

    assert response.status_code == (409 if needed else 201)


def test_identity_is_set_aside_with_a_reason(counter: Counter) -> None:
    counter.bring_to("ready")
    way = {"fulfillment_id": counter.parcel, "identity_seen": False, "forced": "known_customer"}
    assert counter.hand_over(**way).status_code == 201
    assert rows(counter, "SELECT verified, forced FROM hand_over") == [("none", "known_customer")]


# Forced


def test_an_older_code_is_taken_with_a_reason(counter: Counter) -> None:
    counter.bring_to("ready")
    old = counter.qr()
    body = {"first_name": "Paul", "last_name": "Petit"}
    page = counter.ask(f"orders/{counter.order['id']}/proxies", PAUL, key=counter.shop.agent)
    assert page.status_code == 201, body
    counter.session.execute(
        text(
            "UPDATE pickup_pass SET revoked_at = now(), revoked_why = 'reissued'"
            " WHERE contact_id IS NULL"
        )
    )
    counter.session.commit()
    assert problem(counter.hand_over(qr=old)) == (409, "pass-revoked")
    assert counter.hand_over(qr=old, forced="phone_dead").status_code == 201
    assert run_checks() == []


def test_only_a_manager_gives_it_unpaid_and_somebody_gets_the_money(counter: Counter) -> None:
    counter.bring_to("ready")
    body = {"store": "lyon", "qr": counter.qr(), "forced": "till_down"}
    assert problem(counter.ask("hand-overs", body)) == (409, "payment-due")

    given = counter.ask("hand-overs", body, key=counter.shop.manager)

    assert given.status_code == 201, given.text
    assert rows(
        counter,
        "SELECT kind, (facts ->> 'due_minor')::int, facts ->> 'reason',"
        " order_id = :order_id FROM case_file",
        order_id=counter.order["id"],
    ) == [("unpaid", 11_570, "till_down", True)]
    assert run_checks() == []


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_only_a_manager_gives_what_still_lies_in_the_bin_of_a_parcel_that_ended(
    counter: Counter, end: str
) -> None:
    counter.bring_to("ready")
    _end(counter, end)
    on_hand, reserved, _ = level(counter, "TENT-2P")
    body = {"store": "lyon", "fulfillment_id": counter.parcel, "forced": "manager_decision"}
    refused = counter.ask("hand-overs", body)
    assert (refused.status_code, refused.json["in_bin"]) == (409, True)

    given = counter.ask("hand-overs", body, key=counter.shop.manager)

    assert (given.status_code, given.json["status"]) == (201, end)
    assert level(counter, "TENT-2P") == (on_hand - 1, reserved - 1, 0)
    assert rows(counter, "SELECT conflict, forced FROM hand_over") == [(True, "manager_decision")]
    assert rows(counter, "SELECT facts ->> 'what' FROM case_file WHERE kind = 'conflict'") == [
        (f"given-though-{end}",)
    ]
    assert run_checks() == []


def _end(counter: Counter, end: str) -> None:
    if end == "expired":
        counter.expire()
    else:
        assert counter.do("cancel").status_code == 200


@pytest.mark.parametrize("end", ["handed_over", "new"])
def test_no_reason_opens_what_was_collected_or_is_not_ready(
    counter: Counter, connection: Connection, end: str
) -> None:
    counter.bring_to(end)
    body = {
        "store": "lyon",
        "fulfillment_id": counter.parcel,
        "forced": "manager_decision",
        "ticket_number": "T-99",
    }
    with nothing_moves(connection):
        response = counter.ask("hand-overs", body, key=counter.shop.manager)
    code = {"handed_over": "already-collected", "new": "not-ready"}[end]
    assert problem(response) == (409, code)


# Verdicts


def test_the_right_store_is_named_with_its_hours_and_distance(counter: Counter) -> None:
    counter.bring_to("ready")
    body = {"store": "paris", "qr": counter.qr(), "ticket_number": "T-1"}
    response = counter.ask("hand-overs", body, key=counter.shop.paris_associate)
    assert problem(response) == (409, "wrong-store")
    assert response.json["store"] == "lyon"
    assert 350_000 < response.json["distance_m"] < 450_000
    assert len(response.json["today"]) == 1


def test_who_comes_second_is_told_where_it_was_collected(counter: Counter) -> None:
    counter.bring_to("handed_over")
    response = counter.hand_over(qr=counter.qr())
    assert problem(response) == (409, "already-collected")
    assert (response.json["by"], response.json["store"]) == ("Inès", "lyon")


# Proxies


def as_customer(counter: Counter) -> dict[str, str]:
    return as_key(order_token(UUID(counter.order["id"])))


def send_paul(counter: Counter) -> str:
    path = f"/api/v1/orders/{counter.order['id']}/proxies"
    named = counter.client.post(path, json=PAUL, headers=as_customer(counter))
    assert named.status_code == 201, named.text
    return str(named.json["proxy_id"])


def withdraw(counter: Counter, proxy_id: str) -> Any:
    path = f"/api/v1/orders/{counter.order['id']}/proxies/{proxy_id}/withdraw"
    return counter.client.post(path, json={}, headers=as_customer(counter))


def proxy_qr(counter: Counter) -> str:
    states = queries.list_passes(counter.session, UUID(counter.parcel))
    return passes.qr_text([each.facts for each in states if each.contact_id][-1])


@pytest.mark.parametrize("when", ["new", "ready"])
def test_a_proxy_collects_with_a_code_of_their_own(counter: Counter, when: str) -> None:
    counter.bring_to(when)
    send_paul(counter)
    if when == "new":
        for command in ("accept", "start-picking"):
            counter.do(command)
        counter.do("pick", {"items": [TENT, {**MUG, "quantity": 2}]})
        counter.do("ready")

    check = counter.ask("hand-overs/check", {"store": "lyon", "qr": proxy_qr(counter)})
    assert (check.json["holder"], check.json["holder_name"]) == ("proxy", "Paul Petit")
    assert check.json["customer_name"] == "Chloé Durand"
    assert counter.hand_over(qr=proxy_qr(counter)).status_code == 201

    path = f"/api/v1/orders/{counter.order['id']}/proxies"
    [paul] = counter.client.get(path, headers=as_customer(counter)).json["proxies"]
    assert (paul["name"], paul["collected"], paul["withdrawn_at"]) == ("Paul P.", True, None)
    assert rows(counter, "SELECT count(*) FROM pickup_pass WHERE used_at IS NULL") == [(0,)]
    assert problem(counter.hand_over(qr=counter.qr())) == (409, "already-collected")
    assert run_checks() == []


def test_withdrawing_a_proxy_kills_their_code_and_no_other(
    counter: Counter, connection: Connection
) -> None:
    counter.bring_to("ready")
    proxy_id = send_paul(counter)
    [owner] = [
        each.facts
        for each in queries.list_passes(counter.session, UUID(counter.parcel))
        if each.contact_id is None
    ]

    assert withdraw(counter, proxy_id).status_code == 200
    assert withdraw(counter, proxy_id).status_code == 200

    with nothing_moves(connection):
        for more in ({}, {"forced": "manager_decision"}):
            response = counter.hand_over(qr=proxy_qr(counter), key=counter.shop.manager, **more)
            assert problem(response) == (409, "pass-revoked")
            assert response.json["why"] == "proxy-withdrawn"
    assert counter.hand_over(qr=passes.qr_text(owner)).status_code == 201
    assert run_checks() == []


def test_nobody_is_sent_for_what_was_collected(counter: Counter, connection: Connection) -> None:
    counter.bring_to("handed_over")
    path = f"/api/v1/orders/{counter.order['id']}/proxies"
    with nothing_moves(connection):
        late = counter.client.post(path, json=PAUL, headers=as_customer(counter))
    assert problem(late) == (409, "nothing-to-collect")


def test_as_many_proxies_as_the_store_allows(counter: Counter, connection: Connection) -> None:
    set_rule(counter, "proxies_max", 1)
    counter.bring_to("ready")
    proxy_id = send_paul(counter)
    path = f"/api/v1/orders/{counter.order['id']}/proxies"
    with nothing_moves(connection):
        again = counter.client.post(path, json=PAUL, headers=as_customer(counter))
    assert problem(again) == (409, "too-many-proxies")
    assert withdraw(counter, proxy_id).status_code == 200
    send_paul(counter)


def test_who_holds_another_order_names_nobody_here(
    counter: Counter, connection: Connection
) -> None:
    counter.bring_to("ready")
    mine = dict(counter.order)
    counter.place()
    path = f"/api/v1/orders/{mine['id']}/proxies"
    with nothing_moves(connection):
        response = counter.client.post(path, json=PAUL, headers=as_customer(counter))
    assert problem(response) == (404, "unknown-order")


# Cars


def arrive(counter: Counter, step: str, body: dict[str, Any] | None = None) -> Any:
    path = f"/api/v1/fulfillments/{counter.parcel}/{step}"
    return counter.client.post(path, json=body or {}, headers=as_customer(counter))


def offer_drive(counter: Counter) -> None:
    set_method(counter.session, code="lyon", method=StoreMethod.DRIVE, offered=True, actor=SYSTEM)
    counter.session.commit()


def test_who_waits_outside_is_counted_from_the_first_word_until_served(counter: Counter) -> None:
    offer_drive(counter)
    counter.bring_to("ready")
    assert arrive(counter, "on-my-way").json["on_my_way_at"]
    first = arrive(counter, "arrived", {"bay": "4", "vehicle": "red van"})
    assert first.status_code == 200, first.text
    again = arrive(counter, "arrived", {"bay": "4"})
    moved = arrive(counter, "arrived", {"bay": "5"})

    assert again.json == first.json
    assert (moved.json["bay"], moved.json["arrived_at"]) == ("5", first.json["arrived_at"])
    assert rows(
        counter,
        "SELECT facts ->> 'bay' FROM event WHERE name = 'fulfillment.arrived.v1' ORDER BY id",
    ) == [("4",), ("5",)]
    waiting = queries.list_waiting_outside(counter.session, counter.shop.lyon)
    assert [(each.bay, each.vehicle) for each in waiting.values()] == [("5", "red van")]

    assert counter.hand_over(qr=counter.qr()).status_code == 201

    assert queries.list_waiting_outside(counter.session, counter.shop.lyon) == {}
    assert rows(counter, "SELECT served_at >= arrived_at FROM arrival") == [(True,)]


@pytest.mark.parametrize("step", ["on-my-way", "arrived"])
def test_nobody_is_awaited_outside_where_nothing_is_brought_out(
    counter: Counter, connection: Connection, step: str
) -> None:
    counter.bring_to("ready")
    with nothing_moves(connection):
        assert problem(arrive(counter, step)) == (409, "not-served-outside")


@pytest.mark.parametrize("step", ["on-my-way", "arrived"])
def test_nobody_comes_for_what_is_not_ready(
    counter: Counter, connection: Connection, step: str
) -> None:
    offer_drive(counter)
    counter.bring_to("picking")
    with nothing_moves(connection):
        assert problem(arrive(counter, step)) == (409, "wrong-state")


# Kept longer


def test_a_parcel_is_kept_as_long_and_as_often_as_its_store_says(counter: Counter) -> None:
    set_rule(counter, "extension_days", 5)
    set_rule(counter, "extensions_max", 2)
    counter.bring_to("ready")
    parcel = UUID(counter.parcel)
    before = queries.get_fulfillment(counter.session, parcel, actor=SYSTEM).collect_by
    for _turn in range(2):
        services.extend_pickup(counter.session, parcel, actor=SYSTEM)
    after = queries.get_fulfillment(counter.session, parcel, actor=SYSTEM).collect_by
    assert before is not None
    assert after is not None
    assert 9 <= (after - before).days <= 12
    with pytest.raises(Exception, match="cannot be extended"):
        services.extend_pickup(counter.session, parcel, actor=SYSTEM)
