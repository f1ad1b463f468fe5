"""What customers may be told, over HTTP: read, and keyed by whoever heard it."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import customers.queries
import customers.services
from customers.commands import Said
from customers.errors import UnknownCustomer
from customers.queries import SPOKEN
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import DOOR, blueprint
from orders.schemas.consents import ConsentsSchema, RecordConsentSchema, RecordedConsentSchema


@blueprint.get("/customers/<uuid:customer_id>/consents")
@declare(permission="customers.read")
@blueprint.response(200, ConsentsSchema)
def read_consents(customer_id: UUID) -> dict[str, Any]:
    """Read what a customer may be told on which channel, and all they ever said of it.

    Whoever reads it is noted.
    """
    with transaction() as session:
        person = services.look_into(session, customer_id, door=DOOR, actor=current_actor())
        said = customers.queries.list_consents(session, person.id) if person else []
    if person is None:
        raise UnknownCustomer
    return {"holds": customers.queries.read_standing(said), "said": said}


@blueprint.post("/customers/<uuid:customer_id>/consents")
@declare(permission="customers.consent", keyed=True)
@blueprint.arguments(RecordConsentSchema)
@blueprint.response(201, RecordedConsentSchema)
def record_consent(body: dict[str, Any], customer_id: UUID) -> Response:
    """Keep that a customer agreed to be told, or refused: it holds on every channel at once."""
    with transaction() as session:
        return answer_once(session, lambda: (201, _record(session, customer_id, body)))


def _record(session: Session, customer_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    person = queries.get_person(session, customer_id, actor=current_actor())
    said = Said(
        customer_id=person.id,
        granted=body["granted"],
        wording=SPOKEN.version,
        language=person.language,
        proof=body["proof"],
        source=body["source"],
        ways=frozenset(body["channels"]),
        topic=body["topic"],
    )
    customers.services.record_answer(session, said, actor=current_actor())
    return {"customer_id": str(person.id)}
