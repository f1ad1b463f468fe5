"""What pages of other sites may ask: read only, told as the shop tells it, and bounded."""

from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from inventory.services import receive
from kernel.actors import SYSTEM
from tests.app.test_account import Browser, plain
from tests.conftest import Shop, open_store
from tests.unmoved import nothing_moves, problem

ORIGIN = {"Origin": "https://shop.example"}
OFFERS = "/api/v1/collect-offers"
LYON = f"{OFFERS}?sku=MUG-BLUE&place=69004&language=en"
STATEMENTS_MAX = 4


def test_any_origin_reads_what_the_shop_says_and_where_it_is_ordered(
    client: FlaskClient, shop: Shop, connection: Connection
) -> None:
    with nothing_moves(connection):
        answer = client.get(LYON, headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert (said["article"]["sku"], said["article"]["name"]) == ("MUG-BLUE", "Mug")
    lyon = said["stores"][0]
    assert (lyon["code"], lyon["kind"], lyon["available"]) == ("lyon", "all", 1)
    assert lyon["said"].startswith("Ready ")
    assert lyon["href"].endswith("/en/collect-here?sku=MUG-BLUE&store=lyon")
    assert (
        client.get(f"{OFFERS}?sku=MUG-BLUE&place=69004")
        .get_json()["stores"][0]["said"]
        .startswith("Prêt ")
    )
    wanted = client.get(f"{LYON}&quantity=99").get_json()["stores"][0]
    assert (wanted["kind"], wanted["available"]) == ("part", 10)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=15"
    here = client.get(f"{OFFERS}?sku=MUG-BLUE&latitude=45.77412&longitude=4.83211")
    assert here.headers["Cache-Control"] == "private, max-age=15"
    assert here.get_json()["place"] == ""


REFUSED: Final = {
    "sku=NOTHING&place=69004": "unknown-sku",
    "gtin=00000000000000&place=69004": "unknown-sku",
    "sku=MUG-BLUE&place=Nullepart": "unknown-place",
    "sku=MUG-BLUE": "validation",
    "sku=MUG-BLUE&gtin=4006381333931&place=69004": "validation",
    "sku=MUG-BLUE&place=69004&latitude=1&longitude=1": "validation",
    "sku=MUG-BLUE&latitude=1": "validation",
    "sku=MUG-BLUE&place=69004&language=de": "validation",
}


def test_a_page_can_read_why_it_is_refused(client: FlaskClient, shop: Shop) -> None:
    for query, code in REFUSED.items():
        answer = client.get(f"{OFFERS}?{query}", headers=ORIGIN)
        assert problem(answer) == (422, code), query
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] != "public, max-age=15"


def test_nothing_else_is_open_to_other_origins(app: Flask, client: FlaskClient, shop: Shop) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST"}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or rule.arguments:
            continue
        allowed = client.options(rule.rule, headers=asked).headers
        assert "Access-Control-Allow-Methods" not in allowed, rule
        assert "Access-Control-Allow-Headers" not in allowed, rule
        if rule.rule != OFFERS:
            assert "Access-Control-Allow-Origin" not in allowed, rule
            if "GET" in (rule.methods or ()):
                assert "Access-Control-Allow-Origin" not in client.get(rule.rule).headers, rule
    assert client.post(OFFERS, headers=ORIGIN).status_code == 405


def test_a_question_takes_few_statements_however_many_stores_there_are(
    client: FlaskClient, shop: Shop, session: Session, engine: Engine
) -> None:
    for number in range(5):
        place = open_store(session, shop.brand_id, f"lyon-{number}", "Lyon Nord", 45.78, 4.84)
        receive(session, location_id=place, quantities={"MUG-BLUE": 3}, actor=SYSTEM)
    session.commit()
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        found = client.get(LYON)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(found.get_json()["stores"]) == 6
    assert found.get_json()["stores"][1]["notes"][0] == "Only 3 left"
    assert 0 < len(sent) <= STATEMENTS_MAX, sent


def test_the_script_is_kept_by_its_version_and_small(client: FlaskClient) -> None:
    plain_text = client.get("/widget/v1.js", headers=ORIGIN)
    assert plain_text.mimetype == "text/javascript"
    assert plain_text.headers["Access-Control-Allow-Origin"] == "*"
    assert plain_text.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert plain_text.headers["Cache-Control"].startswith("public, max-age=3600")
    tag = plain_text.get_etag()[0]
    again = client.get("/widget/v1.js", headers={"If-None-Match": f'"{tag}"'})
    assert (again.status_code, again.data) == (304, b"")
    assert "immutable" in client.get(f"/widget/v1.js?v={tag[:12]}").headers["Cache-Control"]
    assert "immutable" not in client.get("/widget/v1.js?v=of-another-time").headers["Cache-Control"]
    packed = client.get("/widget/v1.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 5 * 1024
    for word in (b"innerHTML", b"eval(", b"cookie", b"localStorage", b"window."):
        assert word not in plain_text.data


def test_what_was_chosen_elsewhere_is_shown_and_taken_by_one_press(
    app: Flask, shop: Shop, session: Session, connection: Connection
) -> None:
    shopper = Browser(app.test_client(), session)
    link = "/en/collect-here?sku=MUG-BLUE&store=lyon&quantity=2"
    with nothing_moves(connection):
        page = shopper.read(link)
    assert "Collect from Lyon" in page
    assert "Mug" in page
    said = {"sku": "MUG-BLUE", "store": "lyon", "quantity": "2"}
    for _ in range(2):  # who goes back and presses again wants no more
        taken = shopper.send("/en/collect-here", **said)
        assert taken.headers["Location"] == "/en/checkout"
    assert "Mug" in shopper.read("/en/basket")
    line = "SELECT sku, quantity FROM cart_line"
    assert [tuple(row) for row in connection.exec_driver_sql(line)] == [("MUG-BLUE", 2)]
    assert "Lyon" in plain(shopper.open("/en/checkout"))
    forged = shopper.client.post("/en/collect-here", data=said)
    assert forged.status_code == 403
    for bad in ("sku=NOTHING&store=lyon", "sku=MUG-BLUE&store=nowhere", "sku=%00&store=lyon", ""):
        assert shopper.open(f"/en/collect-here?{bad}").status_code in {404, 422}, bad
