"""Twenty agents on one queue: nobody is given what another has."""

import secrets
from collections import Counter
from functools import partial

import conversations.services
import stores.services
from conversations.commands import Intent, OpenThread, Said
from customers.commands import TouchChannel
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole
from tests.support.trade import Trade, together

AGENTS, THREADS, ROUNDS = 20, 15, 4


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


def test_twenty_agents_on_one_queue_are_never_given_the_same(trade: Trade) -> None:
    for _ in range(ROUNDS):
        given = take_at_once(trade)
        assert set(given.values()) == {1}
        assert len(given) >= THREADS
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_queue_gives_the_same_to_several(unguarded: Trade) -> None:
    assert max(max(take_at_once(unguarded).values()) for _ in range(ROUNDS)) > 1
