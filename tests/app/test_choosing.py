"""The pages of a parcel its store cannot prepare: the shopper's, the store's, the office's."""

import re
from typing import Any, Final
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.services
from customers.commands import GiveContact
from kernel.actors import SYSTEM
from kernel.links import choice_token, order_token
from orders.commands import Channel, Collect, PlaceOrder
from orders.services import PlacedOrder
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop
from tests.unmoved import nothing_moves

HTML: Final = {"Accept": "text/html"}
PASSWORD: Final = "correct horse battery"  # noqa: S105 (tests)
WHO: Final = GiveContact("Chloé", "Durand", "chloe.durand@example.org", None, "fr")


@pytest.fixture
def placed(session: Session, shop: Shop) -> PlacedOrder:
    """A tent and two mugs to collect in Lyon."""
    command = PlaceOrder(Channel.WEB, [Collect("lyon", {"TENT-2P": 1, "MUG-BLUE": 2})], WHO)
    found = orders.services.place_order(session, command, actor=SYSTEM)
    session.commit()
    return found


@pytest.fixture
def token(session: Session, placed: PlacedOrder) -> str:
    """The link's token, after Lyon said that nothing is left on the shelf."""
    choice_id = orders.services.reject_fulfillment(
        session, placed.fulfillment_id, reason="no_stock", actor=SYSTEM
    )
    session.commit()
    return choice_token(choice_id)


