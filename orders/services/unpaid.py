"""Goods that left unpaid: somebody has to get the money."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import SYSTEM, Actor
from orders.commands import CaseKind, OpenCase
from orders.queries import FulfillmentFacts
from orders.services.casework import open_case

UNPAID_KEY: Final = "unpaid:"


def ask_for_money(
    session: Session,
    parcel: FulfillmentFacts,
    *,
    due_minor: int,
    reason: str | None,
    about_id: UUID | None = None,
    actor: Actor = SYSTEM,
) -> None:
    """Have a person get what is still due for goods that left; `about_id` is their hand-over."""
    rules = stores.queries.get_rules(session, parcel.location_id)
    case = OpenCase(
        CaseKind.UNPAID,
        f"{UNPAID_KEY}{parcel.order_id}",
        timedelta(hours=rules.late_hours),
        location_id=parcel.location_id,
        order_id=parcel.order_id,
        fulfillment_id=parcel.id,
        about_id=about_id,
        facts={"due_minor": due_minor, "currency": parcel.currency, "reason": reason},
    )
    open_case(session, case, actor=actor)
