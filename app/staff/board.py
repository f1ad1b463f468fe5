"""The board: a store's open parcels in groups, each group soonest promise first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import inventory.queries
import stores.queries
from app.doors import say_arrival
from app.i18n import gettext as _
from app.staff.words import state_word
from inventory.commands import TaskCause
from kernel.actors import Actor
from kernel.ids import show_order_number
from orders import queries
from orders.commands import Method, Status
from orders.queries import ArrivalFacts, CaseCount, FulfillmentFacts

UNTOUCHED: Final = frozenset({Status.NEW, Status.ACCEPTED})
TO_DO: Final = (Status.NEW, Status.ACCEPTED, Status.PICKING)
WAITING: Final = (Status.READY, Status.PACKED, Status.IN_TRANSFER)
"""States in which the next step is somebody else's: the customer's, the carrier's, a store's."""
VERSION_SIGNS: Final = 16
MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One parcel on the board; `state` only where its group does not say it: a late one's."""

    id: UUID
    number: str
    name: str
    state: str | None
    promised_at: datetime
    bin: str | None
    units: int
    counts_down: bool
    slot: tuple[datetime, datetime] | None = None
    drive: bool = False
    coming: ArrivalFacts | None = None
    doubted: bool = False
    """Somebody did not find one of its articles meanwhile: the shelf is to be counted."""
    until: datetime | None = None
    """What the countdown runs to: the promise, or until when the store has to take it on."""
    to_accept: bool = False
    window: str | None = None
    """Between which days it is brought to its customer."""


@dataclass(frozen=True, slots=True)
class WaveCard:
    """A walk that is under way: whose it is, and how much of it is left."""

    id: UUID
    name: str
    parcels: int
    left: int


@dataclass(frozen=True, slots=True)
class Group:
    """Parcels that wait for the same thing; `kind` as in the component `mark`."""

    key: str
    kind: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board; `version` changes when anything of it does."""

    groups: tuple[Group, ...]
    waves: tuple[WaveCard, ...]
    waiting: int
    """Parcels a new walk could take."""
    put_backs: int
    version: str
    cases: CaseCount
    alert_s: int = 0
    """Seconds after which somebody who waits outside has waited too long."""

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to do and nothing waiting."""
        return not any(group.cards for group in self.groups) and not self.put_backs


def read_board(session: Session, *, location_id: UUID, actor: Actor) -> Board:
    """Return the board of a store as it is now: who waits outside, what is late, what is to do."""
    to_do = queries.list_fulfillments(session, location_id=location_id, statuses=TO_DO, actor=actor)
    waiting = queries.list_fulfillments(
        session, location_id=location_id, statuses=WAITING, actor=actor
    )
    parcels = [*to_do, *waiting]
    people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
    names = {contact_id: person.name for contact_id, person in people.items()}
    coming = queries.list_waiting_outside(session, location_id)
    outside = sorted(
        (each for each in waiting if each.id in coming and coming[each.id].waits),
        key=lambda each: coming[each.id].arrived_at or each.promised_at,
    )
    waiting = [each for each in waiting if each not in outside]
    groups = (
        _group(("outside", "here"), _("Waiting outside"), outside, names, coming),
        _group(("late", "late"), _("Late"), [each for each in to_do if each.overdue], names),
        _group(("pick", "plain"), _("To pick"), _on_time(to_do, UNTOUCHED), names),
        _group(
            ("going", "wait"), _("In progress"), _on_time(to_do, frozenset({Status.PICKING})), names
        ),
        *(
            _group(key, title, [each for each in waiting if each.status is status], names, coming)
            for status, key, title in (
                (Status.READY, ("ready", "ok"), _("Ready for collection")),
                (Status.PACKED, ("packed", "ok"), _("Packed: for the carrier")),
                (Status.IN_TRANSFER, ("coming", "later"), _("Waits for a transfer")),
            )
        ),
    )
    cases = queries.count_cases(session, actor=actor).get(location_id, CaseCount())
    doubted = find_doubted(session, location_id=location_id, parcels=to_do)
    flagged = tuple(_flag(group, doubted) for group in groups)
    waves = _waves(session, location_id, actor)
    untaken = sum(each.status in UNTOUCHED and each.wave_id is None for each in to_do)
    put_backs = queries.count_put_backs(session, location_id=location_id, actor=actor)
    alert_s = stores.queries.get_rules(session, location_id).arrival_alert_min * MINUTE_S
    version = _version((flagged, waves, put_backs, cases))
    return Board(flagged, waves, untaken, put_backs, version, cases, alert_s)


def find_doubted(
    session: Session, *, location_id: UUID, parcels: Sequence[FulfillmentFacts]
) -> frozenset[UUID]:
    """Return the parcels that still need an article somebody did not find meanwhile."""
    tasks = inventory.queries.list_tasks(session, location_id=location_id)
    missed = {each.sku for each in tasks if each.cause == TaskCause.NOT_FOUND}
    return frozenset(
        parcel.id
        for parcel in parcels
        if any(line.sku in missed and line.open > line.collectable for line in parcel.lines)
    )


def _flag(group: Group, doubted: frozenset[UUID]) -> Group:
    cards = tuple(replace(each, doubted=each.id in doubted) for each in group.cards)
    return replace(group, cards=cards)


def _waves(session: Session, location_id: UUID, actor: Actor) -> tuple[WaveCard, ...]:
    found = [
        queries.get_wave(session, each, actor=actor)
        for each in queries.list_open_waves(session, location_id=location_id, actor=actor)
    ]
    return tuple(
        WaveCard(each.id, each.picker_name, len(each.parcels), each.undecided) for each in found
    )


def _on_time(
    parcels: Sequence[FulfillmentFacts], states: frozenset[Status]
) -> list[FulfillmentFacts]:
    return [each for each in parcels if each.status in states and not each.overdue]


def _group(
    key: tuple[str, str],
    title: str,
    parcels: Sequence[FulfillmentFacts],
    names: Mapping[UUID | None, str],
    coming: Mapping[UUID, ArrivalFacts] | None = None,
) -> Group:
    found = coming or {}
    cards = (_card(each, names.get(each.contact_id, ""), found.get(each.id)) for each in parcels)
    return Group(*key, title, tuple(cards))


def _card(parcel: FulfillmentFacts, name: str, coming: ArrivalFacts | None) -> Card:
    until = parcel.accept_by if parcel.status is Status.NEW else None
    to_accept = until is not None and until < parcel.promised_at
    return Card(
        id=parcel.id,
        number=show_order_number(parcel.order_number),
        name=name,
        state=state_word(parcel.status) if parcel.overdue else None,
        promised_at=parcel.promised_at,
        bin=parcel.bin,
        units=sum(line.open for line in parcel.lines),
        counts_down=parcel.status in TO_DO,
        slot=slot_of(parcel),
        drive=parcel.method is Method.DRIVE,
        until=until if to_accept else parcel.promised_at,
        to_accept=to_accept,
        coming=coming,
        window=say_arrival(parcel),
    )


def slot_of(parcel: FulfillmentFacts) -> tuple[datetime, datetime] | None:
    """Return from when to when its customer comes; None when they come as they like."""
    if parcel.slot_starts_at is None or parcel.slot_ends_at is None:
        return None
    return parcel.slot_starts_at, parcel.slot_ends_at


def _version(shown: object) -> str:
    return sha256(repr(shown).encode()).hexdigest()[:VERSION_SIGNS]
