"""The demonstration retailer: every article drawn, named and numbered; filling is repeatable."""

import json
import stat
from collections import Counter
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session
from stdnum import ean

from app.demo import seed
from app.demo.articles import CATEGORIES, articles
from app.demo.assortment import ARTICLES, Article
from app.demo.drawings import draw, draw_stand_in
from app.demo.drawings.objects import DRAWINGS
from app.demo.retailer import COLLEAGUES, STAFF, STORES, WAREHOUSE
from app.demo.seed import read_keys
from stores.promises import Schedule, is_open
from tests.conftest import as_key

SVG = "{http://www.w3.org/2000/svg}"
SKUS = [command.sku for command in articles()]
BYTES_MAX = 6000
SEED_STATEMENTS_MAX = 600
TABLES = (
    "brand", "category", "article", "article_text", "sku", "price", "location", "staff", "api_key",
    "stock_level", "stock_movement", "event",
)  # fmt: skip


def fills(picture: str) -> Counter[str]:
    return Counter(
        colour
        for element in ET.fromstring(picture).iter()  # noqa: S314 (our own drawing)
        for name in ("fill", "stroke")
        if (colour := element.get(name)) is not None
    )


def counts(session: Session) -> dict[str, int]:
    return {
        table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 (a constant)
        for table in TABLES
    }


def words(picture: str) -> list[str]:
    return [
        element.text or ""
        for element in ET.fromstring(picture).iter(f"{SVG}text")  # noqa: S314 (our own drawing)
    ]


def test_there_are_sixty_skus_in_six_categories() -> None:
    assert (len(SKUS), len(set(SKUS)), len(ARTICLES)) == (60, 60, 27)
    assert {article.category for article in ARTICLES} == set(CATEGORIES)
    assert len(CATEGORIES) == 6


def test_what_is_drawn_is_what_is_sold_in_the_category_it_is_sold_in() -> None:
    drawn = {
        f"{article}-{option}".rstrip("-"): drawing.category
        for article, drawing in DRAWINGS.items()
        for option in drawing.paints
    }
    assert drawn == {command.sku: command.category for command in articles()}


@pytest.mark.parametrize("sku", SKUS)
def test_a_picture_is_small_well_formed_and_needs_nothing_from_elsewhere(sku: str) -> None:
    picture = draw(sku)
    tree = ET.fromstring(picture)  # noqa: S314 (our own drawing)
    assert (tree.tag, tree.get("viewBox")) == (f"{SVG}svg", "0 0 400 400")
    assert len(picture.encode()) < BYTES_MAX
    assert {element.tag.removeprefix(SVG) for element in tree.iter()} <= {
        "svg", "g", "path", "clipPath", "ellipse",
    }  # fmt: skip
    assert "href" not in picture


@pytest.mark.parametrize("sku", SKUS)
def test_what_is_clipped_is_clipped_by_an_outline_of_the_same_picture(sku: str) -> None:
    elements = list(ET.fromstring(draw(sku)).iter())  # noqa: S314 (our own drawing)
    named = [element.attrib["id"] for element in elements if element.tag == f"{SVG}clipPath"]
    used = [
        clip.removeprefix("url(#").removesuffix(")")
        for element in elements
        if (clip := element.get("clip-path")) is not None
    ]
    assert used
    assert sorted(set(used)) == sorted(named)


def test_no_two_skus_look_alike() -> None:
    assert len({draw(sku) for sku in SKUS}) == 60


@pytest.mark.parametrize(
    "article",
    [article for article in ARTICLES if article.choices],
    ids=lambda article: article.code,
)
def test_the_colours_of_an_article_really_differ_and_its_sizes_are_larger_or_smaller(
    article: Article,
) -> None:
    pictures = [draw(f"{article.code}-{choice}") for choice in article.choices]
    if article.code == "PLANCHE":
        assert ["scale(0.72)" in picture for picture in pictures] == [True, False]
    else:
        assert len({frozenset(fills(picture)) for picture in pictures}) == len(pictures)


def test_what_is_not_drawn_is_refused() -> None:
    for sku in ("TENT-2P", "THEIERE", "THEIERE-MAUVE", ""):
        with pytest.raises(KeyError):
            draw(sku)


def test_a_stand_in_sets_the_name_large_and_whole() -> None:
    assert words(draw_stand_in("Set de 6 verres à eau", "cuisine")) == [
        "Set de 6",
        "verres à",
        "eau",
    ]


def test_a_stand_in_of_a_hostile_name_is_still_a_picture() -> None:
    picture = draw_stand_in('<script>"&\x00\x1b\ud800 Ø 30</script>', None)
    assert "".join(words(picture)).replace(" ", "") == '<script>"&Ø30</script>'


def test_a_stand_in_cuts_what_no_one_could_read_and_says_so() -> None:
    lines = words(draw_stand_in("Guirlande lumineuse " * 20, "jardin"))
    assert len(lines) == 6
    assert lines[-1].endswith("…")


def test_a_stand_in_of_no_name_has_no_words() -> None:
    assert words(draw_stand_in("", "bain")) == []


