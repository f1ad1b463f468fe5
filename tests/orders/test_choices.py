"""A store that cannot prepare a parcel, and what becomes of it: at the API's door."""

from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import orders.jobs
import orders.queries
import stores.services
from app.cli.check import run_checks
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.links import choice_token
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key
from tests.unmoved import nothing_moves, problem

NO_STOCK: Final = {"reason": "no_stock"}
NO_TIME: Final = {"reason": "no_time"}


@pytest.fixture
def rejected(counter: Any) -> str:
    """An order of one tent and two mugs that Lyon has no time for: the token of its choice."""
    counter.place()
    assert counter.do("reject", NO_TIME).status_code == 200
    return token_of(counter)


def token_of(counter: Any) -> str:
    found = orders.queries.list_choices(counter.session, [UUID(counter.parcel)])
    return choice_token(found[UUID(counter.parcel)].id)


def level(session: Session, location_id: UUID, sku: str) -> tuple[int, int, int]:
    """Return what is on hand, reserved and doubted."""
    row = session.execute(
        text(
            "SELECT on_hand, reserved, quarantined FROM stock_level"
            " WHERE location_id = :id AND sku = :sku"
        ),
        {"id": location_id, "sku": sku},
    ).one()
    return (row.on_hand, row.reserved, row.quarantined)


def choose(counter: Any, token: str, **body: Any) -> Any:
    """Answer as whoever holds the link: nobody we know."""
    return counter.client.post(
        f"/api/v1/choices/{token}",
        json=body,
        headers={"Idempotency-Key": str(uuid4())},
    )


def parcel_of(counter: Any, parcel: str | None = None) -> dict[str, Any]:
    response = counter.client.get(
        f"/api/v1/fulfillments/{parcel or counter.parcel}", headers=as_key(counter.shop.agent)
    )
    assert response.status_code == 200, response.text
    return dict(response.json)


def days_pass(session: Session, column: str) -> None:
    """A time of every choice is over by a minute."""
    session.execute(
        text(f"UPDATE choice SET {column} = statement_timestamp() - interval '1 minute'")  # noqa: S608 (a word of this file)
    )
    session.commit()


def test_a_rejected_parcel_holds_nothing_and_owes_all_of_it(counter: Any, shop: Shop) -> None:
    counter.place()

    said = counter.do("reject", NO_STOCK).json

    assert said["status"] == "rejected"
    assert [(line["quantity"], line["cancelled"]) for line in said["lines"]] == [(1, 0), (2, 0)]
    assert level(counter.session, shop.lyon, "TENT-2P") == (10, 0, 10)
    assert level(counter.session, shop.lyon, "MUG-BLUE") == (10, 0, 10)
    tasks = counter.session.execute(text("SELECT sku, cause, note FROM count_task ORDER BY sku"))
    assert [tuple(row) for row in tasks] == [
        ("MUG-BLUE", "not_found", "no_stock"),
        ("TENT-2P", "not_found", "no_stock"),
    ]
    assert run_checks() == []


def test_a_reason_that_says_nothing_of_the_shelf_leaves_it_for_sale(
    counter: Any, shop: Shop, rejected: str
) -> None:
    assert rejected
    assert level(counter.session, shop.lyon, "TENT-2P") == (10, 0, 0)
    assert counter.session.execute(text("SELECT count(*) FROM count_task")).scalar_one() == 0
    assert run_checks() == []


def test_what_was_picked_already_waits_to_be_put_back(counter: Any, shop: Shop) -> None:
    counter.place()
    for command in ("accept", "pick"):
        assert counter.do(command).status_code == 200

    assert counter.do("reject", NO_STOCK).status_code == 200

    tasks = counter.session.execute(text("SELECT quantities, why FROM put_back")).all()
    assert [tuple(row) for row in tasks] == [({"TENT-2P": 1}, "no_stock")]
    assert level(counter.session, shop.lyon, "TENT-2P") == (10, 1, 0)
    assert level(counter.session, shop.lyon, "MUG-BLUE") == (10, 0, 10)
    assert [line["picked"] for line in parcel_of(counter)["lines"]] == [0, 0]
    assert run_checks() == []


def test_an_unknown_reason_is_refused_with_those_that_may_be_given(
    counter: Any, connection: Connection
) -> None:
    counter.place()
    with nothing_moves(connection):
        refused = counter.do("reject", {"reason": "damaged"})
    assert problem(refused) == (422, "unknown-reason")
    assert refused.json["known"] == ["no_stock", "no_time", "closed", "wrong_item_data"]


def test_a_choice_says_what_is_offered_until_when_and_what_holds_otherwise(
    counter: Any, rejected: str
) -> None:
    said = counter.client.get(f"/api/v1/choices/{rejected}").json
    assert said["fallback"] == "refund"
    assert said["answer"] is None
    assert said["store"] == "lyon"
    (paris,) = said["answers"]["stores"]
    assert (paris["store"], round(paris["distance_km"])) == ("paris", 389)
    assert said["answers"]["delivery"] is None
    assert said["answers"]["value_minor"] == 11_570


