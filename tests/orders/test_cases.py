"""Cases through the API: the one list of what needs a person, its owner, its end."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.services
import orders.jobs
import payments.services
import stores.services
from inventory.commands import Adjust, AdjustReason
from kernel import delivery, events
from kernel.actors import SYSTEM
from kernel.checks import run_check
from kernel.db import transaction
from orders import services
from orders.checks import CHECKS
from orders.commands import CaseKind, OpenCase
from orders.events import PaidWithoutStock
from orders.services.parcels import lock_parcel
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key
from tests.orders.conftest import Counter
from tests.unmoved import nothing_moves, problem


def deliver(session: Session) -> None:
    """Let the news reach its listeners."""
    session.commit()
    while claims := delivery.claim_due(session):
        for claim in claims:
            delivery.deliver(session, claim)
    session.commit()


def opened(session: Session, **more: Any) -> UUID:
    """Open a case as another package would."""
    kind, hours = more.pop("kind", CaseKind.TILL), more.pop("hours", 2)
    command = OpenCase(kind, f"test:{uuid4()}", timedelta(hours=hours), **more)
    case_id = services.open_case(session, command)
    assert case_id is not None
    session.commit()
    return case_id


def read(client: Any, key: str, path: str = "", **query: Any) -> Any:
    return client.get(f"/api/v1/cases{path}", query_string=query, headers=as_key(key))


def act(client: Any, key: str, case_id: UUID, verb: str, body: Any = None) -> Any:
    return client.post(f"/api/v1/cases/{case_id}/{verb}", json=body, headers=as_key(key))


def test_a_case_is_listed_taken_and_resolved_with_a_sentence(
    client: Any, session: Session, shop: Shop
) -> None:
    later = opened(session, location_id=shop.lyon, hours=5)
    first = opened(session, location_id=shop.lyon, hours=1)
    listed = read(client, shop.associate, store="lyon").json
    assert [each["id"] for each in listed["cases"]] == [str(first), str(later)]
    assert listed["next"] is None
    taken = act(client, shop.associate, first, "take")
    assert (taken.status_code, taken.json["owner_name"]) == (200, "Inès")
    mine = read(client, shop.associate, mine="true").json["cases"]
    assert [each["id"] for each in mine] == [str(first)]
    told = act(client, shop.associate, first, "resolve", {"resolution": "Ticket found again."})
    assert (told.json["closed_by_name"], told.json["resolution"]) == ("Inès", "Ticket found again.")
    story = read(client, shop.associate, f"/{first}").json["history"]
    assert [(each["name"], each["reason"]) for each in story] == [
        ("case.opened.v1", None),
        ("case.assigned.v1", None),
        ("case.closed.v1", "Ticket found again."),
    ]
    closed = read(client, shop.associate, closed="true").json["cases"]
    assert [each["id"] for each in closed] == [str(first)]
    assert read(client, shop.associate, "/counts").json == {
        "counts": [{"location_id": str(shop.lyon), "open": 1, "overdue": 0}]
    }


def test_a_page_of_cases_follows_the_one_before(client: Any, session: Session, shop: Shop) -> None:
    wanted = [opened(session, location_id=shop.lyon, hours=hours) for hours in (1, 2, 3, 4, 5)]
    found, cursor = [], None
    for _ in range(3):
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = read(client, shop.manager, **query).json
        found += [each["id"] for each in page["cases"]]
        cursor = page["next"]
    assert found == [str(each) for each in wanted]
    assert cursor is None
    assert problem(read(client, shop.manager, cursor="nonsense")) == (422, "bad-cursor")


def test_cases_of_other_stores_and_of_head_office_are_nobody_elses(
    client: Any, session: Session, shop: Shop
) -> None:
    paris = opened(session, location_id=shop.paris)
    office = opened(session)
    for case_id in (paris, office):
        assert problem(read(client, shop.associate, f"/{case_id}")) == (404, "unknown-case")
        with nothing_moves(session.connection()):
            refused = act(client, shop.associate, case_id, "take")
            assert problem(refused) == (404, "unknown-case")
    assert read(client, shop.associate).json["cases"] == []
    assert problem(read(client, shop.associate, store="paris")) == (404, "unknown-location")
    seen = {each["id"] for each in read(client, shop.agent).json["cases"]}
    assert seen == {str(paris), str(office)}


def test_a_manager_gives_a_case_to_somebody_of_the_store_only(
    client: Any, session: Session, shop: Shop
) -> None:
    case_id = opened(session, location_id=shop.lyon)
    here = stores.services.hire_staff(session, HireStaff("Zoé", StaffRole.ASSOCIATE, (shop.lyon,)))
    there = stores.services.hire_staff(
        session, HireStaff("Omar", StaffRole.ASSOCIATE, (shop.paris,))
    )
    session.commit()
    given = act(client, shop.manager, case_id, "assign", {"owner_id": str(here)})
    assert given.json["owner_name"] == "Zoé"
    with nothing_moves(session.connection()):
        refused = act(client, shop.manager, case_id, "assign", {"owner_id": str(there)})
        assert problem(refused) == (404, "unknown-staff")
        refused = act(client, shop.associate, case_id, "assign", {"owner_id": str(here)})
        assert problem(refused) == (403, "forbidden")


def test_a_case_is_resolved_once_and_needs_a_sentence(
    client: Any, session: Session, shop: Shop
) -> None:
    case_id = opened(session, location_id=shop.lyon)
    with nothing_moves(session.connection()):
        assert (
            act(client, shop.associate, case_id, "resolve", {"resolution": ""}).status_code == 422
        )
    assert (
        act(client, shop.associate, case_id, "resolve", {"resolution": "Done."}).status_code == 200
    )
    with nothing_moves(session.connection()):
        again = act(client, shop.manager, case_id, "resolve", {"resolution": "Done again."})
        assert problem(again) == (404, "unknown-case")


def test_a_case_about_no_refund_cannot_ask_for_one_again(
    client: Any, session: Session, shop: Shop
) -> None:
    case_id = opened(session, location_id=shop.lyon)
    with nothing_moves(session.connection()):
        refused = act(client, shop.manager, case_id, "retry-refund")
        assert problem(refused) == (404, "unknown-refund")


@pytest.mark.parametrize("column", ["accept_by", "promised_at"])
def test_a_parcel_that_is_late_has_one_case_until_it_moves_on(
    counter: Counter, column: str
) -> None:
    counter.place()
    _make_late(counter, column)
    assert orders.jobs.note_late() == 1
    assert orders.jobs.note_late() == 0
    (case,) = read(counter.client, counter.shop.associate, kind="late").json["cases"]
    wanted = "accept" if column == "accept_by" else "ready"
    assert (case["fulfillment_id"], case["facts"]["what"]) == (counter.parcel, wanted)
    assert case["order_number"] == counter.order["number"]
    counter.do("accept")
    deliver(counter.session)
    still = read(counter.client, counter.shop.associate, kind="late").json["cases"]
    assert len(still) == (0 if column == "accept_by" else 1)
    counter.do(
        "pick", {"items": [{"sku": "TENT-2P", "quantity": 1}, {"sku": "MUG-BLUE", "quantity": 2}]}
    )
    counter.do("ready")
    deliver(counter.session)
    assert read(counter.client, counter.shop.associate, kind="late").json["cases"] == []
    (closed,) = read(counter.client, counter.shop.associate, closed="true").json["cases"]
    assert closed["resolution"] == "moved on"


def stands(counter: Counter, case_id: str, key: str = "") -> str:
    """Return what has to happen first, once a sentence could not close the case."""
    with nothing_moves(counter.session.connection()):
        said = {"resolution": "Called them."}
        refused = act(counter.client, key or counter.shop.associate, UUID(case_id), "resolve", said)
        assert problem(refused) == (409, "case-stands")
    return str(refused.json["first"])


def test_no_sentence_closes_the_case_of_a_parcel_that_is_late_still(counter: Counter) -> None:
    counter.place()
    _make_late(counter, "promised_at")
    orders.jobs.note_late()
    (case,) = read(counter.client, counter.shop.associate).json["cases"]
    for key in (counter.shop.associate, counter.shop.manager):
        assert stands(counter, case["id"], key) == "move-parcel-on"
    counter.do("cancel")
    done = act(
        counter.client, counter.shop.associate, case["id"], "resolve", {"resolution": "Called."}
    )
    assert done.status_code == 200
    assert orders.jobs.note_late() == 0


def test_the_clock_settles_the_case_of_a_parcel_whose_move_nobody_told_of(counter: Counter) -> None:
    counter.place()
    _make_late(counter, "promised_at")
    orders.jobs.note_late()
    counter.session.execute(
        text("UPDATE fulfillment SET promised_at = now() + interval '1 hour' WHERE id = :id"),
        {"id": counter.parcel},
    )
    counter.session.commit()
    assert orders.jobs.note_late() == 1
    assert read(counter.client, counter.shop.associate).json["cases"] == []


def test_a_case_is_told_of_at_four_fifths_of_its_time_and_at_its_end_once_each(
    session: Session, shop: Shop
) -> None:
    case_id = opened(session, location_id=shop.lyon, hours=10)
    told = []
    for hours in (7, 8, 8, 10, 11):
        session.execute(
            text(
                "UPDATE case_file SET opened_at = now() - make_interval(hours => :h),"
                " warn_at = now() - make_interval(hours => :h) + interval '8 hours',"
                " due_at = now() - make_interval(hours => :h) + interval '10 hours' WHERE id = :id"
            ),
            {"h": hours, "id": case_id},
        )
        session.commit()
        told.append(orders.jobs.escalate_cases())
    assert told == [0, 1, 0, 1, 0]
    levels = session.execute(
        text("SELECT facts ->> 'level' FROM event WHERE name = 'case.escalated.v1' ORDER BY id")
    )
    assert list(levels.scalars()) == ["1", "2"]


def test_a_case_that_goes_straight_past_its_time_is_told_of_as_late_only(
    session: Session, shop: Shop
) -> None:
    case_id = opened(session, location_id=shop.lyon)
    session.execute(
        text("UPDATE case_file SET due_at = now() - interval '1 s' WHERE id = :id"), {"id": case_id}
    )
    session.commit()
    assert [orders.jobs.escalate_cases() for _ in range(2)] == [1, 0]
    assert services.resolve_case(session, case_id, resolution="Done.", actor=SYSTEM) is None
    assert services.escalate_case(session, case_id) is False


def test_a_shortage_has_a_case_until_what_is_promised_is_there(counter: Counter) -> None:
    counter.place()
    session, shop = counter.session, counter.shop
    lost = Adjust(shop.lyon, {"TENT-2P": -10}, AdjustReason.LOST)
    inventory.services.adjust(session, lost, actor=SYSTEM)
    deliver(session)
    (case,) = read(counter.client, shop.associate, kind="shortage").json["cases"]
    assert case["facts"] == {"sku": "TENT-2P", "missing": 1}
    assert stands(counter, case["id"]) == "cover-shortage"
    inventory.services.receive(
        session, location_id=shop.lyon, quantities={"TENT-2P": 5}, actor=SYSTEM
    )
    deliver(session)
    (closed,) = read(counter.client, shop.associate, closed="true").json["cases"]
    assert (closed["id"], closed["resolution"]) == (case["id"], "covered")


def test_an_order_paid_without_stock_asks_somebody(counter: Counter) -> None:
    counter.place()
    with transaction() as session:
        locked = lock_parcel(session, UUID(counter.parcel), actor=SYSTEM)
        events.record(session, PaidWithoutStock(**locked.ids, missing={"TENT-2P": 1}), actor=SYSTEM)
    deliver(counter.session)
    (case,) = read(counter.client, counter.shop.associate).json["cases"]
    assert (case["kind"], case["order_number"]) == ("paid_without_stock", counter.order["number"])
    assert case["facts"] == {"missing": {"TENT-2P": 1}}
    said = {"resolution": "Called them."}
    assert act(counter.client, counter.shop.associate, case["id"], "resolve", said).json[
        "closed_at"
    ]


def test_no_sentence_closes_a_case_while_the_customers_money_is_held(counter: Counter) -> None:
    counter.place()
    counter.ask(
        f"orders/{counter.order['id']}/cancel", {"reason": "out_of_stock"}, key=counter.shop.agent
    )
    paid = payments.services.Ticket(counter.shop.lyon, "T-900", 11_570, "EUR")
    payments.services.record_till_payment(
        counter.session, reference_id=UUID(counter.order["id"]), ticket=paid
    )
    case_id = opened(
        counter.session,
        kind=CaseKind.PAID_WITHOUT_STOCK,
        location_id=counter.shop.lyon,
        order_id=UUID(counter.order["id"]),
    )
    assert stands(counter, str(case_id)) == "let-money-go"
    said = {"resolution": "Given back in cash."}
    done = act(counter.client, counter.shop.manager, case_id, "resolve", said)
    assert (done.status_code, done.json["resolution"]) == (200, "Given back in cash.")


def test_nothing_contradicts_the_invariants_after_cases(counter: Counter) -> None:
    counter.place()
    _make_late(counter, "promised_at")
    orders.jobs.note_late()
    assert [check.id for check in CHECKS if run_check(counter.session, check) is not None] == []


def _make_late(counter: Counter, column: str) -> None:
    counter.session.execute(
        text(f"UPDATE fulfillment SET {column} = now() - interval '1 minute' WHERE id = :id"),  # noqa: S608 (a column of ours)
        {"id": counter.parcel},
    )
    counter.session.commit()
