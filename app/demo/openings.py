"""The demonstration's stores deviate from their usual days, and some serve cars."""

from datetime import time, timedelta
from typing import Final

from sqlalchemy.orm import Session

import stores.services
from kernel import clock
from kernel.actors import Actor, ActorKind
from stores.commands import AddPattern, ExceptDays, StoreMethod

NADIA: Final = Actor(ActorKind.SYSTEM, name="Nadia Lefèvre", location_ids=None)
BY_CAR: Final = "villeurbanne"
CLOSED_FOR_WORKS: Final = "annecy"
LATE: Final = (2, 2, "10:00-21:00", "nocturne de fin d'année")
STOCKTAKING: Final = (16, 17, None, "inventaire annuel")
"""Days from now, first and last; the hours; why."""
SLOTS: Final = AddPattern(
    StoreMethod.DRIVE, (1, 2, 3, 4, 5, 6), time(15), time(19), minutes=30, capacity=3
)


def tell_openings(session: Session) -> None:
    """Have a late evening and a stock-taking ahead, a drive with slots, and one that is paused."""
    now = clock.now()
    today = now.date()
    for first, last, hours, reason in (LATE, STOCKTAKING):
        days = ExceptDays(
            today + timedelta(days=first), today + timedelta(days=last), hours, reason
        )
        stores.services.except_days(session, days, code=BY_CAR, actor=NADIA)
    for code in (BY_CAR, CLOSED_FOR_WORKS):
        stores.services.set_method(
            session, code=code, method=StoreMethod.DRIVE, offered=True, actor=NADIA
        )
    stores.services.add_pattern(session, SLOTS, code=BY_CAR, actor=NADIA)
    stores.services.pause_method(
        session,
        code=CLOSED_FOR_WORKS,
        method=StoreMethod.DRIVE,
        until=now + timedelta(days=3),
        reason="travaux sur le parking",
        actor=NADIA,
    )
