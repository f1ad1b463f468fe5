"""Cases: what needs a person, whose it is, and how it ended."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare, make_cursor, read_place
from orders import queries, services
from orders.queries import CaseFacts, WantedCases
from orders.routes.blueprint import blueprint
from orders.schemas import (
    AssignCaseSchema,
    CaseCountsSchema,
    CasePageSchema,
    CaseQuerySchema,
    CaseSchema,
    CaseStorySchema,
    QueueQuerySchema,
    QueueSchema,
    ResolveCaseSchema,
    TakenCaseSchema,
)
from stores.errors import UnknownLocation


@blueprint.get("/cases")
@declare(permission="cases.read")
@blueprint.arguments(CaseQuerySchema, location="query")
@blueprint.response(200, CasePageSchema)
def list_cases(query: dict[str, Any]) -> dict[str, Any]:
    """List what needs a person, by what is due next."""
    actor = current_actor()
    with transaction() as session:
        found = queries.list_cases(
            session,
            _wanted(session, query, actor),
            actor=actor,
            after=read_place(query["cursor"]),
            limit=query["limit"],
        )
    last = found[-1] if len(found) == query["limit"] else None
    return {"cases": found, "next": _cursor(last) if last else None}


@blueprint.get("/cases/counts")
@declare(permission="cases.read")
@blueprint.response(200, CaseCountsSchema)
def count_cases() -> dict[str, Any]:
    """Count open cases, and those past their time, by store."""
    with transaction() as session:
        found = queries.count_cases(session, actor=current_actor())
    return {"counts": [{"location_id": place, **asdict(each)} for place, each in found.items()]}


@blueprint.get("/cases/<uuid:case_id>")
@declare(permission="cases.read")
@blueprint.response(200, CaseStorySchema)
def get_case(case_id: UUID) -> dict[str, Any]:
    """Show one case with its history."""
    with transaction() as session:
        found = queries.get_case(session, case_id, actor=current_actor())
        return {**asdict(found), "history": queries.list_case_history(session, case_id)}


@blueprint.get("/queue")
@declare(permission="cases.read")
@blueprint.arguments(QueueQuerySchema, location="query")
@blueprint.response(200, QueueSchema)
def list_queue(query: dict[str, Any]) -> dict[str, Any]:
    """List what waits for whoever asks, in the order in which it is given: theirs, and nobody's."""
    actor = current_actor()
    with transaction() as session:
        found = queries.list_queue(
            session,
            actor=actor,
            location_id=_place(session, query["store"], actor),
            limit=query["limit"],
        )
    return {"cases": found}


@blueprint.post("/queue/next")
@declare(permission="cases.work", keyed=True)
@blueprint.response(200, TakenCaseSchema)
def take_next() -> Response:
    """Take what waits most: past its time first, then nearly due, then due first.

    Nothing is given twice; `case` is null when nothing waits. A conversation's case has its id in
    `about_id`.
    """
    actor = current_actor()

    def act() -> tuple[int, dict[str, Any]]:
        case_id = services.take_next_case(session, actor=actor)
        found = queries.get_case(session, case_id, actor=actor) if case_id else None
        return 200, TakenCaseSchema().dump({"case": found})

    with transaction() as session:
        return answer_once(session, act)


@blueprint.post("/cases/<uuid:case_id>/take")
@declare(permission="cases.work", keyed=True)
@blueprint.response(200, CaseSchema)
def take_case(case_id: UUID) -> Response:
    """See to a case oneself."""
    return _once(case_id, lambda s, actor: services.take_case(s, case_id, actor=actor))


@blueprint.post("/cases/<uuid:case_id>/assign")
@declare(permission="cases.assign", keyed=True)
@blueprint.arguments(AssignCaseSchema)
@blueprint.response(200, CaseSchema)
def assign_case(body: dict[str, Any], case_id: UUID) -> Response:
    """Have somebody see to a case."""
    return _once(case_id, lambda s, actor: services.assign_case(s, case_id, **body, actor=actor))


@blueprint.post("/cases/<uuid:case_id>/resolve")
@declare(permission="cases.work", keyed=True)
@blueprint.arguments(ResolveCaseSchema)
@blueprint.response(200, CaseSchema)
def resolve_case(body: dict[str, Any], case_id: UUID) -> Response:
    """Close a case and say how it ended."""
    return _once(case_id, lambda s, actor: services.resolve_case(s, case_id, **body, actor=actor))


@blueprint.post("/cases/<uuid:case_id>/retry-refund")
@declare(permission="cases.refund", keyed=True)
@blueprint.response(200, CaseSchema)
def retry_refund(case_id: UUID) -> Response:
    """Ask again for the refund that a case of money is about."""
    return _once(case_id, lambda s, actor: services.retry_refund(s, case_id, actor=actor))


def _once(case_id: UUID, use_case: Callable[[Session, Actor], object]) -> Response:
    """Do a use case on one case under the request's key, and answer with the case after it."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            use_case(session, actor)
            case = queries.get_case(session, case_id, actor=actor)
            return 200, CaseSchema().dump(case)

        return answer_once(session, act)


def _wanted(session: Session, query: dict[str, Any], actor: Actor) -> WantedCases:
    return WantedCases(
        location_id=_place(session, query["store"], actor),
        kind=query["kind"],
        owner_id=actor.id if query["mine"] else None,
        only_overdue=query["overdue"],
        closed=query["closed"],
    )


def _place(session: Session, code: str | None, actor: Actor) -> UUID | None:
    if code is None:
        return None
    location_id = stores.queries.get_store(session, code).id
    if not actor.sees_location(location_id):
        raise UnknownLocation(store=code)
    return location_id


def _cursor(last: CaseFacts) -> str:
    return make_cursor((last.closed_at or last.due_at).isoformat(), str(last.id))
