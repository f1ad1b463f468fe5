"""The decision: one availability statement, then rules."""

from sqlalchemy.orm import Session

from orders.availability import Coverage, find_offers
from orders.commands import SourcingOutcome
from orders.sourcing.shapes import Ask, Decision, Send
from stores.commands import StoreMethod
from stores.queries import Near, Where

WORLD_KM = 20_100


def decide(session: Session, ask: Ask) -> Decision:
    """Return who sends what is asked: the nearest location that has all of it.

    Raises UnknownSku.
    """
    near = Near(ask.latitude, ask.longitude, WORLD_KM)
    where = Where(near, brand=ask.brand, method=StoreMethod.SHIP)
    offers = find_offers(session, quantities=ask.quantities, where=where)
    whole = [each for each in offers if each.coverage is Coverage.FULL and each.ready_at]
    for offer in sorted(whole, key=lambda each: (each.distance_km or 0.0, each.row.store_code)):
        if offer.ready_at is not None:
            send = Send(offer.store, dict(ask.quantities), offer.ready_at, offer.distance_km or 0.0)
            return Decision(SourcingOutcome.WHOLE, (send,), {})
    return Decision(SourcingOutcome.NONE, (), dict(ask.quantities))
