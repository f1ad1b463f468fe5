"""What a replay has done already, kept under a key with what came of it, in one transaction."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from kernel import idempotency
from kernel.idempotency import Answer

SCOPE: Final = "replay"
CREATED: Final = 201


def once(
    session: Session, key: str, act: Callable[[], Mapping[str, str]]
) -> tuple[Mapping[str, str], bool]:
    """Have something done under a key, now or by an earlier replay; return what came of it.

    And whether it was done before.
    """
    request_hash = sha256(key.encode()).digest()
    before = idempotency.take(session, scope=SCOPE, key=key, request_hash=request_hash)
    if before is not None:
        return before.body, True
    body = dict(act())
    idempotency.keep(session, scope=SCOPE, key=key, answer=Answer(CREATED, body))
    return body, False
