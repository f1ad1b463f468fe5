"""What a card paid follows an order that its store rejected: it goes on, or it goes back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from app.worker import drain
from customers.commands import GiveAddress
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders import queries, services
from orders.availability import list_answers
from orders.commands import Answer, AnswerChoice, CancelReason, Method, Status
from orders.errors import AddressNeeded, AnswerNotOffered
from orders.services import PlacedOrder
from payments import gateway
from payments.gateway import PaymentSettings
from payments.queries import list_obligations, paid_minor
from sandbox import Options, running
from stores.commands import OpenLocation, StoreMethod
from tests.conftest import ALWAYS_OPEN, SKUS, Shop
from tests.orders.test_card import CLERK, pay, place

HOME: Final = GiveAddress("4 rue des Lilas", "69003", "Lyon", "3e étage")


@pytest.fixture(autouse=True)
def stripe(tmp_path: Path) -> Iterator[None]:
    """A Stripe of its own."""
    before = gateway.settings()
    with running(tmp_path / "stripe", Options()) as addresses:
        gateway.configure(
            PaymentSettings(stripe_api_url=addresses.stripe, stripe_api_key="sk_test_shop")
        )
        yield
    gateway.configure(before)


@pytest.fixture
def warehouse(session: Session, shop: Shop) -> Any:
    """A place near Lyon that ships, with ten of everything."""
    location_id, _ = stores.services.open_location(
        session,
        OpenLocation(
            brand_id=shop.brand_id,
            code="depot",
            name="Dépôt de Corbas",
            street="1 rue du Test",
            postcode="69960",
            city="Corbas",
            country="FR",
            phone=None,
            latitude=45.66,
            longitude=4.9,
            time_zone="Europe/Paris",
            opening_hours=ALWAYS_OPEN,
            collects=False,
            ships=True,
        ),
    )
    receive(
        session,
        location_id=location_id,
        quantities={each.sku: 10 for each in SKUS},
        actor=SYSTEM,
    )
    session.commit()
    return location_id


def rejected(placed: PlacedOrder) -> Any:
    """Pay by card, then have Lyon give it up; return the choice's id."""
    pay(placed)
    with transaction() as session:
        return services.reject_fulfillment(
            session, placed.fulfillment_id, reason="no_stock", actor=CLERK
        )


def choose(choice_id: Any, *said: Any) -> None:
    with transaction() as session:
        services.answer_choice(session, choice_id, AnswerChoice(*said), actor=SYSTEM)
    drain()


def held(session: Session, placed: PlacedOrder) -> list[str]:
    return [each.status.value for each in list_obligations(session, placed.id)]


def newest(session: Session, placed: PlacedOrder) -> Any:
    order = queries.get_order(session, placed.id, actor=SYSTEM)
    return next(each for each in order.fulfillments if each.id != placed.fulfillment_id)


def test_the_card_holds_the_money_until_the_answer(session: Session, shop: Shop) -> None:
    placed = place()
    rejected(placed)
    drain()
    assert held(session, placed) == ["authorised"]
    assert queries.owed_minor(session, placed.id) == 11_570
    assert run_checks() == []


def test_a_refund_lets_the_cards_money_go(session: Session, shop: Shop) -> None:
    placed = place()
    choose(rejected(placed), Answer.REFUND)
    assert held(session, placed) == ["cancelled"]
    assert paid_minor(session, placed.id) == 0
    assert run_checks() == []


def test_money_that_was_taken_goes_back_to_the_card(session: Session, shop: Shop) -> None:
    placed = place()
    first = rejected(placed)
    with transaction() as mine:
        services.answer_choice(
            mine, first, AnswerChoice(Answer.OTHER_STORE, store_code="paris"), actor=SYSTEM
        )
    onward = newest(session, placed)
    prepare(onward.id)
    assert held(session, placed) == ["captured"]
    assert paid_minor(session, placed.id) == 11_570
    with transaction() as mine:
        services.cancel_order(mine, placed.id, reason=CancelReason.CUSTOMER_REMORSE, actor=SYSTEM)
    drain()
    assert paid_minor(session, placed.id) == 0
    assert run_checks() == []


def prepare(fulfillment_id: Any) -> None:
    with transaction() as session:
        services.accept(session, fulfillment_id, actor=CLERK)
        quantities = {"TENT-2P": 1, "MUG-BLUE": 2}
        services.pick(session, fulfillment_id, quantities=quantities, actor=CLERK)
        services.mark_ready(session, fulfillment_id, bin_code="P1", actor=CLERK)
    drain()


def test_what_is_paid_is_delivered_from_the_nearest_place_that_ships(
    session: Session, shop: Shop, warehouse: Any
) -> None:
    placed = place()
    choice_id = rejected(placed)
    parcel = queries.get_fulfillment(session, placed.fulfillment_id, actor=SYSTEM)
    offered = list_answers(session, parcel).delivery
    assert offered is not None
    assert offered.store.code == "depot"

    choose(choice_id, Answer.DELIVERY, None, HOME)

    onward = newest(session, placed)
    assert (onward.method, onward.status, onward.location_id) == (
        Method.DELIVERY,
        Status.NEW,
        warehouse,
    )
    address = session.execute(
        text("SELECT line1, line2, postcode, city, country FROM address WHERE id = :id"),
        {"id": onward.address_id},
    ).one()
    assert tuple(address) == ("4 rue des Lilas", "3e étage", "69003", "Lyon", "FR")
    assert queries.owed_minor(session, placed.id) == 11_570
    assert held(session, placed) == ["authorised"]
    assert run_checks() == []


def test_a_delivery_needs_to_know_where_to(session: Session, shop: Shop, warehouse: Any) -> None:
    choice_id = rejected(place())
    with pytest.raises(AddressNeeded):
        choose(choice_id, Answer.DELIVERY)
    assert run_checks() == []


def test_nothing_is_delivered_where_nobody_ships_or_has_it(
    session: Session, shop: Shop, warehouse: Any
) -> None:
    choice_id = rejected(place())
    session.execute(
        text("UPDATE stock_level SET on_hand = 0 WHERE location_id = :id"), {"id": warehouse}
    )
    session.commit()
    with pytest.raises(AnswerNotOffered):
        choose(choice_id, Answer.DELIVERY, None, HOME)
    session.execute(
        text("UPDATE stock_level SET on_hand = 10 WHERE location_id = :id"), {"id": warehouse}
    )
    stores.services.set_method(
        session, code="depot", method=StoreMethod.SHIP, offered=False, actor=SYSTEM
    )
    session.commit()
    with pytest.raises(AnswerNotOffered):
        choose(choice_id, Answer.DELIVERY, None, HOME)
