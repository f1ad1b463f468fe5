"""What a change does to slots, doors and promotions: places given back, fees anew, uses counted."""

from datetime import time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from kernel.actors import SYSTEM
from orders import services
from orders.commands import PricedBy, PromotionKind, PromotionOn, SetPromotion
from stores.commands import AddPattern, StoreMethod
from tests.conftest import as_key
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.orders.doors import ADDRESS, delivery_body, have_ship, open_way
from tests.orders.test_amending import BOOK, MUG, TENT, amend, broken, lines, read
from tests.unmoved import nothing_moves, problem


def offer_slots(counter: Counter, store: str = "lyon", places: int = 1) -> list[str]:
    """Have a store offer slots; return the first ones."""
    pattern = AddPattern(StoreMethod.PICKUP, (1, 2, 3, 4, 5, 6, 7), time(0), time(23), 60, places)
    stores.services.add_pattern(counter.session, pattern, code=store, actor=SYSTEM)
    counter.session.commit()
    path = f"/api/v1/stores/{store}/slots?limit=2"
    found = counter.client.get(path, headers=as_key(counter.shop.manager)).json["slots"]
    return [each["id"] for each in found]


def booked(counter: Counter) -> dict[str, int]:
    rows = counter.session.execute(text("SELECT id, booked FROM slot WHERE booked > 0"))
    return {str(row.id): row.booked for row in rows}


def promote(counter: Counter, *, uses_max: int | None = None, **changes: Any) -> UUID:
    what: dict[str, Any] = {
        "code": "MUGS",
        "names": {"fr": "Tasses", "en": "Mugs"},
        "kind": PromotionKind.PERCENT,
        "on_what": PromotionOn.SKU,
        "on_code": "MUG-BLUE",
        "amount": 1000,
        "uses_max": uses_max,
        **changes,
    }
    promotion_id = services.set_promotion(
        counter.session, SetPromotion(**what), brand_id=counter.shop.brand_id, actor=SYSTEM
    )
    counter.session.commit()
    return promotion_id


def set_promotions(session: Session, brand_id: UUID) -> None:
    """Have a tenth off mugs, and a third book for nothing."""
    for code, kind, sku, amount in (
        ("TENTH", PromotionKind.PERCENT, "MUG-BLUE", 1000),
        ("THIRD", PromotionKind.N_FOR_M, "BOOK", None),
    ):
        what: dict[str, Any] = {"names": {"fr": code}, "on_what": PromotionOn.SKU, "on_code": sku}
        if amount is None:
            what |= {"take": 3, "pay": 2}
        promotion = SetPromotion(code=code, kind=kind, amount=amount, uses_max=9, **what)
        services.set_promotion(session, promotion, brand_id=brand_id, actor=SYSTEM)


def test_another_slot_is_taken_and_the_first_is_free_again(counter: Counter) -> None:
    first, second = offer_slots(counter)
    counter.place(slot_id=first)
    amended = amend(counter, slot_id=second)
    assert amended.status_code == 201, amended.text
    assert booked(counter) == {second: 1}
    fresh = next(each for each in read(counter)["fulfillments"] if each["status"] == "new")
    assert fresh["slot_starts_at"] is not None
    assert fresh["id"] == amended.json["fulfillment_id"]
    here = counter.order
    counter.place(slot_id=first, customer={"last_name": "B", "email": "b@example.org"})
    counter.order = here
    counter.session.commit()
    with nothing_moves(counter.session.connection()):
        refused = amend(counter, version=2, slot_id=first)
    assert problem(refused) == (409, "slot-unavailable")
    assert broken(counter) == []


