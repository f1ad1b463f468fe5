"""Journeys of who sends what: a transfer to a store, a split capped by its cost, two brands."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.services
import stores.services
from app.cli.check import run_checks
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from orders.commands import PricedBy, SetDeliveryMethod, SetDeliveryZone
from stores.commands import HireStaff, OpenBrand, StaffRole
from tests.conftest import SKUS, Shop, as_key, order_body
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.orders.doors import NAMES, delivery_body, have_ship, open_way
from tests.support.depot import depot
from tests.unmoved import nothing_moves, problem

TENTS = [{"sku": "TENT-2P", "quantity": 12}]


@pytest.fixture
def counter(client: Any, session: Session, shop: Shop) -> Counter:
    return Counter(client, session, shop)


@pytest.fixture
def office(session: Session, shop: Shop) -> str:
    """The key of somebody at head office."""
    return hired(session, "Ada", StaffRole.ADMIN)


def hired(session: Session, name: str, role: StaffRole, *places: UUID, **more: Any) -> str:
    staff_id = stores.services.hire_staff(session, HireStaff(name, role, places, **more))
    key = stores.services.issue_key(session, name=name, scopes=[], staff_id=staff_id, actor=SYSTEM)
    session.commit()
    return key[1]


def open_depot(session: Session, brand_id: UUID, *, units: int = 5) -> UUID:
    """Open a warehouse near Tours with so many of each article."""
    place = depot(brand_id)
    location_id, _ = stores.services.open_location(session, place)
    quantities = {each.sku: units for each in SKUS}
    receive(session, location_id=location_id, quantities=quantities, actor=SYSTEM)
    session.commit()
    return location_id


def set_rules(client: Any, key: str, *rules: Mapping[str, Any], **more: Any) -> None:
    body = {"name": "Règles", "method": "delivery", "rules": list(rules), **more}
    answer = client.post("/api/v1/sourcing/rules", json=body, headers=as_key(key))
    assert answer.status_code == 201, answer.text


def read(client: Any, path: str, key: str) -> Any:
    return client.get(f"/api/v1/{path}", headers=as_key(key))


def test_a_store_short_of_some_has_it_brought_and_tells_nobody_of_a_part(
    counter: Counter, session: Session, office: str
) -> None:
    depot = open_depot(session, counter.shop.brand_id)
    sender = hired(session, "Paul", StaffRole.ASSOCIATE, depot)
    limits = {"after_partial": "transfer", "after_none": "transfer"}
    first = {"rank": "role", "first": "warehouse"}
    set_rules(counter.client, office, first, {"rank": "distance"}, method="pickup", limits=limits)

    assert counter.place(items=TENTS).status_code == 201
    told = counter.ask(f"orders/{counter.order['id']}/partly", {"answer": "wait"}, key=office)
    assert told.status_code == 200
    tell(session)
    assert counter.status() == "in_transfer"
    (transfer,) = read(counter.client, "stores/depot/transfers", sender).json["transfers"]
    assert (transfer["to_code"], transfer["quantity"]) == ("lyon", 2)
    refused = counter.do("ready")
    assert refused.status_code == 409

    path = f"transfers/{transfer['id']}"
    sent = counter.ask(f"{path}/send", {"expected_on": "2031-05-02"}, key=sender)
    assert sent.status_code == 200, sent.text
    items = [{"sku": "TENT-2P", "quantity": 2}]
    assert counter.ask(f"{path}/receive", {"items": items}).status_code == 200
    tell(session)
    assert counter.status() == "accepted"
    for command, body in (("pick", {"items": TENTS}), ("ready", {"bin": "A1"})):
        assert counter.do(command, body).status_code == 200
    tell(session)
    rows = session.execute(text("SELECT DISTINCT template FROM message")).scalars().all()
    assert set(rows) == {"confirmation", "ready"}
    assert run_checks() == []


def test_two_stores_send_together_unless_that_costs_too_much(
    counter: Counter, session: Session, office: str
) -> None:
    have_ship(session, counter.shop.lyon, counter.shop.paris)
    open_way(session)
    session.commit()
    rules = ({"filter": "units_left", "units": 1}, {"rank": "distance"})
    limits = {"max_splits": 1, "cost": {"parcel_minor": 600}, "max_cost_minor": 1_199}
    set_rules(counter.client, office, *rules, limits=limits)
    wanted = delivery_body({"TENT-2P": 15})
    with nothing_moves(session):
        refused = counter.ask("orders/deliveries", wanted, key=counter.shop.integration)
    assert (problem(refused), refused.json["missing"]) == ((409, "not-deliverable"), {"TENT-2P": 6})

    set_rules(counter.client, office, *rules, limits={**limits, "max_cost_minor": 1_200})
    placed = counter.ask("orders/deliveries", wanted, key=counter.shop.integration)
    assert placed.status_code == 201, placed.text
    why = read(counter.client, f"orders/{placed.json['id']}/sourcing", office)
    (decision,) = why.json["decisions"]
    sent = {each["store"]: each["quantities"]["TENT-2P"] for each in decision["sends"]}
    assert sorted(sent.values()) == [6, 9]
    assert any("15" in each for each in decision["sentences"]["fr"])
    assert run_checks() == []


def test_a_rejected_delivery_goes_on_elsewhere_until_a_person_has_to_see_to_it(
    counter: Counter, session: Session, office: str
) -> None:
    have_ship(session, counter.shop.lyon, counter.shop.paris)
    open_way(session)
    session.commit()
    body = delivery_body(channel="store", store="lyon", pay_by="till")
    counter.order = dict(counter.ask("orders/deliveries", body, key=counter.shop.associate).json)
    path = f"orders/{counter.order['id']}/till-payment"
    paid = counter.ask(path, {"store": "lyon", "ticket_number": "T-1"})
    assert paid.status_code == 200, paid.text

    def here() -> tuple[str, str]:
        row = session.execute(
            text(
                "SELECT f.id, l.code FROM fulfillment f JOIN location l ON l.id = f.location_id "
                "WHERE f.order_id = :id AND f.status = 'new'"
            ),
            {"id": counter.order["id"]},
        ).one()
        return str(row.id), row.code

    keys = {"lyon": counter.shop.associate, "paris": counter.shop.paris_associate}
    parcel, first = here()
    reason = {"reason": "no_time"}
    answer = counter.ask(f"fulfillments/{parcel}/reject", reason, key=keys[first])
    assert answer.status_code == 200, answer.text
    parcel, second = here()
    assert {first, second} == {"lyon", "paris"}
    why = read(counter.client, f"orders/{counter.order['id']}/sourcing", office).json
    assert [each["sends"][0]["store"] for each in why["decisions"]] == [first, second]

    answer = counter.ask(f"fulfillments/{parcel}/reject", reason, key=keys[second])
    assert answer.status_code == 200, answer.text
    (case,) = read(counter.client, "cases?kind=sourcing", office).json["cases"]
    assert case["fulfillment_id"] == parcel
    tell(session)
    assert run_checks() == []


def test_two_brands_share_a_warehouse_by_rules_of_their_own_and_see_nothing_of_each_other(
    counter: Counter, session: Session, office: str
) -> None:
    client, shop = counter.client, counter.shop
    bruyere = stores.services.open_brand(
        session, OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
    )
    list_skus(session, SKUS, brand_id=bruyere)
    depot = open_depot(session, shop.brand_id)
    open_way(session)
    way = SetDeliveryMethod("bruyere", "standard", NAMES, "local", PricedBy.AMOUNT, 2_000)
    method_id = orders.services.set_delivery_method(session, way, actor=SYSTEM)
    zone = SetDeliveryZone(method_id, "France", "FR", list("0123456789"), 2, 3, [(None, 490)])
    orders.services.set_delivery_zone(session, zone, actor=SYSTEM)
    session.commit()
    packer = hired(session, "Paul", StaffRole.ASSOCIATE, depot)
    theirs = hired(session, "Bea", StaffRole.AGENT, brand_id=bruyere)
    ours = hired(session, "Ana", StaffRole.AGENT, brand_id=shop.brand_id)
    served = {"brands": ["bruyere"]}

    def order(brand: str, tents: int) -> Any:
        body = delivery_body({"TENT-2P": tents}, brand=brand)
        return counter.ask("orders/deliveries", body, key=shop.integration)

    with nothing_moves(session):
        assert problem(order("bruyere", 1)) == (409, "not-deliverable")
    shared = client.put("/api/v1/stores/depot/brands", json=served, headers=as_key(office))
    assert shared.json == served
    set_rules(client, office, {"filter": "units_left", "units": 2}, brand="bruyere")
    with nothing_moves(session):
        assert order("bruyere", 4).json["missing"] == {"TENT-2P": 1}
    mine, other = order("bruyere", 1), order("aubepin", 4)
    assert (mine.status_code, other.status_code) == (201, 201)
    with nothing_moves(session):
        assert problem(order("aubepin", 1)) == (409, "not-deliverable")

    tell(session)
    session.execute(
        text(
            "INSERT INTO case_file (id, kind, key, location_id, order_id, facts, due_at) "
            "SELECT gen_random_uuid(), 'delivery', 'k' || id, :depot, id, '{}', now() "
            "FROM sales_order"
        ),
        {"depot": depot},
    )
    session.commit()
    for key, seen, hidden in ((theirs, mine, other), (ours, other, mine)):
        for what in ("", "/sourcing", "/messages"):
            own = read(client, f"orders/{seen.json['id']}{what}", key)
            foreign = read(client, f"orders/{hidden.json['id']}{what}", key)
            assert (own.status_code, foreign.status_code) in {(200, 404), (404, 404)}, what
        assert read(client, f"orders/{hidden.json['id']}", key).status_code == 404
        assert read(client, f"orders/{seen.json['id']}", key).status_code == 200
        cases = read(client, "cases", key).json["cases"]
        assert [each["order_id"] for each in cases] == [seen.json["id"]]
        with nothing_moves(session):
            path = f"orders/{hidden.json['id']}/cancel"
            assert counter.ask(path, {}, key=key).status_code == 404
    for each in (mine, other):
        path = f"fulfillments/{each.json['parcels'][0]['fulfillment_id']}"
        assert read(client, path, packer).status_code == 200
    with nothing_moves(session):
        placed = counter.ask("orders", order_body(channel="phone"), key=theirs)
        assert problem(placed) == (404, "unknown-location")
