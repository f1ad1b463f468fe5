"""What may be handed over here and now: find the parcel, and say why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import stores.promises
import stores.queries
from inventory.commands import StockEffect
from kernel.actors import Actor, ActorKind
from kernel.ids import read_code
from orders import passes, queries
from orders.commands import Found, HandOver, ReasonKind, Status, Verified
from orders.errors import (
    AlreadyCollected,
    IdentityNeeded,
    NothingToCollect,
    NotOrdered,
    NotReady,
    OrderCancelled,
    PassNotValid,
    PassRevoked,
    PaymentDue,
    PaymentUnsettled,
    PickupExpired,
    UnknownFulfillment,
    UnknownReason,
    WrongState,
    WrongStore,
)
from orders.pricing import totals
from orders.queries import FulfillmentFacts, PassState
from orders.services.parcels import REISSUED, hold_money
from orders.services.paying import find_authorised
from orders.services.reservations import NOT_BOUGHT
from stores.errors import UnknownLocation
from stores.queries import StoreFacts

FORCE: Final = "fulfillments.force"
"""Who may also set aside that a parcel is paid, or still owed."""
ENDED: Final = frozenset({Status.EXPIRED, Status.CANCELLED})
"""States after which goods may still lie in the bin."""


@dataclass(frozen=True, slots=True)
class Refusing:
    """How many of a SKU the customer does not want, why, and what that says of the shelf."""

    quantity: int
    reason: str
    effect: StockEffect


@dataclass(frozen=True, slots=True)
class Force:
    """That a rule is set aside: why, and whether somebody does it who may set aside them all."""

    reason: str
    by_manager: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel that may be handed over here and now, and what is due for it, minor units.

    `holder_id` is the contact of who stands there: a proxy whose pass was shown, or the customer.
    `identity_needed` says that an identity card has to be looked at. `not_owed` are goods that lie
    in the bin of a parcel that has ended: handing them over is recorded against the rules.
    """

    facts: FulfillmentFacts
    found: Found
    shown: PassState | None
    quantities: Mapping[str, int]
    refused: Mapping[str, Refusing]
    due_minor: int
    identity_needed: bool
    force: Force | None = None
    not_owed: bool = False

    @property
    def pass_id(self) -> UUID | None:
        """Return the pass that was shown, if one was."""
        return self.shown.facts.id if self.shown else None

    @property
    def live_pass_id(self) -> UUID | None:
        """Return the pass that has to be alive still when the goods go; none if that is forced."""
        return self.pass_id if self.shown and self.shown.revoked_why is None else None

    @property
    def proxy_id(self) -> UUID | None:
        """Return the contact of the proxy whose pass was shown, if it was a proxy's."""
        return self.shown.contact_id if self.shown else None

    @property
    def holder_id(self) -> UUID | None:
        """Return the contact of who stands at the counter."""
        return self.proxy_id or self.facts.contact_id

    @property
    def takes_everything(self) -> bool:
        """Tell whether nothing is left to collect afterwards."""
        gone = {sku: each.quantity for sku, each in self.refused.items()}
        return all(
            line.open == self.quantities.get(line.sku, 0) + gone.get(line.sku, 0)
            for line in self.facts.lines
        )


def check_parcel(
    session: Session, command: HandOver, *, actor: Actor, held: bool = False
) -> Parcel:
    """Return the parcel that may be handed over now; nothing is changed or consumed.

    When `held`, others hand nothing of its order over meanwhile: what is due stays due.

    Raises UnknownLocation, PassNotValid, PassRevoked, WrongStore, NotReady, AlreadyCollected,
    PickupExpired, OrderCancelled, PaymentUnsettled, NotOrdered, UnknownReason or
    UnknownFulfillment.
    """
    store = stores.queries.get_store(session, command.store_code)
    if not actor.sees_location(store.id):
        raise UnknownLocation(store=command.store_code)
    force = _read_force(session, command, actor)
    found, state, fulfillment_id = _find(session, command, store)
    if held:
        hold_money(session, fulfillment_id)
    try:
        facts = queries.get_fulfillment(session, fulfillment_id, actor=_anywhere(actor, found))
    except UnknownFulfillment as error:
        raise (error if found is Found.SEARCH else PassNotValid()) from error
    parcel = Parcel(
        facts,
        found,
        state,
        quantities={},
        refused=_read_refused(session, command),
        due_minor=0,
        identity_needed=_needs_identity(facts, found, store, actor),
        force=force,
    )
    _refuse_other_store(session, facts, store)
    if facts.status in ENDED and force is not None and force.by_manager:
        lying = queries.list_lying(session, facts.id)
        if lying:
            return _not_owed(session, parcel, lying, command.quantities)
    _refuse_unless_collectable(session, parcel)
    try:
        quantities = _wanted(facts, command.quantities, parcel.refused)
    except NothingToCollect:
        # The lines were read after the state: whoever emptied the parcel meanwhile moved it on.
        fresh = queries.get_fulfillment(session, fulfillment_id, actor=_anywhere(actor, found))
        _refuse_unless_collectable(session, replace(parcel, facts=fresh))
        raise
    parcel = replace(parcel, refused=_not_bought(facts, quantities, parcel.refused))
    due = _due_minor(session, facts, quantities)
    if due and force is not None and find_authorised(session, facts.order_id) is not None:
        due = 0  # the card's money is on its way
    return replace(parcel, quantities=quantities, due_minor=due)


