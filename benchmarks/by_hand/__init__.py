"""The same two resources without any of our layers: Flask, psycopg and plain SQL.

What an expert would write for speed alone: a connection a thread, prepared statements, two round
trips and a commit an order. It trusts its input, knows one kind of key and one kind of refusal. It
shares only pure functions with us: ids, order numbers, the signed link and the opening hours.
"""

import json
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Flask, Response, request

from app.settings import read_settings
from benchmarks.by_hand.availability import find_offers
from benchmarks.by_hand.connection import ONE_PLAN, connect
from benchmarks.by_hand.placing import Asked, Malformed, NotSold, place_order
from kernel import secret

settings = read_settings()
secret.configure(settings.secret)
connection = connect(settings.core.database_url)
ordering = connect(settings.core.database_url, more=ONE_PLAN)
app = Flask(__name__)


@app.post("/api/v1/orders")
def orders() -> Response:
    """Place an order."""
    data = request.get_data()
    asked = Asked(
        body=json.loads(data),
        key_hash=_key_hash(),
        answer_key=request.headers["Idempotency-Key"],
        fingerprint=sha256(b"POST /api/v1/orders\n" + data).digest(),
        request_id=request.headers.get("X-Request-Id") or str(uuid4()),
    )
    try:
        return _json(place_order(ordering(), asked), HTTPStatus.CREATED)
    except Malformed:
        return _json({}, HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotSold as refused:
        return _json({"shortages": refused.skus}, HTTPStatus.CONFLICT)


@app.post("/api/v1/availability")
def availability() -> Response:
    """Tell which stores have a basket."""
    body = json.loads(request.get_data())
    return _json({"stores": find_offers(connection(), body, key_hash=_key_hash())}, HTTPStatus.OK)


def _key_hash() -> bytes:
    return sha256(request.headers["Authorization"].removeprefix("Bearer ").encode()).digest()


def _json(body: dict[str, Any], status: HTTPStatus) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
