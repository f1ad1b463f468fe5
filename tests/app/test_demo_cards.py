"""Paying by card in the demonstration: the practice pages through our own address, and no more."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug import Request, Response
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

import payments.gateway
from app import create_app
from app.demo import cards
from app.embedded import Cluster
from app.settings import Settings
from kernel.db import make_engine
from payments.gateway import PaymentSettings
from sandbox import Addresses, Options, running
from tests.conftest import settings_for
from tests.support.demonstration import filled_database

HTML = {"Accept": "text/html"}
PUBLIC_URL, FORWARDED = "http://shop.test", "https://8000.somewhere.test"
SILENT = "http://127.0.0.1:9"
KEY = "sk_test_demonstration"
AskAt = Callable[[Flask, str], FlaskClient]
DECLINED, ASKS = "4000 0000 0000 0002", "4000 0025 0000 3155"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Addresses]:
    """The stand-in for the card provider, told where browsers find its pages."""
    options = Options(pages_url=cards.pages_url(PUBLIC_URL))
    with running(tmp_path / "sandbox", options) as addresses:
        yield addresses


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cards")


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
def ask_at(session: Session) -> Iterator[AskAt]:
    """Have an application ask for cards at an address; returns a browser at it."""
    payment_before = payments.gateway.settings()
    before: list[tuple[Flask, Settings]] = []

    def ask(app: Flask, stripe_api_url: str) -> FlaskClient:
        settings: Settings = app.config["COMPTOIR"]
        before.append((app, settings))
        payment = PaymentSettings(stripe_api_url=stripe_api_url, stripe_api_key=KEY)
        app.config["COMPTOIR"] = replace(settings, payment=payment)
        payments.gateway.configure(payment)
        return app.test_client()

    yield ask
    for app, settings in before:
        app.config["COMPTOIR"] = settings
    payments.gateway.configure(payment_before)


@pytest.fixture
def visitor(ask_at: AskAt, demo_app: Flask, provider: Addresses) -> FlaskClient:
    """A browser at the demonstration, which was filled in."""
    return ask_at(demo_app, provider.stripe)


@dataclass(frozen=True)
class Asked:
    """A request as the provider heard it; names of headers are small."""

    path: str
    headers: dict[str, str]
    body: str


@contextmanager
def listening() -> Iterator[tuple[str, list[Asked]]]:
    """Serve a provider that tells how it was asked; yields its address and what it heard."""
    heard: list[Asked] = []

    @Request.application
    def answer(request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard.append(Asked(request.path, headers, request.get_data(as_text=True)))
        return Response("ok", headers={"Set-Cookie": "theirs=1"})

    server = make_server("127.0.0.1", 0, answer)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def look(visitor: FlaskClient, path: str) -> TestResponse:
    """Open a page, on the host by which the visitor came."""
    return visitor.get(path, base_url=FORWARDED, headers=HTML)


def send(visitor: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send a form, on the host by which the visitor came."""
    return visitor.post(path, base_url=FORWARDED, data=fields, headers=HTML)


