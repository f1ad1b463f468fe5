"""What somebody may ask of us by law, over HTTP, by who may grant it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import customers.services
import orders.queries
from app.rights import forgetting
from app.rights.exporting import as_download, export_person
from app.rights.schemas import ErasureSchema, ThreadForgottenSchema
from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import ApiBlueprint, answer_once, current_actor, declare

ARCHIVE = {"type": "string", "format": "binary"}

blueprint = ApiBlueprint(
    "rights", __name__, url_prefix="/api/v1", description="What is kept of somebody, and their end"
)


@blueprint.get("/customers/<uuid:customer_id>/export")
@declare(permission="customers.export", rate="30/minute")
@blueprint.response(200, ARCHIVE, content_type="application/zip")
def export_customer(customer_id: UUID) -> Response:
    """Give out all that is kept of a customer, as an archive; that it was given is kept too."""
    actor = current_actor()
    with transaction() as session:
        person = orders.queries.get_person(session, customer_id, actor=actor)
        archive = export_person(session, person.id, actor=actor)
    return as_download(archive, person.id)


@blueprint.get("/customers/<uuid:customer_id>/erasure")
@declare(permission="customers.erase")
@blueprint.response(200, ErasureSchema)
def foresee_erasure(customer_id: UUID) -> dict[str, Any]:
    """Say what forgetting a customer would do, or has done, and what it waits for."""
    with transaction() as session:
        return _outlook(session, customer_id, current_actor())


@blueprint.post("/customers/<uuid:customer_id>/erasure")
@declare(permission="customers.erase", keyed=True)
@blueprint.response(200, ErasureSchema)
def erase_customer(customer_id: UUID) -> Response:
    """Have a customer forgotten: now, or once none of their orders is open. It cannot be undone."""
    return _once(
        customer_id,
        lambda session, actor: forgetting.ask_to_forget(session, customer_id, actor=actor),
    )


@blueprint.delete("/customers/<uuid:customer_id>/erasure")
@declare(permission="customers.erase", keyed=True)
@blueprint.response(200, ErasureSchema)
def keep_customer(customer_id: UUID) -> Response:
    """Have a customer not forgotten after all, while it still waits."""
    return _once(
        customer_id,
        lambda session, actor: customers.services.withdraw_erasure(
            session, customer_id, actor=actor
        ),
    )


@blueprint.post("/threads/<uuid:thread_id>/forget")
@declare(permission="customers.erase", keyed=True)
@blueprint.response(200, ThreadForgottenSchema)
def forget_unknown(thread_id: UUID) -> Response:
    """Forget who is known only by a conversation, with all they wrote from the same place."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            done = forgetting.forget_unknown(session, thread_id, actor=actor)
            return 200, {"forgotten": done}

        return answer_once(session, act)


def _once(customer_id: UUID, use_case: Callable[[Session, Actor], object]) -> Response:
    """Do a use case under the request's key; answer what is known then."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            orders.queries.get_person(session, customer_id, actor=actor)
            use_case(session, actor)
            shown = ErasureSchema().dump(_outlook(session, customer_id, actor))
            return 200, dict(shown)

        return answer_once(session, act)


def _outlook(session: Session, customer_id: UUID, actor: Actor) -> dict[str, Any]:
    orders.queries.get_person(session, customer_id, actor=actor)
    outlook = forgetting.foresee(session, customer_id)
    known = outlook.known
    return {
        "asked_at": known.asked_at if known else None,
        "by_customer": bool(known and known.by_customer),
        "done_at": known.done_at if known else None,
        "open_orders": outlook.open_numbers,
        "conversations": outlook.conversations,
        "orders": outlook.orders,
    }
