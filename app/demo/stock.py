"""What goes on in the demonstration's stock: counts, transfers, arrivals, rules, one feed.

Everything runs through the use cases, as its people would have done it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import inventory.imports
import inventory.jobs
import inventory.queries
import inventory.services
import stores.queries
from app.demo.history import HOME
from app.demo.retailer import WAREHOUSE
from inventory.commands import (
    Adjust,
    AdjustReason,
    DeclareFeed,
    DraftTransfer,
    ExpectGoods,
    FeedKind,
    OpenCount,
    SafetyDraft,
    SafetyScope,
)
from inventory.imports import FeedForm
from kernel.actors import Actor, ActorKind
from kernel.clock import db_now
from kernel.db import transaction
from stores.queries import StoreFacts

SOURCE: Final = "Sylvestre ERP"
FEW: Final = 3
FEED_HOURS: Final = 5
"""How old the ERP's figures are: the store counted since, and the count holds."""
STRANGE: Final = (("lyon-part-dieu", "THEIERE-BLEU", 6), (HOME, "PLAID-MOUTARDE", 3))
"""Lines of the feed about a store and an article that do not exist here."""


def furnish_stock() -> None:
    """Have every page of stock show something to do."""
    with transaction() as session:
        home = stores.queries.get_store(session, HOME)
        people = _people(session, home)
        levels = inventory.queries.list_levels(session, location_id=home.id)
        skus = [level.sku for level in levels if level.available > 6]  # noqa: PLR2004 (plenty)
        _count(session, home, skus, people)
        _move(session, home, skus, people)
        _expect(session, home, skus, people)
        _keep_back(session, home, skus, people)
        _fall_short(session, home, people)
    _feed(skus)


class _People(NamedTuple):
    """Who acts: two of the store, its manager, and head office."""

    ines: Actor
    maelle: Actor
    nadia: Actor
    camille: Actor


def _people(session: Session, home: StoreFacts) -> _People:
    staff = {each.name: each for each in stores.queries.list_staff(session)}
    here = frozenset({home.id})
    return _People(
        ines=_actor(staff["Inès Morel"].id, "Inès Morel", ActorKind.ASSOCIATE, here),
        maelle=_actor(staff["Maëlle Pons"].id, "Maëlle Pons", ActorKind.ASSOCIATE, here),
        nadia=_actor(staff["Nadia Lefèvre"].id, "Nadia Lefèvre", ActorKind.MANAGER, here),
        camille=_actor(staff["Camille Roux"].id, "Camille Roux", ActorKind.ADMIN, None),
    )


def _actor(id_: UUID, name: str, kind: ActorKind, here: frozenset[UUID] | None) -> Actor:
    return Actor(kind, id=id_, name=name, location_ids=here)


def _count(session: Session, home: StoreFacts, skus: Sequence[str], people: _People) -> None:
    """One count waits for the manager, one is being done, and three articles are asked for."""
    shelf = skus[:5]
    command = OpenCount(home.id, shelf, note="Étagère du fond")
    waiting = inventory.services.open_count(session, command, actor=people.ines)
    levels = {
        each.sku: each
        for each in inventory.queries.list_levels(session, location_id=home.id, skus=shelf)
    }
    counted = {sku: levels[sku].on_hand for sku in shelf}
    counted[shelf[1]] -= 1
    counted[shelf[3]] += 7
    inventory.services.enter_count(session, waiting, counted=counted, actor=people.ines)
    inventory.services.submit_count(session, waiting, actor=people.ines)
    command = OpenCount(home.id, skus[5:9], note="Vitrine")
    going_on = inventory.services.open_count(session, command, actor=people.maelle)
    inventory.services.enter_count(
        session, going_on, counted={skus[5]: 4, skus[6]: 11}, actor=people.maelle
    )
    inventory.services.ask_count(
        session,
        location_id=home.id,
        skus=skus[9:12],
        note="Deux clients ne l'ont pas trouvé en rayon",
        actor=people.nadia,
    )