def test_a_choice_of_nobody_is_not_found(counter: Any) -> None:
    assert problem(counter.client.get("/api/v1/choices/abc")) == (404, "unknown-choice")
    assert problem(choose_nothing(counter)) == (404, "unknown-choice")


def choose_nothing(counter: Any) -> Any:
    return counter.client.post(
        "/api/v1/choices/abc", json={"answer": "wait"}, headers={"Idempotency-Key": "some-key-1"}
    )


def test_another_store_takes_over_what_the_first_one_owed(
    counter: Any, shop: Shop, rejected: str
) -> None:
    said = choose(counter, rejected, answer="other_store", store="paris")

    assert said.status_code == 200, said.text
    assert (said.json["answer"], said.json["answers"]) == ("other_store", None)
    old = parcel_of(counter)
    assert old["status"] == "rerouted"
    assert old["total_minor"] == 0
    fresh = parcel_of(counter, old["rerouted_to"])
    assert (fresh["status"], fresh["method"], fresh["total_minor"]) == ("new", "pickup", 11_570)
    assert fresh["location_id"] == str(shop.paris)
    assert level(counter.session, shop.lyon, "MUG-BLUE") == (10, 0, 0)
    assert level(counter.session, shop.paris, "MUG-BLUE") == (10, 2, 0)
    assert run_checks() == []


