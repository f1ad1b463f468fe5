"""Why something could not be done as asked, in the retailer's words."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.commands import StockEffect
from orders.commands import ReasonKind
from orders.errors import UnknownReason
from orders.models import Reason


@dataclass(frozen=True, slots=True)
class ReasonFacts:
    """A reason: its words by language, and what it says of the shelf."""

    kind: ReasonKind
    code: str
    labels: dict[str, str]
    effect: StockEffect
    position: int
    closed: bool


def list_reasons(
    session: Session, kind: ReasonKind | None = None, *, closed: bool = False
) -> list[ReasonFacts]:
    """Return the reasons there are, in the retailer's order; closed ones only when asked for."""
    wanted = select(Reason).order_by(Reason.kind, Reason.position, Reason.code)
    if kind is not None:
        wanted = wanted.where(Reason.kind == kind)
    if not closed:
        wanted = wanted.where(Reason.closed_at.is_(None))
    return [_facts(row) for row in session.execute(wanted).scalars()]


def get_reason(session: Session, kind: ReasonKind, code: str) -> ReasonFacts:
    """Return a reason that may be given now.

    Raises UnknownReason, which names those that may.
    """
    offered = list_reasons(session, kind)
    for each in offered:
        if each.code == code:
            return each
    raise UnknownReason(reason=code, known=[each.code for each in offered])


def _facts(row: Reason) -> ReasonFacts:
    return ReasonFacts(
        row.kind,
        row.code,
        {"fr": row.label_fr, "en": row.label_en},
        row.effect,
        row.position,
        row.closed_at is not None,
    )
