"""What letters of an order of several parcels say: each discount and charge, and all of it once."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import notifications.services
import orders.services
from app.cli.check import run_checks
from kernel.actors import SYSTEM
from kernel.links import order_token
from notifications import gateway
from notifications.gateway import Email, MessagingSettings
from orders.commands import Method, PromotionKind, PromotionOn, SetPromotion, SetRules
from tests.conftest import Shop
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.orders.test_parts import LYON, PARIS, part, place

NAMES = {"fr": "3 tasses pour 2", "en": "3 mugs for 2"}
MUGS_OFF = "\N{MINUS SIGN} 25,80 €"
TENTS = 12 * 8990


@pytest.fixture(autouse=True)
def mail() -> Iterator[None]:
    """Letters could be sent; none is."""
    before = gateway.settings()
    gateway.configure(MessagingSettings("smtp://nowhere.test", public_url="http://shop.test"))
    yield
    gateway.configure(before)


@pytest.fixture
def ordered(counter: Counter, session: Session, shop: Shop) -> Counter:
    """Twelve tents from two stores, and six mugs with 3 for 2; brought for 4.90, paid at a till."""
    have_ship(session, shop.lyon, shop.paris)
    open_way(session, free_from_minor=None)
    split = SetRules("Deux colis", Method.DELIVERY, [{"rank": "distance"}], {"max_splits": 1})
    orders.services.set_rules(session, split, actor=SYSTEM)
    three = SetPromotion(
        "m", NAMES, PromotionKind.N_FOR_M, PromotionOn.ARTICLE, "MUG", take=3, pay=2
    )
    orders.services.set_promotion(session, three, brand_id=shop.brand_id, actor=SYSTEM)
    session.commit()
    body = delivery_body({"TENT-2P": 12, "MUG-BLUE": 6}, channel="store", store="lyon")
    placed = counter.ask("orders/deliveries", {**body, "pay_by": "till"})
    assert placed.status_code == 201, placed.text
    assert len(placed.json["parcels"]) == 2
    counter.order = dict(placed.json)
    paid = counter.ask(
        f"orders/{counter.order['id']}/till-payment", {"store": "lyon", "ticket_number": "T-1"}
    )
    assert paid.status_code == 200, paid.text
    return counter


def letters(session: Session) -> list[Email]:
    """Return the e-mails that are due, as they would go out now."""
    tell(session)
    calls = [
        notifications.services.begin(session, claim)
        for claim in notifications.services.claim_due(session, limit=50)
    ]
    return [call.letter for call in calls if call and isinstance(call.letter, Email)]


def spaced(said: str) -> str:
    """Return a text with every space an ordinary one."""
    return re.sub(r"\s+", " ", said)


def test_a_confirmation_says_every_discount_and_charge_and_comes_to_what_the_page_says(
    ordered: Counter, session: Session
) -> None:
    (letter,) = letters(session)
    said = spaced(letter.text)
    assert f"Tasse, blue (3 tasses pour 2, {MUGS_OFF})" in said
    assert "Livraison à domicile" in said
    assert "12 rue des Lilas, 33000 Bordeaux" in said
    assert "Horaires" not in said
    total = TENTS + 4 * 1290 + 490
    assert ordered.order["total_minor"] == total
    shown = f"{total // 100000} {total // 100 % 1000:03},{total % 100:02} €"
    assert shown in said
    token = order_token(UUID(ordered.order["id"]))
    page = ordered.client.get(f"/fr/orders/{token}")
    assert page.status_code == 200
    assert shown in spaced(page.text)
    assert "4,90 €" in said
    assert "4,90 €" in spaced(page.text)


def test_an_order_of_several_parcels_that_is_called_off_is_told_of_once(
    ordered: Counter, session: Session
) -> None:
    letters(session)
    agent = ordered.shop.agent
    assert ordered.ask(f"orders/{ordered.order['id']}/cancel", {}, key=agent).status_code == 200
    (letter,) = letters(session)
    assert letter.subject.endswith("annulée")
    said = spaced(letter.text)
    assert sorted(re.findall(r"(\d+) × Tente", said)) == ["10", "2"]
    assert "6 × Tasse" in said
    assert "rien ne vous sera livré" in said
    assert "Ce que vous avez payé vous est rendu." in said
    page = ordered.client.get(f"/fr/orders/{order_token(UUID(ordered.order['id']))}")
    assert "Rien ne vous sera livré. Ce que vous avez payé vous est rendu." in page.text
    told = session.execute(
        text("SELECT count(DISTINCT event_id) FROM message WHERE template = 'cancelled'")
    )
    assert told.scalar_one() == 1
    assert run_checks() == []


def test_one_parcel_of_several_that_is_called_off_leaves_the_others(
    ordered: Counter, session: Session
) -> None:
    letters(session)
    keys = {"lyon": ordered.shop.associate, "paris": ordered.shop.paris_associate}
    parcel: dict[str, Any] = min(ordered.order["parcels"], key=lambda each: len(each["quantities"]))
    key, path = keys[parcel["store"]], f"fulfillments/{parcel['fulfillment_id']}"
    assert ordered.ask(f"{path}/accept", {}, key=key).status_code == 200
    for sku, units in parcel["quantities"].items():
        short = {"sku": sku, "quantity": units, "reason": "damaged"}
        assert ordered.ask(f"{path}/short", short, key=key).status_code == 200
    (letter,) = letters(session)
    assert letter.subject.endswith("une partie est annulée")
    assert "Le reste de votre commande suit son cours." in spaced(letter.text)
    assert run_checks() == []


def test_the_right_to_withdraw_counts_from_the_last_part_of_an_order(
    counter: Counter, session: Session
) -> None:
    place(counter, part(LYON, mug=2), part(PARIS, book=1))
    (confirmed,) = letters(session)
    last = "le jour où vous avez reçu la dernière partie de la commande"
    assert f"{last}, par livraison ou par retrait" in spaced(confirmed.text)
    counter.place()
    (alone,) = letters(session)
    assert "14 jours qui suivent le retrait de vos articles" in spaced(alone.text)
