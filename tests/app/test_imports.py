"""`comptoir import`: what is taken, what is reported, and that twice is once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.imports import read_gtin, read_price, read_vat
from kernel.errors import Invalid

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
OPEN = "Mo-Sa 09:30-19:00"


def feature(ref: int = 1, **tags: str) -> dict[str, Any]:
    """A store in Albertville, with these tags besides; `_` stands for the colon."""
    properties = {
        "name": "GiFi",
        "alt_name": "Gifi Albertville",
        "brand": "GiFi",
        "ref:FR:GiFi:id": ref,
        "addr:street": "Rue du Test",
        "addr:postcode": "73200",
        "addr:city": "Albertville",
        "addr:country": "FR",
        "phone": "04 79 31 21 74",
        "opening_hours": OPEN,
    }
    properties |= {key.replace("addr_", "addr:"): value for key, value in tags.items()}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [6.36813, 45.658]},
        "properties": properties,
    }


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    """Write features to a file."""

    def write(*features: object) -> Path:
        file = tmp_path / "stores.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return file

    return write


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write lines to a file."""

    def write(*lines: str, encoding: str = "utf-8") -> Path:
        file = tmp_path / "table.csv"
        file.write_bytes("\n".join(lines).encode(encoding))
        return file

    return write


def test_a_store_is_taken_with_its_code_name_number_phone_and_zone(
    installation: Any, geojson: Callable[..., Path]
) -> None:
    result = installation.run(
        "import", "stores", geojson(feature(29525, addr_street="Rue Ambroise Croizat57"))
    )
    assert result.exit_code == 0
    assert "1 read: 1 new, 0 brought up to date, 0 not taken, 1 warnings" in result.output
    assert installation.rows(
        "SELECT code, name, street, phone, time_zone, opening_hours, collects FROM location"
    ) == [
        (
            "gifi-29525",
            "GiFi Albertville",
            "57 Rue Ambroise Croizat",
            "+33 4 79 31 21 74",
            "Europe/Paris",
            OPEN,
            True,
        )
    ]
    assert installation.rows("SELECT code, name, currency, languages FROM brand") == [
        ("default", "GiFi", "EUR", ["fr", "en"])
    ]


@pytest.mark.parametrize(
    ("postcode", "zone", "region"),
    [
        ("97110", "America/Guadeloupe", "971"),
        ("97200", "America/Martinique", "972"),
        ("97300", "America/Cayenne", "973"),
        ("97400", "Indian/Reunion", "974"),
        ("97500", "America/Miquelon", "PM"),
        ("97600", "Indian/Mayotte", "976"),
        ("67000", "Europe/Paris", "6AE"),
    ],
)
def test_a_store_overseas_keeps_the_time_and_holidays_of_its_place(
    installation: Any, geojson: Callable[..., Path], postcode: str, zone: str, region: str
) -> None:
    installation.run("import", "stores", geojson(feature(addr_postcode=postcode)))
    assert installation.rows("SELECT time_zone, holiday_region FROM location") == [(zone, region)]


def test_a_store_without_readable_hours_is_taken_but_offers_no_collection(
    installation: Any, geojson: Callable[..., Path]
) -> None:
    result = installation.run(
        "import",
        "stores",
        geojson(feature(1, opening_hours=""), feature(2, opening_hours="all day long")),
    )
    assert result.exit_code == 0
    assert installation.rows("SELECT opening_hours, collects FROM location") == [(None, False)] * 2
    assert installation.report(result) == [
        ("1", "warning", "the opening hours are not known: no collection until they are"),
        (
            "2",
            "warning",
            "opening hours 'all day long' cannot be read: no collection until they can",
        ),
    ]


def test_features_that_cannot_be_meant_are_reported_and_the_others_taken(
    installation: Any, geojson: Callable[..., Path]
) -> None:
    far, nowhere, area = feature(2), feature(3), feature(4)
    far["geometry"]["coordinates"] = [6.4, 95]
    nowhere["geometry"] = None
    area["geometry"]["type"] = "Polygon"
    result = installation.run(
        "import",
        "stores",
        geojson(feature(1), far, nowhere, area, feature(1), 7, feature(8, addr_city="A\0B")),
    )
    assert result.exit_code == 3
    assert installation.rows("SELECT code FROM location") == [("gifi-1",)]
    assert installation.report(result) == [
        ("2", "not taken", "longitude 6.4, latitude 95 is not on Earth"),
        ("3", "not taken", "the geometry is missing"),
        ("4", "not taken", "the geometry is a Polygon, not a Point"),
        ("5", "not taken", "gifi-1 stood on an earlier line already"),
        ("6", "not taken", "this is not a feature with properties"),
        ("7", "not taken", "the city cannot be stored: Control signs are not allowed."),
    ]


