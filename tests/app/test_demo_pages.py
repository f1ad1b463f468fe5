"""The demonstration's own pages: every role's door, the tour, the mailbox, a new start."""

import re
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app import create_app
from app.demo import seed
from app.embedded import Cluster
from kernel.db import make_engine
from sandbox import Addresses, running
from tests.app.conftest import Installation
from tests.conftest import as_key, settings_for
from tests.support.demonstration import filled_database

HTML = {"Accept": "text/html"}
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
PUBLIC_URL = "http://shop.test"
HOMES = {
    "associate": "/fr/tablet",
    "manager": "/fr/office/orders",
    "agent": "/fr/office/orders",
    "admin": "/fr/office/people",
}


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def engine(cluster: Cluster, demo_home: Path) -> Iterator[Engine]:
    """Sessions of these tests are in a database that was filled in."""
    with filled_database(cluster, demo_home) as name:
        engine = make_engine(cluster.url("app", name))
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def demo_app(cluster: Cluster, demo_home: Path) -> Flask:
    """The application as a demonstration."""
    return create_app(settings_for(cluster.url("app"), demo_home, DEMO="1"))


@pytest.fixture
def visitor(demo_app: Flask, session: Session) -> FlaskClient:
    """A browser at the demonstration, which was filled in."""
    return demo_app.test_client()


@pytest.fixture
def vendors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Addresses]:
    """The servers messages are sent to, and their mailbox."""
    with running(tmp_path / "sandbox") as addresses:
        monkeypatch.setenv("MAILBOX_URL", addresses.mailbox)
        yield addresses


def become(visitor: FlaskClient, role: str, **said: str) -> Any:
    page = visitor.get("/fr/demo", headers=HTML)
    csrf = CSRF.search(page.text)
    assert csrf is not None
    body = {"csrf": csrf[1], "role": role, **said}
    return visitor.post("/fr/demo/sign-in", data=body, headers=HTML)


def send_letter(addresses: Addresses) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = "Aubépin <bonjour@aubepin.example>", "chloe@example.org"
    letter["Subject"] = "C'est prêt : commande 7K3-M9PX"
    letter.set_content("Votre commande est prête.")
    letter.add_alternative(
        f'<p onclick="alert(1)"><a href="{PUBLIC_URL}/fr/orders/TOKEN">Voir</a>'
        '<a href="https://elsewhere.test/">Ailleurs</a><img src="cid:qr"></p><script>1</script>',
        subtype="html",
    )
    letter.get_payload()[1].add_related(  # type: ignore[index, union-attr]  # the page part
        b"PNG", maintype="image", subtype="png", cid="<qr>"
    )
    at = urlsplit(addresses.smtp)
    with smtplib.SMTP(at.hostname or "", at.port or 0) as server:
        server.send_message(letter)


def test_where_no_demonstration_runs_there_is_no_way_in(client: FlaskClient) -> None:
    for path in ("/fr/demo", "/fr/demo/mailbox", "/fr/demo/mailbox/1"):
        assert client.get(path, headers=HTML).status_code == 404
    assert client.post("/fr/demo/sign-in", data={"role": "admin"}).status_code in {403, 404}
    assert 'class="demo"' not in client.get("/fr/office/sign-in", headers=HTML).text


def test_the_start_page_is_in_the_language_of_the_browser(visitor: FlaskClient) -> None:
    for language in ("fr", "en"):
        asked = visitor.get("/", headers={**HTML, "Accept-Language": language})
        assert (asked.status_code, asked.location) == (302, f"/{language}/demo")
    assert "Toutes les portes" in visitor.get("/fr/demo", headers=HTML).text
    assert "Every door" in visitor.get("/en/demo", headers=HTML).text


@pytest.mark.parametrize("role", list(HOMES))
def test_one_click_is_enough_to_be_somebody(visitor: FlaskClient, role: str) -> None:
    entered = become(visitor, role)
    assert (entered.status_code, entered.location) == (303, HOMES[role])
    if role != "associate":
        assert visitor.get(entered.location, headers=HTML).status_code == 200
    left = become(visitor, "shopper")
    assert left.location == "/fr/"
    assert visitor.get("/fr/office/orders", headers=HTML).status_code == 303


