"""Whose turn it is in a conversation, and until when."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

import conversations.services
import orders.queries
import orders.services
import stores.services
from conversations.commands import Intent, OpenThread, Said, ThreadStatus
from conversations.errors import ThreadTaken
from conversations.queries import case_key, get_thread, list_entries
from customers.commands import TouchChannel
from kernel.actors import SYSTEM, Actor, ActorKind
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop


def agent(session: Session, name: str) -> Actor:
    people = HireStaff(name, StaffRole.AGENT, (), email=f"{name}@aubepin.test", password="a" * 12)
    staff_id = stores.services.hire_staff(session, people)
    return Actor(kind=ActorKind.AGENT, id=staff_id, name=name, location_ids=None)


def test_a_conversation_waits_is_answered_once_and_comes_back_to_who_answered(
    session: Session, shop: Shop
) -> None:
    camille, sacha = agent(session, "camille"), agent(session, "sacha")
    said = Said("Où est ma commande ?", TouchChannel.CHAT)
    thread_id = conversations.services.open_thread(
        session, OpenThread(said, Intent.ORDER_STATE, "fr", writer="Chloé"), actor=SYSTEM
    )
    case = orders.queries.find_open_case(session, case_key(thread_id))
    assert case is not None
    assert (case.about_id, case.location_id) == (thread_id, None)
    almost = timedelta(minutes=2, seconds=-1)  # it is due so long after it was written, not opened
    assert case.due_at - case.opened_at >= almost

    assert orders.services.take_next_case(session, actor=camille) == case.id
    assert orders.services.take_next_case(session, actor=sacha) is None
    answer = Said("Elle est prête.", TouchChannel.CHAT)
    with pytest.raises(ThreadTaken):
        conversations.services.reply(session, thread_id, answer, actor=sacha)
    conversations.services.reply(session, thread_id, answer, actor=camille)
    thread = get_thread(session, thread_id, actor=camille)
    assert (thread.status, thread.case, thread.owner_id) == (
        ThreadStatus.ANSWERED,
        None,
        camille.id,
    )

    again = Said("Merci, jusqu'à quand ?", TouchChannel.SMS, "sms", "SM1")
    assert conversations.services.receive(session, thread_id, again, actor=SYSTEM) is not None
    assert conversations.services.receive(session, thread_id, again, actor=SYSTEM) is None
    thread = get_thread(session, thread_id, actor=camille)
    assert thread.case is not None
    assert (thread.case.owner_name, thread.channel) == ("camille", TouchChannel.SMS)

    conversations.services.hand_to_place(session, thread_id, location_id=shop.lyon, actor=camille)
    seller = Actor(kind=ActorKind.ASSOCIATE, location_ids=frozenset({shop.lyon}))
    thread = get_thread(session, thread_id, actor=seller)
    assert thread.case is not None
    assert (thread.case.owner_id, thread.case.location_id, thread.transfers) == (None, shop.lyon, 1)
    conversations.services.end_thread(session, thread_id, resolution="told", actor=seller)
    assert orders.queries.find_open_case(session, case_key(thread_id)) is None
    assert [each.body for each in list_entries(session, thread_id)] == [
        "Où est ma commande ?",
        "Elle est prête.",
        "Merci, jusqu'à quand ?",
    ]
