"""`comptoir replay`: a day of real sales becomes orders that are placed, prepared and collected."""

import gzip
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.cli.replay import placing, shelves
from app.cli.replay.channels import USUAL, Entry, read_shares
from app.cli.replay.fates import Fate, Turn
from app.cli.replay.invoices import Invoice, drop_unknown, read_days, read_header
from app.cli.replay.plan import PlannedOrder, plan_orders
from app.cli.tables import Table, open_table
from sandbox import running

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
DAY = "2010-12-01"
ON_WEB = ("--calm", "--channels", "web")
SALES = (
    "536365,A,TENT,2,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
    "536365,B,MUG,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom",
    "536365,A,TENT,1,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
    "536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.0,17850.0,United Kingdom",
    "536366,B,MUG,1,2010-12-01 08:28:00,3.39,17850.0,France",
    "536367,A,TENT,4,2010-12-01 08:34:00,2.55,13047.0,France",
    "C536368,A,TENT,-4,2010-12-01 09:00:00,2.55,13047.0,France",
    "C536369,B,MUG,-2,2010-12-01 09:01:00,3.39,17850.0,United Kingdom",
    "C536370,B,MUG,-9,2010-12-01 09:02:00,3.39,17850.0,United Kingdom",
    "C536371,D,Discount,-1,2010-12-01 09:03:00,27.5,14527.0,United Kingdom",
    "536372,A,,56,2010-12-01 09:04:00,0.0,,United Kingdom",
    "536373,Z,NO LONGER SOLD,1,2010-12-01 09:05:00,1.0,,United Kingdom",
    "536373,B,MUG,many,2010-12-01 09:05:00,3.39,,United Kingdom",
    "536373,B,MUG,2,2010-12-01 09:05:00,3.39,,United Kingdom",
    "536374,A,TENT,-3,2010-12-01 09:06:00,2.55,,United Kingdom",
    "536375,A,TENT,9,2010-12-02 09:06:00,2.55,,United Kingdom",
    "536376,A,TENT,9,yesterday,2.55,,United Kingdom",
)


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """Two days of sales, gzipped: three orders of two customers and a guest, one taken back."""
    file = tmp_path / "sales.csv.gz"
    file.write_bytes(gzip.compress("\n".join((HEADER, *SALES)).encode()))
    return file


@pytest.fixture
def retailer(installation: Any, tmp_path: Path) -> Any:
    """Two stores that are always open and one that offers no collection, and two articles."""
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [4.83 + place / 100, 45.77]},
            "properties": {
                "name": "Comptoir",
                "ref": place,
                "addr:street": "Rue du Test",
                "addr:postcode": "69004",
                "addr:city": "Lyon",
                "opening_hours": hours,
            },
        }
        for place, hours in enumerate(("24/7", "24/7", ""), start=1)
    ]
    stores = tmp_path / "stores.geojson"
    stores.write_text(json.dumps({"type": "FeatureCollection", "features": points}))
    articles = tmp_path / "catalogue.csv"
    articles.write_text("sku,name,price\nA,TENT,89.90\nB,MUG,12.90\n")
    assert installation.run("import", "stores", stores).exit_code == 0
    assert installation.run("import", "catalogue", articles).exit_code == 0
    return installation


def figures(output: str) -> dict[str, int]:
    """Return the table a replay prints: label to figure."""
    found = re.findall(r"^ *(\S.*?) \.+ ([\d,]+)$", output, re.MULTILINE)
    return {label: int(figure.replace(",", "")) for label, figure in found}


def by_channel(output: str) -> dict[str, tuple[int, ...]]:
    """Return the table of channels a replay prints: channel to its figures."""
    found = re.findall(r"^([a-z]+)((?: +[\d,]+){7})$", output, re.MULTILINE)
    return {
        name: tuple(int(figure.replace(",", "")) for figure in figures.split())
        for name, figures in found
    }


