"""The shop's pages of stores: hours, exceptions and why, what is offered, and what engines read."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.shop.storefront import say_minutes
from kernel.actors import SYSTEM
from stores.commands import AddPattern, ExceptDays, OpenLocation, StoreMethod
from stores.queries import list_coming_exceptional
from tests.conftest import Shop, today
from tests.unmoved import nothing_moves

HTML = {"Accept": "text/html"}
HOURS = "Mo-Sa 09:30-19:00; PH off"
TODAY = today()


@pytest.fixture
def lyon(connection: Connection, shop: Shop) -> Shop:
    """Lyon keeps ordinary hours and can be called."""
    connection.execute(
        text(
            "UPDATE location SET opening_hours = :hours, phone = '+33465710412' WHERE code='lyon'"
        ),
        {"hours": HOURS},
    )
    return shop


def words(html: str) -> str:
    """Return what a reader sees of a page."""
    plain = re.sub(r"<(script|svg)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(plain.replace("&#39;", "'").split())


def structured(html: str) -> Any:
    """Return what a search engine reads on a page."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def next_day(weekday: int) -> Any:
    """Return the next such weekday after today that is no holiday near the end of a year."""
    return TODAY + timedelta(days=(weekday - TODAY.weekday() - 1) % 7 + 1)


def send(client: FlaskClient, path: str) -> Any:
    page = client.get("/fr/place", headers=HTML).text
    fields = dict(re.findall(r'<input type="hidden" name="(csrf|form)" value="([^"]+)"', page)[:2])
    return client.post(path, data=fields, headers=HTML)


def except_days(session: Session, first: Any, last: Any, hours: str | None, reason: str) -> None:
    command = ExceptDays(first, last, hours, reason)
    stores.services.except_days(session, command, code="lyon", actor=SYSTEM)
    session.commit()


def test_the_list_names_each_store_under_its_town_and_changes_nothing(
    client: FlaskClient, connection: Connection, session: Session, lyon: Shop
) -> None:
    stores.services.open_location(
        session,
        OpenLocation(
            brand_id=lyon.brand_id, code="depot", name="Dépôt", street="1 quai", postcode="38070",
            city="Saint-Quentin", country="FR", phone=None, latitude=45.6, longitude=5.1,
            time_zone="Europe/Paris", opening_hours="24/7", sells=False, collects=False,
        ),
    )  # fmt: skip
    session.commit()
    with nothing_moves(connection):
        page = client.get("/en/stores", headers=HTML)
    assert page.status_code == 200
    assert re.findall(r'<h2 id="town-\d">([^<]+)</h2>', page.text) == ["Lyon", "Paris"]
    assert re.findall(r'href="(/en/stores/[^"]+)"', page.text) == [
        "/en/stores/lyon",
        "/en/stores/paris",
    ]
    assert "2 stores where you can collect, try and ask." in page.text
    assert client.get("/en/stores/depot", headers=HTML).status_code == 404
    assert client.get("/en/stores/nowhere", headers=HTML).status_code == 404