def test_an_associate_keeps_the_tablet_this_browser_became(
    visitor: FlaskClient, session: Session
) -> None:
    for role in ("associate", "manager", "associate"):
        assert become(visitor, role).status_code == 303
    tablets = session.execute(text("SELECT count(*) FROM tablet")).scalar_one()
    live = session.execute(
        text("SELECT count(*) FROM staff_session WHERE ended_at IS NULL")
    ).scalar_one()
    assert (tablets, live) == (1, 1)


@pytest.mark.parametrize("to", ["https://elsewhere.test", "//elsewhere.test", "/fr//x", "/\\x"])
def test_a_door_of_the_demonstration_leads_to_no_other_site(visitor: FlaskClient, to: str) -> None:
    assert become(visitor, "agent", to=to).location == "/fr/office/orders"


def test_an_unknown_role_and_a_foreign_form_are_refused(visitor: FlaskClient) -> None:
    assert become(visitor, "owner").status_code == 404
    assert become(visitor, "admin", csrf="forged").status_code == 403


def test_the_tour_follows_one_order_step_by_step(
    visitor: FlaskClient, session: Session, demo_home: Path, vendors: Addresses
) -> None:
    keys = dict(re.findall(r'"(\w+)": "(cmp_[^"]+)"', (demo_home / "demo-keys.json").read_text()))

    def step() -> str:
        page = visitor.get("/en/demo", headers=HTML).text
        found = re.search(r'class="demo-count">(\d)/6<', page)
        return found[1] if found else "none"

    def api(path: str, body: dict[str, Any], key: str | None = None) -> Any:
        headers = as_key(key) if key else {k: v for k, v in as_key("").items() if k[0] == "I"}
        done = visitor.post(f"/api/v1{path}", json=body, headers=headers)
        assert done.status_code < 300, done.text
        return done.json

    assert step() == "none"
    csrf = CSRF.search(visitor.get("/en/demo", headers=HTML).text)
    assert csrf is not None
    assert visitor.post("/en/demo/tour", data={"csrf": csrf[1]}).location == "/en/"
    assert step() == "1"
    sku = session.execute(
        text(
            "SELECT sku FROM stock_level l JOIN location p ON p.id = l.location_id"
            " WHERE p.code = 'lyon-croix-rousse' AND on_hand > 3 ORDER BY sku LIMIT 1"
        )
    ).scalar_one()
    items = [{"sku": sku, "quantity": 1}]
    customer = {"first_name": "Chloé", "last_name": "Durand", "email": "chloe@example.org"}
    placed = api(
        "/orders",
        {"channel": "web", "store": "lyon-croix-rousse", "language": "fr", "items": items}
        | {"customer": customer},
    )
    assert step() == "2"
    send_letter(vendors)
    visitor.get("/en/demo/mailbox", headers=HTML)
    assert step() == "3"
    parcel = f"/fulfillments/{placed['fulfillment_id']}"
    api(f"{parcel}/accept", {}, keys["associate"])
    api(f"{parcel}/pick", {"items": items}, keys["associate"])
    assert step() == "3"
    api(f"{parcel}/ready", {"bin": "A7"}, keys["associate"])
    assert step() == "4"
    visitor.get("/en/demo/mailbox", headers=HTML)
    assert step() == "5"
    body = {
        "store": "lyon-croix-rousse",
        "fulfillment_id": placed["fulfillment_id"],
        "identity_seen": True,
    }
    api("/hand-overs", body | {"ticket_number": "T-1"}, keys["associate"])
    assert step() == "6"
    shown = visitor.get("/en/demo", headers=HTML).text
    number = placed["number"].replace("-", "")
    assert f'value="/en/office/orders/{number}"' in shown


