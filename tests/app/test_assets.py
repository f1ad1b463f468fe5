"""Static files: kept for ever under their content's name, sent small, checked otherwise."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import assets

ROOT = Path(__file__).resolve().parents[2]
SHEET = "body { color: #151b2e }\n" * 40
ICON = re.compile(r'(?:draw|icon)\("([a-z-]+)"\)|\bicon="([a-z-]+)"|"icon": "([a-z-]+)"')


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "look.css").write_text(SHEET)
    (tmp_path / "text.woff2").write_bytes(b"wOF2")
    app = Flask("tested", static_folder=tmp_path, static_url_path="/static")
    assets.init_app(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_an_address_changes_with_the_content(app: Flask, tmp_path: Path) -> None:
    with app.test_request_context():
        before = assets.asset("look.css")
        (tmp_path / "look.css").write_text("body { color: #fff }")
        after = assets.asset("look.css")
    assert re.fullmatch(r"/static/look\.css\?v=[0-9a-f]{12}", before)
    assert re.fullmatch(r"/static/look\.css\?v=[0-9a-f]{12}", after)
    assert before != after


def test_a_file_that_is_not_installed_has_a_plain_address(app: Flask) -> None:
    with app.test_request_context():
        assert assets.asset("vendor/icons.svg") == "/static/vendor/icons.svg"
        assert (assets.has_asset("vendor/icons.svg"), assets.has_asset("look.css")) == (False, True)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/static/look.css?v=1", "public, max-age=31536000, immutable"),
        ("/static/text.woff2", "public, max-age=2592000"),
        ("/static/look.css", "no-cache"),
    ],
)
def test_only_what_is_named_by_its_content_is_kept_unasked(
    client: FlaskClient, address: str, kept: str
) -> None:
    assert client.get(address, buffered=True).headers["Cache-Control"] == kept


def test_a_missing_file_is_not_kept(client: FlaskClient) -> None:
    response = client.get("/static/gone.css?v=1")
    assert (response.status_code, response.headers.get("Cache-Control")) == (404, None)


def test_a_text_is_sent_small_to_who_can_unpack_it(client: FlaskClient) -> None:
    small = client.get("/static/look.css", headers={"Accept-Encoding": "br, gzip"}, buffered=True)
    plain = client.get("/static/look.css", headers={"Accept-Encoding": "gzip;q=0"}, buffered=True)
    assert (gzip.decompress(small.data).decode(), plain.text) == (SHEET, SHEET)
    assert (small.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == (
        "gzip",
        None,
    )
    assert int(small.headers["Content-Length"]) == len(small.data) < len(SHEET) / 5
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_a_browser_that_has_the_file_gets_no_second_one(client: FlaskClient) -> None:
    for encoding in ("gzip", "identity"):
        first = client.get("/static/look.css", headers={"Accept-Encoding": encoding}, buffered=True)
        again = client.get(
            "/static/look.css",
            headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]},
            buffered=True,
        )
        assert (again.status_code, again.data) == (304, b"")


def test_fonts_are_sent_as_they_are(client: FlaskClient) -> None:
    response = client.get("/static/text.woff2", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert (response.data, response.headers.get("Content-Encoding")) == (b"wOF2", None)


def test_every_icon_a_page_names_is_in_the_sprite() -> None:
    named = {
        next(filter(None, found))
        for path in (*ROOT.glob("app/templates/**/*.html"), *ROOT.glob("app/**/*.py"))
        for found in ICON.findall(path.read_text(encoding="utf-8"))
    }
    listed = set((ROOT / "tools/front_end.icons").read_text(encoding="utf-8").splitlines())
    assert len(named) >= 10
    assert named - listed == set()
