"""The HTTP face of Stripe's API: keys, idempotency, faults, errors."""

import hashlib
import json
import time
from dataclasses import dataclass

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from sandbox.faults import Fault, Faults
from sandbox.store import Document, Store
from sandbox.stripe_book import Book
from sandbox.stripe_errors import StripeError
from sandbox.stripe_events import API_VERSION, CURRENT_REQUEST, Request
from sandbox.stripe_form import Form
from sandbox.stripe_lists import expand
from sandbox.stripe_objects import new_id
from sandbox.stripe_routes import answer

_KEPT = "sandbox.answer"
_LONGEST_KEY = 255
_KEPT_S = 24 * 60 * 60
_SCRIPTED = {
    "409": StripeError(
        "There is currently another in-progress request using this Stripe object or key.",
        status=409,
        kind="idempotency_error",
        code="idempotency_key_in_use",
        kept=False,
    ),
    "429": StripeError("Request rate limit exceeded.", status=429, code="rate_limit", kept=False),
    "500": StripeError("An unknown error occurred.", status=500, kind="api_error", kept=False),
    "timeout_before": StripeError("Gateway timeout.", status=504, kind="api_error", kept=False),
}


@dataclass(frozen=True)
class _Answer:
    """What goes back."""

    status: int
    body: Document
    replayed: bool = False


def stripe_pages(book: Book, store: Store, faults: Faults) -> Blueprint:
    """Return the API under /v1."""
    pages = Blueprint("stripe", __name__, url_prefix="/v1")

    @pages.route("/<path:path>", methods=["GET", "POST", "DELETE"])
    def serve(path: str) -> ResponseReturnValue:
        request_id = new_id("req", 14)
        key = request.headers.get("Idempotency-Key", "")
        token = CURRENT_REQUEST.set(Request(id=request_id, idempotency_key=key or None))
        try:
            fault = faults.take("stripe", f"{request.method} /v1/{path}")
            found = _serve(book, store, faults, fault, path)
        except StripeError as refusal:
            found = _Answer(refusal.status, refusal.body)
        finally:
            CURRENT_REQUEST.reset(token)
        time.sleep(faults.delay_s("stripe"))
        if fault and fault.do == "timeout_after":
            faults.hang()
        return _response(found, request_id, key)

    return pages


def _serve(book: Book, store: Store, faults: Faults, fault: Fault | None, path: str) -> _Answer:
    """Return the answer to the request, as scripted or in earnest. Raises StripeError."""
    _check_key()
    if fault and fault.do == "timeout_before":
        faults.hang()
    if fault and fault.do in _SCRIPTED:
        raise _SCRIPTED[fault.do]
    pairs = list((request.form if request.method == "POST" else request.args).items(multi=True))
    form = Form.read(pairs)
    key = request.headers.get("Idempotency-Key", "")
    with book.lock:
        if request.method != "POST" or not key:
            return _run(book, form, path)
        return _run_once(book, store, key, form, path)


def _check_key() -> None:
    """Refuse whoever has no secret test key."""
    header = request.headers.get("Authorization", "")
    given = request.authorization
    key = given.username if given and given.username else header.removeprefix("Bearer ")
    if not key:
        message = "You did not provide an API key, using HTTP Basic Auth or Bearer Auth."
        raise StripeError(message, status=401, kept=False)
    if not key.startswith("sk_test_") or key == "sk_test_":
        message = f"Invalid API Key provided: {key[:8]}****"
        raise StripeError(message, status=401, kept=False)


def _run(book: Book, form: Form, path: str) -> _Answer:
    """Do what is asked."""
    pages_url = book.pages_url or request.host_url.rstrip("/")
    done = answer(book, request.method, path, (form, pages_url))
    try:
        return _Answer(200, expand(book, done, form))
    except StripeError as refusal:
        refusal.kept = True  # what was asked has been done: not a second time under this key
        raise


def _run_once(book: Book, store: Store, key: str, form: Form, path: str) -> _Answer:
    """Do what is asked, or give the answer back that was given under the key before."""
    if len(key) > _LONGEST_KEY:
        raise StripeError("Idempotency keys have at most 255 characters.", kept=False)
    asked = json.dumps([path, form.fields], sort_keys=True)
    digest = hashlib.sha256(asked.encode()).hexdigest()
    earlier = store.find(_KEPT, key)
    if earlier and earlier["at"] > time.time() - _KEPT_S:
        if earlier["digest"] != digest:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they "
                f"were first used with. Try using a key other than '{key}'."
            )
            raise StripeError(message, kind="idempotency_error", kept=False)
        return _Answer(earlier["status"], earlier["body"], replayed=True)
    try:
        found = _run(book, form, path)
    except StripeError as refusal:
        if not refusal.kept:
            raise
        found = _Answer(refusal.status, refusal.body)
    kept = {"at": time.time(), "digest": digest, "status": found.status, "body": found.body}
    store.put(_KEPT, key, kept)
    return found


def _response(found: _Answer, request_id: str, key: str) -> Response:
    """Return the answer with Stripe's headers."""
    text = json.dumps(found.body, indent=2)
    response = Response(text, status=found.status, mimetype="application/json")
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    if key:
        response.headers["Idempotency-Key"] = key
    if found.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
