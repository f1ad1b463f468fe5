"""Feeds of other systems over HTTP."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnsupportedMediaType

import stores.queries
from inventory import imports, jobs, queries, services
from inventory.commands import DeclareFeed, FeedKind
from inventory.imports import FeedForm
from inventory.routes.blueprint import blueprint, read_id
from inventory.schemas import (
    ConflictPageSchema,
    ConflictQuerySchema,
    DeclareFeedSchema,
    FeedPageSchema,
    FeedQuerySchema,
    FeedSchema,
)
from kernel.db import transaction
from kernel.web import (
    answer_once,
    current_actor,
    declare,
    make_cursor,
    read_cursor,
    read_key,
    read_number,
)

FORMS: Final = {
    "text/csv": FeedForm.CSV,
    "application/json": FeedForm.JSON,
    "application/x-ndjson": FeedForm.JSON_LINES,
}
BODY_BYTES_MAX: Final = 1 << 30
PIECE_BYTES: Final = 1 << 16
BODY: Final = {
    "required": True,
    "description": 'CSV with the columns store, sku and quantity, `{"lines": […]}`, or JSON '
    "lines; with `Content-Encoding: gzip` if it is. Read as a stream, up to a gibibyte.",
    "content": {kind: {"schema": {"type": "string"}} for kind in FORMS},
}


@blueprint.post("/stock/feeds")
@declare(permission="feeds.push", keyed=True)
@blueprint.arguments(DeclareFeedSchema, location="query")
@blueprint.doc(requestBody=BODY)
@blueprint.response(202, FeedSchema)
def push_feed(command: DeclareFeed) -> Response:
    """Take in what another system says is in stock; it is applied as soon as all of it has come.

    A sequence that broke off goes on where it stopped when the same is sent again.
    """
    read_key()
    received = jobs.receive_feed(command, _batches(signed=command.kind is FeedKind.DELTA))

    def act() -> tuple[int, dict[str, Any]]:
        return 202, FeedSchema().dump(queries.get_feed(session, received.feed_id))

    with transaction() as session:
        return answer_once(session, act, streamed=received.digest)


@blueprint.get("/stock/feeds")
@declare(permission="feeds.read")
@blueprint.arguments(FeedQuerySchema, location="query")
@blueprint.response(200, FeedPageSchema)
def list_feeds(query: dict[str, Any]) -> dict[str, Any]:
    """List feeds, the newest first, of one source or all."""
    cursor = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        feeds = queries.list_feeds(
            session,
            source=query["source"],
            before=read_id(cursor[0]) if cursor else None,
            limit=query["limit"],
        )
    full = len(feeds) == query["limit"]
    return {"feeds": feeds, "next": make_cursor(str(feeds[-1].id)) if full else None}


@blueprint.get("/stock/feeds/<uuid:feed_id>")
@declare(permission="feeds.read")
@blueprint.response(200, FeedSchema)
def show_feed(feed_id: UUID) -> Any:  # noqa: ANN401 (flask-smorest dumps it)
    """Show how far a feed is and what came of it."""
    with transaction() as session:
        return queries.get_feed(session, feed_id)


@blueprint.post("/stock/feeds/<uuid:feed_id>/let-through")
@declare(permission="feeds.push", keyed=True)
@blueprint.response(200, FeedSchema)
def let_feed_through(feed_id: UUID) -> Response:
    """Have a snapshot applied that was held because it says that nearly nothing is left."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.let_through(session, feed_id, actor=actor)
            return 200, FeedSchema().dump(queries.get_feed(session, feed_id))

        return answer_once(session, act)


@blueprint.get("/stock/feeds/<uuid:feed_id>/conflicts")
@declare(permission="feeds.read")
@blueprint.arguments(ConflictQuerySchema, location="query")
@blueprint.response(200, ConflictPageSchema)
def list_conflicts(query: dict[str, Any], feed_id: UUID) -> dict[str, Any]:
    """List the lines of a feed that were not simply taken over: those of the caller's stores."""
    cursor = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        queries.get_feed(session, feed_id)
        conflicts = queries.list_conflicts(
            session,
            feed_id=feed_id,
            store_codes=_own_codes(session),
            after=read_number(cursor[0]) if cursor else 0,
            limit=query["limit"],
        )
    full = len(conflicts) == query["limit"]
    return {"conflicts": conflicts, "next": make_cursor(str(conflicts[-1].id)) if full else None}


def _batches(*, signed: bool) -> Iterator[Any]:
    """Yield the lines of the body while it comes in.

    Raises UnsupportedMediaType when it is sent as anything else than we read.
    """
    form = FORMS.get(request.mimetype)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if form is None or encoding not in {"gzip", "identity"}:
        raise UnsupportedMediaType
    request.max_content_length = BODY_BYTES_MAX
    pieces = iter(lambda: request.stream.read(PIECE_BYTES), b"")
    unzipped = imports.unzip(pieces) if encoding == "gzip" else pieces
    return imports.read_feed(unzipped, form=form, signed=signed)


def _own_codes(session: Session) -> list[str] | None:
    """Return the codes of the caller's stores; None for those who see all."""
    mine = current_actor().location_ids
    if mine is None:
        return None
    return [stores.queries.get_store_by_id(session, each).code for each in sorted(mine)]
