"""Why a figure is what it is, and the ledger for followers, over HTTP."""

from typing import Any

from inventory import queries
from inventory.queries import Place
from inventory.routes.blueprint import blueprint, own_store
from inventory.schemas import (
    ChangeLevelPageSchema,
    ChangeLevelQuerySchema,
    ChangePageSchema,
    ChangeQuerySchema,
    ExplainQuerySchema,
    ExplanationSchema,
    LowPageSchema,
    LowQuerySchema,
    StartSchema,
)
from kernel.db import transaction
from kernel.web import BadCursor, declare, make_cursor, read_cursor, read_number


@blueprint.get("/stores/<string:code>/stock/<string:sku>/explain")
@declare(permission="stock.read")
@blueprint.arguments(ExplainQuerySchema, location="query")
@blueprint.response(200, ExplanationSchema)
def explain_level(query: dict[str, Any], code: str, sku: str) -> Any:  # noqa: ANN401 (dumped)
    """Say why a store has what it has of a SKU, now or at a past instant."""
    with transaction() as session:
        return queries.explain_level(
            session, location_id=own_store(session, code).id, sku=sku, at=query["at"]
        )


@blueprint.get("/stores/<string:code>/low-stock")
@declare(permission="stock.read")
@blueprint.arguments(LowQuerySchema, location="query")
@blueprint.response(200, LowPageSchema)
def list_low(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List what runs low at a store: some left to promise, but few."""
    cursor = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        place = own_store(session, code)
        low = queries.list_low(
            session,
            location_id=place.id,
            units=place.rules.low_stock_units,
            after=cursor[0] if cursor else "",
            limit=query["limit"],
        )
    full = len(low) == query["limit"]
    return {"low": low, "next": make_cursor(low[-1].sku) if full else None}


@blueprint.get("/stock/changes/start")
@declare(permission="stock.follow")
@blueprint.response(200, StartSchema)
def start_following() -> dict[str, str]:
    """Begin to follow the ledger: the place from which on changes are listed.

    What each location had at that place is at `/stock/changes/levels`, exact however long reading
    it takes; then follow `/stock/changes` from the same place.
    """
    with transaction() as session:
        return {"next": _cursor(queries.start_following(session))}


@blueprint.get("/stock/changes/levels")
@declare(permission="stock.follow")
@blueprint.arguments(ChangeLevelQuerySchema, location="query")
@blueprint.response(200, ChangeLevelPageSchema)
def list_levels_at_place(query: dict[str, Any]) -> dict[str, Any]:
    """List what a location had at a place: where a follower's copy begins."""
    cursor = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        levels = queries.list_levels_until(
            session,
            location_id=own_store(session, query["location"]).id,
            xid=_place(query["at"]).xid,
            after=cursor[0] if cursor else "",
            limit=query["limit"],
        )
    full = len(levels) == query["limit"]
    return {"levels": levels, "next": make_cursor(levels[-1].sku) if full else None}


@blueprint.get("/stock/changes")
@declare(permission="stock.follow")
@blueprint.arguments(ChangeQuerySchema, location="query")
@blueprint.response(200, ChangePageSchema)
def list_changes(query: dict[str, Any]) -> dict[str, Any]:
    """List what changed after a place: every line once, none skipped, late ones when committed."""
    after = _place(query["after"])
    with transaction() as session:
        code = query["location"]
        changes = queries.list_changes(
            session,
            after=after,
            location_id=own_store(session, code).id if code else None,
            limit=query["limit"],
        )
    return {"changes": changes, "next": _cursor(changes[-1].place if changes else after)}


def _cursor(place: Place) -> str:
    return make_cursor(str(place.xid), str(place.line))


def _place(text: str) -> Place:
    """Return the place that a cursor stands for.

    Raises BadCursor.
    """
    parts = read_cursor(text, parts=2)
    if parts is None:
        raise BadCursor
    return Place(read_number(parts[0]), read_number(parts[1]))
