"""Somebody else comes: proxies whom the customer sends, each with a pass of their own."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import customers.services
import stores.queries
from customers.commands import GiveContact
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id
from orders import queries
from orders.commands import Method, Status
from orders.errors import NothingToCollect, TooManyProxies, UnknownOrder, UnknownProxy
from orders.events import ProxyNamed, ProxyPassGiven, ProxyWithdrawn
from orders.models import FINAL, Order, PickupPass, Proxy
from orders.passes import new_pass
from orders.services.parcels import Locked, give_pass, lock_order
from orders.services.paying import find_authorised

WITHDRAWN: Final = "proxy-withdrawn"
COLLECTED: Final = frozenset({Method.PICKUP, Method.DRIVE})


def name_proxy(session: Session, order_id: UUID, contact: GiveContact, *, actor: Actor) -> UUID:
    """Somebody the customer sends may collect the order too; return the proxy's id.

    They get a pass of their own for each parcel: at once for those that wait, else once it is
    ready. Their codes are told to them, not to the customer.

    Raises UnknownOrder, NothingToCollect, TooManyProxies, UnreachableContact, UnreadableEmail or
    UnreadablePhone.
    """
    _lock(session, order_id, actor=actor)
    parcels = lock_order(session, order_id)
    going = [
        each
        for each in parcels
        if each.parcel.status not in FINAL and each.parcel.method in COLLECTED
    ]
    if not going:
        raise NothingToCollect(state=queries.roll_up(p.parcel.status for p in parcels).value)
    most = stores.queries.get_rules(session, going[0].parcel.location_id).proxies_max
    if _count(session, order_id) >= most:
        raise TooManyProxies(most=most)
    known = customers.services.give_contact(session, contact)
    proxy = Proxy(id=new_id(), order_id=order_id, contact_id=known.id)
    session.add(proxy)
    session.flush()
    fact = ProxyNamed(order_id=order_id, proxy_id=proxy.id, contact_id=known.id)
    events.record(session, fact, actor=actor)
    for locked in going:
        if locked.parcel.status is Status.READY:
            _open_to(session, locked, known.id, actor=actor)
    return proxy.id


def withdraw_proxy(session: Session, order_id: UUID, proxy_id: UUID, *, actor: Actor) -> None:
    """A proxy may not collect the order any more: their passes are dead, and no others.

    Whoever hands over at this moment is waited for. Withdrawing twice changes nothing.

    Raises UnknownOrder or UnknownProxy.
    """
    _lock(session, order_id, actor=actor)
    parcels = lock_order(session, order_id)
    proxy = session.get(Proxy, proxy_id, with_for_update=True, populate_existing=True)
    if proxy is None or proxy.order_id != order_id:
        raise UnknownProxy
    if proxy.revoked_at is not None:
        return
    session.execute(update(Proxy).where(Proxy.id == proxy_id).values(revoked_at=DB_NOW))
    session.execute(
        update(PickupPass)
        .where(
            PickupPass.fulfillment_id.in_([each.parcel.id for each in parcels]),
            PickupPass.contact_id == proxy.contact_id,
            PickupPass.revoked_at.is_(None),
        )
        .values(revoked_at=DB_NOW, revoked_why=WITHDRAWN)
    )
    fact = ProxyWithdrawn(order_id=order_id, proxy_id=proxy_id, contact_id=proxy.contact_id)
    events.record(session, fact, actor=actor)


def give_proxies_passes(session: Session, locked: Locked, *, last_day: date) -> None:
    """Have everybody the customer sends hold a pass of a parcel that is ready now."""
    for contact_id in _contacts(session, locked.parcel.order_id):
        facts = new_pass(locked.parcel.id, collect_by=last_day)
        give_pass(session, facts, proxy_id=contact_id)


def _open_to(session: Session, locked: Locked, contact_id: UUID, *, actor: Actor) -> None:
    """Give a pass of a parcel that waits; while its money is being taken nobody is told yet."""
    parcel = locked.parcel
    if parcel.collect_by is None:
        return
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    last_day = parcel.collect_by.astimezone(ZoneInfo(store.time_zone)).date()
    give_pass(session, new_pass(parcel.id, collect_by=last_day), proxy_id=contact_id)
    if find_authorised(session, parcel.order_id) is None:
        fact = ProxyPassGiven(**locked.ids, contact_id=contact_id)
        events.record(session, fact, actor=actor)


def _lock(session: Session, order_id: UUID, *, actor: Actor) -> None:
    """Keep others from changing who collects an order.

    Raises UnknownOrder.
    """
    queries.get_order(session, order_id, actor=actor)
    if session.get(Order, order_id, with_for_update=True) is None:
        raise UnknownOrder


def _count(session: Session, order_id: UUID) -> int:
    live = select(func.count()).where(Proxy.order_id == order_id, Proxy.revoked_at.is_(None))
    return session.execute(live).scalar_one()


def _contacts(session: Session, order_id: UUID) -> Sequence[UUID]:
    live = select(Proxy.contact_id).where(Proxy.order_id == order_id, Proxy.revoked_at.is_(None))
    return session.execute(live.order_by(Proxy.named_at, Proxy.id)).scalars().all()
