"""Twenty agents on one queue, the people of a store on theirs: nobody has what another has."""

import secrets
from collections import Counter
from dataclasses import replace
from functools import partial

import conversations.services
import stores.services
from conversations.commands import Intent, OpenThread, Said
from customers.commands import TouchChannel
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole
from tests.support.firm import hire, open_firm
from tests.support.pages import open_tablet
from tests.support.trade import Trade, together

AGENTS, THREADS, ROUNDS = 20, 15, 4
SELLERS, TASKS = 6, 8


def take_at_once(trade: Trade) -> Counter[str]:
    """Have twenty agents take the next one at once; return how often each thing was given."""
    keys = []
    with trade.place_of_work.inside(), transaction() as session:
        for _ in range(AGENTS):
            staff_id = stores.services.hire_staff(session, HireStaff("Agent", StaffRole.AGENT, ()))
            keys.append(
                stores.services.issue_key(
                    session, name=secrets.token_hex(8), scopes=[], staff_id=staff_id, actor=SYSTEM
                )[1]
            )
        for _ in range(THREADS):
            said = Said("Où est ma commande ?", TouchChannel.CHAT)
            command = OpenThread(said, Intent.ORDER_STATE, "fr")
            conversations.services.open_thread(session, command, actor=SYSTEM)
    answers = together([partial(trade.post, "/queue/next", {}, key=key) for key in keys])
    assert {each.status_code for each in answers} == {200}
    given = [each.json()["case"] for each in answers]
    return Counter(each["id"] for each in given if each is not None)


def test_s44_twenty_agents_on_one_queue_are_never_given_the_same(trade: Trade) -> None:
    for _ in range(ROUNDS):
        given = take_at_once(trade)
        assert set(given.values()) == {1}
        assert len(given) >= THREADS
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_queue_gives_the_same_to_several(unguarded: Trade) -> None:
    assert max(max(take_at_once(unguarded).values()) for _ in range(ROUNDS)) > 1


def take_at_tablets(trade: Trade) -> Counter[str]:
    """Have the people of one store take the next one at once; return how often each was given."""
    firm = open_firm(trade, "Aulne")
    shop = firm.open_shop(opening_hours="24/7")
    article = firm.list_article({shop.id: TASKS * 2})
    for _ in range(TASKS):
        placed = trade.place({article: 1}, store=shop.code)
        assert placed.status_code == 201, placed.text
    with trade.place_of_work.inside(), transaction() as session:
        people = [
            hire(session, f"Seller {each}", StaffRole.ASSOCIATE, shop.id)[0]
            for each in range(SELLERS)
        ]
    tablets = [open_tablet(trade, replace(shop, staff_id=each)) for each in people]
    pages = [each.open("/fr/tablet/queue").text for each in tablets]
    answers = together(
        [
            partial(tablet.submit, "/fr/tablet/queue/next", page)
            for tablet, page in zip(tablets, pages, strict=True)
        ]
    )
    led = [each.headers["Location"] for each in answers]
    assert all("/tablet/parcels/" in each for each in led)
    return Counter(led)


def test_people_of_one_store_are_never_given_the_same_task(trade: Trade) -> None:
    given = take_at_tablets(trade)
    assert set(given.values()) == {1}
    assert trade.place_of_work.broken() == []


def test_without_its_guard_a_task_is_given_to_several(unguarded: Trade) -> None:
    assert max(take_at_tablets(unguarded).values()) > 1