def first_order(table: Table) -> PlannedOrder:
    """Return the plan of the first invoice, with its stock received."""
    places = read_header(table.header)
    first_day = date(2010, 12, 1)
    days = read_days(table.rows, places, first_day.__eq__, refuse=lambda _line, _reason: None)
    day = days[first_day]
    drop_unknown(day, frozenset({"POST", "Z", "D"}), refuse=lambda _line, _reason: None)
    first = next(plan_orders(day, ["comptoir-1"], {Entry.WEB: 1}, seed=1))
    shelves.receive_stock("comptoir-1", first.invoice.quantities)
    return first


def one_of_each() -> list[PlannedOrder]:
    """Return orders of two articles that enter, are changed and go in every way there is."""
    stores, shares = ["comptoir-1", "comptoir-2"], read_shares(USUAL)
    wanted: set[object] = {*Entry, *Fate, *Turn, (Entry.SHOP, True)}
    found = []
    for number in itertools.count(540_000):
        invoice = Invoice(str(number), 0, "13047", "France", {"A": 2, "B": 3})
        (planned,) = plan_orders([invoice], stores, shares, seed=1)
        ways = {planned.entry, planned.fate, planned.turn, (planned.entry, planned.is_brought)}
        news = wanted & ways
        if news:
            wanted -= news
            found.append(planned)
        if not wanted:
            break
    return found


def rows_of(plan: list[PlannedOrder], *, taken_back: str) -> Iterator[str]:
    """Yield the lines of these invoices, and of one that takes another back."""
    for each in plan:
        number = each.invoice.number
        for name, sign in ((number, ""), (f"C{number}", "-")):
            if name in {number, f"C{taken_back}"}:
                for sku, units in each.invoice.quantities.items():
                    rest = f"ARTICLE,{sign}{units},2010-12-01 10:00:00,2.55,13047,France"
                    yield f"{name},{sku},{rest}"


@pytest.mark.timeout(180)  # thirty orders from the first click to the last letter
def test_sales_enter_on_every_channel_go_every_way_and_the_books_agree(
    retailer: Any, tmp_path: Path
) -> None:
    plan = one_of_each()
    sold = next(each.invoice.number for each in plan if each.entry is Entry.TILL)
    file = tmp_path / "month.csv.gz"
    rows = (HEADER, *rows_of(plan, taken_back=sold))
    file.write_bytes(gzip.compress("\n".join(rows).encode()))
    result = retailer.run("replay", file, "--month", "2010-12")
    assert result.exit_code == 0, result.output
    assert re.search(r"^\d+ invariants checked, 0 broken\.$", result.output, re.MULTILINE)

    told = figures(result.output)
    went_on = Counter(each.fate.value for each in plan if each.turn is not Turn.REMORSE)
    assert {fate.value: told[fate.value] for fate in Fate} == went_on
    turned = Counter(each.turn for each in plan if each.turn is not Turn.NONE)
    assert {turn: told[f"orders, {turn}"] for turn in turned} == turned
    assert told["units reserved after"] == 0
    entered = Counter(each.entry.value for each in plan)
    columns = by_channel(result.output)
    assert {entry: row[:2] for entry, row in columns.items()} == {
        entry: (orders, orders * 5) for entry, orders in entered.items()
    }
    # Collected, delivered, cancelled, refunded: what was mixed is both, the till took back its own.
    assert {entry: row[2:6] for entry, row in columns.items()} == {
        "web": (8, 0, 3, 1),
        "mixed": (1, 1, 0, 0),
        "home": (0, 2, 1, 1),
        "phone": (4, 0, 1, 1),
        "tablet": (1, 0, 0, 0),
        "reservation": (1, 0, 1, 0),
        "adviser": (2, 0, 2, 0),
        "till": (1, 0, 0, 1),
        "shop": (1, 1, 0, 0),
    }

    by_link, baskets = entered["phone"], entered["phone"] + entered["adviser"] + entered["tablet"]
    assert retailer.rows(
        "SELECT (SELECT count(*) FROM pay_link), (SELECT count(reminded_at) FROM pay_link),"
        " (SELECT count(*) FROM cart), (SELECT count(order_id) FROM cart),"
        " (SELECT count(*) FROM customer_merge), (SELECT count(undone_at) FROM customer_merge),"
        " (SELECT count(*) FROM event WHERE name = 'order.amended.v1'),"
        " (SELECT count(*) FROM put_back WHERE done_at IS NULL),"
        " (SELECT sum(quantity) FROM goods_return_line)"
    ) == [(by_link, 1, baskets, baskets, 2, 1, 3, 0, 5)]
    assert retailer.rows(
        "SELECT sum(l.handed_over), sum(l.cancelled) FROM fulfillment f JOIN sales_order o"
        " ON o.id = f.order_id JOIN fulfillment_line l ON l.fulfillment_id = f.id"
        " WHERE o.formation = 'reservation'"
    ) == [(4, 6)]  # one unit of five was not bought, and five were of whom nobody confirmed
    assert retailer.rows(
        "SELECT DISTINCT status::text FROM card_payment"
        " UNION ALL SELECT p.holder FROM hand_over h JOIN pickup_pass p ON p.id = h.pass_id"
        " WHERE p.holder = 'proxy' ORDER BY 1"
    ) == [("cancelled",), ("captured",), ("proxy",)]

    before = retailer.rows("SELECT count(*), max(id) FROM event")
    again = figures(retailer.run("replay", file, "--month", "2010-12").output)
    assert (again["already replayed"], again["orders placed"]) == (len(plan), 0)
    assert retailer.rows("SELECT count(*), max(id) FROM event") == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "Say which --day, or which --month."),
        (("--day", DAY, "--month", "2010-12"), "Say which --day, or which --month."),
        (("--day", DAY, "--channels", "web=3,fax=1"), "'fax=1' is no share like web=36"),
        (("--day", DAY, "--channels", "web=many"), "'web=many' is no share like web=36"),
        (("--day", DAY, "--channels", "web=0"), "No channel has a share."),
    ],
)
def test_which_sales_are_meant_and_their_shares_have_to_be_said(
    installation: Any, sales: Path, options: tuple[str, ...], sentence: str
) -> None:
    result = installation.run("replay", sales, *options)
    assert (result.exit_code, sentence in result.output) == (2, True), result.output


