"""The shop's pages through the application: what they say, refuse, keep and ask the database."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import orders.services
from app.cli.check import run_checks
from app.shop.calendar import calendar_entry
from app.shop.places import find_place
from app.worker import drain
from catalog.commands import ListSku
from catalog.services import list_category, list_skus
from inventory.commands import ExpectGoods
from inventory.services import expect_goods, receive
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from kernel.links import order_token
from orders.commands import Method, SetRules
from payments import gateway
from payments.gateway import PaymentSettings
from sandbox import Options, running
from stores.commands import AddPattern, StoreMethod
from stores.queries import fold, list_stores
from stores.services import add_pattern, set_method
from tests.conftest import Shop, as_key
from tests.support.counting import counted
from tests.unmoved import nothing_moves

HTML = {"Accept": "text/html"}
ARTICLE_STATEMENTS_MAX = 8
CHLOE = {
    "first_name": "Chloé",
    "last_name": "Durand",
    "email": "chloe.durand@example.org",
    "phone": "06 39 98 12 34",
    "payment": "store",
}


@pytest.fixture
def shelves(session: Session, shop: Shop) -> Shop:
    """The small retailer with a kitchen shelf: a teapot in blue, and one last white one in Lyon."""
    list_category(session, code="cuisine", names={"fr": "Cuisine", "en": "Kitchen"})
    names = {"fr": "Théière Alba", "en": "Alba teapot"}
    options = {
        "BLEU": {"fr": {"couleur": "bleu"}, "en": {"colour": "blue"}},
        "BLANC": {"fr": {"couleur": "blanc"}, "en": {"colour": "white"}},
    }
    list_skus(
        session,
        [
            ListSku(
                f"THEIERE-{colour}", "THEIERE", names, 3490, "EUR", 2000,
                category="cuisine", options=option,
            )
            for colour, option in options.items()
        ],
        brand_id=shop.brand_id,
    )  # fmt: skip
    for location_id in (shop.lyon, shop.paris):
        receive(session, location_id=location_id, quantities={"THEIERE-BLEU": 5}, actor=SYSTEM)
    receive(session, location_id=shop.lyon, quantities={"THEIERE-BLANC": 1}, actor=SYSTEM)
    session.commit()
    return shop


@pytest.fixture
def statements(engine: Engine) -> Callable[[], Any]:
    """Watch what is sent to the database while a `with` block runs."""
    return lambda: counted(engine)


def hidden(client: FlaskClient, path: str = "/fr/place") -> dict[str, str]:
    """Return what a form of this page sends unseen."""
    page = client.get(path, headers=HTML).text
    fields = re.findall(r'<input type="hidden" name="(csrf|form)" value="([^"]+)"', page)
    return dict(fields[:2])


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Send a form as the page that holds it would."""
    return client.post(path, data={**hidden(client), **fields}, headers=HTML)


def fill(client: FlaskClient, sku: str, *, store: str = "lyon", times: int = 1) -> None:
    for _ in range(times):
        assert send(client, "/fr/basket/add", sku=sku, store=store).status_code == 303


def order(client: FlaskClient, *, total: int, language: str = "fr", **changes: Any) -> TestResponse:
    return send(client, f"/{language}/checkout", total=total, **{**CHLOE, **changes})


def count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 (a name of ours)


def order_id_of(connection: Connection) -> UUID:
    return UUID(str(connection.execute(text("SELECT id FROM sales_order")).scalar_one()))


def make_ready(client: FlaskClient, shop: Shop, connection: Connection) -> None:
    """The store accepts, picks and bins the only order."""
    parcel = connection.execute(text("SELECT id FROM fulfillment")).scalar_one()
    rows = connection.execute(text("SELECT sku, quantity FROM fulfillment_line")).all()
    picked = [{"sku": row.sku, "quantity": row.quantity} for row in rows]
    for act, body in (("accept", None), ("pick", {"items": picked}), ("ready", {"bin": "A7"})):
        path = f"/api/v1/fulfillments/{parcel}/{act}"
        assert client.post(path, json=body, headers=as_key(shop.associate)).status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Choisissez ici, retirez à côté.", "Cuisine", "Théière Alba", "34,90\xa0€")),
        ("en", ("Choose here, collect nearby.", "Kitchen", "Alba teapot", "€34.90")),
    ],
)
def test_the_home_page_shows_shelves_and_articles_and_changes_nothing(
    client: FlaskClient, connection: Connection, shelves: Shop, language: str, words: tuple[str]
) -> None:
    with nothing_moves(connection):
        page = client.get(f"/{language}/", headers=HTML)
    assert page.status_code == 200
    assert [word for word in words if word not in page.text] == []
    assert '<a class="wordmark" href="/' in page.text
    assert "Aubépin</a>" in page.text


def test_an_empty_installation_has_an_empty_shop_not_a_broken_one(
    client: FlaskClient, session: Session
) -> None:
    for path in ("/fr/", "/fr/basket", "/fr/search?q=tasse", "/fr/place"):
        assert client.get(path, headers=HTML).status_code == 200, path
    assert "Les rayons sont encore vides" in client.get("/fr/", headers=HTML).text


@pytest.mark.parametrize(
    "typed", ["theiere", "THÉIÈRES", "Théière Alba", "alba", "une théière", "teiere", "téhière"]
)
def test_search_forgives_accents_case_plurals_and_slips(
    client: FlaskClient, shelves: Shop, typed: str
) -> None:
    page = client.get("/fr/search", query_string={"q": typed}, headers=HTML).text
    assert "/fr/articles/THEIERE?sku=" in page


