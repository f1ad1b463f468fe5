"""Use cases of conversations: begun, answered, handed over, ended, forgotten."""

from conversations.services.forgetting import forget_conversations
from conversations.services.handing import (
    believe,
    hand_to_person,
    hand_to_place,
    identify_thread,
)
from conversations.services.talking import (
    BODY_MAX,
    answer_automatically,
    ask_for_person,
    change_intent,
    end_thread,
    lock_thread,
    note,
    open_thread,
    receive,
    reply,
    see_thread,
    take_call,
)

__all__ = [
    "BODY_MAX",
    "answer_automatically",
    "ask_for_person",
    "believe",
    "change_intent",
    "end_thread",
    "forget_conversations",
    "hand_to_person",
    "hand_to_place",
    "identify_thread",
    "lock_thread",
    "note",
    "open_thread",
    "receive",
    "reply",
    "see_thread",
    "take_call",
]
