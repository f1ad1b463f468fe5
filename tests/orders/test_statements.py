"""How many statements the hot paths send: few, and no more for more lines."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from stores.commands import Scope, SetRule
from stores.services import set_setting
from tests.conftest import Shop, as_key, order_body
from tests.orders.bringing import brought_body, trust
from tests.orders.conftest import TENT, Counter
from tests.orders.doors import ADDRESS, delivery_body, have_ship, open_way
from tests.support.counting import counted

PLACING_MAX = 12
DOOR = 3
"""What any command costs at its door: whose key it is, its Idempotency-Key, and its answer."""
BROUGHT = 9
"""What a shop is trusted with, its number, its day, its order and payment kept; its answer read."""
BY_COLLECTED_PART = 4
BY_BROUGHT_PART = 8
BRINGING_MAX = 7
HANDING_OVER_MAX = 25
AMENDING_MAX = 45
BRINGING_IT_MAX = 50


@pytest.fixture
def statements(engine: Engine) -> Callable[[], Any]:
    """Watch what is sent to the database while a `with` block runs."""
    return lambda: counted(engine)


@pytest.fixture
def wide_shop(session: Session, shop: Shop) -> Shop:
    """The small retailer with forty articles more."""
    skus = [
        ListSku(f"WIDE-{at:02}", f"WIDE-{at:02}", {"fr": f"Article {at}"}, 100 + at, "EUR", 2000)
        for at in range(40)
    ]
    list_skus(session, skus, brand_id=shop.brand_id)
    receive(
        session,
        location_id=shop.lyon,
        quantities={each.sku: 5 for each in skus},
        actor=SYSTEM,
    )
    session.commit()
    return shop


@pytest.fixture
def doors(session: Session, wide_shop: Shop) -> Shop:
    """The same, with Lyon sending orders to doors in one way, and Paris as full."""
    have_ship(session, wide_shop.lyon)
    open_way(session)
    skus = {f"WIDE-{at:02}": 5 for at in range(40)}
    receive(session, location_id=wide_shop.paris, quantities=skus, actor=SYSTEM)
    receive(session, location_id=wide_shop.lyon, quantities=skus, actor=SYSTEM)
    session.commit()
    return wide_shop


def items(count: int) -> list[dict[str, Any]]:
    return [{"sku": f"WIDE-{at:02}", "quantity": 1} for at in range(count)]


@pytest.mark.parametrize(
    ("channel", "whose"),
    [("web", "integration"), ("phone", "agent"), ("store", "associate"), ("chat", "agent")],
)
def test_placing_takes_few_statements_on_each_channel_and_no_more_for_lines_or_open_orders(
    client: Any, wide_shop: Shop, statements: Callable[[], Any], channel: str, whose: str
) -> None:
    counts = []
    for count in (1, 40, 1):  # the last one while two are open
        with statements() as sent:
            placed = client.post(
                "/api/v1/orders",
                json=order_body(items=items(count), channel=channel),
                headers=as_key(getattr(wide_shop, whose)),
            )
        assert placed.status_code == 201
        counts.append(len(sent))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= PLACING_MAX, sent


def test_an_order_of_another_shop_takes_few_statements_and_no_more_for_forty_lines(
    client: Any, session: Session, wide_shop: Shop, statements: Callable[[], Any]
) -> None:
    key = trust(session, "eshop", day_max_minor=1_000_000)
    counts = []
    for number, count in (("1", 1), ("2", 40), ("3", 1)):
        lines = [{**each, "unit_price_minor": 100} for each in items(count)]
        body = brought_body(number, lines=lines, total_minor=100 * count)
        with statements() as sent:
            placed = client.post("/api/v1/orders/brought", json=body, headers=as_key(key))
        assert placed.status_code == 201, placed.text
        counts.append(len(sent))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= PLACING_MAX + BROUGHT, sent


@pytest.mark.parametrize("pay_by", ["card", "till"])
def test_placing_a_delivery_takes_few_statements_and_no_more_for_forty_lines(
    client: Any, doors: Shop, statements: Callable[[], Any], pay_by: str
) -> None:
    counts = []
    for count in (1, 40):
        body = delivery_body({f"WIDE-{at:02}": 1 for at in range(count)}, pay_by=pay_by)
        with statements() as sent:
            placed = client.post(
                "/api/v1/orders/deliveries",
                json=body if pay_by == "card" else {**body, "store": "lyon", "channel": "store"},
                headers=as_key(doors.integration if pay_by == "card" else doors.associate),
            )
        assert placed.status_code == 201, placed.text
        counts.append(len(sent))
    assert counts[0] == counts[1], counts
    assert counts[0] - DOOR <= PLACING_MAX, sent


def test_each_part_adds_as_many_statements_whatever_is_in_it(
    client: Any, doors: Shop, statements: Callable[[], Any]
) -> None:
    def count(*parts: dict[str, Any], lines: int) -> int:
        body = {
            "parts": [{**each, "items": items(lines)} for each in parts],
            "customer": order_body()["customer"],
            "pay_by": "card",
        }
        with statements() as sent:
            placed = client.post("/api/v1/orders", json=body, headers=as_key(doors.integration))
        assert placed.status_code == 201, placed.text
        return len(sent)

    lyon, paris = {"store": "lyon"}, {"store": "paris"}
    door = {"method": "delivery", "address": ADDRESS, "delivery_method": "standard"}
    alone, two, mixed = (lyon,), (lyon, paris), (lyon, paris, door)
    counts = [count(*parts, lines=1) for parts in (alone, two, mixed)]
    assert counts == [count(*parts, lines=40) for parts in (alone, two, mixed)]
    assert counts[0] <= PLACING_MAX
    assert counts[1] - counts[0] <= BY_COLLECTED_PART, counts
    assert counts[2] - counts[1] <= BY_BROUGHT_PART + 1, counts  # and who sells, known by its ways


@pytest.mark.parametrize("count", [1, 40])
def test_availability_is_one_statement(
    client: Any, wide_shop: Shop, statements: Callable[[], Any], count: int
) -> None:
    with statements() as sent:
        found = client.post(
            "/api/v1/availability",
            json={"items": items(count), "near": {"latitude": 45.76, "longitude": 4.83}},
        )
    assert found.status_code == 200
    assert [each["coverage"] for each in found.json["stores"]] == ["full"]
    assert len(sent) == 1


@pytest.mark.parametrize("count", [1, 40])
def test_being_brought_costs_few_statements_more_than_the_one_for_all_stores(
    client: Any, session: Session, wide_shop: Shop, statements: Callable[[], Any], count: int
) -> None:
    have_ship(session, wide_shop.lyon)
    open_way(session)
    session.commit()
    for where in ({"postcode": "33000"}, {}):
        with statements() as sent:
            found = client.post(
                "/api/v1/availability/alternatives", json={"items": items(count), **where}
            )
        assert found.status_code == 200
        assert [each["kind"] for each in found.json["ranked"]][:1] == ["all"]
        assert bool(found.json["deliveries"]) == bool(where)
        assert len(sent) <= 1 + BRINGING_MAX, sent


def test_a_limited_day_costs_one_statement_more_and_a_pace_none(
    client: Any, session: Session, wide_shop: Shop, statements: Callable[[], Any]
) -> None:
    counts = []
    for key, value in ((None, None), ("orders_per_hour", 6), ("orders_per_day", 100)):
        if key is not None:
            set_setting(session, SetRule(Scope.STORE, "lyon", key, value), actor=SYSTEM)
            session.commit()
        with statements() as sent:
            placed = client.post(
                "/api/v1/orders",
                json=order_body(items=items(1)),
                headers=as_key(wide_shop.integration),
            )
        assert placed.status_code == 201
        counts.append(len(sent))
    assert counts == [counts[0], counts[0], counts[0] + 1]


def test_a_hand_over_takes_few_statements_and_no_more_for_more_lines(
    counter: Counter, statements: Callable[[], Any]
) -> None:
    counts = []
    for items in ([TENT], [TENT, {"sku": "MUG-BLUE", "quantity": 2}]):
        counter.place(items=items)
        for command in ("accept", "start-picking"):
            counter.do(command)
        counter.do("pick", {"items": items})
        counter.do("ready")
        qr = counter.qr()
        with statements() as sent:
            assert counter.hand_over(qr=qr).status_code == 201
        counts.append(len(sent))
    assert counts[0] == counts[1], counts
    assert counts[0] <= HANDING_OVER_MAX, sent


@pytest.mark.parametrize("moves", [False, True])
def test_a_change_takes_as_many_statements_for_one_line_as_for_forty(
    client: Any, doors: Shop, statements: Callable[[], Any], *, moves: bool
) -> None:
    counts = []
    for count in (1, 40):
        parts = [
            {"store": store, "items": [{**each, "quantity": n} for each in items(count)]}
            for store, n in (("lyon", 2), ("paris", 1))
        ]
        body = {"parts": parts, "customer": delivery_body()["customer"]}
        placed = client.post("/api/v1/orders", json=body, headers=as_key(doors.integration)).json
        here, there = (
            next(each["fulfillment_id"] for each in placed["parcels"] if each["store"] == store)
            for store in ("lyon", "paris")
        )
        more = [{**each, "quantity": 2} for each in items(count)]
        wanted: list[dict[str, Any]] = [
            {"fulfillment_id": here, "lines": items(count)},
            {"fulfillment_id": there, "lines": more},
        ]
        if moves:
            wanted[0] |= {"method": "delivery"}
        change = {"parcels": wanted, **({"address": ADDRESS} if moves else {})}
        headers = {**as_key(doors.agent), "If-Match": '"1"'}
        with statements() as sent:
            path = f"/api/v1/orders/{placed['id']}/amendments"
            amended = client.post(path, json=change, headers=headers)
        assert amended.status_code == 201, amended.text
        counts.append(len(sent))
    assert counts[0] == counts[1], counts
    assert counts[0] <= (AMENDING_MAX + BRINGING_IT_MAX if moves else AMENDING_MAX), counts
