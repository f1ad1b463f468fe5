"""Rules for who sends what, set and explained over HTTP; what follows where a store lacks some."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from orders import jobs, sourcing
from orders.commands import Channel, Method
from orders.sourcing import Ask
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key, order_body
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.support.depot import depot
from tests.unmoved import nothing_moves, problem

TRANSFER = {"after_partial": "transfer", "after_none": "transfer"}
TENTS = [{"sku": "TENT-2P", "quantity": 12}]


@pytest.fixture
def office(session: Session, shop: Shop) -> str:
    """The key of somebody at head office."""
    staff_id = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN))
    key = stores.services.issue_key(
        session, name="Ada", scopes=[], staff_id=staff_id, actor=SYSTEM
    )[1]
    session.commit()
    return key


@pytest.fixture
def warehouse(session: Session, shop: Shop) -> UUID:
    """A warehouse near Tours with five of each article."""
    location_id = open_warehouse(session, shop.brand_id)
    session.commit()
    return location_id


def open_warehouse(session: Session, brand_id: UUID, code: str = "depot") -> UUID:
    """Open a location that ships and does not sell."""
    place = depot(brand_id, code)
    location_id, _ = stores.services.open_location(session, place)
    units = {"TENT-2P": 5, "MUG-BLUE": 5, "BOOK": 5}
    receive(session, location_id=location_id, quantities=units, actor=SYSTEM)
    return location_id


def rules(*said: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Essai", "method": "pickup", "rules": list(said), **more}


def set_rules(client: Any, key: str, body: dict[str, Any]) -> Any:
    return client.post("/api/v1/sourcing/rules", json=body, headers=as_key(key))


def listed(client: Any, key: str, closed: str = "no") -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/sourcing/rules?closed={closed}", headers=as_key(key))
    return list(answer.json["rule_sets"])


def ask(shop: Shop, **quantities: int) -> Ask:
    """Ask who brings this to Lyon."""
    wanted = {"TENT-2P": quantities.get("tents", 0), "MUG-BLUE": quantities.get("mugs", 0)}
    return Ask(
        shop.brand_id,
        "aubepin",
        Channel.WEB,
        Method.DELIVERY,
        {sku: units for sku, units in wanted.items() if units},
        45.7640,
        4.8357,
        {"TENT-2P": 8990, "MUG-BLUE": 1290},
        postcode="69002",
    )


def parcel_of(client: Any, key: str, order: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/v1/fulfillments/{order['fulfillment_id']}"
    return dict(client.get(path, headers=as_key(key)).json)


def test_rules_that_are_set_hold_and_those_before_are_history(client: Any, office: str) -> None:
    first = set_rules(client, office, rules({"rank": "distance"}))
    second = set_rules(client, office, rules({"rank": "load"}, name="Autre"))
    assert (first.status_code, second.status_code) == (201, 201)
    (holds,), (before,) = listed(client, office), listed(client, office, "yes")
    assert (holds["id"], holds["rules"], holds["valid_to"]) == (
        second.json["id"],
        [{"rank": "load"}],
        None,
    )
    assert (before["id"], before["valid_to"]) == (first.json["id"], holds["valid_from"])
    assert holds["sentences"]["en"][:2] == [
        "Who has the fewest parcels to prepare first.",
        "Everything in one parcel.",
    ]
    ended = client.post(f"/api/v1/sourcing/rules/{holds['id']}/end", headers=as_key(office))
    assert (ended.status_code, listed(client, office)) == (200, [])


def test_rules_are_tried_on_past_orders_and_nothing_moves(
    client: Any, office: str, session: Session, shop: Shop
) -> None:
    have_ship(session, shop.lyon, shop.paris)
    open_way(session)
    session.commit()
    body = delivery_body()
    placed = client.post("/api/v1/orders/deliveries", json=body, headers=as_key(shop.integration))
    assert placed.status_code == 201, placed.text
    tried = {"set": rules({"rank": "load"}, method="delivery"), "since": "2020-01-01T00:00:00Z"}
    with nothing_moves(session):
        told = client.post("/api/v1/sourcing/dry-runs", json=tried, headers=as_key(office))
    assert told.status_code == 200, told.text
    assert told.json["differing"] == [] or told.json["replayed"] == told.json["decided"], told.json


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (rules({"filter": "near"}), "Rule 1: a filter is one of within_km"),
        (rules({"rank": "groups", "first": ["nord"]}), "names 'nord', which is none of the groups"),
        (rules(method="drive"), "Rules are for one of pickup, delivery."),
        (rules(limits={"after_none": "split"}), "for pickup is one of alternatives, transfer"),
    ],
)
def test_what_is_no_rule_is_refused_and_nothing_moves(
    client: Any, session: Session, office: str, body: dict[str, Any], wrong: str
) -> None:
    with nothing_moves(session):
        refused = set_rules(client, office, body)
    assert problem(refused) == (422, "unreadable-rules")
    assert wrong in refused.json["wrong"][0]


def test_the_closest_rules_hold(
    client: Any, session: Session, shop: Shop, office: str, warehouse: UUID
) -> None:
    first = {"filter": "units_left", "units": 1}
    for body in (
        rules({"filter": "locations", "only": ["paris"]}, method="delivery"),
        rules({"filter": "locations", "only": ["depot"]}, method="delivery", brand="aubepin"),
        rules(first, method="delivery", brand="aubepin", channel="phone"),
    ):
        assert set_rules(client, office, body).status_code == 201
    (send,) = sourcing.decide(session, ask(shop, tents=1)).sends
    assert send.store.code == "depot"


def test_last_units_stay_pauses_are_told_and_the_rest_is_split(
    client: Any, session: Session, shop: Shop, office: str, warehouse: UUID
) -> None:
    session.execute(text("UPDATE location SET ships = true"))
    session.execute(
        text("UPDATE location SET paused_until = now() + interval '1 day' WHERE code = 'depot'")
    )
    said = rules(
        {"filter": "units_left", "units": 2},
        {"rank": "distance"},
        method="delivery",
        limits={"max_splits": 1},
    )
    assert set_rules(client, office, said).status_code == 201
    decision = sourcing.decide(session, ask(shop, tents=16))
    assert [(send.store.code, dict(send.quantities)) for send in decision.sends] == [
        ("lyon", {"TENT-2P": 8}),
        ("paris", {"TENT-2P": 8}),
    ]
    assert decision.losing["fell"] == {"unable:paused": 1}
    assert sourcing.decide(session, ask(shop, tents=17)).missing == {"TENT-2P": 1}


def test_what_the_store_lacks_is_brought_there_and_reserved_where_it_is(
    client: Any, session: Session, shop: Shop, office: str, warehouse: UUID
) -> None:
    set_rules(client, office, rules({"rank": "distance"}, limits=TRANSFER))
    placed = client.post(
        "/api/v1/orders", json=order_body(items=TENTS), headers=as_key(shop.integration)
    )
    assert placed.status_code == 201, placed.text
    parcel = parcel_of(client, shop.associate, placed.json)
    assert parcel["status"] == "in_transfer"
    levels = session.execute(
        text(
            "SELECT p.code, l.reserved FROM stock_level l JOIN location p ON p.id = l.location_id "
            "WHERE l.sku = 'TENT-2P' ORDER BY p.code"
        )
    ).all()
    assert [tuple(row) for row in levels] == [("depot", 2), ("lyon", 10), ("paris", 0)]
    tell(session)
    told = session.execute(text("SELECT template FROM message ORDER BY id")).scalars().all()
    assert "delayed" not in told
    assert run_checks() == []
    why = client.get(f"/api/v1/orders/{placed.json['id']}/sourcing", headers=as_key(shop.associate))
    (decision,) = why.json["decisions"]
    assert [send["store"] for send in decision["sends"]] == ["depot"]
    assert decision["sentences"]["fr"][1].startswith("Le magasin de retrait n’avait pas 2 × Tente")


def test_without_rules_a_store_that_lacks_some_refuses_as_ever(
    client: Any, session: Session, shop: Shop, warehouse: UUID
) -> None:
    with nothing_moves(session):
        refused = client.post(
            "/api/v1/orders", json=order_body(items=TENTS), headers=as_key(shop.integration)
        )
    assert problem(refused) == (409, "out-of-stock")
    assert (refused.json["shortages"], "ways" in refused.json) == ({"TENT-2P": 10}, False)


def test_rules_may_say_to_show_the_other_ways(
    client: Any, session: Session, shop: Shop, office: str
) -> None:
    set_rules(client, office, rules())
    with nothing_moves(session):
        refused = client.post(
            "/api/v1/orders", json=order_body(items=TENTS), headers=as_key(shop.integration)
        )
    assert problem(refused) == (409, "out-of-stock")
    (part,) = refused.json["ways"][0]["parts"]
    assert (part["store"], part["quantities"]) == ("lyon", {"TENT-2P": 10})


@pytest.mark.parametrize(("after", "cases"), [("wait", 0), ("case", 1)])
def test_an_order_waits_for_what_the_store_lacks(
    counter: Counter, office: str, after: str, cases: int
) -> None:
    said = rules(limits={"after_partial": after, "after_none": after})
    assert set_rules(counter.client, office, said).status_code == 201
    assert counter.place(items=TENTS).status_code == 201
    assert counter.status() == "rejected"
    session = counter.session
    waiting = session.execute(text("SELECT fallback, answer FROM choice")).one()
    assert tuple(waiting) == ("wait", None)
    reserved = session.execute(text("SELECT sum(reserved) FROM stock_level")).scalar_one()
    found = session.execute(text("SELECT count(*) FROM case_file WHERE kind = 'sourcing'"))
    assert (reserved, found.scalar_one()) == (0, cases)
    tell(session)
    told = session.execute(text("SELECT DISTINCT template FROM message")).scalars().all()
    assert "rejected" in told
    counter.do("cancel")
    tell(session)
    left = "SELECT count(*) FROM case_file WHERE kind = 'sourcing' AND closed_at IS NULL"
    assert session.execute(text(left)).scalar_one() == 0
    assert run_checks() == []


def test_a_decision_over_540_locations_and_20_lines_is_one_availability_statement(
    session: Session, shop: Shop, office: str, client: Any, engine: Any
) -> None:
    skus = [
        ListSku(f"WIDE-{at:02}", f"WIDE-{at:02}", {"fr": f"Article {at}"}, 100, "EUR", 2000)
        for at in range(20)
    ]
    list_skus(session, skus, brand_id=shop.brand_id)
    session.execute(
        text(
            "INSERT INTO location (id, brand_id, code, name, street, postcode, city, country,"
            " latitude, longitude, time_zone, opening_hours, sells, collects, ships, receives)"
            " SELECT gen_random_uuid(), :brand_id, 'chain-' || n, 'Chain ' || n, '1 rue', '75001',"
            " 'Paris', 'FR', 43 + (n % 60) * 0.1, n * 0.01, 'Europe/Paris', '24/7', true, true,"
            " true, true FROM generate_series(1, 538) n"
        ),
        {"brand_id": shop.brand_id},
    )
    session.execute(
        text(
            "INSERT INTO stock_level (location_id, sku, on_hand)"
            " SELECT l.id, s.code, abs(hashtext(l.code || s.code)) % 4 FROM location l, sku s"
            " WHERE l.code LIKE 'chain-%' AND s.code LIKE 'WIDE-%'"
        )
    )
    said = rules(
        {"filter": "units_left", "units": 1},
        {"filter": "load", "parcels": 5},
        {"rank": "distance"},
        method="delivery",
        limits={"max_splits": 3},
    )
    set_rules(client, office, said)
    wanted = {each.sku: 1 for each in skus}
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    decision = sourcing.decide(session, replace(ask(shop, tents=1), quantities=wanted))
    event.remove(engine, "before_cursor_execute", note)
    levels = [each for each in sent if "stock_level" in each]
    assert (len(levels), len(sent)) == (1, 2)
    assert decision.losing["of"] == 540
    assert 1 < len(decision.sends) <= 4
    assert not decision.missing


def test_what_was_decided_is_forgotten_after_13_months(
    client: Any, session: Session, shop: Shop, office: str, warehouse: UUID
) -> None:
    set_rules(client, office, rules({"rank": "distance"}, limits=TRANSFER))
    bodies = [order_body(items=[{"sku": sku, "quantity": 12}]) for sku in ("TENT-2P", "BOOK")]
    old, new = (
        client.post("/api/v1/orders", json=body, headers=as_key(shop.integration)).json["id"]
        for body in bodies
    )
    session.execute(
        text(
            "UPDATE sourcing_decision SET decided_at = now() - interval '397 days'"
            " WHERE order_id = :id"
        ),
        {"id": old},
    )
    session.commit()
    jobs.prune_decisions()
    left = session.execute(text("SELECT order_id FROM sourcing_decision")).scalars().all()
    assert [str(each) for each in left] == [new]
