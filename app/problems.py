"""Refusals in HTTP: RFC 9457 for programs, a page for browsers. Only this file knows numbers."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import flask_smorest
from flask import Flask, Response, g, jsonify, render_template, request
from marshmallow import INCLUDE, Schema, fields
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from kernel import errors
from kernel.errors import Refusal
from kernel.idempotency import KeyReused
from kernel.web import KeyRequired, MalformedBody
from pos_adapter.errors import SignatureRefused

ERRORS_MAX = 50
RETRY_AFTER_S = 2
BRAKE_S = 60
"""Seconds after which the brake of a route lets somebody through again; rates are per minute."""
MEDIA_TYPE = "application/problem+json"
OUT_OF_RANGE = "22003"
"""SQLSTATE of a figure that its column cannot hold: sums grow by what was asked for."""
UNKEPT = {None, "22021", "22P05"}
"""SQLSTATE of a sign that no text can hold; the driver itself refuses NUL, without a state."""

log = logging.getLogger(__name__)


class Unauthenticated(Refusal):
    """No valid key or link came with the request."""

    code = "unauthenticated"
    title = "Not signed in"
    way_out = "Send `Authorization: Bearer …` with a live key, or the order's own link token."


STATUS_OF: dict[type[Refusal], int] = {
    MalformedBody: 400,
    KeyRequired: 400,
    KeyReused: 422,
    Unauthenticated: 401,
    SignatureRefused: 401,
    errors.TooManyAttempts: 429,
    errors.NotFound: 404,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.Forbidden: 403,
    errors.Unavailable: 503,
}

HTTP_PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: ("bad-request", "The request cannot be read", "Check the address and the headers."),
    404: ("not-found", "Not found", "Check the address."),
    405: ("method-not-allowed", "Not a method of this address", "Use a method named in `Allow`."),
    406: ("not-acceptable", "No such representation", "Accept `application/json`."),
    413: ("too-large", "The body is too large", "Send at most 1 MiB; use the imports for more."),
    414: ("address-too-long", "The address is too long", "Send fewer or shorter parameters."),
    415: ("unsupported-media-type", "Not a media type we read", "Send `application/json`."),
    429: ("rate-limited", "Too many requests", "Wait for the seconds in `Retry-After`."),
    431: ("headers-too-large", "The headers are too large", "Send fewer or shorter headers."),
    500: ("internal", "Something went wrong here", "Tell us the `instance`; it is in our log."),
    503: ("unavailable", "Not available at the moment", "Try again after `Retry-After` seconds."),
}


class ProblemSchema(Schema):
    """A problem as RFC 9457 shapes it; facts of its kind stand beside these members."""

    class Meta:
        """Options of marshmallow."""

        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "/problems/<code>: a page"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True, metadata={"description": "The request's id."})
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.Raw()))


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest ships no types
    """OpenAPI whose errors are problems."""

    ERROR_SCHEMA: ClassVar[type[Schema]] = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Return the problem that stands for a framework's refusal."""
        return http_problem(error)

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE  # of refusals; answers stay plain JSON
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


def init_app(app: Flask) -> None:
    """Have every refusal and failure of this application answered as a problem."""
    app.register_error_handler(Refusal, refusal_problem)
    app.register_error_handler(OperationalError, unavailable_problem)
    app.register_error_handler(InterfaceError, unavailable_problem)
    app.register_error_handler(PoolTimeout, unavailable_problem)
    app.register_error_handler(DBAPIError, database_problem)
    app.register_error_handler(Exception, unexpected_problem)


def status_of(kind: type[Refusal]) -> int:
    """Return the HTTP status of a kind of refusal."""
    return next(STATUS_OF[each] for each in kind.__mro__ if each in STATUS_OF)


def refusal_problem(error: Refusal) -> Response:
    """Return the problem that stands for a refusal."""
    facts = dict(error.facts)
    retry_after_s = facts.pop("retry_after_s", None)
    response = _problem(
        status_of(type(error)), error.code, error.title, detail=error.detail, facts=facts
    )
    if isinstance(error, errors.Unavailable):
        response.headers["Retry-After"] = str(retry_after_s or RETRY_AFTER_S)
    if isinstance(error, Unauthenticated):
        scheme = 'Basic realm="Comptoir", charset="UTF-8"' if _is_browser() else "Bearer"
        response.headers["WWW-Authenticate"] = scheme
    if isinstance(error, SignatureRefused):
        response.headers["WWW-Authenticate"] = "Comptoir-Signature"
    return response


def http_problem(error: HTTPException) -> Response:
    """Return the problem that stands for a framework's refusal."""
    messages = getattr(error, "data", {}).get("messages")
    if messages is not None:
        return _problem(
            422,
            errors.Invalid.code,
            errors.Invalid.title,
            detail="Some fields are not as they must be.",
            facts={"errors": list(_pointed(messages))[:ERRORS_MAX]},
        )
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 (a redirect is no problem)
        return Response(error.get_response())  # type: ignore[arg-type]
    code, title, _ = HTTP_PROBLEMS.get(status, HTTP_PROBLEMS[400])
    response = _problem(status, code, title, detail=title)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    if status == 429:  # noqa: PLR2004 (too many requests)
        response.headers.setdefault("Retry-After", str(BRAKE_S))
    return response


def unavailable_problem(error: Exception) -> Response:
    """Return the problem of a database that does not answer, or not in time."""
    log.warning("database unavailable: %s", error.__class__.__name__)
    return refusal_problem(errors.Unavailable())


def database_problem(error: DBAPIError) -> Response:
    """Return the problem of a database that refused a statement: ours, but for what was said."""
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate in {"55P03", "57014", "40P01", "40001"}:
        return unavailable_problem(error)
    if sqlstate == OUT_OF_RANGE:
        return refusal_problem(errors.Invalid("A figure would grow too large to be kept."))
    if isinstance(error, DataError) and sqlstate in UNKEPT:
        return refusal_problem(errors.Invalid("A field has a sign in it that cannot be kept."))
    return unexpected_problem(error)


def unexpected_problem(error: Exception) -> Response:
    """Return the problem of a bug: nothing inside is shown, everything is in the log."""
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    code, title, detail = HTTP_PROBLEMS[500]
    return _problem(500, code, title, detail=detail)


def _problem(
    status: int, code: str, title: str, *, detail: str, facts: Mapping[str, Any] | None = None
) -> Response:
    body = {
        **(facts or {}),
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{g.get('request_id', '')}",
    }
    if _is_browser():
        response = Response(render_template("problem.html", problem=body), mimetype="text/html")
    else:
        response = jsonify(body)
        response.mimetype = MEDIA_TYPE
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_browser() -> bool:
    if request.path.startswith("/api/"):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _pointed(messages: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield each message of marshmallow with the JSON pointer of its field."""
    for place, found in messages.items():
        for pointer, detail in _leaves(found, ""):
            known = pointer if place == "json" else f"/{place}{pointer}"
            yield {"pointer": known, "detail": detail}


def _leaves(found: Any, pointer: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 (nested messages)
    if isinstance(found, Mapping):
        for name, inner in found.items():
            here = pointer if name == "_schema" else f"{pointer}/{name}"
            yield from _leaves(inner, here)
    elif isinstance(found, list):
        for inner in found:
            yield from _leaves(inner, pointer)
    else:
        yield pointer, str(found)