def test_every_barcode_is_for_internal_use_and_its_check_digit_fits() -> None:
    gtins = [command.gtin or "" for command in articles()]
    assert len(set(gtins)) == 60
    assert [gtin for gtin in gtins if not (len(gtin) == 14 and gtin.startswith("02"))] == []
    assert [gtin for gtin in gtins if not ean.is_valid(gtin.removeprefix("0"))] == []
    assert gtins[0] == "02000000010007"


def test_every_article_has_names_and_a_sentence_in_both_languages() -> None:
    for article in ARTICLES:
        french, english = article.texts
        assert all(article.names)
        assert french.endswith(".")
        assert english.endswith(".")
        assert french != english
    for command in articles():
        assert set(command.names) == {"fr", "en"}
        assert set(command.options) in ({"fr", "en"}, set())


def test_only_the_book_is_taxed_as_a_book() -> None:
    assert {command.sku: command.vat_bp for command in articles() if command.vat_bp != 2000} == {
        "IMAGIER": 550
    }


def test_filling_makes_the_whole_retailer_with_a_few_hundred_statements(
    session: Session, connection: Connection, tmp_path: Path
) -> None:
    sent: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *said: sent.append(said[2]))
    assert seed(tmp_path) is True
    assert 0 < len(sent) < SEED_STATEMENTS_MAX
    found = counts(session)
    assert found["sku"] == 60
    assert found["price"] == 60 + 2 + 2 * 2  # two reduced now, two for a time and back again
    assert found["article"] * 2 == found["article_text"] == 54
    assert found["location"] == len(STORES) + len(("warehouse", "store to come")) == 10
    assert found["staff"] == len(STAFF) + len(COLLEAGUES)
    assert found["api_key"] == 4


def test_filling_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    seed(tmp_path)
    before, keys = counts(session), read_keys(tmp_path)
    assert seed(tmp_path) is False
    assert (counts(session), read_keys(tmp_path)) == (before, keys)


def test_stock_varies_and_the_warehouse_has_everything(session: Session, tmp_path: Path) -> None:
    seed(tmp_path)
    rows = session.execute(
        text("SELECT code, sku, on_hand FROM stock_level JOIN location ON id = location_id")
    ).all()
    carried = Counter(row.code for row in rows)
    assert carried[WAREHOUSE.code] == 60
    for store in STORES:
        assert 45 <= carried[store.code] < 60
        assert {1, 2} & {row.on_hand for row in rows if row.code == store.code}
    assert min(row.on_hand for row in rows) == 1
    assert {row.sku for row in rows if row.code != WAREHOUSE.code} == set(SKUS)


def test_the_warehouse_ships_and_the_stores_are_collected_from(
    session: Session, tmp_path: Path
) -> None:
    seed(tmp_path)
    rows = session.execute(
        text("SELECT code, sells, collects, ships, holiday_region FROM location ORDER BY code")
    ).all()
    assert [row.code for row in rows if row.ships] == [WAREHOUSE.code]
    assert [row.code for row in rows if not (row.sells and row.collects)] == [WAREHOUSE.code]
    assert [row.code for row in rows if row.holiday_region] == ["strasbourg"]


def test_the_keys_open_the_doors_and_only_their_owner_reads_them(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    seed(tmp_path)
    path = tmp_path / "demo-keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keys = json.loads(path.read_text())
    assert set(keys) == {"associate", "manager", "agent", "admin"}
    sees = {
        role: [
            client.get(f"/api/v1/stores/{code}/stock", headers=as_key(key)).status_code
            for code in ("lyon-croix-rousse", "annecy")
        ]
        for role, key in keys.items()
    }
    assert sees == {
        "associate": [200, 404],
        "manager": [200, 404],
        "agent": [200, 200],
        "admin": [200, 200],
    }


def test_stores_keep_the_hours_a_shopper_would_meet() -> None:
    paris = ZoneInfo("Europe/Paris")
    sunday, lunch, boxing_day = (
        datetime(2026, 11, 22, 15, tzinfo=paris),
        datetime(2026, 11, 24, 13, tzinfo=paris),
        datetime(2026, 12, 26, 15, tzinfo=paris),
    )
    regions = {"strasbourg": "6AE"}
    schedules = {
        store.code: Schedule(store.opening_hours, "Europe/Paris", "FR", regions.get(store.code))
        for store in STORES
    }

    def closed_at(at: datetime) -> set[str]:
        return {code for code, schedule in schedules.items() if not is_open(schedule, at=at)}

    assert set(schedules) - closed_at(sunday) == {"paris-bastille"}
    assert closed_at(lunch) == {"annecy"}
    assert closed_at(boxing_day) == {"strasbourg"}


def test_an_article_says_what_it_is_and_its_picture_is_there(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    seed(tmp_path)
    found = client.get("/api/v1/articles/THEIERE?language=en").json
    assert found is not None
    assert found["description"] == (
        "Holds a litre under dotted enamel, with a steel strainer that lifts out one-handed."
    )
    assert found["picture"] == "theiere-bleu.svg"
    picture = client.get(f"/pictures/{found['picture']}")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert picture.text == draw("THEIERE-BLEU")
    assert client.get("/pictures/theiere-mauve.svg").status_code == 404
