"""What every package's routes stand on: the declared blueprint, the actor, answers given once."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from flask import Request, Response, g, jsonify, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema
from sqlalchemy.orm import Session
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from kernel import idempotency, secret
from kernel.actors import Actor
from kernel.errors import Invalid

KEY_MIN, KEY_MAX = 8, 200
ID_MAX = 2**63 - 1
"""The largest identity the database can hold: more would be its error, not a refusal."""
DEPTH_MAX = 32
VERSION_SIGNS = 9
View = TypeVar("View", bound=Callable[..., Any])


class MalformedBody(Invalid):
    """The body is not the JSON the API reads: broken, too deep, doubled keys, NaN, or not UTF-8."""

    code = "malformed-body"
    title = "The body is not valid JSON"
    way_out = "Send one JSON object in UTF-8, with each key once and no NaN or Infinity."


class KeyRequired(Invalid):
    """A request that creates or moves something came without a usable Idempotency-Key."""

    code = "idempotency-key-required"
    title = "An Idempotency-Key header is required"
    way_out = "Send an `Idempotency-Key` of 8 to 200 visible signs, new for each new request."


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a route is: who may call it, how often, and whether a repeat gets the first answer."""

    permission: str
    rate: str
    keyed: bool


def declare(
    *, permission: str, rate: str = "600/minute", keyed: bool = False
) -> Callable[[View], View]:
    """Declare a route; one without a declaration fails the start of the application.

    `permission` is held through the actor's role or scopes (`app/access.py`); store and order
    scope is applied by the queries. `rate` is the brake per address and process. `keyed` routes
    require an Idempotency-Key.
    """

    def mark(view: View) -> View:
        view.declaration = Declaration(permission, rate, keyed)  # type: ignore[attr-defined]
        return view

    return mark


def declaration_of(view: Callable[..., Any]) -> Declaration | None:
    """Return what `declare` said of a view, through any decorators around it."""
    seen: Any = view
    while seen is not None:
        found = getattr(seen, "declaration", None)
        if isinstance(found, Declaration):
            return found
        seen = getattr(seen, "__wrapped__", None)
    return None


def current_actor() -> Actor:
    """Return who is asking; the door has made sure of it."""
    return cast("Actor", g.actor)


class StrictParser(FlaskParser):
    """Reads JSON strictly; leaves the answer to a bad shape to `app/problems.py`."""

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401, ARG002 (webargs' signature)
        """Return the request's JSON.

        Raises MalformedBody, or UnsupportedMediaType when it is not sent as JSON: a foreign
        page's form may send text/plain without asking first.
        """
        if not req.is_json:
            raise UnsupportedMediaType
        return read_json(req.get_data(cache=True))


StrictParser.DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE}


class ApiBlueprint(Blueprint):
    """A blueprint of JSON resources: strict input, documented problems."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (flask-smorest)
        """Read input by a schema that is made once: making one costs as much as reading by it."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)


def read_json(data: bytes) -> Any:  # noqa: ANN401 (JSON)
    """Return what strict JSON says.

    Raises MalformedBody.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise MalformedBody from error
    if _depth(value) > DEPTH_MAX:
        raise MalformedBody
    return value


def answer_once(
    session: Session,
    act: Callable[[], tuple[int, dict[str, Any]]],
    *,
    show: "Show | None" = None,
    streamed: bytes | None = None,
) -> Response:
    """Do `act` under the request's Idempotency-Key, or give the first answer again.

    `act` returns status and JSON, without personal data or secrets: it is stored. `show` adds what
    is derived each time, such as a signed link. `streamed` is the digest of a body that was read
    as a stream.

    Raises KeyRequired or idempotency.KeyReused.
    """
    key, scope = read_key(), _key_scope(current_actor())
    body = request.get_data() if streamed is None else request.query_string + b"\n" + streamed
    fingerprint = sha256(f"{request.method} {request.path}\n".encode() + body).digest()
    answer = idempotency.take(session, scope=scope, key=key, request_hash=fingerprint)
    if answer is None:
        answer = idempotency.Answer(*act())
        idempotency.keep(session, scope=scope, key=key, answer=answer)
    response = jsonify(show(answer.body) if show else answer.body)
    response.status_code = answer.status
    return response


def read_key() -> str:
    """Return the request's Idempotency-Key.

    Raises KeyRequired when it is missing, sent twice, too short, too long or not visible ASCII.
    """
    keys = request.headers.getlist("Idempotency-Key")
    if len(keys) != 1:
        raise KeyRequired
    key = keys[0].strip()
    plain = key.isascii() and key.isprintable() and "," not in key  # a comma joins two headers
    if not KEY_MIN <= len(key) <= KEY_MAX or not plain:
        raise KeyRequired
    return key


Show = Callable[[dict[str, Any]], dict[str, Any]]


def _key_scope(actor: Actor) -> str:
    holder = actor.id or actor.customer_id or next(iter(actor.order_ids or ()), "-")
    return f"{actor.kind}:{holder}"


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found


def _no_constant(name: str) -> None:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _depth(value: object) -> int:
    level, here = 0, [value]
    while here and level <= DEPTH_MAX:
        level += 1
        here = [
            child
            for each in here
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
    return level


class VersionRequired(Invalid):
    """What two people may change at once was to be changed without the version that was seen."""

    code = "version-required"
    title = "An If-Match header is required"
    way_out = 'Send the `version` that was read, as in `If-Match: "3"`.'


IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": '^(W/)?"?[0-9]{1,9}"?$'},
    "description": 'The version that was read, as in `"3"`; another one is a 409.',
}
"""How a route that reads the version says so: `@blueprint.doc(parameters=[IF_MATCH])`."""


def read_version() -> int:
    """Return the version a request saw, from its If-Match header.

    Raises VersionRequired.
    """
    said = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not (said.isascii() and said.isdigit() and len(said) <= VERSION_SIGNS):
        raise VersionRequired
    return int(said)


class BadCursor(Invalid):
    """The `cursor` is not one that this listing gave."""

    code = "bad-cursor"
    title = "Not a cursor of ours"
    way_out = "Leave `cursor` out to begin anew, then use the `next` of each page."


def make_cursor(*parts: str) -> str:
    """Return the cursor that stands for the last row of a page."""
    return secret.encode("\n".join(parts).encode())


def read_cursor(text: str | None, *, parts: int) -> list[str] | None:
    """Return what a cursor stands for; None when there is none.

    Raises BadCursor.
    """
    if text is None:
        return None
    data = secret.decode(text)
    try:
        found = data.decode().split("\n") if data else []
    except UnicodeDecodeError as error:
        raise BadCursor from error
    if len(found) != parts or "\x00" in text or any("\x00" in part for part in found):
        raise BadCursor
    return found


def read_number(part: str) -> int:
    """Return the number in a cursor.

    Raises BadCursor.
    """
    if not part.isascii() or not part.isdigit() or int(part) > ID_MAX:
        raise BadCursor
    return int(part)


def read_place(text: str | None) -> tuple[datetime, UUID] | None:
    """Return the instant and the id that a cursor stands for; None when there is none.

    Raises BadCursor.
    """
    parts = read_cursor(text, parts=2)
    if parts is None:
        return None
    try:
        at, last = datetime.fromisoformat(parts[0]), UUID(parts[1])
    except ValueError as error:
        raise BadCursor from error
    if at.tzinfo is None:
        raise BadCursor
    return at, last
