"""OpenAPI, completed with what no single route says: its problems, its key and its sign-in."""

from http import HTTPStatus
from typing import Any, Final

from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin

from app.access import EVERYBODY, SIGNED
from app.problems import MEDIA_TYPE
from kernel.web import KEY_MAX, KEY_MIN, Declaration, declaration_of

ALWAYS: Final = (401, 403, 404, 429, 503)
READING: Final = (422,)
WRITING: Final = (400, 409, 413, 415, 422)
BEARER: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key (`cmp_…`) of a person or an integration, one order's `access_token`,"
    " or the token (`cms_…`) of whoever is signed in to an account.",
}
TERMINAL: Final = {
    "type": "apiKey",
    "in": "header",
    "name": "Comptoir-Signature",
    "description": "An enrolled till signs each request, beside `Comptoir-Terminal`,"
    " `Comptoir-Timestamp` and `Comptoir-Nonce`: see docs/tills.md.",
}
KEY_PARAMETER: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "New for each new request; a repeat gets the first answer, with one effect.",
    "schema": {
        "type": "string",
        "minLength": KEY_MIN,
        "maxLength": KEY_MAX,
        "pattern": r"^[!-+\--~]+$",
    },
}
HEADERS_OF: Final = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def describe(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of every resource, with problems, keys and sign-in."""
    document: dict[str, Any] = app.extensions["comptoir-api"].spec.to_dict()
    parts = document["components"]
    parts["securitySchemes"] = {"bearer": BEARER, "terminal": TERMINAL}
    parts["responses"] |= {
        f"PROBLEM_{status}": _problem(status) for status in (*ALWAYS, *READING, *WRITING)
    }
    for rule in app.url_map.iter_rules():
        item = document["paths"].get(FlaskPlugin.flaskpath2openapi(rule.rule), {})
        declaration = declaration_of(app.view_functions[rule.endpoint])
        for method in rule.methods or ():
            if method.lower() in item and declaration is not None:
                _complete(item[method.lower()], method, declaration)
    return document


def _complete(operation: dict[str, Any], method: str, declaration: Declaration) -> None:
    more = WRITING if method == "POST" else READING
    operation["responses"] |= {
        str(status): {"$ref": f"#/components/responses/PROBLEM_{status}"}
        for status in (*ALWAYS, *more)
    }
    nobody: list[dict[str, list[str]]] = [{}] if declaration.permission in EVERYBODY else []
    scheme = "terminal" if declaration.permission in SIGNED else "bearer"
    operation["security"] = [*nobody, {scheme: []}]
    if declaration.keyed:
        operation["parameters"] = [*operation.get("parameters", []), KEY_PARAMETER]


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    found: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if status in HEADERS_OF:
        found["headers"] = {HEADERS_OF[status]: {"schema": {"type": "string"}}}
    return found
