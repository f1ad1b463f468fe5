"""The retailer's reasons: their words, what they say of the shelf, and whether they are offered."""

import re
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from orders.commands import SetReason
from orders.errors import UnreadableReason
from orders.events import ReasonSet
from orders.models import Reason

CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
SPACE: Final = UUID("5a0e9d52-3b43-5f0e-9f5b-6f1c2f0a7e11")
"""Where the ids come from under which the history of a reason is kept: of kind and code."""


def set_reason(session: Session, command: SetReason, *, actor: Actor) -> None:
    """Have a reason be as said, new or not; what was written with it keeps its code.

    Raises UnreadableReason when its code or a word is missing or malformed.
    """
    words = [" ".join(each.split()) for each in (command.label_fr, command.label_en)]
    if CODE.fullmatch(command.code) is None or not all(words):
        raise UnreadableReason(reason=command.code)
    values = {
        "label_fr": words[0],
        "label_en": words[1],
        "effect": command.effect,
        "position": command.position,
    }
    closed_at = DB_NOW if command.closed else None
    session.execute(
        insert(Reason)
        .values(kind=command.kind, code=command.code, closed_at=closed_at, **values)
        .on_conflict_do_update(
            index_elements=["kind", "code"],
            set_={
                **values,
                "closed_at": func.coalesce(Reason.closed_at, DB_NOW) if command.closed else None,
            },
        )
    )
    fact = ReasonSet(
        reason_id=uuid5(SPACE, f"{command.kind.value}:{command.code}"),
        kind=command.kind.value,
        code=command.code,
        effect=command.effect.value,
        closed=command.closed,
    )
    events.record(session, fact, actor=actor)
