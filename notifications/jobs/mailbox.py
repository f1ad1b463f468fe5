"""Letters out of the mailbox: a few in each round, of every sender in turn, no transaction open.

Nobody's letters hold up those of others: who writes much waits for those who wrote less, and what
cannot be taken in is flagged for a person, with its reason in the log.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import Final

from kernel.attempts import Limit, give_back_attempt, take_attempt
from kernel.db import transaction
from kernel.errors import TooManyAttempts
from kernel.turns import give_turn_back, take_turn
from notifications import gateway, services

LETTERS_AT_ONCE: Final = 100
"""Unread letters that one round takes in: the next goes on."""
ROUND_S: Final = 10
"""Seconds after which a round begins no further letter: workers have other things to do as well."""
SEEN_MAX: Final = 5_000
"""Unread letters, the oldest, among which a round chooses."""
WAITING_MAX: Final = 1_000
"""Unread letters of one sender that wait their turn; the newer ones are left to a person."""
READING: Final = "read-mailbox"
READING_LASTS_S: Final = 180
"""For so long nobody else reads the mailbox when whoever does is killed."""
HOUR_S: Final = 3_600
TRIES_MAX: Final = 3
"""How often in an hour a letter may end whatever reads it, or the connection it is fetched on."""

log = logging.getLogger(__name__)


class _Became(Enum):
    TAKEN = auto()
    WAITS = auto()
    FLAGGED = auto()


def fetch_mail() -> int:
    """Take in what customers wrote to the mailbox; return how many letters were.

    A letter counts as read once it is kept: whoever is killed in between reads it again, and it is
    known by then. Only one reads at a time: another has nothing to do.
    """
    if not gateway.settings().imap_url:
        return 0
    with transaction() as session:
        if not take_turn(session, name=READING, every_s=READING_LASTS_S):
            return 0
    taken = 0
    try:
        with gateway.open_inbox() as inbox:
            for became in _read_round(inbox):
                taken += became is _Became.TAKEN
    except gateway.MailboxSilent as error:
        log.warning("the mailbox could not be read: %s", error)
    finally:
        with transaction() as session:
            give_turn_back(session, name=READING)
    return taken


def _read_round(inbox: gateway.Inbox) -> Iterator[_Became]:
    """Take letters in, of every sender the oldest first, then the second ones; as time allows."""
    ends_at, seen, waiting = time.monotonic() + ROUND_S, 0, set[str]()
    senders = _leave_floods(inbox, inbox.list_senders(inbox.list_unread()[:SEEN_MAX]))
    for uid in _in_turn(senders):
        if seen == LETTERS_AT_ONCE or time.monotonic() > ends_at:
            return
        if senders[uid] in waiting:
            continue
        became = _take_letter(inbox, uid)
        if became is _Became.WAITS:
            waiting.add(senders[uid])
        seen += 1
        yield became


def _leave_floods(inbox: gateway.Inbox, senders: dict[str, str]) -> dict[str, str]:
    """Flag what is beyond measure of one sender; return the others, and who they are from."""
    count: Counter[str] = Counter()
    flood = []
    for uid, sender in senders.items():
        count[sender] += 1
        if count[sender] > WAITING_MAX:
            flood.append(uid)
    if flood:
        log.warning("%s letters of senders who wrote too many are flagged", len(flood))
        inbox.flag_all(flood)
    return {uid: sender for uid, sender in senders.items() if uid not in set(flood)}


def _in_turn(senders: dict[str, str]) -> Sequence[str]:
    """Return letters so that everybody's first comes before anybody's second; else oldest first."""
    count: Counter[str] = Counter()
    turns = {}
    for uid, sender in senders.items():
        turns[uid] = count[sender]
        count[sender] += 1
    return sorted(senders, key=turns.__getitem__)


def _take_letter(inbox: gateway.Inbox, uid: str) -> _Became:
    """Take one letter in, or flag it; of whom too much came, it stays unread for a while.

    Raises MailboxSilent.
    """
    ended, silenced = (Limit(f"letter:{what}:{uid}", TRIES_MAX, HOUR_S) for what in ("read", "get"))
    if not _try(silenced):
        return _Became.WAITS
    if not _try(ended):
        return _flag(inbox, uid, "whatever read it was killed")
    try:
        raw = inbox.fetch(uid)
    except gateway.LetterWithheld as error:
        _undo(ended, silenced)
        return _flag(inbox, uid, f"the mail server withholds it: {error}")
    except Exception:
        _undo(ended)
        raise
    _undo(silenced)
    became = _hear(inbox, uid, raw)
    _undo(ended)
    return became


def _hear(inbox: gateway.Inbox, uid: str, raw: bytes) -> _Became:
    try:
        letter = gateway.read_letter(raw)
        with transaction() as session:
            services.brake(session, "email", letter.sender)
        with transaction() as session:
            services.hear_letter(session, letter)
    except TooManyAttempts:
        return _Became.WAITS
    except Exception:  # one letter must not hold up the others
        log.exception("letter %s of the mailbox was not taken in", uid)
        return _flag(inbox, uid, "it could not be read")
    with suppress(gateway.LetterWithheld):  # it is known when it is read again
        inbox.mark_read(uid)
    return _Became.TAKEN


def _flag(inbox: gateway.Inbox, uid: str, why: str) -> _Became:
    log.error("letter %s of the mailbox is flagged for a person: %s", uid, why)
    with suppress(gateway.LetterWithheld):
        inbox.flag(uid)
    return _Became.FLAGGED


def _try(limit: Limit) -> bool:
    try:
        with transaction() as session:
            take_attempt(session, [limit])
    except TooManyAttempts:
        return False
    return True


def _undo(*limits: Limit) -> None:
    with transaction() as session:
        give_back_attempt(session, list(limits))
