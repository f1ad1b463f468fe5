"""The one blueprint of customers, and what its routes share: who asks, and codes."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from customers import services
from customers.commands import Proven
from kernel.actors import ActorKind
from kernel.attempts import take_attempt
from kernel.db import transaction
from kernel.web import ApiBlueprint, current_actor

OWN: Final = "account.use"
ENTER: Final = "orders.place"

blueprint = ApiBlueprint(
    "customers", __name__, url_prefix="/api/v1/account", description="Accounts of shoppers"
)


def own_id() -> UUID:
    """Return whose account is asked for; the door has made sure that there is one."""
    owner = current_actor().customer_id
    assert owner is not None  # noqa: S101 (nobody else holds the permission)
    return owner


def own_session() -> UUID:
    """Return the session somebody is signed in with."""
    session_id = current_actor().session_id
    assert session_id is not None  # noqa: S101 (nobody else holds the permission)
    return session_id


def network() -> str:
    """Return where the asker is: their address, or the key of the integration that asks."""
    actor = current_actor()
    if actor.kind is ActorKind.INTEGRATION:
        return f"{services.KEY}{actor.id}"
    return str(request.remote_addr)


def answer(
    challenge_id: UUID, code: str, session_id: UUID, act: Callable[[Session, Proven], None]
) -> None:
    """Do `act` with what a code proves. A try is counted before the code is looked at.

    Raises UnknownChallenge, CodeRefused, TooManyAttempts, or what `act` refuses.
    """
    with transaction() as session:
        take_attempt(session, services.limit_answers(network=network()))
        services.count_try(session, challenge_id, session_id=session_id)
    with transaction() as session:
        proven = services.answer_code(session, challenge_id, session_id=session_id, code=code)
        act(session, proven)