def hidden(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrf|form)" value="([^"]+)"', page.text))


def order_by_card(visitor: FlaskClient) -> TestResponse:
    """Order a teapot and go to pay it; return where the browser is sent."""
    own = hidden(look(visitor, "/fr/place"))
    send(visitor, "/fr/basket/add", sku="THEIERE-BLANC", store="lyon-croix-rousse", **own)
    checkout = look(visitor, "/fr/checkout")
    assert "form-action 'self' ;" in checkout.headers["Content-Security-Policy"]
    contact = {"first_name": "Chloé", "last_name": "Durand", "email": "chloe@example.org"}
    return send(
        visitor, "/fr/checkout", **hidden(checkout), **contact, total="3490", payment="card"
    )


def test_a_visitor_through_one_forwarded_port_pays_by_card(visitor: FlaskClient) -> None:
    away = order_by_card(visitor)
    assert (away.status_code, away.location[:21]) == (303, "/demo/cards/c/pay/cs_")
    page = look(visitor, away.location)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "34,90" in page.text
    assert f"form-action 'self' {FORWARDED}" in page.headers["Content-Security-Policy"]
    assert 'href="/demo/cards/c/style.css"' in page.text
    style = look(visitor, "/demo/cards/c/style.css")
    assert (style.status_code, style.mimetype) == (200, "text/css")

    declined = send(visitor, away.location, number=DECLINED)
    assert declined.status_code == 402
    assert "Votre carte a été refusée." in declined.text
    for decision, back in (("refuse", away.location), ("approve", f"{FORWARDED}/fr/paid?session=")):
        bank = send(visitor, away.location, number=ASKS)
        assert (bank.status_code, bank.location[:30]) == (303, "/demo/cards/c/authenticate/pi_")
        assert "Confirmer auprès de votre banque" in look(visitor, bank.location).text
        led = send(visitor, bank.location, decision=decision)
        assert (led.status_code, led.location.startswith(back)) == (303, True)
    shown = look(visitor, led.location.removeprefix(FORWARDED))
    assert shown.location.startswith("/fr/orders/")
    assert "Ce paiement est terminé." in look(visitor, away.location).text


@pytest.mark.parametrize(
    "path",
    [
        "/demo/cards/v1/payment_intents",
        "/demo/cards/control/faults",
        "/demo/cards/mailbox/messages",
        "/demo/cards/c/pay/..%2f..%2fcontrol%2ffaults",
        "/demo/cards/c/pay/..",
        "/demo/cards/c/pay/x%3Fa=1",
        "/demo/cards/c/refund/cs_test_1",
    ],
)
def test_nothing_else_of_the_provider_is_reached(visitor: FlaskClient, path: str) -> None:
    assert look(visitor, path).status_code == 404


def test_a_page_that_never_was_is_the_providers_to_tell(visitor: FlaskClient) -> None:
    page = look(visitor, "/demo/cards/c/pay/cs_test_nobodys")
    assert page.status_code == 404
    assert "This payment page does not exist." in page.text


def test_no_cookie_of_ours_goes_to_the_provider(ask_at: AskAt, demo_app: Flask) -> None:
    with listening() as (address, heard):
        visitor = ask_at(demo_app, address)
        visitor.set_cookie("comptoir-shopper", "secret")
        given = {"X-Other": "1", "Accept-Language": "en"}
        answer = visitor.post("/demo/cards/c/pay/cs_1", data={"number": "1 2"}, headers=given)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert "Set-Cookie" not in answer.headers
    (asked,) = heard
    assert (asked.path, asked.body) == ("/c/pay/cs_1", "number=1+2")
    assert {"cookie", "x-other"} & asked.headers.keys() == set()
    assert asked.headers["accept-language"] == "en"


def test_a_provider_that_is_silent_is_told_of(ask_at: AskAt, demo_app: Flask) -> None:
    visitor = ask_at(demo_app, SILENT)
    answer = visitor.get("/demo/cards/c/pay/cs_test_1", headers=HTML | {"Accept-Language": "fr"})
    assert answer.status_code == 503
    assert "La page de paiement ne s’ouvre pas pour l’instant" in answer.text


def test_a_real_provider_or_a_real_shop_has_no_such_pages(
    ask_at: AskAt, demo_app: Flask, app: Flask
) -> None:
    real_provider = ask_at(demo_app, "https://api.stripe.com"), "https://checkout.stripe.com"
    real_shop = ask_at(app, SILENT), SILENT
    for browser, origin in (real_provider, real_shop):
        for path in ("/demo/cards/c/pay/cs_test_1", "/demo/cards/c/style.css"):
            assert browser.get(path, headers=HTML).status_code == 404
        policy = browser.get("/fr/place", headers=HTML).headers["Content-Security-Policy"]
        assert f"form-action 'self' {origin};" in policy