def read(client: FlaskClient, address: str) -> str:
    response = client.get(address, headers=HTML)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def send(client: FlaskClient, page: str, address: str, **said: str) -> Any:
    """Send a form of this page, as the browser that shows it."""
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|form)" value="([^"]+)"', page))
    return client.post(address, data={**hidden, **said}, headers=HTML)


def status(session: Session, fulfillment_id: UUID) -> str:
    return orders.queries.get_fulfillment(session, fulfillment_id, actor=SYSTEM).status.value


def test_the_order_page_leads_to_the_choice_and_the_choice_says_each_consequence(
    client: FlaskClient, placed: PlacedOrder, token: str
) -> None:
    order = read(client, f"/fr/orders/{order_token(placed.id)}")
    assert f"/fr/choices/{token}" in order
    assert "Choisir la suite" in order

    page = read(client, f"/fr/choices/{token}")

    assert "Que préférez-vous\u202f?" in page
    assert "Lyon Croix-Rousse ne peut pas préparer la commande" in page
    assert "Sans réponse de votre part, la commande est annulée" in page
    assert "Paris Bastille" in page
    assert "115,70\u00a0€" in page
    assert 'value="delivery"' not in page


def test_another_store_is_chosen_once_and_the_page_then_says_so(
    client: FlaskClient, session: Session, placed: PlacedOrder, token: str
) -> None:
    address = f"/en/choices/{token}"
    page = read(client, address)
    chosen = send(client, page, address, answer="other_store", store="paris")
    assert (chosen.status_code, chosen.location) == (303, address)
    assert status(session, placed.fulfillment_id) == "rerouted"
    after = read(client, address)
    assert "Paris Bastille prepares it. Wait for our message before you come." in after
    assert "<form" not in after[after.index("<main") : after.index("</main")]

    again = send(client, page, address, form="another-form", answer="refund")

    assert again.status_code == 409
    assert "This was chosen before." in again.get_data(as_text=True)
    order = read(client, f"/en/orders/{order_token(placed.id)}")
    assert "Paris Bastille" in order
    assert "Lyon Croix-Rousse" not in order


def test_a_choice_without_its_store_keeps_the_page_and_moves_nothing(
    client: FlaskClient, connection: Connection, token: str
) -> None:
    address = f"/fr/choices/{token}"
    page = read(client, address)
    with nothing_moves(connection):
        for said, sentence in (
            ({"answer": "other_store"}, "Choisissez le magasin"),
            ({"answer": "delivery"}, "Donnez un code postal."),
            ({"answer": "else"}, "Choisissez une des possibilités."),
        ):
            refused = send(client, page, address, **said)
            assert refused.status_code == 422
            assert sentence in refused.get_data(as_text=True)


def test_a_link_that_is_not_ours_opens_nothing(client: FlaskClient, token: str) -> None:
    assert client.get(f"/fr/choices/{token[:-2]}AA", headers=HTML).status_code == 404


def test_who_waits_reads_until_when(client: FlaskClient, placed: PlacedOrder, token: str) -> None:
    address = f"/fr/choices/{token}"
    assert send(client, read(client, address), address, answer="wait").status_code == 303
    assert "Nous attendons pour vous, au plus tard" in read(client, address)
    order = read(client, f"/fr/orders/{order_token(placed.id)}")
    assert "Nous attendons pour vous, au plus tard" in order
    assert "Choisir la suite" not in order


def test_what_nobody_chose_in_time_says_so(
    client: FlaskClient, session: Session, token: str
) -> None:
    session.execute(text("UPDATE choice SET answer_by = now() - interval '1 minute'"))
    session.commit()
    choice_id = session.execute(text("SELECT id FROM choice")).scalar_one()
    assert orders.services.answer_overdue(session, choice_id)
    session.commit()
    page = read(client, f"/en/choices/{token}")
    assert "The order is cancelled. You pay nothing for it." in page
    assert "Nobody answered in time, so this holds." in page


@pytest.fixture
def inside(client: FlaskClient, session: Session, shop: Shop) -> FlaskClient:
    """The back office, with somebody of head office signed in."""
    stores.services.hire_staff(
        session,
        HireStaff("Camille Roux", StaffRole.ADMIN, email="camille@aubepin.test", password=PASSWORD),
    )
    session.commit()
    address = "/en/office/sign-in"
    door = read(client, address)
    entered = send(client, door, address, email="camille@aubepin.test", password=PASSWORD)
    assert entered.status_code == 303
    return client


def test_the_office_answers_for_a_customer_who_calls(
    inside: FlaskClient, session: Session, placed: PlacedOrder, token: str
) -> None:
    address = f"/en/office/orders/{placed.number}"
    page = read(inside, address)
    assert "Refused by Lyon Croix-Rousse" in page
    assert "Nothing left on the shelf" in page

    to = f"{address}/choices/{placed.fulfillment_id}"
    chosen = send(inside, page, to, answer="store:paris")

    assert (chosen.status_code, chosen.location) == (303, address)
    assert status(session, placed.fulfillment_id) == "rerouted"
    after = read(inside, address)
    assert "Camille Roux" in after
    assert "Another store" in after
    assert "1 missing" not in after
    assert token not in after


def test_head_office_words_a_reason_and_closes_another(inside: FlaskClient) -> None:
    page = read(inside, "/en/office/reasons/reject/new")
    wrong = send(inside, page, "/en/office/reasons/reject/new", code="No Good", position="x")
    assert wrong.status_code == 422
    for sentence in (
        "Small letters, digits and _ only, as in no_stock.",
        "Say it in French.",
        "Choose what it says of the shelf.",
        "Give a whole number from 0 to 1000.",
    ):
        assert sentence in wrong.get_data(as_text=True)
    said = {
        "label_fr": "Rayon en travaux",
        "label_en": "Shelf being rebuilt",
        "effect": "none",
        "position": "1",
    }
    done = send(inside, page, "/en/office/reasons/reject/new", code="rebuilding", **said)
    assert done.location == "/en/office/reasons?done=set"

    one = read(inside, "/en/office/reasons/reject/no_time")
    closed = {"label_fr": "Pas le temps", "label_en": "No time", "effect": "none"}
    send(inside, one, "/en/office/reasons/reject/no_time", **closed, position="2", closed="yes")

    listed = read(inside, "/en/office/reasons")
    assert listed.index("Rayon en travaux") < listed.index("Magasin fermé")
    assert listed.count("Offered no more") == 1
    assert inside.get("/en/office/reasons/else/new", headers=HTML).status_code == 404