def test_many_stores_are_shown_by_whole_towns_page_by_page(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    for number in range(70):
        stores.services.open_location(
            session,
            OpenLocation(
                brand_id=shop.brand_id, code=f"s{number:02}", name=f"S {number:02}",
                street="1 rue", postcode="01000", city=f"Ville {number // 2:02}", country="FR",
                phone=None, latitude=46.0, longitude=5.0, time_zone="Europe/Paris",
                opening_hours=None,
            ),
        )  # fmt: skip
    session.commit()
    first = client.get("/en/stores", headers=HTML).text
    following = re.findall(r'rel="next" href="([^"]+)"', first)
    second = client.get(following[0], headers=HTML).text
    towns = [re.findall(r'<h2 id="town-\d+">([^<]+)</h2>', page) for page in (first, second)]
    assert [len(each) for each in towns] == [31, 6]
    assert towns[0] + towns[1] == ["Lyon", "Paris", *(f"Ville {n:02}" for n in range(35))]
    assert 'rel="next"' not in second


def test_stores_near_a_place_come_first_nearest_first(
    client: FlaskClient, session: Session, lyon: Shop
) -> None:
    page = client.get("/fr/place", headers=HTML).text
    fields = dict(re.findall(r'<input type="hidden" name="(csrf|form)" value="([^"]+)"', page)[:2])
    client.post("/fr/place", data={**fields, "where": "Villeurbanne"}, headers=HTML)
    found = client.get("/fr/stores", headers=HTML).text
    assert "À proximité\u00a0: Villeurbanne" in found
    around = found[found.index("around-title") : found.index('class="towns')]
    assert re.findall(r'href="/fr/stores/([^"]+)"', around) == ["lyon"]
    assert re.findall(r"3,8 km", words(around).replace("\u00a0", " ")) != []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("1 rue du Test 69004 Lyon", "04 65 71 04 12", "9 h 30 – 19 h", "Choisir ce magasin",
                "Prêt d’habitude en 2 heures d’ouverture du magasin.",
                "Gardé pour vous 7 jours une fois prêt.", "Retrait en magasin")),
        ("en", ("1 rue du Test 69004 Lyon", "04 65 71 04 12", "9.30 am – 7 pm", "Choose this store",
                "Usually ready within 2 hours of opening time.",
                "Kept for you for 7 days once it is ready.", "Collect in the store")),
    ],
)  # fmt: skip
def test_a_store_says_where_it_is_when_it_is_open_and_how_soon(
    client: FlaskClient, connection: Connection, lyon: Shop, language: str, said: tuple[str, ...]
) -> None:
    with nothing_moves(connection):
        page = client.get(f"/{language}/stores/lyon", headers=HTML)
    assert page.status_code == 200
    shown = words(page.text).replace("\u00a0", " ")
    assert [each for each in said if each not in shown] == []
    assert shown.count(said[2]) >= 5
    assert f'<link rel="canonical" href="http://shop.test/{language}/stores/lyon">' in page.text


def test_exceptional_days_are_told_with_their_reason_and_the_last_word_holds(
    client: FlaskClient, session: Session, lyon: Shop
) -> None:
    day, other = next_day(1), next_day(2) + timedelta(days=7)
    except_days(session, day, day, "10:00-21:00", "nocturne")
    except_days(session, other, other + timedelta(days=2), None, "inventaire <3")
    except_days(session, other + timedelta(days=1), other + timedelta(days=1), "09:30-12:00", "si")
    except_days(session, TODAY - timedelta(days=9), TODAY - timedelta(days=2), None, "passé")
    page = client.get("/fr/stores/lyon", headers=HTML).text
    shown = words(page).replace("\u00a0", " ").replace("\u202f", " ")
    assert re.search(r"Horaires exceptionnels le mardi [^:]+, 10 h – 21 h : nocturne", shown)
    assert len(re.findall("Fermé exceptionnellement le [^:]+ : inventaire &lt;3", shown)) == 2
    assert re.search(r"Horaires exceptionnels le jeudi [^:]+, 9 h 30 – 12 h : si", shown)
    assert "passé" not in shown
    assert "<3" not in page


def test_search_engines_read_the_usual_week_and_each_day_that_differs(
    client: FlaskClient, session: Session, lyon: Shop
) -> None:
    day = next_day(1)
    except_days(session, day, day, None, "inventaire </script>")
    found = structured(client.get("/fr/stores/lyon", headers=HTML).text)
    special = found.pop("specialOpeningHoursSpecification")
    assert found == {
        "@context": "https://schema.org",
        "@type": "Store",
        "@id": "http://shop.test/fr/stores/lyon",
        "url": "http://shop.test/fr/stores/lyon",
        "name": "Aubépin Lyon Croix-Rousse",
        "branchCode": "lyon",
        "parentOrganization": {"@type": "Organization", "name": "Aubépin"},
        "currenciesAccepted": "EUR",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "1 rue du Test",
            "postalCode": "69004",
            "addressLocality": "Lyon",
            "addressCountry": "FR",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 45.7746, "longitude": 4.8318},
        "telephone": "+33465710412",
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
                "opens": "09:30",
                "closes": "19:00",
            }
        ],
    }
    assert {
        "@type": "OpeningHoursSpecification",
        "validFrom": day.isoformat(),
        "validThrough": day.isoformat(),
        "opens": "00:00",
        "closes": "00:00",
        "description": "inventaire </script>",
    } in special


