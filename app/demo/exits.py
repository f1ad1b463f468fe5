"""The ways out in the demonstration: each of them is under way at the first store.

Everything runs through the use cases. Only that an order is delivered is written into its row: the
shop delivers what a card has paid, and the demonstration begins without cards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import customers.services
import inventory.queries
import inventory.services
import orders.queries
import stores.queries
from app.access import PERMISSIONS_OF
from app.demo.history import CLERK, HOME
from app.demo.people import CUSTOMERS
from customers.commands import GiveAddress
from kernel.actors import Actor, ActorKind
from kernel.db import transaction
from orders import services
from orders.commands import (
    Box,
    CancelReason,
    Channel,
    Collect,
    DeliveryFailure,
    FetchFrom,
    HandOver,
    OfferSubstitute,
    Pack,
    PlaceOrder,
    Refused,
    ScanInWave,
)
from orders.services import PlacedOrder

NEIGHBOUR: Final = "villeurbanne"
PICKER: Final = ("Théo Garnier", ActorKind.ASSOCIATE)
MANAGER: Final = ("Nadia Lefèvre", ActorKind.MANAGER)
ENOUGH: Final = 5
"""So many pieces of an article lie there before a scene takes any of it."""
CARRIER: Final = "local"
WALKED: Final = 3
"""How many orders are picked in the walk that is under way."""
DOOR: Final = GiveAddress("27 montée des Canuts", "69001", "Lyon", "Escalier B, 3e étage")
_DELIVER: Final = text(
    "UPDATE fulfillment SET method = 'delivery', address_id = :address_id WHERE id = :id"
)


@dataclass(slots=True)
class _Scenes:
    """What the scenes share: articles that no scene has taken yet, and whose turn it is."""

    session: Session
    here: list[str]
    nearby: frozenset[str]
    turn: int = 0

    def goods(self, kinds: int = 1) -> dict[str, int]:
        """Return a basket of articles of its own."""
        return {self.here.pop(0): 1 for _ in range(kinds)}

    def had_nearby(self) -> str:
        """Return an article of its own that the neighbour has too."""
        sku = next(each for each in self.here if each in self.nearby)
        self.here.remove(sku)
        return sku

    def siblings(self) -> tuple[str, str]:
        """Return two options of one article."""
        for sku in self.here:
            article = sku.partition("-")[0]
            for other in self.here:
                if other != sku and other.partition("-")[0] == article:
                    self.here = [each for each in self.here if each not in {sku, other}]
                    return sku, other
        raise LookupError

    def place(self, goods: Mapping[str, int]) -> PlacedOrder:
        """Return an order of the next customer."""
        customer = CUSTOMERS[self.turn % len(CUSTOMERS)]
        self.turn += 1
        command = PlaceOrder(Channel.WEB, [Collect(HOME, goods)], customer)
        return services.place_order(self.session, command, actor=CLERK)

    def accepted(self, goods: Mapping[str, int]) -> PlacedOrder:
        """Return an order that the store has taken on."""
        placed = self.place(goods)
        services.accept(self.session, placed.fulfillment_id, actor=CLERK)
        return placed

    def picked(self, goods: Mapping[str, int]) -> PlacedOrder:
        """Return an order that is picked and lies nowhere yet."""
        placed = self.accepted(goods)
        services.pick(self.session, placed.fulfillment_id, quantities=goods, actor=CLERK)
        return placed

    def ready(self, goods: Mapping[str, int], bin_code: str) -> PlacedOrder:
        """Return an order that waits in a bin."""
        placed = self.picked(goods)
        services.mark_ready(self.session, placed.fulfillment_id, bin_code=bin_code, actor=CLERK)
        return placed


def furnish_exits() -> None:
    """Have every way out under way at the first store; its stock must be there."""
    with transaction() as session:
        home = stores.queries.get_store(session, HOME).id
        scenes = _Scenes(session, _plenty(session, HOME), frozenset(_plenty(session, NEIGHBOUR)))
        _shelve(scenes, home)
        _substitute(scenes)
        _reject(scenes)
        _fetch(scenes)
        _put_back(scenes)
        _wait_outside(scenes)
        _send_somebody(scenes)
        _leave_the_counter(scenes, home)
        _deliver(scenes)
        _walk(scenes, home)


def _plenty(session: Session, code: str) -> list[str]:
    store = stores.queries.get_store(session, code)
    levels = inventory.queries.list_levels(session, location_id=store.id)
    return [level.sku for level in levels if level.available >= ENOUGH]


def _shelve(scenes: _Scenes, home: UUID) -> None:
    """Every article has its place: twelve to a shelf, three shelves to an aisle."""
    levels = inventory.queries.list_levels(scenes.session, location_id=home)
    places = {
        level.sku: f"{'ABC'[turn // 36 % 3]}{turn // 12 % 3 + 1}-{turn % 12 + 1:02d}"
        for turn, level in enumerate(levels)
    }
    inventory.services.place_skus(scenes.session, location_id=home, places=places, actor=CLERK)


def _walk(scenes: _Scenes, home: UUID) -> None:
    """Théo picks several orders in one walk, and has the first article in his hands."""
    shared = scenes.goods()
    chosen = [scenes.place({**shared, **scenes.goods()}) for _ in range(WALKED)]
    picker = _as_one_of(scenes.session, home, *PICKER)
    parcels = [each.fulfillment_id for each in chosen]
    wave = services.start_wave(scenes.session, home, fulfillment_ids=parcels, actor=picker)
    (sku,) = shared
    services.scan_in_wave(scenes.session, wave, ScanInWave(2, sku=sku), actor=picker)


def _as_one_of(session: Session, home: UUID, name: str, kind: ActorKind) -> Actor:
    staff = {each.name: each.id for each in stores.queries.list_staff(session)}
    may, here = PERMISSIONS_OF[kind], frozenset({home})
    return Actor(kind, staff[name], name, may, location_ids=here)


def _substitute(scenes: _Scenes) -> None:
    """A customer is asked whether they take the other colour."""
    missing, other = scenes.siblings()
    placed = scenes.accepted({missing: 1, **scenes.goods()})
    offer = OfferSubstitute(placed.fulfillment_id, missing, other, 1, "damaged")
    services.offer_substitute(scenes.session, offer, actor=CLERK)


def _reject(scenes: _Scenes) -> None:
    """The store could not prepare an order: its customer has not said what they want instead."""
    placed = scenes.place({scenes.had_nearby(): 1})
    services.reject_fulfillment(
        scenes.session, placed.fulfillment_id, reason="no_time", actor=CLERK
    )


def _fetch(scenes: _Scenes) -> None:
    """Half of an order comes from the neighbour and is on its way."""
    session, sku = scenes.session, scenes.had_nearby()
    placed = scenes.accepted({sku: 1, **scenes.goods()})
    fetched = services.fetch_from(
        session, placed.fulfillment_id, FetchFrom(NEIGHBOUR, {sku: 1}), actor=CLERK
    )
    tomorrow = orders.queries.get_fulfillment(session, placed.fulfillment_id, actor=CLERK)
    inventory.services.send_transfer(
        session,
        fetched.transfer_id,
        expected_on=tomorrow.promised_at.date(),
        actor=CLERK,
    )


def _put_back(scenes: _Scenes) -> None:
    """What lay ready was called off."""
    placed = scenes.ready(scenes.goods(2), "C-07")
    services.cancel_order(
        scenes.session, placed.id, reason=CancelReason.CUSTOMER_REMORSE, actor=CLERK
    )


def _wait_outside(scenes: _Scenes) -> None:
    """Somebody waits in a car, somebody else is on the way."""
    session = scenes.session
    here, coming = scenes.ready(scenes.goods(2), "B-02"), scenes.ready(scenes.goods(), "B-03")
    services.announce_way(session, here.fulfillment_id, actor=CLERK)
    services.announce_arrival(
        session, here.fulfillment_id, bay="2", vehicle="Clio bleue", actor=CLERK
    )
    services.announce_way(session, coming.fulfillment_id, actor=CLERK)


def _send_somebody(scenes: _Scenes) -> None:
    """A friend was named before the order was ready: each of them got a code of their own."""
    placed = scenes.picked(scenes.goods())
    services.name_proxy(scenes.session, placed.id, CUSTOMERS[-2], actor=CLERK)
    services.mark_ready(scenes.session, placed.fulfillment_id, bin_code="A-11", actor=CLERK)


def _leave_the_counter(scenes: _Scenes, home: UUID) -> None:
    """One article was refused at the counter; another order left while the till was down."""
    goods = scenes.goods(2)
    placed, unwanted = scenes.ready(goods, "A-05"), next(iter(goods))
    refused = HandOver(
        HOME,
        fulfillment_id=placed.fulfillment_id,
        ticket_number="T-2207",
        refused={unwanted: Refused(1, "not_as_described")},
        identity_seen=True,
    )
    services.hand_over(scenes.session, refused, actor=CLERK)
    unpaid = HandOver(
        HOME,
        fulfillment_id=scenes.ready(scenes.goods(), "A-06").fulfillment_id,
        forced="till_down",
        identity_seen=True,
    )
    manager = _as_one_of(scenes.session, home, *MANAGER)
    services.hand_over(scenes.session, unpaid, actor=manager)


def _deliver(scenes: _Scenes) -> None:
    """One delivery is to be packed, one waits for the carrier, one left, one came to no one."""
    session = scenes.session
    _delivery(scenes, scenes.goods(2))
    _packed(scenes, scenes.goods(3))
    left, failed = (_packed(scenes, scenes.goods()) for _ in range(2))
    for parcel, ticket_number in ((left, "T-2211"), (failed, "T-2212")):
        services.ship(session, parcel, ticket_number=ticket_number, actor=CLERK)
    services.report_failed_delivery(
        session, failed, reason=DeliveryFailure.ABSENT.value, actor=CLERK
    )


def _packed(scenes: _Scenes, goods: Mapping[str, int]) -> UUID:
    parcel = _delivery(scenes, goods)
    command = Pack(CARRIER, _boxes(list(goods)))
    services.pack(scenes.session, parcel, command, actor=CLERK)
    return parcel


def _delivery(scenes: _Scenes, goods: Mapping[str, int]) -> UUID:
    placed = scenes.picked(goods)
    parcel = orders.queries.get_fulfillment(scenes.session, placed.fulfillment_id, actor=CLERK)
    owner = parcel.contact_id
    address_id = owner and customers.services.give_address(scenes.session, owner, DOOR)
    scenes.session.execute(_DELIVER, {"id": parcel.id, "address_id": address_id})
    scenes.session.expire_all()
    return parcel.id


def _boxes(skus: Sequence[str]) -> list[Box]:
    """Return one package, or two for more than two articles."""
    first, second = skus[:2], skus[2:]
    boxes = [Box(dict.fromkeys(first, 1), weight_g=1_400)]
    return [*boxes, Box(dict.fromkeys(second, 1), weight_g=600)] if second else boxes