def test_each_invoice_of_the_day_becomes_an_order_and_is_collected(
    retailer: Any, sales: Path
) -> None:
    result = retailer.run("replay", sales, "--day", DAY, *ON_WEB)
    assert result.exit_code == 0, result.output
    told = figures(result.output)
    assert {
        label: told[label]
        for label in (
            "invoices",
            "handed over",
            "cancelled before they were picked",
            "cancel one of these orders",
            "cancel only a part of an order",
            "cancel an order of another day",
            "take back no article",
            "nothing in them that we sell",
            "orders placed",
            "lines",
            "units",
            "repeated articles added up",
        )
    } == {
        "invoices": 10,
        "handed over": 3,
        "cancelled before they were picked": 1,
        "cancel one of these orders": 1,
        "cancel only a part of an order": 1,
        "cancel an order of another day": 1,
        "take back no article": 1,
        "nothing in them that we sell": 2,
        "orders placed": 4,
        "lines": 5,
        "units": 16,
        "repeated articles added up": 1,
    }
    assert retailer.rows(
        "SELECT f.status, l.sku, sum(l.quantity), sum(l.handed_over) FROM fulfillment f"
        " JOIN fulfillment_line l ON l.fulfillment_id = f.id GROUP BY 1, 2 ORDER BY 1, 2"
    ) == [("cancelled", "A", 4, 0), ("handed_over", "A", 3, 3), ("handed_over", "B", 9, 9)]


def test_the_day_needs_its_stock_and_leaves_only_what_was_taken_back(
    retailer: Any, sales: Path
) -> None:
    told = figures(retailer.run("replay", sales, "--day", DAY, *ON_WEB).output)
    assert {label: told[label] for label in told if label.startswith(("opening", "units "))} == {
        "opening stock received, units": 16,
        "units on hand before": 0,
        "units on hand after": 4,
        "units reserved before": 0,
        "units reserved after": 0,
    }
    assert retailer.rows("SELECT sum(on_hand), sum(reserved) FROM stock_level") == [(4, 0)]
    assert retailer.rows("SELECT sum(on_hand_delta), sum(reserved_delta) FROM stock_movement") == [
        (4, 0)
    ]


