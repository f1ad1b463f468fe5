"""Signing in by a code or a password, and out again."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Response
from sqlalchemy.orm import Session

from customers import queries, services
from customers.commands import AskCode, PointKind, Proven
from customers.errors import UnknownChallenge
from customers.queries import SIGNED_IN_DAYS
from customers.routes.blueprint import (
    ENTER,
    OWN,
    answer,
    blueprint,
    network,
    own_id,
    own_session,
)
from customers.schemas import (
    AccountDoneSchema,
    AskCodeSchema,
    AskedCodeSchema,
    PasswordSignInSchema,
    SignedInSchema,
    SignInSchema,
    SignOutSchema,
)
from customers.services import Entered
from kernel import secret
from kernel.attempts import give_back_attempt, take_attempt
from kernel.clock import now
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare


@blueprint.post("/codes")
@declare(permission=ENTER, keyed=True, rate="60/minute")
@blueprint.arguments(AskCodeSchema)
@blueprint.response(201, AskedCodeSchema)
def ask_code(body: dict[str, Any]) -> Response:
    """Send six digits to an e-mail address. The answer is the same whoever has an account."""
    email = services.normal_email(body["email"])
    with transaction() as session:
        take_attempt(session, services.limit_codes(PointKind.EMAIL, email, network=network()))
    command = AskCode(PointKind.EMAIL, email, body["language"])
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            asker = uuid4()
            session_id = services.begin_session(session, token=_token_of(asker))
            asked = services.ask_code(session, session_id, command, actor=current_actor())
            return 201, {"challenge_id": str(asked), "asker": str(asker)}

        return answer_once(session, act, show=_with_token)


@blueprint.post("/sign-in")
@declare(permission=ENTER, rate="60/minute")
@blueprint.arguments(SignInSchema)
@blueprint.response(201, SignedInSchema)
def sign_in(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in with the digits that arrived; they open the account where there is none.

    A code is good once: whoever loses the answer asks for another one.
    """
    with transaction() as session:
        asker = queries.find_session(session, token=body["token"])
    if asker is None:
        raise UnknownChallenge

    def act(session: Session, proven: Proven) -> None:
        entered.append(services.enter_by_code(session, asker.id, proven, actor=current_actor()))

    entered: list[Entered] = []
    answer(body["challenge_id"], body["code"], asker.id, act)
    return _signed_in(entered[0])


@blueprint.post("/password-sign-in")
@declare(permission=ENTER, rate="60/minute")
@blueprint.arguments(PasswordSignInSchema)
@blueprint.response(201, SignedInSchema)
def sign_in_by_password(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in with a password, where the account has one."""
    limits = services.limit_passwords(body["email"], network=network())
    with transaction() as session:
        take_attempt(session, limits)
    with transaction() as session:
        session_id = services.begin_session(session, token=_token_of(uuid4()))
        entered = services.enter_by_password(
            session,
            session_id,
            email=body["email"],
            password=body["password"],
            actor=current_actor(),
        )
        give_back_attempt(session, limits)
    return _signed_in(entered)


@blueprint.post("/sign-out")
@declare(permission=OWN)
@blueprint.arguments(SignOutSchema)
@blueprint.response(200, AccountDoneSchema)
def sign_out(body: dict[str, Any]) -> dict[str, Any]:
    """Have the token be good for nothing any more; those of every other session too, if asked."""
    with transaction() as session:
        if body["everywhere"]:
            services.leave_everywhere(session, own_id())
        services.leave(session, own_session())
    return {"done": True}


def _signed_in(entered: Entered) -> dict[str, Any]:
    expires_at = now() + timedelta(days=SIGNED_IN_DAYS)
    return {"token": entered.token, "expires_at": expires_at, "is_new": entered.is_new}


def _with_token(kept: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with the token that shows who asked: derived each time, never stored."""
    return {"challenge_id": kept["challenge_id"], "token": _token_of(UUID(kept["asker"]))}


def _token_of(asker: UUID) -> str:
    return secret.encode(secret.digest("account-asker", asker.bytes))
