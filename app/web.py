"""What surrounds every route: declarations, the brake, headers, health, OpenAPI, problem pages."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from werkzeug.routing import BaseConverter, Map, UnicodeConverter

from app.demo import cards
from app.openapi import describe
from app.problems import HTTP_PROBLEMS, Api, status_of
from kernel.db import transaction
from kernel.errors import every_refusal
from kernel.web import declaration_of, declare

UNDECLARED = frozenset({"static"})
REDIS_PATIENCE_S = 0.5
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "script-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self' {payment}; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self)",
}
STRIPE_API, STRIPE_CHECKOUT = "api.stripe.com", "https://checkout.stripe.com"
HSTS = "max-age=31536000; includeSubDomains"

system = Blueprint("system", __name__)


class WordConverter(UnicodeConverter):
    """A part of an address without control signs, which no code of ours and no column holds."""

    regex = r"[^/\x00-\x1f\x7f]{1,200}"

    def __init__(self, map: Map) -> None:  # noqa: A002 (Werkzeug's name)
        BaseConverter.__init__(self, map)


def init_app(app: Flask, resources: Iterable[Any], pages: Iterable[Blueprint]) -> None:
    """Register the routes, and have each one braked, declared and sent with the right headers.

    Raises RuntimeError when a route was not declared.
    """
    app.url_map.converters["string"] = WordConverter
    api = Api(app)
    app.extensions["comptoir-api"] = api
    for resource in resources:
        api.register_blueprint(resource)
    for page in (*pages, system):
        app.register_blueprint(page)
    _brake(app)
    app.after_request(_finish)


front = Blueprint("front", __name__)


@front.get("/")
@declare(permission="api.read")
def front_door() -> Response:
    """Send whoever knows only the address to the shop, in their language."""
    language = request.accept_languages.best_match(["fr", "en"], "fr")
    return cast("Response", redirect(f"/{language}/"))


@system.get("/health/live")
@declare(permission="api.read")
def live() -> Response:
    """This process answers."""
    return jsonify(status="ok")


@system.get("/health/ready")
@declare(permission="api.read")
def ready() -> Response:
    """Orders can be taken: the database answers. Redis is told of, but not needed for that."""
    with transaction() as session:
        session.execute(text("SELECT 1"))
    return jsonify(status="ok", degraded=[] if _redis_answers() else ["redis"])


@system.get("/api/v1/openapi.json")
@declare(permission="api.read")
def openapi() -> Response:
    """Describe every resource of the API."""
    return jsonify(describe(current_app))


@system.get("/problems/<string:code>")
@declare(permission="api.read")
def problem(code: str) -> str:
    """Explain a kind of refusal: what it means and what to do."""
    shown = _explain(code)
    if shown is None:
        abort(404)
    return render_template("problem_kind.html", code=code, **shown)


def _explain(code: str) -> dict[str, Any] | None:
    for kind in every_refusal():
        if kind.code == code:
            return {
                "title": kind.title,
                "means": (kind.__doc__ or "").strip(),
                "way_out": kind.way_out,
                "status": status_of(kind),
            }
    for status, (known, title, way_out) in HTTP_PROBLEMS.items():
        if known == code:
            return {"title": title, "means": "", "way_out": way_out, "status": status}
    return None


class _Brake(Limiter):
    """A brake on each route alone: before that there is nothing to look at."""

    def _check_request_limit(
        self,
        callable_name: str | None = None,
        in_middleware: bool = True,  # noqa: FBT001, FBT002 (the limiter's own signature)
    ) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


def _brake(app: Flask) -> None:
    limiter = _Brake(get_remote_address, app=app, storage_uri="memory://")
    for endpoint, view in app.view_functions.items():
        if endpoint in UNDECLARED:
            continue
        declaration = declaration_of(view)
        if declaration is None:
            message = f"the route {endpoint} is not declared"
            raise RuntimeError(message)
        braked = limiter.limit(declaration.rate)(view)
        app.view_functions[endpoint] = cast("Any", _unless_known(view, braked))


def _unless_known(view: Callable[..., Any], braked: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that is braked but for who is known: what they may is counted in SQL."""

    @wraps(view)
    def chosen(**values: Any) -> Any:  # noqa: ANN401 (whatever the view returns)
        return (braked if g.actor.id is None else view)(**values)

    return chosen


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value.replace("{payment}", _payment_page()))
    if g.get("request_id"):
        response.headers["X-Request-Id"] = g.request_id
    if current_app.config["COMPTOIR"].core.public_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = HSTS
    if response.mimetype in {"application/json", "text/html"}:  # pages show names and passes
        response.headers.setdefault("Cache-Control", "no-store")
    if "/orders/" in request.path:  # whoever holds the link sees the order; nobody shall find it
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _payment_page() -> str:
    """Return the origin of the payment page, to which a form of ours may lead."""
    if cards.are_here():
        return ""
    url = urlsplit(current_app.config["COMPTOIR"].payment.stripe_api_url)
    if url.hostname == STRIPE_API:
        return STRIPE_CHECKOUT
    return f"{url.scheme}://{url.netloc}"


def _redis_answers() -> bool:
    url = current_app.config["COMPTOIR"].core.redis_url
    try:
        with Redis.from_url(url, socket_timeout=REDIS_PATIENCE_S) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
