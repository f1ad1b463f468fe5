"""Keeping what was decided, so that it can be explained and decided again; kept 13 months."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from kernel.ids import new_id
from orders.models import SourcingDecision
from orders.sourcing.deciding import rules_method
from orders.sourcing.rules import After
from orders.sourcing.shapes import Ask, Decision, Send

LIVES: Final = timedelta(days=396)


def record_decision(session: Session, decision: Decision, ask: Ask, order_id: UUID) -> None:
    """Keep who was chosen to send what of an order, by which rules, out of whom."""
    session.add(SourcingDecision(order_id=order_id, **decision_values(decision, ask)))
    session.flush()


def decision_values(decision: Decision, ask: Ask) -> dict[str, Any]:
    """Return what is kept of a decision beside whose order it is of."""
    unfound = decision.missing and decision.after is After.CASE
    return {
        "id": new_id(),
        "brand_id": ask.brand_id,
        "rule_set_id": decision.rule_set_id,
        "channel": ask.channel,
        "method": rules_method(ask.method),
        "outcome": decision.outcome,
        "asked": {
            "quantities": dict(ask.quantities),
            "values_minor": dict(ask.values_minor),
            "brand": ask.brand,
            "store_id": str(ask.store_id) if ask.store_id else None,
            "without": sorted(map(str, ask.without)),
            "taken": {str(place): dict(units) for place, units in ask.taken.items()},
            "after": decision.after.value,
        },
        "place": {
            "latitude": ask.latitude,
            "longitude": ask.longitude,
            "postcode": ask.postcode,
        },
        "chosen": [
            *(_chosen(send) for send in ([] if unfound else decision.sends)),
            *({**_chosen(send), "brings": True} for send in decision.lacks.brings),
        ],
        "candidates": list(decision.candidates),
        "losing": {
            **decision.losing,
            "missing": dict(decision.missing),
            "awaits": dict(decision.lacks.awaits),
            "awaits_until": decision.lacks.on and decision.lacks.on.isoformat(),
        },
    }


def _chosen(send: Send) -> dict[str, Any]:
    return {
        "location_id": str(send.store.id),
        "store": send.store.code,
        "name": send.store.name,
        "quantities": dict(send.quantities),
        "ready_at": send.ready_at.isoformat(),
        "km": round(send.distance_km, 1),
    }


def prune_decisions(session: Session) -> None:
    """Forget what was decided more than 13 months ago."""
    session.execute(delete(SourcingDecision).where(SourcingDecision.decided_at < DB_NOW - LIVES))