def test_a_store_without_hours_and_telephone_says_neither(client: FlaskClient, shop: Shop) -> None:
    found = structured(client.get("/fr/stores/paris", headers=HTML).text)
    week = found["openingHoursSpecification"]
    assert [(each["opens"], each["closes"], len(each["dayOfWeek"])) for each in week] == [
        ("00:00", "23:59", 7)
    ]
    assert "telephone" not in found


def test_what_is_paused_says_until_when_and_why_and_drive_names_the_next_slot(
    client: FlaskClient, session: Session, lyon: Shop
) -> None:
    until = datetime.now(UTC) + timedelta(days=2)
    stores.services.pause_method(
        session, code="lyon", method=StoreMethod.PICKUP, until=until, reason="panne", actor=SYSTEM
    )
    stores.services.set_method(
        session, code="lyon", method=StoreMethod.DRIVE, offered=True, actor=SYSTEM
    )
    week = AddPattern(
        StoreMethod.DRIVE, (1, 2, 3, 4, 5, 6), time(12), time(19), minutes=30, capacity=2
    )
    stores.services.add_pattern(session, week, code="lyon", actor=SYSTEM)
    session.commit()
    shown = words(client.get("/en/stores/lyon", headers=HTML).text)
    assert re.search("Collect in the store Takes orders again .+ Why: panne Collect by car", shown)
    assert re.search(r"By appointment; the next one free is [^.]+ at [\d.]+.[ap]m\.", shown)


def test_a_store_that_prepares_no_orders_says_so_and_cannot_be_chosen(
    client: FlaskClient, connection: Connection, lyon: Shop
) -> None:
    connection.execute(text("UPDATE location SET collects = false WHERE code = 'lyon'"))
    page = client.get("/en/stores/lyon", headers=HTML).text
    assert "This store prepares no orders. You are welcome to come and choose there." in page
    assert "Choose this store" not in page


def test_choosing_a_store_collects_the_basket_there(
    client: FlaskClient, connection: Connection, lyon: Shop
) -> None:
    with nothing_moves(connection):
        assert client.post("/fr/stores/lyon/choose", headers=HTML).status_code == 403
    chosen = send(client, "/fr/stores/lyon/choose")
    assert (chosen.status_code, chosen.location) == (303, "/fr/")
    page = client.get("/fr/stores/lyon", headers=HTML).text
    assert "Votre magasin" in page
    assert "Choisir ce magasin" not in page
    assert send(client, "/fr/stores/nowhere/choose").status_code == 404
    rows = connection.execute(text("SELECT location_id FROM cart")).scalars().all()
    assert rows == [lyon.lyon]


def test_lengths_of_time_are_said_as_people_do() -> None:
    assert [say_minutes(each) for each in (45, 60, 90, 120)] == [
        "45 minutes", "1 heure", "1\u00a0h\u00a030", "2 heures"
    ]  # fmt: skip


def test_coming_exceptional_days_are_those_not_over_nor_withdrawn(
    session: Session, lyon: Shop
) -> None:
    except_days(session, TODAY - timedelta(days=3), TODAY - timedelta(days=1), None, "over")
    except_days(session, TODAY - timedelta(days=1), TODAY, None, "still")
    except_days(session, TODAY, TODAY, "10:00-12:00", "withdrawn")
    found = list_coming_exceptional(session, lyon.lyon, since=TODAY)
    assert [each.reason for each in found] == ["still", "withdrawn"]
    stores.services.withdraw_exception(session, found[1].id, code="lyon", actor=SYSTEM)
    session.commit()
    left = list_coming_exceptional(session, lyon.lyon, since=TODAY)
    assert [each.reason for each in left] == ["still"]
