"""What a tablet has to know before it is without a network: a bounded read in few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

import customers.queries
import payments.queries
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from orders import passes
from orders.commands import Status
from orders.models import Fulfillment, PickupPass
from orders.pricing import totals
from orders.queries.parcels import _fulfillments
from orders.queries.shapes import FulfillmentFacts
from stores.queries import StoreFacts

PARCELS_MAX: Final = 1_000
REVOKED_MAX: Final = 5_000
KEPT_DAYS: Final = passes.LADDER_DAYS + 60
"""Days after its end for which a pass can be good at most: collection time and ladder."""
HIDDEN: Final = (Status.PENDING, Status.REROUTED)
"""States a store is not shown: nobody has paid yet, or another parcel took over."""


@dataclass(frozen=True, slots=True)
class OfflineParcel:
    """A parcel as a tablet may have to hand it over; `due_minor` for all that lies in its bin.

    `identity_required` is whether an identity has to be looked at, by what it is worth.
    """

    parcel: FulfillmentFacts
    customer_name: str
    due_minor: int
    identity_required: bool


@dataclass(frozen=True, slots=True)
class OfflineTruth:
    """What holds at a store now: keys, passes that are dead though they verify, parcels.

    `complete` is False when there were more parcels or passes than fit.
    """

    keys: Mapping[int, str]
    revoked: tuple[UUID, ...]
    parcels: tuple[OfflineParcel, ...]
    complete: bool
    taken_at: datetime


def get_offline_truth(session: Session, store: StoreFacts, *, actor: Actor) -> OfflineTruth:
    """Return what a tablet of this store needs: what is open, and what ended today where it is.

    Whoever sees one brand only is given its parcels; the caller may see the store.
    """
    moment, whoever = db_now(session), replace(SYSTEM, brand_id=actor.brand_id)
    midnight = moment.astimezone(ZoneInfo(store.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0, fold=0
    )
    wanted = and_(
        Fulfillment.location_id == store.id,
        Fulfillment.status.not_in(HIDDEN),
        or_(Fulfillment.ended_at.is_(None), Fulfillment.ended_at >= midnight),
    )
    parcels = _fulfillments(session, wanted, actor=whoever, limit=PARCELS_MAX + 1)
    revoked = session.execute(_select_revoked(store, midnight)).scalars().all()
    complete = len(parcels) <= PARCELS_MAX and len(revoked) <= REVOKED_MAX
    return OfflineTruth(
        passes.public_keys(),
        tuple(revoked[:REVOKED_MAX]),
        tuple(_describe(session, parcels[:PARCELS_MAX], store)),
        complete,
        moment,
    )


def _select_revoked(store: StoreFacts, midnight: datetime) -> Select[*tuple[UUID]]:
    return (
        select(PickupPass.id)
        .join(Fulfillment, Fulfillment.id == PickupPass.fulfillment_id)
        .where(
            Fulfillment.location_id == store.id,
            PickupPass.revoked_at.is_not(None),
            PickupPass.last_day >= midnight.date(),
            or_(
                Fulfillment.ended_at.is_(None),
                Fulfillment.ended_at > DB_NOW - func.make_interval(0, 0, 0, KEPT_DAYS),
            ),
        )
        .order_by(PickupPass.revoked_at.desc(), PickupPass.id)
        .limit(REVOKED_MAX + 1)
    )


def _describe(
    session: Session, parcels: Sequence[FulfillmentFacts], store: StoreFacts
) -> Iterable[OfflineParcel]:
    people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
    paid = payments.queries.list_paid(session, [each.order_id for each in parcels])
    used_up = _handed_over_minor(session, [each.order_id for each in parcels])
    limit_minor = store.rules.identity_from_minor
    for parcel in parcels:
        here = totals(line.priced(line.handed_over) for line in parcel.lines).total_minor
        after = totals(line.priced(line.handed_over + line.collectable) for line in parcel.lines)
        elsewhere = used_up.get(parcel.order_id, 0) - here
        worth = totals(line.priced(line.collectable) for line in parcel.lines).total_minor
        known = people.get(parcel.contact_id)
        yield OfflineParcel(
            parcel,
            known.name if known else "",
            max(after.total_minor - max(paid.get(parcel.order_id, 0) - elsewhere, 0), 0),
            limit_minor is not None and worth >= limit_minor,
        )


def _handed_over_minor(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return what was handed over of each order, in whatever store; minor units."""
    wanted = Fulfillment.order_id.in_(order_ids)
    found: dict[UUID, int] = {}
    for each in _fulfillments(session, wanted, actor=SYSTEM, limit=2 * PARCELS_MAX):
        value = totals(line.priced(line.handed_over) for line in each.lines).total_minor
        found[each.order_id] = found.get(each.order_id, 0) + value
    return found