def require_fit(session: Session, parcel: Parcel, command: HandOver) -> None:
    """Return nothing when what the associate saw and took is enough to hand this parcel over.

    Raises IdentityNeeded or PaymentDue.
    """
    if parcel.identity_needed and not command.identity_seen and parcel.force is None:
        people = customers.queries.get_contacts(session, [parcel.holder_id])
        holder = people.get(parcel.holder_id)
        raise IdentityNeeded(name=holder.name if holder else None)
    unpaid = parcel.due_minor and not command.ticket_number
    if unpaid and not (parcel.force and parcel.force.by_manager):
        raise PaymentDue(due_minor=parcel.due_minor, currency=parcel.facts.currency)


def verified_by(parcel: Parcel, command: HandOver) -> Verified:
    """Return by what the associate knew that the right person collects."""
    if command.identity_seen:
        return Verified.IDENTITY
    return {Found.QR: Verified.QR, Found.CODE: Verified.CODE}.get(parcel.found, Verified.NONE)


def _read_force(session: Session, command: HandOver, actor: Actor) -> Force | None:
    if command.forced is None:
        return None
    reason = queries.get_reason(session, ReasonKind.FORCE, command.forced)
    return Force(reason.code, by_manager=actor.may(FORCE))


def _read_refused(session: Session, command: HandOver) -> Mapping[str, Refusing]:
    if not command.refused:
        return {}
    offered = {each.code: each for each in queries.list_reasons(session, ReasonKind.REFUSE)}
    for each in command.refused.values():
        if each.reason not in offered:
            raise UnknownReason(reason=each.reason, known=list(offered))
    return {
        sku: Refusing(each.quantity, each.reason, offered[each.reason].effect)
        for sku, each in command.refused.items()
    }


def _needs_identity(facts: FulfillmentFacts, found: Found, store: StoreFacts, actor: Actor) -> bool:
    """A till's cashier looks at whom they serve by the till's own rules."""
    if actor.kind is ActorKind.TERMINAL:
        return False
    least = store.rules.identity_from_minor
    valuable = least is not None and facts.owed.total_minor >= least
    return found is Found.SEARCH or valuable


def _find(
    session: Session, command: HandOver, store: StoreFacts
) -> tuple[Found, PassState | None, UUID]:
    if command.qr is not None:
        state = _pass_of_qr(session, command.qr)
        return Found.QR, state, state.facts.fulfillment_id
    if command.code is not None:
        state = _pass_of_code(session, command.code, store)
        return Found.CODE, state, state.facts.fulfillment_id
    if command.fulfillment_id is None:
        raise PassNotValid
    return Found.SEARCH, None, command.fulfillment_id


def _pass_of_qr(session: Session, text_read: str) -> PassState:
    claim = passes.read_qr(text_read)
    state = queries.find_pass(session, claim.id) if claim else None
    if state is None or claim != state.facts:
        raise PassNotValid
    return state


def _pass_of_code(session: Session, typed: str, store: StoreFacts) -> PassState:
    code = read_code(typed)
    state = queries.find_pass_by_code(session, code, location_id=store.id) if code else None
    if state is None:
        raise PassNotValid
    return state


def _anywhere(actor: Actor, found: Found) -> Actor:
    """A valid pass of another store is told apart from a worthless one; nothing of it is shown."""
    return actor if found is Found.SEARCH else replace(actor, location_ids=None)


