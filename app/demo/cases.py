"""What needs a person in the demonstration: cases of several kinds, one of them late."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
from app.demo.retailer import STORES
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import CaseKind, OpenCase
from orders.queries import FulfillmentFacts, Wanted

LATE, SOON, LATER = timedelta(minutes=-40), timedelta(hours=2), timedelta(hours=20)


def furnish_cases() -> None:
    """Have open cases at the first store and at head office; safe to repeat."""
    with transaction() as session:
        home = stores.queries.get_store(session, STORES[0].code).id
        wanted = Wanted(location_id=home)
        parcels, _ = orders.queries.list_parcels(session, wanted, actor=SYSTEM)
        for parcel, command in zip(parcels, _about(home), strict=False):
            _open(session, command, parcel)


def _about(home: UUID) -> list[OpenCase]:
    return [
        OpenCase(
            CaseKind.CONFLICT,
            "demo:conflict",
            SOON,
            location_id=home,
            facts={"what": "already-collected", "due_minor": 2490, "currency": "EUR"},
        ),
        OpenCase(
            CaseKind.UNREACHABLE,
            "demo:unreachable",
            LATE,
            location_id=home,
            facts={"template": "ready"},
        ),
        OpenCase(
            CaseKind.MONEY,
            "demo:money",
            LATER,
            facts={"amount_minor": 1290, "currency": "EUR", "code": "refund failed"},
        ),
    ]


def _open(session: Session, command: OpenCase, parcel: FulfillmentFacts) -> None:
    goods = {line.sku: 1 for line in parcel.lines[:1]}
    facts = dict(command.facts)
    if command.kind is CaseKind.CONFLICT:
        facts["quantities"] = goods
    about = OpenCase(
        command.kind,
        command.key,
        command.within,
        location_id=command.location_id,
        order_id=parcel.order_id,
        fulfillment_id=parcel.id,
        facts=facts,
    )
    orders.services.open_case(session, about)
