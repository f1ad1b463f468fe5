"""An order to collect at a store that lacks some of it: as the rules for collecting say.

What could be reserved when it was placed is; nothing else of it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
import stores.queries
import stores.services
from inventory.commands import DraftTransfer
from inventory.errors import OutOfStock
from kernel import events
from kernel.actors import SYSTEM
from kernel.clock import db_now
from kernel.ids import new_id
from kernel.money import line_amount
from orders import queries
from orders.availability import Way, find_offers, rank_ways
from orders.commands import Answer, CaseKind, Channel, OpenCase, SourcingOutcome, Status
from orders.events import FulfillmentInTransfer, FulfillmentRejected
from orders.models import Choice
from orders.pricing import Quote
from orders.services.casework import open_case
from orders.services.parcels import Locked, lock_parcel
from orders.services.planning import Share
from orders.services.transferring import A_DAY, promise_anew, today_at
from orders.sourcing import (
    After,
    Ask,
    Decision,
    Held,
    decide_by,
    held,
    record_decision,
    rules_method,
)
from stores.queries import Near, StoreFacts, Where

LACKING: Final = "no_stock"
GATHERED: Final = "gathered"
UNSOURCED: Final = "unsourced"
"""What the key of a case begins with that nobody could be found for."""
NEAR_KM: Final = 100.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of an order as it was placed, at a store that is short of some of it."""

    channel: Channel
    share: Share
    quote: Quote
    order_id: UUID
    fulfillment_id: UUID
    short: OutOfStock

    @property
    def store(self) -> StoreFacts:
        """Return where it is to be collected."""
        return self.share.store

    @property
    def wanted(self) -> Mapping[str, int]:
        """Return all of it."""
        return self.share.quantities

    @property
    def there(self) -> dict[str, int]:
        """Return what the store has of it."""
        left: Mapping[str, int] = self.short.facts["shortages"]
        have = {sku: left.get(sku, units) for sku, units in self.wanted.items()}
        return {sku: units for sku, units in have.items() if units}

    @property
    def lacking(self) -> dict[str, int]:
        """Return what it has not."""
        there = self.there
        less = {sku: n - there.get(sku, 0) for sku, n in self.wanted.items()}
        return {sku: units for sku, units in less.items() if units}


def gather(session: Session, gap: Gap) -> datetime:
    """Have done what the rules say about what a store lacks; return when its parcel is promised.

    What waits for its money is not gathered: its stock is held while its customer pays.

    Raises OutOfStock where no rules hold or they find nobody; where they say so, with `ways`.
    """
    rules = _find_rules(session, gap)
    if rules is None:
        raise gap.short
    limits = rules.book.limits
    after = limits.after_partial if gap.there else limits.after_none
    if after is After.TRANSFER:
        return _bring(session, gap, rules)
    if after in {After.WAIT, After.CASE}:
        return _wait(session, gap, rules, after)
    raise _with_ways(session, gap)


def _find_rules(session: Session, gap: Gap) -> Held | None:
    found = queries.find_rules(
        session,
        brand_id=gap.store.brand_id,
        channel=gap.channel,
        method=rules_method(gap.share.method),
        store_id=gap.store.id,
    )
    return held(found) if found else None


def _bring(session: Session, gap: Gap, rules: Held) -> datetime:
    """Others bring it to the store; reserved where it is, carried, promised for when it arrives."""
    consolidate = rules.book.limits.consolidate
    wanted = gap.lacking if consolidate else dict(gap.wanted)
    ask = _ask(gap, wanted)
    decision = decide_by(session, ask, rules)
    if decision.missing:
        raise _with_ways(session, gap)
    locked = lock_parcel(session, gap.fulfillment_id, actor=SYSTEM)
    if consolidate:
        _reserve_rest(session, gap)
    else:
        _release(session, gap)
    transfers = [
        (send, _draft(session, gap, send.store.id, send.quantities))
        for send in sorted(decision.sends, key=lambda each: each.store.id)
    ]
    promise_anew(session, locked.parcel, gap.store, arrives_on=today_at(session, gap.store) + A_DAY)
    locked.parcel.accept_by = None
    locked.parcel.move_to(Status.IN_TRANSFER)
    session.flush()
    for send, transfer_id in transfers:
        fact = FulfillmentInTransfer(
            **locked.ids,
            transfer_id=transfer_id,
            source_id=send.store.id,
            quantities=dict(send.quantities),
            promised_at=locked.parcel.promised_at,
            at_placing=True,
        )
        events.record(session, fact, actor=SYSTEM)
    record_decision(session, replace(decision, after=After.TRANSFER), ask, gap.order_id)
    return locked.parcel.promised_at