def test_a_store_that_has_not_all_of_it_is_refused_and_the_choice_stays_open(
    counter: Any, connection: Connection, shop: Shop, rejected: str
) -> None:
    counter.session.execute(
        text("UPDATE stock_level SET on_hand = 1 WHERE location_id = :id"), {"id": shop.paris}
    )
    counter.session.commit()
    with nothing_moves(connection):
        refused = choose(counter, rejected, answer="other_store", store="paris")
    assert problem(refused) == (409, "out-of-stock")
    assert refused.json["shortages"] == {"MUG-BLUE": 1}
    assert choose(counter, rejected, answer="refund").status_code == 200


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"answer": "other_store"}, (422, "store-not-named")),
        ({"answer": "other_store", "store": "lyon"}, (409, "answer-not-offered")),
        ({"answer": "other_store", "store": "nowhere"}, (404, "unknown-location")),
        ({"answer": "delivery"}, (422, "address-needed")),
        ({"answer": "wait", "store": "paris"}, (422, "validation")),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_moves_nothing(
    counter: Any,
    connection: Connection,
    rejected: str,
    body: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    with nothing_moves(connection):
        assert problem(choose(counter, rejected, **body)) == refusal


def test_a_refund_ends_the_order_and_is_answered_once(
    counter: Any, connection: Connection, rejected: str
) -> None:
    assert choose(counter, rejected, answer="refund").json["answer"] == "refund"
    assert counter.status() == "cancelled"
    with nothing_moves(connection):
        again = choose(counter, rejected, answer="wait")
    assert problem(again) == (409, "choice-answered")
    assert again.json["answer"] == "refund"
    assert run_checks() == []


def test_who_waits_is_served_at_the_same_store_once_all_is_back(counter: Any, shop: Shop) -> None:
    counter.place()
    assert counter.do("reject", NO_STOCK).status_code == 200
    assert choose(counter, token_of(counter), answer="wait").json["answer"] == "wait"
    assert orders.jobs.serve_waiting() == 0
    assert counter.status() == "rejected"

    for sku in ("TENT-2P", "MUG-BLUE"):
        receive(
            counter.session,
            location_id=shop.lyon,
            quantities={sku: 2},
            actor=SYSTEM,
        )
        counter.session.commit()
        assert orders.jobs.serve_waiting() == (sku == "MUG-BLUE")

    old = parcel_of(counter)
    fresh = parcel_of(counter, old["rerouted_to"])
    assert (old["status"], fresh["status"]) == ("rerouted", "new")
    assert fresh["location_id"] == str(shop.lyon)
    assert level(counter.session, shop.lyon, "MUG-BLUE") == (12, 2, 10)
    assert run_checks() == []


def test_who_waited_too_long_gets_their_money_back(counter: Any) -> None:
    counter.place()
    counter.do("reject", NO_STOCK)
    choose(counter, token_of(counter), answer="wait")
    days_pass(counter.session, "wait_until")
    assert orders.jobs.serve_waiting() == 1
    assert counter.status() == "cancelled"
    assert run_checks() == []


@pytest.mark.parametrize(("fallback", "state"), [("refund", "cancelled"), ("wait", "rejected")])
def test_without_an_answer_the_fallback_of_the_store_holds(
    counter: Any, rejected: str, fallback: str, state: str
) -> None:
    assert rejected
    assert orders.jobs.answer_overdue() == 0
    counter.session.execute(text("UPDATE choice SET fallback = :said"), {"said": fallback})
    days_pass(counter.session, "answer_by")
    assert orders.jobs.answer_overdue() == 1
    assert orders.jobs.answer_overdue() == 0
    assert counter.status() == state
    (made,) = orders.queries.list_choices(counter.session, [UUID(counter.parcel)]).values()
    assert (made.answer, made.answered_by) == (fallback, "deadline")
    assert run_checks() == []


def test_an_order_that_is_called_off_while_it_is_rejected_leaves_no_choice_open(
    counter: Any, rejected: str
) -> None:
    assert counter.do("cancel").status_code == 200
    assert problem(choose(counter, rejected, answer="wait")) == (409, "choice-answered")
    assert orders.jobs.answer_overdue() == 0
    assert run_checks() == []


def test_staff_reassign_a_parcel_with_the_customers_word(counter: Any, shop: Shop) -> None:
    counter.place()
    said = counter.do("reassign", {**NO_TIME, "store": "paris"})
    assert said.status_code == 200, said.text
    assert said.json["status"] == "rerouted"
    fresh = parcel_of(counter, said.json["rerouted_to"])
    assert (fresh["location_id"], fresh["status"]) == (str(shop.paris), "new")
    (made,) = orders.queries.list_choices(counter.session, [UUID(counter.parcel)]).values()
    assert (made.answer, made.answered_by) == ("other_store", "Inès")
    assert run_checks() == []


def test_a_parcel_of_another_store_is_not_there_to_be_rejected_or_reassigned(
    counter: Any, connection: Connection, shop: Shop
) -> None:
    counter.place()
    with nothing_moves(connection):
        for command, body in (("reject", NO_TIME), ("reassign", {**NO_TIME, "store": "paris"})):
            refused = counter.ask(
                f"fulfillments/{counter.parcel}/{command}", body, key=shop.paris_associate
            )
            assert problem(refused) == (404, "unknown-fulfillment")


def test_an_other_store_hands_over_what_it_took_over(counter: Any, shop: Shop) -> None:
    counter.place()
    fresh = counter.do("reassign", {**NO_TIME, "store": "paris"}).json["rerouted_to"]
    items = [{"sku": "TENT-2P", "quantity": 1}, {"sku": "MUG-BLUE", "quantity": 2}]
    for command, body in (("accept", None), ("pick", {"items": items}), ("ready", {"bin": "P1"})):
        said = counter.ask(f"fulfillments/{fresh}/{command}", body, key=shop.paris_associate)
        assert said.status_code == 200, said.text
    taken = counter.hand_over(store="paris", key=shop.paris_associate, fulfillment_id=fresh)
    assert taken.status_code == 201, taken.text
    assert level(counter.session, shop.paris, "MUG-BLUE") == (8, 0, 0)
    assert run_checks() == []


def test_head_office_adds_a_reason_of_its_own_and_closes_another(
    counter: Any, shop: Shop, connection: Connection
) -> None:
    admin = key_of(counter.session, StaffRole.ADMIN)
    own = {"labels": {"fr": "Rayon en travaux", "en": "Being rebuilt"}, "effect": "none"}
    closed = {
        "labels": {"fr": "Pas le temps", "en": "No time"},
        "effect": "none",
        "closed": True,
    }

    for code, body in (("rebuilding", {**own, "position": 0}), ("no_time", closed)):
        said = set_reason(counter, code, body, key=admin)
        assert said.status_code == 200, said.text

    offered = counter.client.get("/api/v1/reasons?kind=reject", headers=as_key(shop.associate))
    assert [each["code"] for each in offered.json["reasons"]] == [
        "rebuilding",
        "no_stock",
        "closed",
        "wrong_item_data",
    ]
    assert offered.json["reasons"][0]["labels"] == own["labels"]
    counter.place()
    with nothing_moves(connection):
        assert problem(counter.do("reject", NO_TIME)) == (422, "unknown-reason")
    assert counter.do("reject", {"reason": "rebuilding"}).status_code == 200


@pytest.mark.parametrize(
    ("role", "code", "refusal"),
    [
        (StaffRole.MANAGER, "rebuilding", (403, "forbidden")),
        (StaffRole.ADMIN, "Not A Code", (422, "unreadable-reason")),
    ],
)
def test_a_reason_is_head_offices_and_has_a_code(
    counter: Any, connection: Connection, role: StaffRole, code: str, refusal: tuple[int, str]
) -> None:
    key = key_of(counter.session, role)
    body = {"labels": {"fr": "Non", "en": "No"}, "effect": "none"}
    with nothing_moves(connection):
        assert problem(set_reason(counter, code, body, key=key)) == refusal


def set_reason(counter: Any, code: str, body: dict[str, Any], *, key: str) -> Any:
    return counter.client.put(f"/api/v1/reasons/reject/{code}", json=body, headers=as_key(key))


def key_of(session: Session, role: StaffRole) -> str:
    """Return the key of somebody with this role."""
    staff_id = stores.services.hire_staff(session, HireStaff("Odile", role, ()))
    key = stores.services.issue_key(
        session, name="Odile", scopes=[], staff_id=staff_id, actor=SYSTEM
    )[1]
    session.commit()
    return key
