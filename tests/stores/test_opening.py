"""Opening a store step by step, groups of stores, and closing one."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from inventory.services import receive
from kernel.actors import SYSTEM
from stores import queries
from stores.commands import HireStaff, StaffRole
from tests.conftest import SKUS, Shop, as_key, order_body
from tests.stores.conftest import Ask, ahead
from tests.unmoved import nothing_moves, problem

NICE: dict[str, Any] = {
    "brand": "aubepin",
    "code": "nice",
    "name": "Nice Masséna",
    "street": "1 place Masséna",
    "postcode": "06000",
    "city": "Nice",
    "latitude": 43.697,
    "longitude": 7.27,
    "like": "lyon",
}


def missing(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["step"] for each in answer.json["steps"] if not each["done"]]


def enrol(session: Session, location_id: UUID) -> UUID:
    code = stores.services.offer_enrolment(session, location_id=location_id, tablet_name="One")
    return stores.services.enrol_tablet(session, code=code).id


def hire(session: Session, code: str) -> str:
    """Somebody with a PIN begins at a store; return a key of theirs."""
    location_id = queries.get_store(session, code).id
    person = HireStaff("Zoé", StaffRole.ASSOCIATE, (location_id,), pin="2468")
    staff_id = stores.services.hire_staff(session, person)
    _, key = stores.services.issue_key(
        session, name="Zoé", scopes=[], staff_id=staff_id, actor=SYSTEM
    )
    session.commit()
    return key


def practise(client: Any, key: str) -> Any:
    """Place an order in the store itself, as its own staff."""
    body = order_body(channel="store", store="nice", items=[{"sku": "BOOK", "quantity": 1}])
    return client.post("/api/v1/orders", json=body, headers=as_key(key))


def test_a_store_is_set_up_like_another_practised_and_switched_on(
    ask: Ask, see: Ask, order: Ask, client: Any, *, session: Session, admin: str
) -> None:
    setting = {"scope": "store", "code": "lyon", "key": "prepare_min", "value": 45}
    ask("settings", setting)
    ask("stores/lyon/methods/drive", {"offered": True})
    pattern = {"method": "drive", "weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "08:00"}
    ask("stores/lyon/slot-patterns", {**pattern, "until": "20:00", "minutes": 30, "capacity": 2})

    begun = ask("stores", NICE, key=admin)
    assert begun.status_code == 201, begun.text
    store = queries.get_store(session, "nice")
    assert (store.opened_at, store.offered, store.rules.prepare_min) == (None, False, 45)
    assert store.time_zone == "Europe/Paris"
    assert store.schedule is not None
    assert store.schedule.opening_hours == "24/7"
    ways = {each.method.value: each.offered for each in queries.list_methods(session, store.id)}
    assert ways == {"pickup": True, "drive": True, "ship": False, "reservation": False}
    assert [each.pattern.capacity for each in queries.list_patterns(session, store.id)] == [2]

    steps = see("stores/nice/opening", key=admin)
    assert missing(steps) == ["staff", "stock", "tablet", "practice"]
    refused = ask("stores/nice/switch-on", key=admin)
    assert problem(refused) == (409, "not-ready-to-open")
    assert refused.json["missing"] == ["staff", "stock", "tablet", "practice"]
    assert problem(order(store="nice")) == (409, "pickup-not-offered")

    associate = hire(session, "nice")
    receive(session, location_id=store.id, quantities={"BOOK": 4}, actor=SYSTEM)
    code = stores.services.offer_enrolment(session, location_id=store.id, tablet_name="Till 1")
    stores.services.enrol_tablet(session, code=code)
    session.commit()
    assert missing(see("stores/nice/opening", key=admin)) == ["practice"]

    placed = practise(client, associate)
    assert placed.status_code == 201, placed.text
    parcel = placed.json["fulfillment_id"]
    book = [{"sku": "BOOK", "quantity": 1}]
    for act, body in (("accept", {}), ("pick", {"items": book}), ("ready", {"bin": "A1"})):
        assert ask(f"fulfillments/{parcel}/{act}", body, key=associate).status_code == 200
    assert missing(see("stores/nice/opening", key=admin)) == ["practice"]
    body = {
        "store": "nice",
        "fulfillment_id": parcel,
        "ticket_number": "T-1",
        "identity_seen": True,
    }
    assert ask("hand-overs", body, key=associate).status_code == 201

    opened = ask("stores/nice/switch-on", key=admin)
    assert missing(opened) == []
    assert opened.json["opened_at"] is not None
    items = [{"sku": "BOOK", "quantity": 1}]
    assert order(store="nice", items=items).status_code == 201
    assert see("stores/nice/slots?method=drive").json["slots"] != []
    again = ask("stores/nice/switch-on", key=admin)
    assert again.json["opened_at"] == opened.json["opened_at"]
    assert run_checks() == []


def test_only_its_own_staff_practises_at_a_store_that_is_being_set_up(
    ask: Ask, client: Any, session: Session, shop: Shop, admin: str
) -> None:
    ask("stores", NICE, key=admin)
    store = queries.get_store(session, "nice")
    receive(session, location_id=store.id, quantities={SKUS[2].sku: 4}, actor=SYSTEM)
    session.commit()
    for key in (shop.manager, shop.integration):
        assert problem(practise(client, key)) == (409, "pickup-not-offered")
    assert practise(client, hire(session, "nice")).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"code": "paris"}, 409, "code-taken"),
        ({"like": "nowhere"}, 404, "unknown-location"),
        ({"brand": "nobody"}, 404, "unknown-brand"),
        ({"opening_hours": "9h"}, 422, "unreadable-hours"),
        ({"code": "Not A Code"}, 422, "validation"),
        ({"country": "US"}, 422, "validation"),
        ({"time_zone": "Mars/Olympus"}, 422, "validation"),
        ({"latitude": 91.0}, 422, "validation"),
    ],
)
def test_a_store_that_cannot_be_meant_is_not_begun(  # noqa: PLR0917 (pytest's)
    ask: Ask, admin: str, connection: Connection, changes: dict[str, Any], status: int, code: str
) -> None:
    with nothing_moves(connection):
        refused = ask("stores", {**NICE, **changes}, key=admin)
        assert problem(refused) == (status, code)


def test_a_manager_opens_and_closes_no_store(ask: Ask, connection: Connection) -> None:
    with nothing_moves(connection):
        for path, body in (
            ("stores", NICE),
            ("stores/lyon/switch-on", {}),
            ("stores/lyon/close", {"reason": "x"}),
            ("store-groups", {"brand": "aubepin", "code": "x", "name": "X"}),
            ("stores/lyon/group", {"group": None}),
        ):
            assert problem(ask(path, body)) == (403, "forbidden")


def test_a_store_is_closed_only_when_nothing_is_open_there(
    ask: Ask, order: Ask, client: Any, session: Session, *, shop: Shop, admin: str
) -> None:
    placed, connection = order().json, session.connection()
    ask("stores/lyon/pause", {"until": ahead(days=9), "reason": "closing"})
    with nothing_moves(connection):
        refused = ask("stores/lyon/close", {"reason": "lease ended"}, key=admin)
        assert problem(refused) == (409, "store-busy")
        assert refused.json["open"] == 1
    path = f"/api/v1/orders/{placed['id']}/cancel"
    client.post(path, json={}, headers=as_key(shop.agent))
    tablets = [enrol(session, each) for each in (shop.lyon, shop.paris)]
    assert ask("stores/lyon/close", {"reason": "lease ended"}, key=admin).json == {"code": "lyon"}
    live = session.execute(text("SELECT id FROM tablet WHERE revoked_at IS NULL")).scalars().all()
    assert live == [tablets[1]]
    assert problem(client.get("/api/v1/stores/lyon")) == (404, "unknown-location")
    assert problem(order()) == (404, "unknown-location")


def test_a_group_shares_its_settings_with_those_who_join_it(
    ask: Ask, see: Ask, session: Session, admin: str, connection: Connection
) -> None:
    group = {"brand": "aubepin", "code": "south", "name": "South"}
    assert ask("store-groups", group, key=admin).status_code == 201
    with nothing_moves(connection):
        assert problem(ask("store-groups", group, key=admin)) == (409, "code-taken")
        unknown = ask("stores/lyon/group", {"group": "north"}, key=admin)
        assert problem(unknown) == (404, "unknown-group")
    rule = {"scope": "group", "code": "south", "key": "hold_days", "value": 3}
    ask("settings", rule, key=admin)
    assert queries.get_store(session, "lyon").hold_days == 7
    ask("stores/lyon/group", {"group": "south"}, key=admin)
    assert queries.get_store(session, "lyon").hold_days == 3
    ask("store-groups/south/rename", {"name": "Midi"}, key=admin)
    (told,) = see("store-groups").json["groups"]
    assert (told["name"], told["brand"], told["stores"]) == ("Midi", "aubepin", ["lyon"])
    ask("stores/lyon/group", {"group": None}, key=admin)
    assert queries.get_store(session, "lyon").hold_days == 7
