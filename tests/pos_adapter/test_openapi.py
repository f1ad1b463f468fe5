"""The API's description of tills, used to ask many odd questions: each is signed as a till's is."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Final
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.openapi import describe
from tests.app.test_openapi import CHECKS
from tests.support.till import Till

EXAMPLES: Final = 8
TILL: Final = "/api/v1/till/"
WORDLESS: Final = {f"{TILL}receipts/gaps"}
"""Questions that say nothing, and so nothing wrong."""


def signing(app: Flask, till: Till) -> Callable[..., Iterable[bytes]]:
    """Return the application, to which each request comes signed by a till."""

    def signed(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query = environ.get("QUERY_STRING", "")
        target = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        headers = till.headers(environ["REQUEST_METHOD"], target, body)
        del headers["Content-Type"]
        for name, value in headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        environ["wsgi.input"] = BytesIO(body)
        return app.wsgi_app(environ, start_response)

    return signed


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_odd_questions_of_a_till_get_answers_the_description_allows(
    app: Flask, session: Session, till: Till, mode: GenerationMode
) -> None:
    session.connection().execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    with app.app_context():
        schema = schemathesis.openapi.from_dict(unsigned(describe(app)))
    operations = [
        each.ok() for each in schema.get_all_operations() if each.ok().path.startswith(TILL)
    ]
    assert len(operations) == 6
    door = signing(app, till)
    for operation in operations:
        if mode is GenerationMode.POSITIVE or operation.path not in WORDLESS:
            ask(operation, door, mode=mode)


def unsigned(document: dict[str, Any]) -> dict[str, Any]:
    """Return the description without the signature, which `signing` adds: it is no odd value."""
    for path, item in document["paths"].items():
        for operation in item.values() if path.startswith(TILL) else ():
            del operation["security"]
    return document


def ask(operation: Any, door: Callable[..., Iterable[bytes]], *, mode: GenerationMode) -> None:
    """Ask one operation odd questions."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Idempotency-Key": str(uuid4())}
        response = case.call_and_validate(app=door, checks=CHECKS)
        assert response.status_code != 401

    each()