def test_rows_of_no_use_are_counted_by_reason_and_named_by_line(retailer: Any, sales: Path) -> None:
    result = retailer.run("replay", sales, "--day", DAY, *ON_WEB)
    assert sorted(retailer.report(result), key=lambda row: int(row[0])) == [
        ("5", "not taken", "a charge or voucher, not an article: POST"),
        ("9", "not taken", "invoice C536369: cancel only a part of an order"),
        ("10", "not taken", "invoice C536370: cancel an order of another day"),
        ("11", "not taken", "a charge or voucher, not an article: D"),
        ("11", "not taken", "invoice C536371: take back no article"),
        ("12", "not taken", "no price: a note on stock, not a sale"),
        ("12", "not taken", "invoice 536372: nothing in them that we sell"),
        ("13", "not taken", "SKU not in the catalogue: Z"),
        ("14", "not taken", "the quantity is not a whole number"),
        ("16", "not taken", "the quantity is not one of a sale"),
        ("16", "not taken", "invoice 536374: nothing in them that we sell"),
        ("18", "not taken", "the time cannot be read"),
    ]
    assert figures(result.output)["rows not used"] == 7


def test_the_same_day_again_places_nothing_twice(retailer: Any, sales: Path) -> None:
    retailer.run("replay", sales, "--day", DAY, *ON_WEB)
    before = retailer.rows("SELECT count(*), max(id) FROM event")
    again = retailer.run("replay", sales, "--day", DAY, "--channels", "web", "--seed", "7")
    assert again.exit_code == 0
    told = figures(again.output)
    assert (told["already replayed"], told["orders placed"]) == (4, 0)
    assert told["opening stock received, units"] == 0
    assert retailer.rows("SELECT count(*), max(id) FROM event") == before
    assert retailer.rows("SELECT count(*) FROM sales_order") == [(4,)]


def test_a_replay_that_was_cut_off_goes_on_where_it_stopped(retailer: Any, sales: Path) -> None:
    with retailer.attached(), open_table(sales) as table:
        first = first_order(table)
        parcel = placing.place(first)
    result = retailer.run("replay", sales, "--day", DAY, *ON_WEB)
    told = figures(result.output)
    assert (result.exit_code, told["orders placed"], told["handed over"]) == (0, 3, 3)
    assert told["orders gone on with from an earlier replay"] == 1
    assert retailer.rows(
        f"SELECT status FROM fulfillment WHERE id = '{parcel.fulfillment_id}'"  # noqa: S608 (our id)
    ) == [("handed_over",)]


def test_an_order_that_cannot_be_brought_to_its_end_is_told_by_the_exit_status(
    retailer: Any, sales: Path
) -> None:
    with retailer.attached(), open_table(sales) as table:
        first = first_order(table)
        placing.place(first)
    with retailer.engine.begin() as connection:
        connection.execute(text("UPDATE fulfillment SET status = 'rejected'"))
    result = retailer.run("replay", sales, "--day", DAY, *ON_WEB)
    told = figures(result.output)
    assert (result.exit_code, told["placed, but not brought to the end"]) == (3, 1)