def _draft(session: Session, gap: Gap, source_id: UUID, quantities: Mapping[str, int]) -> UUID:
    draft = DraftTransfer(source_id, gap.store.id, quantities, fulfillment_id=gap.fulfillment_id)
    return inventory.services.draft_transfer(session, draft, actor=SYSTEM)[0]


def _wait(session: Session, gap: Gap, rules: Held, after: After) -> datetime:
    """The customer is asked what they want, and waits for it unless they choose otherwise."""
    locked = lock_parcel(session, gap.fulfillment_id, actor=SYSTEM)
    locked.parcel.move_to(Status.REJECTED)
    session.flush()
    stores.services.release_booking(session, locked.parcel.id)
    _release(session, gap)
    choice = Choice(
        id=new_id(),
        fulfillment_id=locked.parcel.id,
        reason=LACKING,
        answer_by=db_now(session) + timedelta(hours=gap.store.rules.choice_hours),
        fallback=Answer.WAIT,
    )
    session.add(choice)
    session.flush()
    fact = FulfillmentRejected(
        **locked.ids, choice_id=choice.id, answer_by=choice.answer_by, asks=True
    )
    events.record(session, fact, actor=SYSTEM, reason=LACKING)
    if after is After.CASE:
        _open_case(session, gap, locked)
    none = Decision(SourcingOutcome.NONE, (), gap.lacking, after=after, rule_set_id=rules.id)
    record_decision(session, none, _ask(gap, gap.lacking), gap.order_id)
    return locked.parcel.promised_at


def _open_case(session: Session, gap: Gap, locked: Locked) -> None:
    command = OpenCase(
        CaseKind.SOURCING,
        f"{UNSOURCED}:{gap.fulfillment_id}",
        timedelta(hours=gap.store.rules.late_hours),
        location_id=gap.store.id,
        order_id=locked.parcel.order_id,
        fulfillment_id=gap.fulfillment_id,
        facts={"lacking": gap.lacking},
    )
    open_case(session, command)


def _ask(gap: Gap, wanted: Mapping[str, int]) -> Ask:
    worth = {
        line.sku: line_amount(
            quantity=1, unit_price_minor=line.unit_price_minor, price_per=line.price_per
        )
        for line in gap.quote.lines
    }
    return Ask(
        brand_id=gap.store.brand_id,
        brand=gap.store.brand_code,
        channel=gap.channel,
        method=gap.share.method,
        quantities=dict(wanted),
        latitude=gap.store.latitude,
        longitude=gap.store.longitude,
        values_minor=worth,
        postcode=gap.store.postcode,
        store_id=gap.store.id,
    )


def _reserve_rest(session: Session, gap: Gap) -> None:
    """Reserve what the store has of what it is short of; the rest of it was reserved already."""
    rest = {sku: units for sku, units in gap.there.items() if sku in gap.short.facts["shortages"]}
    if rest:
        inventory.services.reserve(
            session,
            fulfillment_id=gap.fulfillment_id,
            location_id=gap.store.id,
            quantities=rest,
        )


def _release(session: Session, gap: Gap) -> None:
    """Give back what was reserved when the order was placed."""
    short = gap.short.facts["shortages"]
    taken = {sku: units for sku, units in gap.wanted.items() if sku not in short}
    if taken:
        inventory.services.release(
            session,
            fulfillment_id=gap.fulfillment_id,
            location_id=gap.store.id,
            quantities=taken,
            reason=GATHERED,
        )


def _with_ways(session: Session, gap: Gap) -> OutOfStock:
    """Return the refusal with the ways in which all of it, or most of it, can be had."""
    near = Near(gap.store.latitude, gap.store.longitude, NEAR_KM)
    offers = find_offers(
        session,
        quantities=gap.wanted,
        where=Where(near, brand=gap.store.brand_code),
        leaving_out=gap.fulfillment_id,
    )
    ways = rank_ways(offers, gap.wanted)
    return OutOfStock(shortages=gap.short.facts["shortages"], ways=[_say(way) for way in ways])


def _say(way: Way) -> dict[str, Any]:
    return {
        "kind": way.kind.value,
        "missing": dict(way.missing),
        "parts": [
            {
                "store": part.store.code,
                "day": part.day.isoformat(),
                "quantities": dict(part.quantities),
            }
            for part in way.parts
        ],
    }
