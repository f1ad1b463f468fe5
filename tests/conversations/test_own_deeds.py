"""What people do with their order alone, by the help or the assistant, in both languages."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from tests.conftest import Shop
from tests.conversations.test_self_care import HTML, Care
from tests.support.pages import words
from tests.unmoved import nothing_moves

YES = {"fr": "oui", "en": "yes"}
SAID = {
    ("fr", "extend"): "Puis-je garder ma commande plus longtemps ?",
    ("en", "extend"): "Can you keep my order longer?",
    ("fr", "cancel"): "Je veux annuler ma commande",
    ("en", "cancel"): "I want to cancel my order",
    ("fr", "collector"): "Mon mari peut-il la chercher ?",
    ("en", "collector"): "Can somebody else collect it?",
    ("fr", "invoice"): "Je voudrais une facture",
    ("en", "invoice"): "I would like a receipt",
}


@pytest.fixture
def care(client: FlaskClient, session: Session, shop: Shop, connection: Connection) -> Care:
    found = Care(client, session, shop, connection)
    found.ready()
    return found


def offered(care: Care, language: str, wish: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask the assistant; return what it says and the one button that does it."""
    told = care.say(SAID[language, wish], language=language)
    (button,) = [each for each in told["offers"] if each["wish"] == wish]
    return told, button


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_assistant_keeps_an_order_longer_and_cancels_it_after_a_yes(
    care: Care, language: str
) -> None:
    before = care.collect_by()
    told, _button = offered(care, language, "extend")
    assert care.collect_by() == before
    done = care.say(YES[language], thread=told["thread"], language=language)
    assert {"fr": "C’est fait", "en": "Done"}[language] in done["says"][0]
    assert care.collect_by() > before
    care.say(SAID[language, "cancel"], thread=told["thread"], language=language)
    status = text("SELECT status FROM fulfillment")
    assert care.connection.execute(status).scalar_one() == "ready"
    care.say(YES[language], thread=told["thread"], language=language)
    assert care.connection.execute(status).scalar_one() == "cancelled"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("wish", ["extend", "cancel", "collector", "invoice"])
def test_each_deed_of_the_assistant_and_of_the_help_leads_to_the_same_place(
    care: Care, language: str, wish: str
) -> None:
    """Where the deed asks on a page of its own, that page opens with the same link."""
    _told, button = offered(care, language, wish)
    assert button["href"].startswith(f"/{language}/orders/{care.token}")
    with nothing_moves(care.connection):
        shown = care.client.get(f"/{language}/orders/{care.token}/help", headers=HTML).text
    assert f'"{button["href"]}"' in shown
    if wish != "extend":
        assert care.client.get(button["href"], headers=HTML).status_code == 200


@pytest.mark.parametrize("language", ["fr", "en"])
def test_somebody_else_is_named_and_the_order_cancelled_from_the_help(
    care: Care, language: str
) -> None:
    page = offered(care, language, "collector")[1]["href"]
    form = re.search(
        r'<form[^>]*action="([^"]+)"[^>]*>(?:(?!</form>).)*first_name',
        care.client.get(page, headers=HTML).text,
        re.DOTALL,
    )
    who = {"first_name": "Ana", "last_name": "Roy", "phone": "06 39 98 11 22"}
    named = care.send(page, form[1] if form else page, **who)
    assert named.status_code == 303, words(named.text)
    shown = words(care.client.get(named.location, headers=HTML).text)
    assert "Ana" in shown
    there = offered(care, language, "cancel")[1]["href"]
    gone = care.send(there, there)
    assert gone.status_code == 303, words(gone.text)
    status = care.connection.execute(text("SELECT status FROM fulfillment")).scalar_one()
    assert status == "cancelled"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("place", ["scores", "preferences", "conversations", "orders"])
def test_a_link_that_is_not_ours_says_so(
    care: Care, client: FlaskClient, language: str, place: str
) -> None:
    """Cut off, changed, or of another purpose: a page in their language, and nothing moves."""
    for token in ("x", care.token[:-3] + "AAA", "é" * 4, "a" * 2_000, "%00"):
        with nothing_moves(care.connection):
            shown = client.get(f"/{language}/{place}/{token}", headers=HTML)
        assert shown.status_code == 404, (token, shown.status_code)
        assert f'<html lang="{language}"' in shown.text
        assert "<h1" in shown.text