def _refuse_other_store(session: Session, facts: FulfillmentFacts, store: StoreFacts) -> None:
    if facts.location_id == store.id:
        return
    other = stores.queries.get_store_by_id(session, facts.location_id)
    today: list[list[str]] = []
    if other.schedule is not None:
        days = stores.promises.coming_days(other.schedule, start=other.asked_at)
        today = [[opens.isoformat(), closes.isoformat()] for opens, closes in days[0].times]
    raise WrongStore(
        store=other.code,
        store_name=other.name,
        today=today,
        distance_m=round(stores.queries.distance_km(store, other) * 1000),
    )


def _refuse_unless_collectable(session: Session, parcel: Parcel) -> None:
    facts, state = parcel.facts, parcel.shown
    if facts.status is not Status.READY:
        _refuse_state(session, facts)
    if parcel.force is None and find_authorised(session, facts.order_id) is not None:
        raise PaymentUnsettled
    if state is None or state.revoked_why is None:
        return
    if parcel.force is None or state.revoked_why != REISSUED:
        raise PassRevoked(why=state.revoked_why)


def _refuse_state(session: Session, facts: FulfillmentFacts) -> NoReturn:
    if facts.status is Status.HANDED_OVER:
        raise AlreadyCollected(**_last_time(session, facts.id))
    if facts.status is Status.EXPIRED:
        raise PickupExpired(
            collect_by=facts.collect_by.isoformat() if facts.collect_by else None,
            in_bin=bool(queries.list_lying(session, facts.id)),
        )
    if facts.status is Status.CANCELLED:
        raise OrderCancelled(in_bin=bool(queries.list_lying(session, facts.id)))
    if facts.status in {Status.PENDING, Status.NEW, Status.ACCEPTED, Status.PICKING}:
        raise NotReady(promised_at=facts.promised_at.isoformat(), state=facts.status.value)
    raise WrongState(state=facts.status.value)


def _last_time(session: Session, fulfillment_id: UUID) -> dict[str, Any]:
    last = queries.find_last_hand_over(session, fulfillment_id)
    if last is None:
        return {"at": None, "by": None, "store": None, "store_name": None}
    store = stores.queries.get_store_by_id(session, last.location_id)
    return {
        "at": last.handed_over_at.isoformat(),
        "by": last.staff_name,
        "store": store.code,
        "store_name": store.name,
    }


def _wanted(
    facts: FulfillmentFacts, asked: Mapping[str, int] | None, refused: Mapping[str, Refusing]
) -> Mapping[str, int]:
    collectable = {line.sku: line.collectable for line in facts.lines if line.collectable}
    if not collectable:
        raise NothingToCollect
    gone = {sku: each.quantity for sku, each in refused.items()}
    if any(quantity > collectable.get(sku, 0) for sku, quantity in gone.items()):
        raise NotOrdered(open=collectable)
    left = {sku: quantity - gone.get(sku, 0) for sku, quantity in collectable.items()}
    if asked is None:
        return {sku: quantity for sku, quantity in left.items() if quantity}
    if any(quantity > left.get(sku, 0) for sku, quantity in asked.items()):
        raise NotOrdered(open=collectable)
    if not asked and not gone:
        raise NotOrdered(open=collectable)
    return asked


def _not_bought(
    facts: FulfillmentFacts, taking: Mapping[str, int], refused: Mapping[str, Refusing]
) -> Mapping[str, Refusing]:
    """Return what goes back: what was refused, and of a reservation all that is not bought now."""
    found = dict(refused)
    for line in facts.lines if facts.is_reservation else ():
        said = found.get(line.sku)
        rest = line.collectable - taking.get(line.sku, 0) - (said.quantity if said else 0)
        if rest <= 0:
            continue
        if said is None:
            found[line.sku] = Refusing(rest, NOT_BOUGHT, StockEffect.NONE)
        else:
            found[line.sku] = replace(said, quantity=said.quantity + rest)
    return found


def _not_owed(
    session: Session, parcel: Parcel, lying: Mapping[str, int], asked: Mapping[str, int] | None
) -> Parcel:
    """Return a parcel that has ended, with what still lies in its bin."""
    quantities = lying if asked is None else asked
    if not quantities or any(each > lying.get(sku, 0) for sku, each in quantities.items()):
        raise NotOrdered(open=dict(lying))
    due = _due_minor(session, parcel.facts, quantities)
    return replace(parcel, quantities=quantities, refused={}, due_minor=due, not_owed=True)


def _due_minor(session: Session, facts: FulfillmentFacts, taking: Mapping[str, int]) -> int:
    after = totals(line.priced(line.handed_over + taking.get(line.sku, 0)) for line in facts.lines)
    return max(after.total_minor - queries.paid_for(session, facts), 0)