@pytest.mark.parametrize("typed", ["zzzzzz", "%", "_", "' OR 1=1 --", "\x00", "<script>", "🫖", ""])
def test_a_search_that_finds_nothing_helps(client: FlaskClient, shelves: Shop, typed: str) -> None:
    page = client.get("/fr/search", query_string={"q": typed}, headers=HTML)
    assert page.status_code == 200
    assert "Dans nos rayons" in page.text
    assert "<script>" not in page.text


def test_a_shelf_shows_its_articles_only(client: FlaskClient, shelves: Shop) -> None:
    page = client.get("/en/categories/cuisine", headers=HTML).text
    assert "Alba teapot" in page
    assert "Two-person tent" not in page
    assert client.get("/en/categories/nothing", headers=HTML).status_code == 404


@pytest.mark.matter("availability", "web")
def test_an_article_says_where_and_when_in_few_statements(
    client: FlaskClient, shelves: Shop, statements: Callable[[], Any]
) -> None:
    send(client, "/fr/place", where="Lyon", back="/fr/")
    fill(client, "BOOK")
    with statements() as sent:
        page = client.get("/fr/articles/THEIERE?sku=THEIERE-BLANC", headers=HTML).text
    assert len(sent) <= ARTICLE_STATEMENTS_MAX, sent
    assert re.search(r"<strong>Prêt (?:aujourd’hui|demain) à [^<]+</strong>", page)
    assert "Retirer à Lyon Croix-Rousse" in page
    assert 'value="THEIERE-BLANC" required checked' in page
    assert "Paris Bastille" not in page  # it has none, and it is far


def test_an_option_is_seen_without_scripts(client: FlaskClient, shelves: Shop) -> None:
    seen = send(client, "/fr/articles/THEIERE/option", sku="THEIERE-BLANC")
    assert (seen.status_code, seen.location) == (303, "/fr/articles/THEIERE?sku=THEIERE-BLANC")


def test_a_picture_is_kept_for_ever_and_a_missing_one_has_a_stand_in(
    client: FlaskClient, shelves: Shop
) -> None:
    page = client.get("/fr/articles/THEIERE", headers=HTML).text
    found = re.search(r'src="(/pictures/[0-9a-f]+/theiere-[^"]+)"', page)
    assert found is not None
    drawn = client.get(found[1])
    assert (drawn.status_code, drawn.mimetype) == (200, "image/svg+xml")
    assert drawn.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    unknown = client.get("/pictures/0/NOBODY%3Cscript%3E.svg")
    assert (unknown.status_code, unknown.headers["Cache-Control"]) == (200, "public, max-age=3600")
    assert "<script>" not in unknown.text


def test_a_place_is_found_by_postcode_town_or_departement(session: Session, shop: Shop) -> None:
    postcodes = {"lyon": "69004", "paris": "75011"}
    known = [replace(each, postcode=postcodes[each.code]) for each in list_stores(session)]
    lyon = (45.7746, 4.8318)
    for typed in ("69004", "69 004 Lyon", "lyon", "LYON 4e", "Lyonn", "69100", "  lyon  "):
        found = find_place(typed, known)
        assert found is not None, typed
        assert round(found.latitude) == round(lyon[0]), typed
    toulouse = find_place("31400", known)
    assert toulouse is not None
    assert toulouse.label == "31400 Toulouse"
    assert (round(toulouse.latitude, 1), round(toulouse.longitude, 1)) == (43.6, 1.4)
    saint = find_place("st etienne", known)
    assert saint is not None
    assert saint.label == "Saint-Étienne"
    for typed in ("", "xyzzy", "00000", "99999", "é" * 500, "🗺"):
        assert find_place(typed, known) is None, typed
    abroad = [replace(each, city="Bruxelles", postcode="B-1000") for each in known]
    brussels = find_place("bruxelles", abroad)
    assert brussels is not None
    assert brussels.label == "Bruxelles"
    assert fold("Sainte-Foy-lès-LYON") == "sainte foy les lyon"


def test_an_unknown_place_is_said_beside_the_field_and_kept(
    client: FlaskClient, shelves: Shop
) -> None:
    page = send(client, "/fr/place", where="<Xyzzy>", back="/fr/basket")
    assert page.status_code == 422
    assert 'value="&lt;Xyzzy&gt;"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "Nous ne connaissons pas ce lieu." in page.text


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "/fr/\\evil", "", "/admin"])
def test_a_form_leads_back_to_our_own_pages_only(
    client: FlaskClient, shelves: Shop, back: str
) -> None:
    assert send(client, "/fr/place", where="Lyon", back=back).location == "/fr/"