def test_an_order_to_a_door_goes_elsewhere_and_pays_what_its_goods_cost_to_bring(
    counter: Counter,
) -> None:
    have_ship(counter.session, counter.shop.lyon)
    open_way(counter.session, priced_by=PricedBy.AMOUNT, free_from_minor=20_000)
    counter.session.commit()
    body = delivery_body(channel="store", store="lyon", pay_by="till")
    placed = counter.ask("orders/deliveries", body)
    counter.order = dict(placed.json)
    paid = {"store": "lyon", "ticket_number": "T-1"}
    assert counter.ask(f"orders/{counter.order['id']}/till-payment", paid).status_code == 200
    before = read(counter)["total_minor"]
    address = {"line1": "3 quai Neuf", "postcode": "29200", "city": "Brest"}

    amended = amend(counter, lines=lines(TENT_2P=2), address=address)

    assert amended.status_code == 201, amended.text
    assert amended.json["delta_minor"] == TENT - 490
    rows = counter.session.execute(
        text(
            "SELECT a.postcode, f.promise_inputs #>> '{arrival,postcode}' AS kept, e.facts"
            " FROM fulfillment f JOIN address a ON a.id = f.address_id"
            " JOIN event e ON e.name = 'order.amended.v1'"
        )
    ).one()
    assert (rows.postcode, rows.kept) == ("29200", "292")
    assert rows.facts["changes"]["charge"] == [490, 0]
    assert rows.facts["changes"]["address"] is True
    assert "Brest" not in str(rows.facts)
    with nothing_moves(counter.session.connection()):
        assert problem(amend(counter, version=2, store="paris")) == (409, "wrong-method")
    back = amend(counter, version=2, lines=lines(TENT_2P=1))
    assert back.json["total_minor"] == before
    assert ADDRESS["postcode"] != "29200"
    assert broken(counter) == []


def test_a_promotion_follows_what_is_added_and_taken_away_and_is_counted_once(
    counter: Counter,
) -> None:
    promotion_id = promote(counter, uses_max=2)
    counter.place(items=[{"sku": "BOOK", "quantity": 1}])
    counted = text("SELECT uses FROM promotion WHERE id = :id")

    def uses() -> int:
        counter.session.commit()
        assert [each.check.id for each in run_checks()] == []
        return int(counter.session.execute(counted, {"id": promotion_id}).scalar_one())

    added = amend(counter, lines=lines(MUG_BLUE=2))
    assert (added.json["total_minor"], uses()) == (BOOK + 2 * (MUG - 129), 1)
    more = amend(counter, version=2, lines=lines(MUG_BLUE=3))
    assert (more.json["delta_minor"], uses()) == (MUG - 129, 1)
    fewer = amend(counter, version=3, lines=lines(MUG_BLUE=1))
    assert (fewer.json["total_minor"], uses()) == (BOOK + MUG - 129, 1)
    gone = amend(counter, version=4, lines=lines(MUG_BLUE=0))
    assert (gone.json["total_minor"], uses()) == (BOOK, 0)


def test_what_a_promotion_no_longer_takes_off_is_not_added_in_silence(counter: Counter) -> None:
    promotion_id = promote(counter)
    counter.place()
    services.withdraw_promotion(counter.session, promotion_id, actor=SYSTEM)
    counter.session.commit()
    refused = amend(counter, lines=lines(MUG_BLUE=3))
    assert problem(refused) == (409, "line-price-changed")
    one = {"quantity": 1, "agreed_minor": MUG - 129, "today_minor": MUG}
    assert refused.json["lines"] == {"MUG-BLUE": one}


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=4))
def test_whatever_is_changed_the_sum_is_what_its_articles_cost(
    counter: Counter, steps: list[tuple[int, int, int]]
) -> None:
    counter.place(customer={"last_name": "D", "email": "d@example.org"})
    has, version = (1, 2, 0), 1
    for wanted in steps:
        tent, mug, book = wanted
        change = {"lines": lines(TENT_2P=tent, MUG_BLUE=mug, BOOK=book)}
        answer = amend(counter, version=version, **change)
        if not any(wanted) or wanted == has:
            assert answer.status_code == 422
            continue
        has, version = wanted, version + 1
        assert answer.json["total_minor"] == tent * TENT + mug * MUG + book * BOOK
    tell(counter.session)
    assert counter.do("cancel").status_code == 200
    left = counter.session.execute(text("SELECT sum(reserved) FROM stock_level")).scalar_one()
    assert left == 0
    assert broken(counter) == []


@pytest.mark.parametrize("place", ["new", "accepted"])
def test_a_parcel_of_several_is_called_off_when_nothing_of_it_is_wanted(
    counter: Counter, place: str
) -> None:
    counter.bring_to(place)
    refused = amend(counter, lines=lines(TENT_2P=0, MUG_BLUE=0))
    assert problem(refused) == (422, "empty-order")