@pytest.mark.parametrize("content", ["{", "[1, 2]", '{"features": 3}', "[" * 100_000])
def test_a_file_that_is_no_geojson_is_refused_whole(
    installation: Any, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "stores.geojson"
    file.write_text(content)
    result = installation.run("import", "stores", file)
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {file} is not ")


def test_articles_are_taken_with_all_their_columns(
    installation: Any, table: Callable[..., Path]
) -> None:
    file = table(
        "Référence;Désignation;Prix;TVA;EAN;Rayon;Options;Image;Devise",
        'MUG-B;"Tasse; bleue";1 234,50;5,5 %;4006381333931;Arts de la table;colour=blue|size:L;'
        "https://example.org/m.jpg;EUR",
        "BOOK;Carnet;4,55;;;;;;",
    )
    result = installation.run("import", "catalogue", file, "--language", "fr")
    assert (result.exit_code, installation.report(result)) == (0, [])
    assert installation.rows(
        "SELECT s.code, t.language, t.name, p.amount_minor, p.currency, s.vat_bp, s.gtin,"
        " c.names, s.options, a.picture FROM sku s JOIN article a ON a.id = s.article_id"
        " JOIN article_text t ON t.article_id = a.id JOIN price p ON p.sku = s.code"
        " LEFT JOIN category c ON c.code = a.category_code ORDER BY s.code"
    ) == [
        ("BOOK", "fr", "Carnet", 455, "EUR", 2000, None, None, {}, None),
        (
            "MUG-B",
            "fr",
            "Tasse; bleue",
            123450,
            "EUR",
            550,
            "04006381333931",
            {"fr": "Arts de la table"},
            {"colour": "blue", "size": "L"},
            "https://example.org/m.jpg",
        ),
    ]


def test_rows_that_cannot_be_meant_are_reported_and_the_others_taken(
    installation: Any, table: Callable[..., Path]
) -> None:
    file = table(
        "sku,name,price,gtin",
        "A,Tent,89.90,4006381333931",
        "B,Mug,abc,",
        "C,Mug,-1.00,",
        "D,Mug,1.00,4006381333932",
        "E,Mug,1.00",
        "A,Tent again,89.90,",
        'F,"Mug\0",1.00,',
        "G,Mug,12.90,4006381333931",
        ",Mug,1.00,",
        "H,,1.00,",
        "",
        "I,<b>Mug</b>,0,",
    )
    result = installation.run("import", "catalogue", file)
    assert result.exit_code == 3
    assert "11 read: 2 new, 0 brought up to date, 9 not taken, 2 warnings" in result.output
    assert installation.rows("SELECT sku, amount_minor FROM price ORDER BY sku") == [
        ("A", 8990),
        ("I", 0),
    ]
    assert sorted(installation.report(result), key=lambda row: int(row[0])) == [
        ("3", "not taken", "price 'abc' is not an amount"),
        ("4", "not taken", "price '-1.00' is negative"),
        (
            "5",
            "not taken",
            "GTIN '4006381333932' is not one: The number's checksum or check digit is invalid.",
        ),
        ("6", "not taken", "it has 3 values, but the header names 4 columns"),
        ("7", "not taken", "A stood on an earlier line already"),
        ("8", "not taken", "the name cannot be stored: Control signs are not allowed."),
        ("9", "not taken", "its GTIN belongs to another SKU"),
        ("10", "not taken", "the code is empty"),
        ("11", "not taken", "the name is empty"),
        ("13", "warning", "the name of I holds HTML, which is shown as it is written"),
        ("13", "warning", "I costs nothing"),
    ]


def test_the_same_file_twice_changes_nothing_and_a_new_price_ends_the_old_one(
    installation: Any, table: Callable[..., Path]
) -> None:
    for _ in range(2):
        result = installation.run("import", "catalogue", table("sku,name,price", "A,Tent,89.90"))
    assert "1 read: 0 new, 1 brought up to date, 0 not taken" in result.output
    assert installation.rows("SELECT amount_minor, valid_to FROM price") == [(8990, None)]
    installation.run("import", "catalogue", table("sku,name,price", "A,Tent,79.90"))
    assert installation.rows(
        "SELECT amount_minor, valid_to IS NULL FROM price ORDER BY amount_minor"
    ) == [(7990, True), (8990, False)]


def test_a_quote_never_closed_costs_its_own_lines_only(
    installation: Any, table: Callable[..., Path]
) -> None:
    file = table("sku,name,price", "A,Tent,1.00", 'B,"Mug,1.00', "C,Book,1.00")
    result = installation.run("import", "catalogue", file)
    assert (result.exit_code, installation.rows("SELECT code FROM sku")) == (3, [("A",)])
    assert installation.report(result) == [
        ("3", "not taken", "lines 3 to 4 cannot be read: unexpected end of data")
    ]


def test_the_given_currency_wins_over_the_header_and_is_said(
    installation: Any, table: Callable[..., Path]
) -> None:
    file = table("stock_code,description,unit_price_gbp", "A,TENT,89.90")
    result = installation.run("import", "catalogue", file, "--currency", "EUR")
    assert "The header says GBP: its figures are taken as EUR." in result.output
    assert installation.rows("SELECT amount_minor, currency FROM price") == [(8990, "EUR")]
    refused = installation.run("import", "catalogue", file)
    assert refused.exit_code == 2
    assert "The prices are in GBP, but brand default sells in EUR." in refused.output


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("utf-16", "is written in UTF-16. Save it as UTF-8"),
        ("utf-16-le", "is written in UTF-16. Save it as UTF-8"),
        ("latin-1", "is not written in UTF-8 (line 2)"),
    ],
)
def test_a_file_in_another_encoding_is_refused_whole(
    installation: Any, table: Callable[..., Path], encoding: str, sentence: str
) -> None:
    file = table("sku,name,price", "A,Tente été,1.00", encoding=encoding)
    result = installation.run("import", "catalogue", file)
    assert (result.exit_code, sentence in result.output) == (2, True)
    assert not installation.home.exists()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["sku,name", "A,Tent"], "no column for price; the header says: sku, name"),
        ([""], "is empty: the first line has to name the columns"),
        (["x" * 1_000_001], "holds a line of more than 1,000,000 signs: no table"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_whole(
    installation: Any, table: Callable[..., Path], lines: list[str], sentence: str
) -> None:
    result = installation.run("import", "catalogue", table(*lines))
    assert (result.exit_code, sentence in result.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12", 1200),
        ("12,5", 1250),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("0.10", 10),
        ("1 234,00", 123400),
        ("1.234.567", 123456700),
    ],
)
def test_figures_are_read_with_either_mark(text: str, minor: int) -> None:
    assert read_price(text, "EUR") == minor


