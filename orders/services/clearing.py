"""What ends with a parcel, or once nothing of it is undecided: its wave, questions that wait."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

import inventory.services
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from orders.commands import SubstitutionStatus
from orders.events import SubstituteEnded, WaveEnded, WaveLeft
from orders.models import Fulfillment, Substitution, Wave
from orders.services.locked import Locked

SUBSTITUTE: Final = "substitute"
"""The reason in the ledger of what was kept for an answer."""

_LEFT = text("""
    SELECT EXISTS (
        SELECT FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
        LEFT JOIN substitution s
            ON s.fulfillment_id = f.id AND s.sku = l.sku AND s.status = 'proposed'
        WHERE f.wave_id = :wave_id AND f.status = 'picking'
          AND l.quantity - l.cancelled - l.picked > coalesce(s.quantity, 0))
""")
"""What waits for a customer's answer keeps nobody walking."""


def end_wave(session: Session, parcel: Fulfillment, *, actor: Actor = SYSTEM) -> None:
    """The wave of a parcel is over when nothing of it is left to decide.

    Its row is locked first: of two who decide the last lines at once the second sees the first.
    """
    if parcel.wave_id is not None:
        end_done(session, parcel.wave_id, actor=actor)


def quit_wave(session: Session, parcel: Fulfillment, *, actor: Actor) -> None:
    """A parcel that is locked is in no wave any more, and the wave goes on without it."""
    wave_id = parcel.wave_id
    if wave_id is None:
        return
    parcel.wave_id = None
    session.flush()
    left = WaveLeft(wave_id=wave_id, location_id=parcel.location_id, fulfillment_id=parcel.id)
    events.record(session, left, actor=actor)
    end_done(session, wave_id, actor=actor)


def end_done(session: Session, wave_id: UUID, *, actor: Actor = SYSTEM) -> None:
    """A wave is over when nothing of it is left to decide."""
    session.flush()
    wave = session.execute(
        select(Wave)
        .where(Wave.id == wave_id, Wave.ended_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if wave is None or session.execute(_LEFT, {"wave_id": wave_id}).scalar_one():
        return
    wave.ended_at = db_now(session)
    session.flush()
    events.record(session, WaveEnded(wave_id=wave.id, location_id=wave.location_id), actor=actor)


def withdraw_substitutes(
    session: Session, locked: Locked, *, also: Iterable[str] = (), actor: Actor = SYSTEM
) -> None:
    """Nobody is asked any more whether they want something else in a parcel that is locked.

    Call it before anything that ends a parcel, or sends it elsewhere. `also` are the SKUs whose
    levels are changed afterwards: levels are locked in one order.
    """
    rows = session.execute(
        select(Substitution)
        .where(
            Substitution.fulfillment_id == locked.parcel.id,
            Substitution.status == SubstitutionStatus.PROPOSED,
        )
        .order_by(Substitution.substitute_sku)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    asked = list(rows)
    skus = {*also, *(each.substitute_sku for each in asked)}
    if skus:
        inventory.services.lock_levels(session, location_id=locked.parcel.location_id, skus=skus)
    for each in asked:
        close_substitute(session, locked, each, SubstitutionStatus.WITHDRAWN, actor=actor)


def close_substitute(
    session: Session,
    locked: Locked,
    asked: Substitution,
    status: SubstitutionStatus,
    *,
    actor: Actor,
) -> None:
    """A substitute that waited for an answer is not given: what was kept for it is free again."""
    answer(session, asked, status, actor=actor)
    inventory.services.release(
        session,
        fulfillment_id=asked.id,
        location_id=locked.parcel.location_id,
        quantities={asked.substitute_sku: asked.quantity},
        reason=SUBSTITUTE,
    )
    fact = SubstituteEnded(
        **locked.ids,
        substitution_id=asked.id,
        sku=asked.sku,
        substitute_sku=asked.substitute_sku,
        quantity=asked.quantity,
        how=status.value,
    )
    events.record(session, fact, actor=actor)


def answer(
    session: Session, asked: Substitution, status: SubstitutionStatus, *, actor: Actor
) -> None:
    """Somebody decided about a substitute, now."""
    now = db_now(session)
    asked.answered_at, asked.status, asked.answered_by = now, status, actor.name
    session.flush()