def test_where_nobody_pays_by_card_tills_are_paid_by_one_person_of_each_customer(
    retailer: Any, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_our_own")  # no replay pays at a real provider
    result = retailer.run("replay", sales, "--day", DAY, "--calm", "--channels", "phone=1,home=1")
    assert result.exit_code == 0, result.output
    assert set(by_channel(result.output)) == {"phone", "home"}
    assert retailer.rows(
        "SELECT (SELECT count(DISTINCT reference_id) FROM till_payment),"
        " (SELECT count(*) FROM obligation), (SELECT sum(reserved) FROM stock_level)"
    ) == [(4, 0, 0)]
    assert retailer.rows(
        "SELECT count(DISTINCT customer_id), count(*), email, phone FROM contact"
        " GROUP BY email, phone ORDER BY email"
    ) == [
        (1, 1, "c13047@example.org", "+33199003047"),
        (1, 2, "c17850@example.org", "+33199007850"),
        (1, 1, "guest-536373@example.org", None),
    ]


def test_messages_really_go_out(
    retailer: Any, sales: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path / "vendors") as vendors:
        monkeypatch.setenv("SMTP_URL", vendors.smtp)
        monkeypatch.setenv("SMS_URL", vendors.sms)
        told = figures(retailer.run("replay", sales, "--day", DAY, *ON_WEB).output)
        answer = httpx.get(f"{vendors.mailbox}/messages", trust_env=False)
    kinds = [each["kind"] for each in answer.json()["messages"]]
    assert (kinds.count("email"), kinds.count("sms")) == (told["email sent"], told["sms sent"])
    # Four confirmations, one cancellation, three times ready and three receipts.
    assert (told["email sent"], told["sms sent"]) == (11, 2)


def test_a_sku_without_a_price_under_the_stores_brand_is_refused_with_the_reason(
    retailer: Any, sales: Path, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign.csv"
    foreign.write_text("sku,name,price\nZ,CHAIR,5.00\n")
    retailer.run("import", "catalogue", foreign, "--brand", "other")
    result = retailer.run("replay", sales, "--day", DAY, *ON_WEB)
    assert result.exit_code == 0
    assert figures(result.output)["refused: Not an article we sell"] == 1
    assert [row[2] for row in retailer.report(result) if row[2].startswith("invoice 536373")] == [
        "invoice 536373: refused: Not an article we sell {'skus': ['Z']}"
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ((HEADER,), "has no invoice of 2010-12-01."),
        (("a,b", "1,2"), "no column for invoice, code, quantity"),
    ],
)
def test_a_file_without_the_day_is_refused(
    retailer: Any, tmp_path: Path, lines: tuple[str, ...], sentence: str
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("\n".join(lines))
    result = retailer.run("replay", file, "--day", DAY, *ON_WEB)
    assert (result.exit_code, sentence in result.output) == (2, True)


def test_a_torn_gzip_file_is_refused(retailer: Any, sales: Path) -> None:
    sales.write_bytes(sales.read_bytes()[:-20])
    result = retailer.run("replay", sales, "--day", DAY, *ON_WEB)
    assert (result.exit_code, "cannot be read" in result.output) == (2, True)


def test_without_stores_there_is_nothing_to_replay_at(installation: Any, sales: Path) -> None:
    result = installation.run("replay", sales, "--day", DAY, *ON_WEB)
    assert (result.exit_code, "import stores first" in result.output) == (2, True)


def test_real_invoices_at_real_stores_are_all_accounted_for(
    installation: Any, tmp_path: Path
) -> None:
    if not DATA.is_dir():
        pytest.skip("the real data (../shared/data) is not on this machine")
    installation.run("import", "stores", DATA / "stores" / "gifi.geojson")
    installation.run("import", "catalogue", DATA / "retail" / "catalogue.csv", "--currency", "EUR")
    invoices: dict[str, list[str]] = {}
    with gzip.open(DATA / "retail" / "sales-2010-12.csv.gz", "rt", encoding="utf-8") as file:
        header = next(file)
        for line in file:
            number = line.partition(",")[0]
            if number not in invoices and len(invoices) == 25:
                break
            invoices.setdefault(number, []).append(line)
    slice_file = tmp_path / "slice.csv"
    slice_file.write_text(header + "".join(line for lines in invoices.values() for line in lines))
    result = installation.run("replay", slice_file, "--day", DAY, *ON_WEB)
    told = figures(result.output)
    assert (result.exit_code, told["invoices"]) == (0, 25)
    taken_back = sum(number.startswith("C") for number in invoices)
    assert told["handed over"] == told["orders placed"] == 25 - taken_back
    assert (told["units on hand after"], told["units reserved after"]) == (0, 0)
