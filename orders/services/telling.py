"""What tablets told: each deed under its nonce, once, with the answer it was given."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.actors import Actor
from orders import passes
from orders.commands import OfflineDeed, OfflineOutcome, OfflinePlace
from orders.errors import NonceReused
from orders.models import OfflineFact

HAND_OVER: Final = "hand_over_id"
TOLD: Final = "told"
"""What is kept of a deed's words, to tell it from another one under its nonce."""


@dataclass(frozen=True, slots=True)
class DeedAnswer:
    """What became of a deed; `refusal` is the code of the rule it broke."""

    nonce: UUID
    outcome: OfflineOutcome
    hand_over_id: UUID | None = None
    case_id: UUID | None = None
    refusal: str | None = None


def claim(
    session: Session, deed: OfflineDeed, place: OfflinePlace, *, told_by: Actor
) -> DeedAnswer | None:
    """Return the answer a deed was given before; else it is this transaction's to answer.

    Of two that tell the same at once, the second waits here for the first to end.

    Raises NonceReused when another deed was told under its nonce.
    """
    claimed = session.execute(
        insert(OfflineFact)
        .values(**describe(deed, place, told_by))
        .on_conflict_do_nothing()
        .returning(OfflineFact.nonce)
    ).first()
    return None if claimed is not None else told_before(session, deed, place)


def describe(deed: OfflineDeed, place: OfflinePlace, told_by: Actor) -> dict[str, Any]:
    """Return what is kept of what was told. The text of a QR opens a parcel: only its pass is."""
    shown = passes.read_qr(deed.qr) if deed.qr else None
    return {
        "device_id": place.device_id,
        "nonce": deed.nonce,
        "seq": deed.seq,
        "kind": deed.kind,
        "happened_at": deed.happened_at,
        "outcome": OfflineOutcome.APPLIED,
        "payload": {
            "fulfillment_id": str(deed.fulfillment_id) if deed.fulfillment_id else None,
            "pass_id": str(shown.id) if shown else None,
            "quantities": dict(deed.quantities),
            "ticket_number": deed.ticket_number,
            "identity_seen": deed.identity_seen,
            "staff_id": str(deed.staff_id) if deed.staff_id else None,
            "told_by": str(told_by.id) if told_by.id else None,
            TOLD: digest(deed),
        },
    }


def told_before(session: Session, deed: OfflineDeed, place: OfflinePlace) -> DeedAnswer:
    """Return what a deed was answered when it was told.

    Raises NonceReused when another deed was told under its nonce.
    """
    row = _row(session, deed, place)
    if row.payload.get(TOLD, digest(deed)) != digest(deed):
        raise NonceReused(nonce=str(deed.nonce))
    hand_over_id = row.payload.get(HAND_OVER)
    return DeedAnswer(
        row.nonce,
        row.outcome,
        UUID(hand_over_id) if hand_over_id else None,
        row.case_id,
        row.refusal,
    )


def digest(deed: OfflineDeed) -> str:
    """Return what tells one deed from another; its number only orders it."""
    words = [
        deed.kind.value,
        deed.happened_at.timestamp(),
        str(deed.fulfillment_id),
        deed.qr,
        sorted(deed.quantities.items()),
        deed.ticket_number,
        deed.identity_seen,
        str(deed.staff_id),
    ]
    return sha256(json.dumps(words).encode()).hexdigest()


def keep(
    session: Session,
    deed: OfflineDeed,
    place: OfflinePlace,
    answer: DeedAnswer,
    *,
    fulfillment_id: UUID | None,
) -> None:
    """Keep what a deed was answered, for whoever tells it again."""
    row = _row(session, deed, place)
    row.outcome, row.refusal, row.case_id = answer.outcome, answer.refusal, answer.case_id
    row.fulfillment_id = fulfillment_id
    if answer.hand_over_id is not None:
        row.payload = {**row.payload, HAND_OVER: str(answer.hand_over_id)}
    session.flush()


def _row(session: Session, deed: OfflineDeed, place: OfflinePlace) -> OfflineFact:
    return session.execute(
        select(OfflineFact)
        .where(OfflineFact.device_id == place.device_id, OfflineFact.nonce == deed.nonce)
        .execution_options(populate_existing=True)
    ).scalar_one()