@pytest.mark.parametrize(
    "text", ["", "abc", "1e3", "1,234", "0.125", "12.", "1,2,3", "99999999.99", "NaN", "١٢"]
)
def test_figures_that_are_no_sure_amount_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_price(text, "EUR")


def test_rates_are_per_cent_and_barcodes_have_their_check_digit() -> None:
    assert [read_vat(text) for text in ("20", "5,5 %", "2.10", "0")] == [2000, 550, 210, 0]
    assert read_gtin("3017620422003") == "03017620422003"
    for wrong in ("0.2", "101", "x", "-5"):
        with pytest.raises(Invalid):
            read_vat(wrong)
    with pytest.raises(Invalid):
        read_gtin("3.01762E+12")


def test_counted_stock_becomes_what_is_on_hand(
    installation: Any, geojson: Callable[..., Path], table: Callable[..., Path]
) -> None:
    installation.run("import", "stores", geojson(feature(1), feature(2)))
    installation.run("import", "catalogue", table("sku,name,price", "A,Tent,89.90", "B,Mug,12.90"))
    file = table(
        "store,sku,quantity",
        "gifi-1,A,5",
        "gifi-2,A,7.0",
        "gifi-1,B,0",
        "gifi-9,A,1",
        "gifi-1,Z,1",
        "gifi-1,B,-1",
        "gifi-1,A,6",
    )
    result = installation.run("import", "stock", file)
    assert result.exit_code == 3
    assert "7 read: 2 changed, 1 as they were, 4 not taken" in result.output
    levels = "SELECT l.code, s.sku, s.on_hand FROM stock_level s JOIN location l"
    levels += " ON l.id = s.location_id ORDER BY 1, 2"
    assert installation.rows(levels) == [("gifi-1", "A", 5), ("gifi-1", "B", 0), ("gifi-2", "A", 7)]
    assert installation.rows(
        "SELECT kind, on_hand_delta, reason FROM stock_movement ORDER BY id"
    ) == [
        ("adjusted", 5, "import of table.csv"),
        ("adjusted", 7, "import of table.csv"),
    ]
    assert sorted(installation.report(result)) == [
        ("5", "not taken", "there is no store 'gifi-9'"),
        ("6", "not taken", "SKU 'Z' is not in the catalogue"),
        ("7", "not taken", "quantity '-1' is not a whole number of at least 0"),
        ("8", "not taken", "gifi-1 A stood on an earlier line already"),
    ]
    again = installation.run("import", "stock", table("sku,qty", "A,5"), "--store", "gifi-1")
    assert "1 read: 0 changed, 1 as they were, 0 not taken" in again.output
    nowhere = installation.run("import", "stock", table("sku,qty", "A,5"), "--store", "gifi-7")
    assert (nowhere.exit_code, "There is no store 'gifi-7'." in nowhere.output) == (2, True)