def test_a_position_is_remembered_no_finer_than_it_takes(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    there = {"latitude": "45.7746123", "longitude": "4.8318999", "back": "/fr/articles/MUG"}
    assert send(client, "/fr/place", **there).location == "/fr/articles/MUG"
    row = connection.execute(text("SELECT latitude, longitude FROM shopper_session")).one()
    assert tuple(row) == (45.775, 4.832)
    for bad in ("nan", "inf", "91", "x"):
        assert send(client, "/fr/place", latitude=bad, longitude="4").status_code == 422, bad


def test_the_basket_adds_changes_and_removes(client: FlaskClient, shelves: Shop) -> None:
    fill(client, "THEIERE-BLEU", times=2)
    fill(client, "BOOK")
    page = client.get("/fr/basket", headers=HTML).text
    assert "74,35\xa0€" in page  # 2 × 34,90 + 4,55
    assert "Continuer" in page
    changed = {"quantity:THEIERE-BLEU": "1", "take": "0:BOOK"}
    assert send(client, "/fr/basket/change", **changed).status_code == 303
    page = client.get("/fr/basket", headers=HTML).text
    assert "34,90\xa0€" in page
    assert "Carnet" not in page
    for nonsense in ("-1", "1,5", "", "0x2", "100", "9" * 20):
        typed = {"quantity:THEIERE-BLEU": nonsense, "store": "paris"}
        refused = send(client, "/fr/basket/change", **typed)
        assert refused.status_code == 422, nonsense
        assert "Donnez un nombre entier de 0 à 99." in refused.text
        assert refused.text.count("34,90\xa0€") == page.count("34,90\xa0€")
    assert send(client, "/fr/basket/change", take=":::").status_code == 303
    assert client.get("/fr/basket", headers=HTML).text.count('name="quantity:THEIERE-BLEU"') == 1


def test_the_same_form_adds_once(client: FlaskClient, shelves: Shop) -> None:
    form = {**hidden(client), "sku": "BOOK", "store": "lyon"}
    for _ in range(3):
        assert client.post("/fr/basket/add", data=form, headers=HTML).location == "/fr/basket"
    assert "4,55\xa0€" in client.get("/fr/basket", headers=HTML).text


def test_forms_of_other_sites_change_nothing(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    client.get("/fr/place", headers=HTML)
    with nothing_moves(connection):
        for path in ("/fr/basket/add", "/fr/basket/change", "/fr/place", "/fr/checkout"):
            refused = client.post(path, data={"sku": "BOOK", "csrf": "x"}, headers=HTML)
            assert refused.status_code == 403, path


def test_a_guest_orders_and_reaches_the_order_by_its_link(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "THEIERE-BLANC")
    placed = order(client, total=3490)
    assert placed.status_code == 303
    assert placed.location == f"/fr/orders/{order_token(order_id_of(connection))}?placed=yes"
    page = client.get(placed.location, headers=HTML).text
    number = connection.execute(text("SELECT number FROM sales_order")).scalar_one()
    for words in (show_order_number(number), "Votre commande est réservée.", "Théière Alba, blanc"):
        assert words in page
    assert "Chloé D." in page
    assert "chloe.durand" not in page
    assert "06 39 98" not in page
    assert "Votre panier est vide" in client.get("/fr/basket", headers=HTML).text
    answers = connection.execute(text("SELECT body::text FROM stored_answer")).scalars().all()
    assert [each for each in answers if order_token(order_id_of(connection)) in each] == []


def test_the_order_form_sent_twice_orders_once(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    form = {**hidden(client), **CHLOE, "total": "455"}
    first, second = (client.post("/fr/checkout", data=form, headers=HTML) for _ in range(2))
    assert first.location == second.location
    assert count(connection, "sales_order") == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"first_name": " "}, "Donnez un prénom."),
        ({"last_name": ""}, "Donnez un nom."),
        ({"email": ""}, "Donnez l’adresse e-mail où vous écrire."),
        ({"email": "chloe.durand"}, "Écrivez l’adresse entière, comme nom@exemple.fr."),
        ({"phone": "123"}, "Écrivez dix chiffres, comme 06 12 34 56 78"),
        ({"last_name": "D" * 81}, "Écrivez au plus 80 lettres simples."),
        ({"last_name": "Du\x00rand"}, "Écrivez au plus 80 lettres simples."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    client: FlaskClient,
    connection: Connection,
    shelves: Shop,
    wrong: dict[str, str],
    sentence: str,
) -> None:
    fill(client, "BOOK")
    form = {**hidden(client), **CHLOE, "total": "455", **wrong}
    with nothing_moves(connection):
        page = client.post("/fr/checkout", data=form, headers=HTML)
    assert page.status_code == 422
    (name,) = wrong
    assert f'<p class="field-error" id="field-{name}-error">' in page.text
    assert page.text.count(sentence) == 2  # above the form and beside the field
    for kept in set(CHLOE) - {name, "payment"}:
        assert f'value="{CHLOE[kept]}"' in page.text
    assert count(connection, "sales_order") == 0


def test_the_loser_of_the_last_unit_keeps_the_basket_and_what_was_typed(
    app: Flask, client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    loser = app.test_client()
    fill(client, "THEIERE-BLANC")
    fill(loser, "THEIERE-BLANC")
    fill(loser, "THEIERE-BLEU")
    assert order(client, total=3490).status_code == 303
    page = order(loser, total=6980, email="paul@example.org")
    assert page.status_code == 409
    assert "Quelqu’un a été plus rapide" in page.text
    assert "Il n’en reste plus à Lyon Croix-Rousse" in page.text
    assert 'name="take" value="0:THEIERE-BLANC"' in page.text
    assert 'value="paul@example.org"' in page.text
    assert count(connection, "sales_order") == 1
    without = send(loser, "/fr/checkout", **{**CHLOE, "take": "0:THEIERE-BLANC", "email": "paul@"})
    assert without.status_code == 200
    assert 'value="paul@"' in without.text
    assert order(loser, total=3490).status_code == 303
    assert count(connection, "sales_order") == 2


def test_a_store_with_part_of_the_basket_names_the_one_with_all_of_it(
    client: FlaskClient, session: Session, connection: Connection, shelves: Shop
) -> None:
    receive(session, location_id=shelves.paris, quantities={"THEIERE-BLANC": 3}, actor=SYSTEM)
    session.commit()
    fill(client, "THEIERE-BLANC", times=3)
    page = client.get("/fr/basket", headers=HTML).text
    assert "Il en reste 1 à Lyon Croix-Rousse\xa0: Théière Alba." in page
    assert "Tout retirer à Paris Bastille" in page
    assert client.get("/fr/checkout", headers=HTML).location == "/fr/basket"
    send(client, "/fr/basket/change", fit="yes")
    assert 'value="1" data-sends' in client.get("/fr/basket", headers=HTML).text
    send(client, "/fr/basket/change", **{"quantity:THEIERE-BLANC": "3", "store": "paris"})
    assert order(client, total=3 * 3490).status_code == 303
    assert connection.execute(text("SELECT location_id FROM fulfillment")).scalar_one() == (
        shelves.paris
    )


def test_a_paused_store_takes_no_order_and_says_so(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    connection.execute(
        text("UPDATE location SET paused_until = now() + interval '2 days' WHERE code = 'lyon'")
    )
    page = order(client, total=455)
    assert page.status_code == 409
    assert "Ce magasin ne prend pas de commande en ce moment." in page.text
    assert "Reprend les commandes" in page.text
    assert count(connection, "sales_order") == 0


def test_a_basket_that_cost_something_else_is_read_once_more(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    page = order(client, total=454)
    assert page.status_code == 409
    assert "Le prix a changé pendant votre lecture." in page.text
    assert "Vous avez vu 4,54\xa0€\u202f; votre panier coûte maintenant 4,55\xa0€." in page.text
    assert 'name="total" value="455"' in page.text
    assert count(connection, "sales_order") == 0


def test_a_basket_with_other_goods_in_it_is_read_once_more(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    page = order(client, total=455, goods="0123456789abcdef")
    assert page.status_code == 409
    assert "Votre panier a changé." in page.text
    assert count(connection, "sales_order") == 0


def test_an_article_no_longer_sold_stays_out_of_the_order(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    fill(client, "MUG-BLUE")
    connection.execute(text("UPDATE sku SET closed_at = now() WHERE code = 'BOOK'"))
    page = client.get("/fr/basket", headers=HTML).text
    assert "Un article n’est plus vendu" in page
    assert order(client, total=1290).status_code == 303
    assert connection.execute(text("SELECT sku FROM order_line")).scalars().all() == ["MUG-BLUE"]


def test_the_page_moves_with_the_order_and_then_stands_still(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    path = order(client, total=455).location.partition("?")[0]
    page = client.get(path, headers=HTML).text
    poll = re.search(r'hx-get="([^"]+)" hx-trigger="every 5s"', page)
    assert poll is not None
    with nothing_moves(connection):
        assert client.get(poll[1], headers=HTML).status_code == 204
    make_ready(client, shelves, connection)
    moved = client.get(poll[1], headers=HTML)
    assert moved.status_code == 200
    assert "Prête\xa0: vous pouvez venir" in moved.text
    assert moved.text.count("data:image/png") == 1
    code = client.get(f"{path}/code", headers=HTML).text
    assert re.search(r'class="ticket-code">[0-9A-Z]{4}-[0-9A-Z]{4}<', code)
    assert send(client, f"{path}/cancel").location == path
    ended = client.get(poll[1], headers=HTML)
    assert ended.status_code == 286
    assert "hx-get" not in ended.text
    assert "data:image/png" not in client.get(path, headers=HTML).text


@pytest.mark.matter("longer", "web")
def test_the_order_is_kept_longer_once(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    path = order(client, total=455).location.partition("?")[0]
    assert "Garder 3 jours de plus" not in client.get(f"{path}/extend", headers=HTML).text
    make_ready(client, shelves, connection)
    before = connection.execute(text("SELECT collect_by FROM fulfillment")).scalar_one()
    assert "Garder 3 jours de plus" in client.get(f"{path}/extend", headers=HTML).text
    assert send(client, f"{path}/extend").location == path
    after = connection.execute(text("SELECT collect_by FROM fulfillment")).scalar_one()
    assert (after - before).days >= 3
    again = send(client, f"{path}/extend")
    assert again.status_code == 409
    assert "prolongé autant que le magasin le permet." in again.text
    assert connection.execute(text("SELECT collect_by FROM fulfillment")).scalar_one() == after


def test_somebody_else_collects_with_another_code(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    path = order(client, total=455).location.partition("?")[0]
    make_ready(client, shelves, connection)
    old = re.search(r'class="ticket-code">([^<]+)<', client.get(path, headers=HTML).text)
    missing = send(client, f"{path}/collector", first_name="Paul", last_name=" ")
    assert missing.status_code == 422
    assert 'value="Paul"' in missing.text
    changed = send(client, f"{path}/collector", first_name="Paul", last_name="Petit")
    assert changed.location == path
    page = client.get(path, headers=HTML).text
    new = re.search(r'class="ticket-code">([^<]+)<', page)
    assert "Paul P." in page
    assert old is not None
    assert new is not None
    assert old[1] != new[1]


@pytest.mark.matter("cancel", "web")
def test_a_cancelled_order_is_cancelled_once_and_its_articles_are_free(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "THEIERE-BLANC")
    path = order(client, total=3490).location.partition("?")[0]
    reserved = text("SELECT reserved FROM stock_level WHERE sku = 'THEIERE-BLANC'")
    assert connection.execute(reserved).scalar_one() == 1
    with nothing_moves(connection):
        assert client.get(f"{path}/cancel", headers=HTML).status_code == 200
    assert send(client, f"{path}/cancel").location == path
    assert connection.execute(reserved).scalar_one() == 0
    again = send(client, f"{path}/cancel")
    assert again.status_code == 409
    assert "Cette commande est déjà annulée." in again.text


def test_the_calendar_gets_the_last_hour_once_the_order_is_ready(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    path = order(client, total=455).location.partition("?")[0]
    parcel = connection.execute(text("SELECT id FROM fulfillment")).scalar_one()
    assert client.get(f"{path}/{parcel}.ics", headers=HTML).status_code == 404
    make_ready(client, shelves, connection)
    entry = client.get(f"{path}/{parcel}.ics", headers=HTML)
    assert entry.headers["Content-Type"] == "text/calendar; charset=utf-8"
    ends = connection.execute(text("SELECT collect_by FROM fulfillment")).scalar_one()
    assert f"DTEND:{ends.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n" in entry.text


def test_a_calendar_entry_is_escaped_and_folded() -> None:
    entry = calendar_entry(
        uid="1",
        collect_by=datetime(2026, 12, 4, 18, 30, tzinfo=UTC),
        title="é" * 60,
        place="a;b,c\\d\ne",
        link="https://shop.test/fr/orders/x",
    )
    lines = entry.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "DTSTART:20261204T173000Z" in lines
    assert "LOCATION:a\\;b\\,c\\\\d\\ne" in lines
    assert "é" * 60 in entry.replace("\r\n ", "")


def test_a_link_that_is_not_ours_opens_no_page_and_does_nothing(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    path = order(client, total=455).location.partition("?")[0]
    wrong = path[:-1] + ("A" if path[-1] != "A" else "B")
    form = hidden(client)
    with nothing_moves(connection):
        for page in ("", "/state", "/code", "/cancel", "/extend", "/collector"):
            assert client.get(wrong + page, headers=HTML).status_code == 404, page
        for page in ("/cancel", "/extend"):
            assert client.post(wrong + page, data=form, headers=HTML).status_code == 404, page


INLINE = r"<script(?![^>]*(?:\bsrc=|/ld.json))|<style|\sstyle=|\son\w+=|javascript:"
"""What a browser would run or paint from the page itself; data for search engines is neither."""


def test_no_page_of_the_shop_carries_inline_script_or_style_or_foreign_addresses(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    pages = ["/", "/categories/cuisine", "/search?q=zzz", "/articles/THEIERE", "/place", "/basket"]
    found = {path: client.get(f"/fr{path}", headers=HTML).text for path in [*pages, "/checkout"]}
    path = order(client, total=455).location
    make_ready(client, shelves, connection)
    for page in ("", "/code", "/cancel", "/extend", "/collector"):
        found[page] = client.get(path.partition("?")[0] + page, headers=HTML).text
    for name, page in found.items():
        inline = re.search(
            r"<script(?![^>]*(?:\bsrc=|/ld.json))|<style|\sstyle=|\son\w+=|javascript:", page
        )
        assert inline is None, (name, inline)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page), name


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[None]:
    """The payment provider's stand-in, switched on."""
    before = gateway.settings()
    with running(tmp_path / "stripe", Options()) as addresses:
        gateway.configure(
            PaymentSettings(stripe_api_url=addresses.stripe, stripe_api_key="sk_test_shop")
        )
        yield
    gateway.configure(before)


def test_a_card_pays_on_the_providers_page_and_the_order_counts_afterwards(
    client: FlaskClient, connection: Connection, shelves: Shop, cards: None
) -> None:
    fill(client, "THEIERE-BLANC")
    away = order(client, total=3490, payment="card")
    assert away.status_code == 303
    page = f"/fr/orders/{order_token(order_id_of(connection))}"
    assert client.get("/fr/unpaid", headers=HTML).location == page
    waiting = client.get(page, headers=HTML).text
    assert "Payer par carte" in waiting
    declined = httpx.post(away.location, data={"number": "4000 0000 0000 0002"}, trust_env=False)
    assert declined.status_code != 303
    paid = httpx.post(away.location, data={"number": "4242 4242 4242 4242"}, trust_env=False)
    back = paid.headers["Location"].removeprefix("http://localhost")
    assert client.get(back, headers=HTML).location == page
    drain()
    shown = client.get(page, headers=HTML).text
    assert "Reçue par le magasin" in shown
    assert "Payé par carte" in shown


def test_what_a_card_holds_and_what_is_open_are_told_apart_until_all_is_paid(
    client: FlaskClient, connection: Connection, shelves: Shop, cards: None
) -> None:
    fill(client, "THEIERE-BLEU")
    away = order(client, total=3490, payment="card")
    paid = httpx.post(away.location, data={"number": "4242 4242 4242 4242"}, trust_env=False)
    client.get(paid.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    drain()
    page = f"/fr/orders/{order_token(order_id_of(connection))}"
    version = re.search(
        r'name="version" value="(\d+)"', client.get(f"{page}/amend", headers=HTML).text
    )
    assert version is not None
    said = {"version": version[1], "seen": "6980", "confirm": "yes"}
    with nothing_moves(connection):
        for nonsense in ("abc", "-3", "1,5", "", "9" * 20):
            typed = {**said, "n:THEIERE-BLEU": nonsense, "n:BOOK": "1"}
            refused = send(client, f"{page}/amend", **typed)
            assert (refused.status_code, "Tapez un nombre entier." in refused.text) == (422, True)
    done = send(client, f"{page}/amend", **said, **{"n:THEIERE-BLEU": "2"})
    assert done.status_code == 303, done.text
    shown = client.get(page, headers=HTML).text.replace("\xa0", " ")
    assert "Total, dont 34,90 € déjà payés" in shown
    assert "Payé par carte" not in shown
    connection.execute(text("UPDATE fulfillment SET release_at = now() + interval '1 hour'"))
    shown = client.get(page, headers=HTML).text
    assert "Le magasin voit votre commande à partir de" in shown
    assert "Reçue par le magasin" not in shown


def test_an_abandoned_payment_can_be_taken_up_again(
    client: FlaskClient, connection: Connection, shelves: Shop, cards: None
) -> None:
    fill(client, "THEIERE-BLANC")
    order(client, total=3490, payment="card")
    page = f"/fr/orders/{order_token(order_id_of(connection))}"
    again = client.post(f"{page}/pay", data=hidden(client), headers=HTML)
    assert again.status_code == 303
    paid = httpx.post(again.location, data={"number": "4242 4242 4242 4242"}, trust_env=False)
    client.get(paid.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    drain()
    assert "Payé par carte" in client.get(page, headers=HTML).text
    late = client.post(f"{page}/pay", data=hidden(client), headers=HTML)
    assert late.status_code == 409


def held_min(connection: Connection) -> list[int]:
    """Return for how many minutes yet stock is held."""
    rows = connection.execute(
        text(
            "SELECT round(extract(epoch FROM held_until - statement_timestamp()) / 60)"
            " FROM reservation WHERE quantity > 0"
        )
    )
    return [int(each) for each in rows.scalars()]


def test_who_went_to_pay_for_the_last_one_comes_back_changes_the_basket_and_pays(
    client: FlaskClient, connection: Connection, shelves: Shop, cards: None
) -> None:
    fill(client, "THEIERE-BLANC")
    assert order(client, total=3490, payment="card").status_code == 303
    basket = client.get("/fr/basket", headers=HTML).text
    assert "Théière Alba" in basket
    assert "prête" in basket.lower() or "prêt" in basket.lower()
    article = client.get("/fr/articles/THEIERE?sku=THEIERE-BLANC", headers=HTML).text
    assert "Retirer à Lyon Croix-Rousse" in article
    fill(client, "BOOK")
    assert client.get("/fr/checkout", headers=HTML).status_code == 200
    away = order(client, total=3490 + 455, payment="card")
    assert away.status_code == 303
    paid = httpx.post(away.location, data={"number": "4242 4242 4242 4242"}, trust_env=False)
    back = paid.headers["Location"].removeprefix("http://localhost")
    page = client.get(back, headers=HTML).location
    drain()
    assert "Payé par carte" in client.get(page, headers=HTML).text
    rows = connection.execute(
        text("SELECT status, pending_until IS NULL FROM fulfillment ORDER BY created_at, id")
    ).all()
    assert [tuple(row) for row in rows] == [("expired", False), ("new", True)]
    assert "Votre panier est vide" in client.get("/fr/basket", headers=HTML).text
    fill(client, "BOOK")  # into a basket of its own: the one that was paid is an order
    lines = connection.execute(
        text(
            "SELECT pending_id IS NULL, count(*) FROM cart JOIN cart_line ON cart_id = cart.id"
            " GROUP BY 1 ORDER BY 1"
        )
    )
    assert [tuple(row) for row in lines] == [(False, 2), (True, 1)]
    assert run_checks() == []


def test_another_shopper_does_not_get_what_somebody_is_paying_for(
    app: Flask, client: FlaskClient, connection: Connection, shelves: Shop, cards: None
) -> None:
    fill(client, "THEIERE-BLANC")
    order(client, total=3490, payment="card")
    other = app.test_client()
    fill(other, "THEIERE-BLANC")
    refused = order(other, total=3490, payment="card")
    assert refused.status_code == 409
    assert count(connection, "sales_order") == 1


@pytest.mark.usefixtures("cards")
def test_what_comes_from_elsewhere_is_told_before_the_card_is_asked(
    app: Flask, client: FlaskClient, session: Session, connection: Connection, shelves: Shop
) -> None:
    limits = {"after_partial": "transfer", "after_none": "transfer"}
    rules = SetRules("Entre magasins", Method.PICKUP, [{"rank": "distance"}], limits)
    orders.services.set_rules(session, rules, actor=SYSTEM)
    last = {"THEIERE-BLANC": 1}
    receive(session, location_id=shelves.paris, quantities=last, actor=SYSTEM)
    session.commit()
    fill(client, "THEIERE-BLANC")
    other = app.test_client()
    fill(other, "THEIERE-BLANC")
    order(other, total=3490)
    told = order(client, total=3490, payment="card").location
    page = client.get(told, headers=HTML).text
    assert "Prévue au plus tard" in page
    assert "Payer par carte" in page
    form = hidden(client, told)
    away = client.post(f"{told.partition('?')[0]}/pay", data=form, headers=HTML).location
    paid = httpx.post(away, data={"number": "4242 4242 4242 4242"}, trust_env=False)
    client.get(paid.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    drain()
    states = connection.execute(text("SELECT status FROM fulfillment ORDER BY created_at"))
    assert list(states.scalars()) == ["new", "in_transfer"]
    assert run_checks() == []


def test_an_order_paid_in_another_tab_is_shown_instead_of_a_second_one(
    client: FlaskClient, connection: Connection, shelves: Shop, cards: None
) -> None:
    fill(client, "THEIERE-BLANC")
    away = order(client, total=3490, payment="card")
    page = f"/fr/orders/{order_token(order_id_of(connection))}"
    paid = httpx.post(away.location, data={"number": "4242 4242 4242 4242"}, trust_env=False)
    client.get(paid.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    again = order(client, total=3490, payment="card")
    assert (again.status_code, again.location.partition("?")[0]) == (303, page)
    drain()
    assert count(connection, "sales_order") == 1
    assert "Payé par carte" in client.get(page, headers=HTML).text


def test_the_open_page_of_an_order_keeps_what_it_holds(
    client: FlaskClient, session: Session, connection: Connection, shelves: Shop, cards: None
) -> None:
    fill(client, "THEIERE-BLANC")
    order(client, total=3490, payment="card")
    page = f"/fr/orders/{order_token(order_id_of(connection))}"
    connection.execute(
        text(
            "WITH r AS (UPDATE reservation SET held_until = held_until - interval '30 minutes')"
            " UPDATE fulfillment SET pending_until = pending_until - interval '30 minutes'"
        )
    )
    assert held_min(connection) == [5]
    assert f'hx-post="{page}/hold" hx-trigger="every 60s"' in client.get(page, headers=HTML).text
    assert held_min(connection) == [5]
    assert send(client, f"{page}/hold").status_code == 204
    assert held_min(connection) == [35]
    assert client.post(f"{page}x/hold", data=hidden(client), headers=HTML).status_code == 404


def reach_of(connection: Connection) -> list[tuple[str, str | None, str | None, str | None]]:
    """Return who waits for which SKU, and at which store."""
    rows = connection.execute(
        text(
            "SELECT w.sku, l.code, c.email, c.phone FROM stock_wish w JOIN contact c"
            " ON c.id = w.contact_id LEFT JOIN location l ON l.id = w.location_id"
            " WHERE w.ended_at IS NULL ORDER BY w.created_at"
        )
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]  # a row is what was selected


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fr", ("Me prévenir de son retour", "Nous vous préviendrons", "ne serez plus prévenu")),
        ("en", ("Tell me when it is back", "We tell you when it is back", "not told any more")),
    ],
)
def test_who_misses_an_article_asks_to_be_told_and_thinks_better_of_it(
    client: FlaskClient,
    connection: Connection,
    shelves: Shop,
    language: str,
    says: tuple[str, str, str],
) -> None:
    asks, asked, over = says
    path = f"/{language}/articles/THEIERE"
    assert asks not in client.get(f"{path}?sku=THEIERE-BLEU&store=paris", headers=HTML).text
    missing = client.get(f"{path}?sku=THEIERE-BLANC&store=paris", headers=HTML).text
    assert asks in missing
    assert 'name="at" value="paris" required checked' in missing
    wish = {"sku": "THEIERE-BLANC", "at": "paris", "reach": "chloe@example.org"}
    sent = send(client, f"/{language}/wishes", **wish)
    assert sent.status_code == 303
    assert reach_of(connection) == [("THEIERE-BLANC", "paris", "chloe@example.org", None)]
    assert asked in client.get(sent.location, headers=HTML).text
    link = sent.location.partition("?")[0]
    before = reach_of(connection)
    assert client.get(link, headers=HTML).status_code == 200
    assert reach_of(connection) == before
    assert over in send(client, link).text
    assert reach_of(connection) == []


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        ("", "Donnez une adresse e-mail ou un numéro de mobile."),
        ("chloe@", "Écrivez l’adresse entière"),
        ("0612", "Écrivez dix chiffres"),
    ],
)
def test_an_address_nobody_can_write_to_is_asked_for_again_and_kept(
    client: FlaskClient, connection: Connection, shelves: Shop, reach: str, said: str
) -> None:
    wish = {"sku": "THEIERE-BLANC", "at": "", "reach": reach}
    refused = send(client, "/fr/wishes", **wish)
    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{reach}"' in refused.text
    assert "Théière Alba" in refused.text
    assert reach_of(connection) == []


def test_a_number_will_do_and_a_foreign_link_ends_nothing(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    send(client, "/fr/wishes", sku="THEIERE-BLANC", at="", reach="06 39 98 12 34")
    assert reach_of(connection) == [("THEIERE-BLANC", None, None, "+33639981234")]
    foreign = f"/fr/wishes/{order_token(shelves.brand_id)}"
    assert client.get(foreign, headers=HTML).status_code == 404
    assert client.post(foreign, data=hidden(client), headers=HTML).status_code == 404
    assert len(reach_of(connection)) == 1


# Slots, drive, ways, and the store's page


def open_drive(session: Session, *, capacity: int = 1) -> None:
    """Let Lyon hand over at the drive, in slots of an hour, for one customer each."""
    method = StoreMethod.DRIVE
    set_method(session, code="lyon", method=method, offered=True, actor=SYSTEM)
    pattern = AddPattern(method, tuple(range(1, 8)), time(12), time(18), 60, capacity)
    add_pattern(session, pattern, code="lyon", actor=SYSTEM)
    session.commit()


def free_slots(page: str) -> list[str]:
    """Return the slots of the drive that can be chosen."""
    return re.findall(r'name="slot" value="(drive:[^"]+)" required(?! disabled)', page)


def test_without_slots_and_drive_nobody_is_asked_when(client: FlaskClient, shelves: Shop) -> None:
    fill(client, "BOOK")
    page = client.get("/fr/checkout", headers=HTML).text
    assert "Comment et quand retirez-vous" not in page
    assert "Gardé pour vous jusqu’à" in page


def test_a_slot_at_the_drive_is_chosen_booked_and_shown(
    client: FlaskClient, session: Session, connection: Connection, shelves: Shop
) -> None:
    open_drive(session)
    fill(client, "BOOK")
    page = client.get("/fr/checkout", headers=HTML).text
    assert 'name="slot" value="pickup" required checked' in page
    slot = free_slots(page)[0]
    placed = order(client, total=455, slot=slot)
    assert placed.status_code == 303
    row = connection.execute(text("SELECT method, slot_id FROM fulfillment")).one()
    assert (row.method, str(row.slot_id)) == ("drive", slot.partition(":")[2])
    shown = client.get(placed.location, headers=HTML).text
    assert "Votre créneau" in shown
    assert "Au drive, sans descendre de voiture" in shown


def test_who_loses_a_slot_keeps_everything_and_is_offered_the_next_free_one(
    app: Flask, client: FlaskClient, session: Session, connection: Connection, shelves: Shop
) -> None:
    open_drive(session)
    loser = app.test_client()
    fill(client, "BOOK")
    fill(loser, "BOOK")
    first, second = free_slots(client.get("/fr/checkout", headers=HTML).text)[:2]
    assert order(client, total=455, slot=first).status_code == 303
    with nothing_moves(connection):
        page = order(loser, total=455, slot=first, email="paul@example.org")
    assert page.status_code == 409
    assert "Quelqu’un vient de prendre ce créneau. Le prochain libre est" in page.text
    assert 'value="paul@example.org"' in page.text
    assert f'value="{second}" required checked' in page.text
    assert f'value="{first}" required disabled' in page.text
    assert "complet" in page.text
    assert order(loser, total=455, slot=second).status_code == 303
    assert count(connection, "sales_order") == 2


@pytest.mark.parametrize("slot", ["boat", "drive:soon", "ship", "pickup:\x00"])
def test_a_way_nobody_offers_is_asked_for_again(
    client: FlaskClient, session: Session, connection: Connection, shelves: Shop, slot: str
) -> None:
    open_drive(session)
    fill(client, "BOOK")
    form = {**hidden(client), **CHLOE, "total": "455", "slot": slot}
    with nothing_moves(connection):
        page = client.post("/fr/checkout", data=form, headers=HTML)
    assert (page.status_code, "Choisissez comment et quand vous retirez." in page.text) == (
        422,
        True,
    )
    assert 'value="chloe.durand@example.org"' in page.text


def test_a_basket_nobody_has_whole_is_offered_in_sentences_with_one_tap_each(
    client: FlaskClient, session: Session, connection: Connection, shelves: Shop
) -> None:
    on = date(2999, 1, 7)
    expect_goods(session, ExpectGoods(shelves.lyon, {"THEIERE-BLANC": 9}, on), actor=SYSTEM)
    session.commit()
    fill(client, "THEIERE-BLANC", times=3)
    page = client.get("/fr/basket", headers=HTML).text
    assert "Comment avoir votre panier" in page
    assert "1 sur 3" in page
    assert "le reste attendu lundi 7 janvier 2999" in page
    taken = send(client, "/fr/basket/change", store="lyon", fit="yes")
    assert taken.status_code == 303
    assert order(client, total=3490).status_code == 303


def test_an_article_that_is_only_expected_says_from_which_day(
    client: FlaskClient, session: Session, connection: Connection, shelves: Shop
) -> None:
    connection.execute(text("UPDATE stock_level SET on_hand = 0 WHERE sku = 'THEIERE-BLANC'"))
    command = ExpectGoods(shelves.lyon, {"THEIERE-BLANC": 9}, date(2999, 1, 7))
    expect_goods(session, command, actor=SYSTEM)
    session.commit()
    page = client.get("/fr/articles/THEIERE?sku=THEIERE-BLANC", headers=HTML).text
    assert "Attendu lundi 7 janvier 2999" in page


def test_an_article_says_until_when_to_order_and_how_long_it_is_kept(
    client: FlaskClient, shelves: Shop
) -> None:
    page = client.get("/en/articles/THEIERE?store=lyon", headers=HTML).text
    assert re.search(r"Order (before|by) .{4,40} and it is ready", page)
    assert "Kept for you until" in page


# Who comes


def test_somebody_is_sent_and_withdrawn_and_the_page_says_who(
    client: FlaskClient, connection: Connection, shelves: Shop
) -> None:
    fill(client, "BOOK")
    path = order(client, total=455).location.partition("?")[0]
    make_ready(client, shelves, connection)
    wrong = send(client, f"{path}/others", first_name="Paul", last_name="", reach="nowhere")
    assert (wrong.status_code, 'value="Paul"' in wrong.text) == (422, True)
    assert count(connection, "proxy") == 0

    paul = {"first_name": "Paul", "last_name": "Petit", "reach": "paul@example.org"}
    assert send(client, f"{path}/others", **paul).location == path
    assert "Paul P." in client.get(path, headers=HTML).text
    proxy_id = connection.execute(text("SELECT id FROM proxy")).scalar_one()

    assert send(client, f"{path}/others/{proxy_id}/withdraw").location == path
    assert "Paul P." not in client.get(path, headers=HTML).text
    page = client.get(f"{path}/others", headers=HTML).text
    assert "Ne peut plus la retirer" in page
    revoked = connection.execute(
        text("SELECT revoked_why FROM pickup_pass WHERE contact_id IS NOT NULL")
    ).scalar_one()
    assert revoked == "proxy-withdrawn"


def test_the_way_to_the_car_is_offered_only_where_somebody_walks_it(
    client: FlaskClient, connection: Connection, session: Session, shelves: Shop
) -> None:
    fill(client, "BOOK")
    path = order(client, total=455).location.partition("?")[0]
    make_ready(client, shelves, connection)
    parcel = connection.execute(text("SELECT id FROM fulfillment")).scalar_one()
    assert "Dans votre voiture" not in client.get(path, headers=HTML).text
    refused = send(client, f"{path}/{parcel}/arrived", bay="4")
    assert (refused.status_code, count(connection, "arrival")) == (409, 0)

    set_method(session, code="lyon", method=StoreMethod.DRIVE, offered=True, actor=SYSTEM)
    session.commit()
    assert "Dans votre voiture" in client.get(path, headers=HTML).text
    assert send(client, f"{path}/{parcel}/arrived", bay="b4").location == path
    page = client.get(path, headers=HTML).text
    assert "Le magasin sait que vous êtes là." in page
    assert "place B4" in page