def test_a_letter_is_shut_in_and_its_links_stay_on_this_host(
    visitor: FlaskClient, vendors: Addresses
) -> None:
    send_letter(vendors)
    page = visitor.get("/fr/demo/mailbox", headers=HTML)
    assert "commande 7K3-M9PX" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    source = re.search(r'<iframe[^>]* src="([^"]+)"', page.text)
    assert source is not None
    letter = visitor.get(source[1], headers=HTML)
    policy = letter.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "script-src" not in policy
    assert 'href="/fr/orders/TOKEN"' in letter.text
    assert 'href="https://elsewhere.test/"' in letter.text
    assert 'src="data:image/png;base64,UE5H"' in letter.text
    assert visitor.get("/fr/demo/mailbox/999", headers=HTML).status_code == 404


def test_a_text_message_is_shown_as_text_with_a_living_link(
    visitor: FlaskClient, vendors: Addresses
) -> None:
    at = urlsplit(vendors.sms)
    body = {
        "From": "Aubepin",
        "To": "+33639981234",
        "Body": f"Aubepin: <b>prete</b>. Code 4F7K-2M9P. {PUBLIC_URL}/fr/orders/TOKEN",
    }
    sent = httpx.post(
        f"http://{at.hostname}:{at.port}/2010-04-01/Accounts/{at.username}/Messages.json",
        data=body,
        auth=(at.username or "", at.password or ""),
        trust_env=False,
    )
    assert sent.status_code == 201, sent.text
    page = visitor.get("/fr/demo/mailbox", headers=HTML).text
    assert "&lt;b&gt;prete&lt;/b&gt;. Code 4F7K-2M9P." in page
    assert f'<a href="/fr/orders/TOKEN">{PUBLIC_URL}/fr/orders/TOKEN</a>' in page


def test_a_mailbox_that_is_not_there_is_said_so(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOX_URL", "http://127.0.0.1:9")
    page = visitor.get("/fr/demo/mailbox", headers=HTML)
    assert page.status_code == 200
    assert "La boîte de messages ne répond pas" in page.text
    assert visitor.get("/fr/demo/mailbox/1", headers=HTML).status_code == 404


def test_the_demonstration_begins_anew(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was cut off while it was filled in begins anew by itself."""
    installation.home.mkdir()
    with monkeypatch.context() as cut:
        cut.setattr("app.demo.furniture.furnish_stock", press_control_c)
        assert installation.run("demo", "seed").exit_code == 1
    assert installation.rows("SELECT count(*) FROM brand") == [(1,)]
    filled = installation.run("demo", "seed")
    assert (filled.exit_code, filled.output.splitlines()[-1]) == (0, "Aubépin is open.")
    again = installation.run("demo", "seed")
    assert (again.exit_code, again.output.splitlines()[-1]) == (0, "Aubépin was open already.")
    orders = installation.rows("SELECT count(*) FROM sales_order")
    before = installation.rows(
        "SELECT sku, sum(on_hand) FROM stock_level GROUP BY sku ORDER BY sku"
    )
    with installation.engine.begin() as connection:
        connection.execute(text("UPDATE stock_level SET on_hand = 0"))
        connection.execute(text("UPDATE staff SET password_hash = NULL"))
    declined = installation.run("demo", "reset")
    assert declined.exit_code == 1
    assert installation.rows("SELECT sum(on_hand) FROM stock_level") == [(0,)]
    done = installation.run("demo", "reset", "--yes")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Aubépin is as on its first day.")
    after = installation.rows("SELECT sku, sum(on_hand) FROM stock_level GROUP BY sku ORDER BY sku")
    assert after == before
    assert installation.rows("SELECT count(*) FROM sales_order") == orders
    assert installation.rows("SELECT count(*) FROM alembic_version") == [(1,)]
    assert installation.run("check").exit_code == 0


def press_control_c() -> None:
    raise KeyboardInterrupt


def test_what_is_not_the_demonstration_is_never_emptied(installation: Installation) -> None:
    installation.home.mkdir()
    with installation.attached():
        assert seed(installation.home) is True
    with installation.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO brand (id, code, name, currency, languages, sender_email, sms_sender)"
                " VALUES (gen_random_uuid(), 'real', 'Real', 'EUR', '[\"fr\"]', 'a@b.test', 'R')"
            )
        )
    refused = installation.run("demo", "reset", "--yes")
    assert refused.exit_code == 1
    assert "This is not the demonstration" in refused.output
    assert installation.rows("SELECT count(*) FROM brand") == [(2,)]