def _move(session: Session, home: StoreFacts, skus: Sequence[str], people: _People) -> None:
    """Goods are on their way from the warehouse, and a neighbour asked for some."""
    warehouse = stores.queries.get_store(session, WAREHOUSE.code)
    neighbour = stores.queries.get_store(session, "villeurbanne")
    boss = people.camille
    goods = {skus[0]: 12, skus[4]: 6, skus[7]: 8}
    command = DraftTransfer(warehouse.id, home.id, goods, "Réassort de décembre")
    sent, _number = inventory.services.draft_transfer(session, command, actor=boss)
    day = _today(home) + timedelta(days=1)
    inventory.services.send_transfer(session, sent, expected_on=day, actor=boss)
    inventory.services.receive_transfer(session, sent, quantities={skus[0]: 12}, actor=boss)
    command = DraftTransfer(home.id, neighbour.id, {skus[2]: 2, skus[5]: 1}, "Demande de Karim")
    inventory.services.draft_transfer(session, command, actor=people.nadia)


def _expect(session: Session, home: StoreFacts, skus: Sequence[str], people: _People) -> None:
    """One delivery is overdue, one comes on Tuesday."""
    today = _today(home)
    for days, reference, goods in (
        (-1, "BL 20771", {skus[1]: 6, skus[8]: 10}),
        (3, "BL 20814", {skus[3]: 24, skus[6]: 12, skus[10]: 4}),
    ):
        command = ExpectGoods(home.id, goods, today + timedelta(days=days), reference)
        inventory.services.expect_goods(session, command, actor=people.nadia)


def _keep_back(session: Session, home: StoreFacts, skus: Sequence[str], people: _People) -> None:
    """One unit everywhere, two of a fragile article in the home store until the holidays end."""
    wide = SafetyDraft(SafetyScope.SKU, units=1, sku=skus[2])
    near = SafetyDraft(
        SafetyScope.SKU_STORE,
        units=2,
        location_id=home.id,
        sku=skus[2],
        valid_to=db_now(session) + timedelta(days=45),
    )
    inventory.services.add_rule(session, wide, actor=people.camille)
    inventory.services.add_rule(session, near, actor=people.nadia)


def _fall_short(session: Session, home: StoreFacts, people: _People) -> None:
    """A piece that an order waits for was broken."""
    for level in inventory.queries.list_levels(session, location_id=home.id):
        if level.reserved and level.on_hand:
            command = Adjust(
                home.id,
                {level.sku: level.reserved - 1 - level.on_hand},
                AdjustReason.DAMAGED,
                "Carton tombé en réserve",
            )
            inventory.services.adjust(session, command, actor=people.nadia)
            return


def _feed(skus: Sequence[str]) -> None:
    """The ERP told of its changes; of some of them the books here know better."""
    with transaction() as session:
        home = stores.queries.get_store(session, HOME)
        as_of = db_now(session) - timedelta(hours=FEED_HOURS)
        levels = inventory.queries.list_levels(session, location_id=home.id)
    last = next(each.sku for each in levels if 0 < each.available == each.on_hand < FEW)
    lines = [*((HOME, sku, 0) for sku in skus), (HOME, last, -FEW), *STRANGE]
    text = "store,sku,quantity\n" + "".join(f"{store},{sku},{more}\n" for store, sku, more in lines)
    command = DeclareFeed(SOURCE, 412, FeedKind.DELTA, as_of, contains_hand_overs=True)
    batches = inventory.imports.read_feed([text.encode()], form=FeedForm.CSV, signed=True)
    feed_id = inventory.jobs.receive_feed(command, batches).feed_id
    inventory.jobs.apply_feed(feed_id)


def _today(home: StoreFacts) -> date:
    return home.asked_at.astimezone(ZoneInfo(home.time_zone)).date()
