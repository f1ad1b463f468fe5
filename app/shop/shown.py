"""What the page of an order shows of it."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.amending import find_amendable
from app.doors import say_window
from app.i18n import current
from app.shop.saying import say_slot
from kernel.links import choice_token
from orders.commands import Formation, Method, Status
from orders.queries import (
    LACKS,
    ArrivalFacts,
    ChoiceFacts,
    FulfillmentFacts,
    OrderFacts,
    PackageFacts,
    SubstituteFacts,
    awaited,
    left_to_person,
)
from stores.queries import BrandFacts, StoreFacts

ENDED: Final = frozenset(
    {Status.HANDED_OVER, Status.DELIVERED, Status.EXPIRED, Status.CANCELLED, Status.REROUTED}
)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What is shown at the counter: a picture, and signs to say or type."""

    code: str
    picture: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One article of a parcel; `note` says what is missing of it."""

    quantity: int
    name: str
    amount_minor: int
    note: str | None


@dataclass(frozen=True, slots=True)
class ShownPart:
    """What of a parcel is in its store, and what is still on its way there."""

    here: list[tuple[int, str]]
    coming: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """What is missing of a parcel, and what the store offers instead; amounts in minor units."""

    facts: SubstituteFacts
    missing: dict[str, Any]
    instead: dict[str, Any]
    old_minor: int
    until: str

    @property
    def saves_minor(self) -> int:
        """Return how much less it costs."""
        return self.old_minor - self.facts.amount_minor


@dataclass(frozen=True, slots=True)
class ShownParcel:
    """One parcel of the order."""

    facts: FulfillmentFacts
    store: StoreFacts
    kind: str
    state: str
    lines: list[ShownLine]
    code: ShownCode | None
    steps_done: int | None
    by_card: bool
    questions: list[ShownQuestion]
    choice: ChoiceFacts | None = None
    part: ShownPart | None = None
    address: tuple[str, ...] = ()
    packages: tuple[PackageFacts, ...] = ()
    outside: bool = False
    coming: ArrivalFacts | None = None
    refused: int = 0
    was_paid: bool = False
    elsewhere_minor: int = 0
    """What was paid in the shop where it was ordered; minor units."""

    @property
    def ready(self) -> bool:
        """Tell whether it waits for its customer."""
        return self.facts.status is Status.READY

    @property
    def alone_until(self) -> datetime | None:
        """Return until when its customer can call it off before the store has seen it."""
        until = self.facts.release_at
        waits = self.facts.status is Status.NEW and until and until > self.store.asked_at
        return until if waits else None

    @property
    def choice_token(self) -> str | None:
        """Return what opens the choice of what happens next, while it can be made."""
        return choice_token(self.choice.id) if self.choice and self.choice.open else None

    @property
    def waits_until(self) -> datetime | None:
        """Return until when its customer waits for the goods to be back."""
        return self.choice.wait_until if self.choice and self.choice.waits else None

    @property
    def drive(self) -> bool:
        """Tell whether its customer stays in the car."""
        return self.facts.method is Method.DRIVE

    @property
    def delivered_to_door(self) -> bool:
        """Tell whether it is brought to its customer."""
        return self.facts.method is Method.DELIVERY

    @property
    def arrives(self) -> str | None:
        """Return between which days it arrives, where that was promised and is still to come."""
        first, last = self.facts.arrives_from, self.facts.arrives_by
        if first is None or last is None or self.facts.status in ENDED:
            return None
        said = say_window(first, last)
        return said[:1].upper() + said[1:]

    @property
    def lacks(self) -> bool:
        """Tell whether not all of it was there when it was promised, and still is not."""
        return LACKS in self.facts.promise_inputs

    @property
    def awaits(self) -> bool:
        """Tell whether its store waits for some of it."""
        return bool(awaited(self.facts.promise_inputs))

    @property
    def left_to_person(self) -> bool:
        """Tell whether a person has to find a way for it."""
        return left_to_person(self.facts.promise_inputs)

    @property
    def slot(self) -> str | None:
        """Return when its customer comes, where they chose a time."""
        if self.facts.slot_starts_at is None or self.facts.slot_ends_at is None:
            return None
        return say_slot(self.facts.slot_starts_at, self.facts.slot_ends_at, self.store.time_zone)

    @property
    def extendable(self) -> bool:
        """Tell whether it can be kept longer."""
        return self.ready and self.facts.extensions < self.store.rules.extensions_max


@dataclass(frozen=True, slots=True)
class ShownProxy:
    """Somebody whom the customer sends."""

    id: UUID
    name: str
    withdrawn: bool
    collected: bool


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order, for whoever holds its link: the minimum.

    `uncharged` is whether its card could not be charged, so that another has to pay;
    `is_written_to` whether it has an e-mail address.
    """

    facts: OrderFacts
    number: str
    brand: BrandFacts
    collector: str
    parcels: list[ShownParcel]
    uncharged: bool
    is_written_to: bool = False
    difference_minor: int = 0
    """What a card is still to pay since the order was changed, minor units."""
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    """What was changed since it was placed, and when."""
    at_counter_minor: int = 0
    """What is due at the counter of an order paid by card: too little for one, minor units."""

    @property
    def open_minor(self) -> int:
        """Return what is still to pay of an order that is paid in part; minor units."""
        return self.difference_minor + self.at_counter_minor

    @property
    def paid_minor(self) -> int:
        """Return what is paid, or held by a card, of such an order; minor units."""
        return self.facts.owed.total_minor - self.open_minor

    @property
    def ended(self) -> bool:
        """Tell whether nothing will move any more."""
        return all(parcel.facts.status in ENDED for parcel in self.parcels)

    @property
    def collectable(self) -> bool:
        """Tell whether somebody is still to come for it."""
        return any(
            each.facts.status not in ENDED and not each.delivered_to_door for each in self.parcels
        )

    @property
    def brought(self) -> bool:
        """Tell whether something of it is brought to a door."""
        return any(each.delivered_to_door for each in self.parcels)

    @property
    def waiting(self) -> bool:
        """Tell whether a part of it can be collected now."""
        return any(parcel.ready for parcel in self.parcels)

    @property
    def proxies_max(self) -> int:
        """Return how many people may be sent for it, at most."""
        return min(parcel.store.rules.proxies_max for parcel in self.parcels)

    @property
    def reserved(self) -> bool:
        """Tell whether nothing is owed for it: its customer buys it in the store, or not."""
        return self.facts.formation is Formation.RESERVATION

    @property
    def amendable(self) -> bool:
        """Tell whether its articles, store, slot or address can still be changed."""
        return find_amendable(self.facts) is not None

    @property
    def cancellable(self) -> bool:
        """Tell whether it can still be called off: nothing of it has left the store."""
        left = any(line.handed_over for each in self.parcels for line in each.facts.lines)
        return not self.ended and not left

    @property
    def version(self) -> str:
        """Return what changes when the page does."""
        seen = [
            (
                str(each.facts.status),
                str(each.facts.collect_by),
                each.facts.past_promise,
                [str(asked.facts.id) for asked in each.questions],
                each.code.code if each.code else "",
                [(line.quantity, line.note) for line in each.lines],
                str(each.facts.promised_at),
                [(package.tracking_number, package.failed_at) for package in each.packages],
                (each.choice_token, each.waits_until, each.part, self.facts.partly),
                each.coming,
                each.alone_until,
            )
            for each in self.parcels
        ]
        shown = (
            seen,
            self.collector,
            self.uncharged,
            self.facts.version,
            self.facts.note,
            current(),
        )
        return sha256(repr(shown).encode()).hexdigest()[:16]