def test_the_real_stores_and_articles_are_taken_whole(installation: Any) -> None:
    if not DATA.is_dir():
        pytest.skip("the real data (../shared/data) is not on this machine")
    places = installation.run("import", "stores", DATA / "stores" / "gifi.geojson")
    assert (places.exit_code, "539 read: 539 new," in places.output) == (0, True)
    assert installation.rows("SELECT count(*), sum(collects::int) FROM location") == [(539, 533)]
    articles = installation.run(
        "import", "catalogue", DATA / "retail" / "catalogue.csv", "--currency", "EUR"
    )
    assert (articles.exit_code, "3,891 read: 3,891 new," in articles.output) == (0, True)
    assert installation.rows("SELECT amount_minor FROM price WHERE sku = '10002'") == [(85,)]


def test_prices_are_tried_first_and_set_only_when_it_is_said(
    installation: Any, table: Callable[..., Path]
) -> None:
    installation.run("import", "catalogue", table("sku,name,price", "A,Tent,89.90", "B,Mug,9.90"))
    file = table(
        "sku,price,valid_from,valid_to,reduced",
        "A,79.90,2099-01-01,2099-02-01,yes",
        "B,9.90,,,",
        "C,1.00,,,",
        "A,much,,,",
        "B,8.90,soon,,",
        "B,7.90,2001-01-01,,",
    )
    tried = installation.run("import", "prices", file)
    assert tried.exit_code == 3
    assert "6 read: 1 would be set, 1 as they were, 4 not taken" in tried.output
    assert "Nothing was changed." in tried.output
    said = "SELECT sku, amount_minor FROM price ORDER BY sku, valid_from"
    assert installation.rows(said) == [("A", 8990), ("B", 990)]
    done = installation.run("import", "prices", file, "--apply")
    assert "6 read: 1 set, 1 as they were, 4 not taken" in done.output
    assert installation.rows(said) == [("A", 8990), ("A", 7990), ("A", 8990), ("B", 990)]
    assert installation.run("check").exit_code == 0


def test_people_of_a_former_system_are_taken_once_with_each_consent_and_its_proof(
    installation: Any, table: Callable[..., Path]
) -> None:
    file = table(
        "former_id,last_name,email,phone,line1,postcode,city,purpose,channel,granted,wording,"
        "proof,source,given_at",
        "C-1,Durand,chloe@example.org,06 39 98 12 34,12 rue des Lilas,33000,Bordeaux,"
        "marketing,email,yes,v3,form 88,account page,2019-05-04T10:00:00+02:00",
        "C-1,Durand,chloe@example.org,,,,,marketing,sms,no,v3,form 88,account page,"
        "2019-05-04T10:00:00+02:00",
        "C-2,Petit,paul@example.org,,,,,,,,,,,",
        "C-3,Martin,ada@example.org,,,,,marketing,email,yes,v3,,account page,"
        "2019-05-04T10:00:00+02:00",
        "C-4,Durand,,06 39 98 12 34,,,,,,,,,,",
        "C-5,Nobody,,,,,,,,,,,,",
    )
    first = installation.run("import", "customers", file, "--source", "oldshop")
    assert first.exit_code == 3
    assert "6 read: 3 new, 0 known, 3 not taken" in first.output
    assert [each[0] for each in installation.report(first)] == ["5", "7", "6"]
    again = installation.run("import", "customers", file, "--source", "oldshop")
    assert "6 read: 0 new, 3 known, 3 not taken" in again.output
    assert installation.rows("SELECT source, value FROM former_id ORDER BY value") == [
        ("oldshop", "C-1"),
        ("oldshop", "C-2"),
    ]
    assert installation.rows(
        "SELECT f.value, c.channel, c.granted, c.proof FROM consent c"
        " JOIN former_id f USING (customer_id) ORDER BY c.id"
    ) == [("C-1", "email", True, "form 88"), ("C-1", "sms", False, "form 88")]
    assert installation.rows("SELECT city FROM saved_address") == [("Bordeaux",)]
