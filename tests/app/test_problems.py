"""Refusals and failures as problems: numbers, pages, and nothing of the inside."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app import i18n
from app.problems import HTTP_PROBLEMS, refusal_problem, status_of, unexpected_problem
from kernel import errors
from kernel.db import transaction
from kernel.errors import every_refusal
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import problem

HTML = {"Accept": "text/html"}
CLOSED = {
    "default-src": "'none'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""What no page may load, run or be framed by."""


def test_every_refusal_has_a_page_that_says_what_to_do(client: Any, app: Flask) -> None:
    for kind in every_refusal():
        if kind is errors.Refusal:
            continue
        page = client.get(f"/problems/{kind.code}")
        assert page.status_code == 200, kind.code
        assert kind.title in page.text.replace("&#39;", "'")
        assert f"HTTP {status_of(kind)}" in page.text
        assert kind.way_out, kind.code


def test_every_refusal_of_the_framework_has_a_page(client: Any) -> None:
    for code, _, _ in HTTP_PROBLEMS.values():
        assert client.get(f"/problems/{code}").status_code == 200, code
    french = i18n.catalogue("fr")
    for _code, title, way_out in HTTP_PROBLEMS.values():
        assert str(french.ugettext(title)) != title
        assert str(french.ugettext(way_out)) != way_out
    assert problem(client.get("/problems/never-heard-of")) == (404, "not-found")


@pytest.mark.parametrize("place", ["", "tablet/", "office/"])
def test_a_french_page_tells_every_refusal_in_french(app: Flask, place: str) -> None:
    for kind in sorted(set(every_refusal()) - {errors.Refusal}, key=lambda each: each.code):
        with app.test_request_context(f"/fr/{place}x", headers=HTML):
            app.preprocess_request()
            page = refusal_problem(kind()).get_data(as_text=True).replace("&#39;", "'")
        french = i18n.catalogue("fr")
        for sentence in (kind.title, kind.way_out):
            said = str(french.ugettext(sentence))
            assert said != sentence, f"{kind.code}: nobody says {sentence!r} in French"
            assert said in page.replace("&#34;", '"'), kind.code
            assert sentence not in page, kind.code


def test_the_page_of_a_refusal_speaks_the_readers_language_and_keeps_the_words_of_the_api(
    client: Any,
) -> None:
    french = client.get("/problems/out-of-stock", headers={"Accept-Language": "fr"}).text
    assert "<h1>Pas assez de stock dans ce magasin</h1>" in french
    assert '<div class="stack-8" lang="en"><p><strong>Not enough stock at this store' in french
    english = client.get("/problems/out-of-stock", headers={"Accept-Language": "en"}).text
    assert "<h1>Not enough stock at this store</h1>" in english
    assert "In the words of the API" not in english


def test_a_code_stands_for_one_kind_only() -> None:
    codes = [kind.code for kind in every_refusal() if "code" in vars(kind)]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.NotFound, 404),
        (errors.Invalid, 422),
        (errors.Conflict, 409),
        (errors.Forbidden, 403),
        (errors.Unavailable, 503),
        (errors.TooManyAttempts, 429),
    ],
)
def test_each_kind_of_refusal_has_its_number(kind: type[errors.Refusal], status: int) -> None:
    assert status_of(kind) == status
    assert status_of(type("Child", (kind,), {})) == status


def test_facts_never_replace_the_members_of_a_problem(app: Flask) -> None:
    refusal = errors.Conflict("once", status=1, type="x", title="y", instance="z")
    refusal.facts["sku"] = "BOOK"
    with app.test_request_context("/api/v1/x"):
        said: Any = refusal_problem(refusal).json
    assert (said["status"], said["type"], said["sku"]) == (409, "/problems/conflict", "BOOK")
    assert (said["title"], said["detail"]) == (errors.Conflict.title, "once")


def test_a_bug_shows_nothing_of_the_inside(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context("/api/v1/x"):
        response = unexpected_problem(ValueError("SELECT secret FROM api_key"))
    assert response.status_code == 500
    assert "secret" not in response.get_data(as_text=True)
    assert "ValueError" not in response.get_data(as_text=True)
    assert "SELECT secret" in caplog.text


@pytest.mark.parametrize(
    ("statement", "kind", "status"),
    [
        ("SELECT 2147483647 + 1", DBAPIError, 422),
        ("SELECT 1 / 0", DBAPIError, 500),
        ("SET LOCAL statement_timeout = 5; SELECT pg_sleep(1)", OperationalError, 503),
    ],
)
def test_what_the_database_refuses_is_told_apart(
    app: Flask, session: Any, statement: str, kind: type[Exception], status: int
) -> None:
    with pytest.raises(kind) as caught, transaction() as inner:
        inner.execute(text(statement))
    with app.test_request_context("/api/v1/x"):
        response = app.make_response(app.handle_user_exception(caught.value))
    assert response.status_code == status
    assert ("Retry-After" in response.headers) == (status == 503)


def test_a_database_that_is_away_is_told_as_unavailable(app: Flask) -> None:
    away = InterfaceError("SELECT 1", {}, Exception("server closed the connection"))
    with app.test_request_context("/api/v1/x"):
        response = app.make_response(app.handle_user_exception(away))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert "closed" not in response.get_data(as_text=True)


def test_a_method_nobody_offers_names_those_that_are(client: Any) -> None:
    response = client.delete("/api/v1/orders")
    assert problem(response) == (405, "method-not-allowed")
    assert {"GET", "POST"} <= set(response.headers["Allow"].replace(" ", "").split(","))


def test_the_brake_says_how_long_to_wait(client: Any, shop: Shop) -> None:
    address = {"REMOTE_ADDR": "198.51.100.7"}
    key = {"Idempotency-Key": "braked-0001"}
    answers = [
        client.post("/api/v1/orders", json={}, headers=key, environ_base=address)
        for _ in range(121)
    ]
    assert {problem(each) for each in answers[:120]} == {(422, "validation")}
    assert problem(answers[120]) == (429, "rate-limited")
    assert answers[120].headers["Retry-After"] == "60"
    known = client.post(
        "/api/v1/orders",
        json=order_body(),
        headers=as_key(shop.integration),
        environ_base=address,
    )
    assert known.status_code == 201


def test_people_get_a_page_and_programs_a_problem(client: Any) -> None:
    page = client.get("/nothing", headers=HTML)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert page.headers["X-Request-Id"] in page.text
    assert problem(client.get("/nothing")) == (404, "not-found")
    assert problem(client.get("/api/v1/nothing", headers=HTML)) == (404, "not-found")


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/api/v1/stores", "/api/v1/nothing", "/fr/tablet/enrol", "/static/no.css"],
)
def test_every_answer_carries_the_headers_that_protect(client: Any, shop: Shop, path: str) -> None:
    response = client.get(path)
    policy = dict(
        rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; ")
    )
    assert policy.pop("form-action").split()[0] == "'self'"  # the payment page may follow
    assert policy.pop("script-src").split()[0] == "'self'"
    assert policy.pop("connect-src").split()[0] == "'self'"
    assert {name: policy[name] for name in CLOSED} == CLOSED
    assert "unsafe-" not in response.headers["Content-Security-Policy"]
    assert "*" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Server" not in response.headers


@pytest.mark.parametrize(
    "given", ["abcdefgh-1234", "short", "x" * 65, "new\tline-here", "<b>bold</b>"]
)
def test_a_request_id_is_taken_over_only_when_it_is_harmless(client: Any, given: str) -> None:
    shown = client.get("/health/live", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert (shown == given) == (given == "abcdefgh-1234")
