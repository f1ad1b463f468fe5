"""Who an account's owner is: names, language, password; and closing it."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from customers import queries, services
from customers.commands import AskCode, PointKind, Proven
from customers.queries import AccountFacts
from customers.routes.blueprint import OWN, answer, blueprint, network, own_id, own_session
from customers.schemas import (
    AccountDoneSchema,
    AccountSchema,
    ChallengeSchema,
    NameAccountSchema,
    SetPasswordSchema,
)
from kernel.attempts import take_attempt
from kernel.db import reading, transaction
from kernel.web import answer_once, current_actor, declare

SHOWN = AccountSchema()


@blueprint.get("")
@declare(permission=OWN)
@blueprint.response(200, AccountSchema)
def get_account() -> dict[str, Any]:
    """Show the account: names, language, proven addresses and numbers."""
    with reading() as session:
        return _read(session)


@blueprint.put("")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.arguments(NameAccountSchema)
@blueprint.response(200, AccountSchema)
def name_account(body: dict[str, Any]) -> Response:
    """Say how the owner is called, and which language they read."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.name_account(session, own_id(), **body)
            return 200, {}

        return answer_once(session, act, show=lambda _: SHOWN.dump(_read(session)))


@blueprint.post("/password/code")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.response(201, ChallengeSchema)
def ask_password_code() -> Response:
    """Send six digits to the address the account is opened with, to set its password."""
    account = _own()
    limits = services.limit_codes(
        PointKind.EMAIL, account.email, network=network(), session_id=own_session()
    )
    command = AskCode(PointKind.EMAIL, account.email, account.language)
    with transaction() as session:
        take_attempt(session, limits)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            asked = services.ask_code(session, own_session(), command, actor=current_actor())
            return 201, {"challenge_id": str(asked)}

        return answer_once(session, act)


@blueprint.put("/password")
@declare(permission=OWN, rate="60/minute")
@blueprint.arguments(SetPasswordSchema)
@blueprint.response(200, AccountDoneSchema)
def set_password(body: dict[str, Any]) -> dict[str, Any]:
    """Set a password, or none, with the digits that arrived; every other session ends."""
    account, password = _own(), body["password"]
    if password is not None:
        services.check_password(password, known=(account.email, account.name))

    def act(session: Session, proven: Proven) -> None:
        services.set_password(
            session,
            account.customer_id,
            password=password,
            proven=proven,
            actor=current_actor(),
        )
        services.leave_everywhere(session, account.customer_id, but=own_session())

    answer(body["challenge_id"], body["code"], own_session(), act)
    return {"done": True}


@blueprint.delete("")
@declare(permission=OWN, rate="60/minute")
@blueprint.response(200, AccountDoneSchema)
def close_account() -> dict[str, Any]:
    """Close the account; its orders stay under their own links."""
    with transaction() as session:
        services.close_account(session, own_id(), actor=current_actor())
    return {"done": True}


def _own() -> AccountFacts:
    with reading() as session:
        return queries.get_account(session, own_id())


def _read(session: Session) -> dict[str, Any]:
    account = queries.get_account(session, own_id())
    points = [each for each in queries.list_points(session, own_id()) if each.proven_at]
    names = ("email", "first_name", "last_name", "language", "has_password")
    return {**{name: getattr(account, name) for name in names}, "points": points}
