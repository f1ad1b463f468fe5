"""The e-mail addresses and telephone numbers an account has proven."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from customers import queries, services
from customers.commands import AskCode, PointKind, Proven
from customers.routes.blueprint import OWN, answer, blueprint, network, own_id, own_session
from customers.schemas import AskPointSchema, ChallengeSchema, OwnThingSchema, ProvePointSchema
from kernel.attempts import take_attempt
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare


@blueprint.post("/points")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.arguments(AskPointSchema)
@blueprint.response(201, ChallengeSchema)
def add_point(body: dict[str, Any]) -> Response:
    """Send six digits to an e-mail address or a number; it is the account's once they come back."""
    kind, value = _normal(body)
    limits = services.limit_codes(kind, value, network=network(), session_id=own_session())
    with transaction() as session:
        take_attempt(session, limits)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            language = queries.get_account(session, own_id()).language
            asked = services.ask_code(
                session, own_session(), AskCode(kind, value, language), actor=current_actor()
            )
            return 201, {"challenge_id": str(asked)}

        return answer_once(session, act)


@blueprint.post("/points/proofs")
@declare(permission=OWN, rate="60/minute")
@blueprint.arguments(ProvePointSchema)
@blueprint.response(201, OwnThingSchema)
def prove_point(body: dict[str, Any]) -> dict[str, Any]:
    """Have the account hold the address or number whose owner read the digits."""

    def act(session: Session, proven: Proven) -> None:
        actor = current_actor()
        held.append(services.prove_point(session, own_id(), proven, actor=actor))

    held: list[UUID] = []
    answer(body["challenge_id"], body["code"], own_session(), act)
    return {"id": held[0]}


@blueprint.delete("/points/<uuid:point_id>")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.response(200, OwnThingSchema)
def forget_point(point_id: UUID) -> Response:
    """Have the account hold an address or a number no longer."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.forget_point(session, own_id(), point_id, actor=current_actor())
            return 200, {"id": str(point_id)}

        return answer_once(session, act)


@blueprint.post("/points/<uuid:point_id>/sign-in")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.response(200, OwnThingSchema)
def sign_in_under(point_id: UUID) -> Response:
    """Have the account opened with another one of its e-mail addresses."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.sign_in_under(session, own_id(), point_id)
            return 200, {"id": str(point_id)}

        return answer_once(session, act)


def _normal(body: dict[str, Any]) -> tuple[PointKind, str]:
    if body["email"]:
        return PointKind.EMAIL, services.normal_email(body["email"])
    return PointKind.PHONE, services.normal_phone(body["phone"], country=body["country"])
