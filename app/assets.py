"""Static files under addresses that change with their content, so browsers may keep them."""

from functools import cache, lru_cache
from gzip import compress
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

DIGEST_SIGNS = 12
FOREVER_S = 365 * 24 * 3600
FONT_S = 30 * 24 * 3600
FILES_MAX = 64


PACKABLE = frozenset({"text/css", "text/javascript", "image/svg+xml"})


def init_app(app: Flask) -> None:
    """Give templates `asset(name)` and `has_asset(name)`, and let browsers keep what is named so.

    A static file asked for without its version (one module imports another) is checked each time;
    fonts, whose names style sheets hold, are kept for a month.
    """
    app.jinja_env.globals.update(asset=asset, has_asset=has_asset)
    app.after_request(_keep)


def asset(name: str) -> str:
    """Return the address of a static file, with the digest of its content when it exists."""
    return url_for("static", filename=name, v=_digest(_path(name)))


def has_asset(name: str) -> bool:
    """Tell whether a static file exists: those of `vendor` are missing until installed."""
    return _path(name).is_file()


def _path(name: str) -> Path:
    return Path(str(current_app.static_folder)) / name


def _digest(path: Path) -> str | None:
    try:
        return _digest_of(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@cache
def _digest_of(path: Path, changed_ns: int) -> str:  # noqa: ARG001 (part of the cache's key)
    return sha256(path.read_bytes()).hexdigest()[:DIGEST_SIGNS]


def _keep(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code >= 400:  # noqa: PLR2004 (a refusal)
        return response
    if "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={FOREVER_S}, immutable"
    elif request.path.endswith(".woff2"):
        response.headers["Cache-Control"] = f"public, max-age={FONT_S}"
    if response.status_code == 200 and response.mimetype in PACKABLE:  # noqa: PLR2004 (a whole file)
        pack(response)
    return response


def pack(response: Response) -> None:
    """Send a text smaller to whoever can unpack it: the whole look in a third of its bytes."""
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return
    response.direct_passthrough = False
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(f"{tag}-gzip")
        response.make_conditional(request)


@lru_cache(maxsize=FILES_MAX)
def _packed(content: bytes) -> bytes:
    return compress(content, mtime=0)
