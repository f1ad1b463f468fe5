"""The message with a code: to whoever is there, as long as it may be answered, kept nowhere."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from customers.commands import AskCode, PointKind
from customers.queries import code_of
from customers.services import ask_code, begin_session
from kernel.actors import SYSTEM
from notifications import jobs
from sandbox import Addresses
from sandbox.sms_length import count_segments
from tests.conftest import Shop

EMAIL, PHONE = "chloe.durand@example.org", "+33639981234"


@pytest.fixture
def asked(session: Session, shop: Shop, counter: Any, vendors: Addresses) -> Callable[..., UUID]:
    """A browser asks for a code; the news reaches its listener."""

    def ask(kind: PointKind, value: str, language: str) -> UUID:
        browser = begin_session(session, token=EMAIL)
        asked = ask_code(session, browser, AskCode(kind, value, language), actor=SYSTEM)
        counter.tell()
        return asked

    return ask


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Votre code Aubépin", "dix minutes")),
        ("en", ("Your Aubépin code", "ten minutes")),
    ],
)
def test_a_letter_brings_the_code_and_nothing_keeps_it(
    asked: Any, received: Any, session: Session, language: str, said: tuple[str, str]
) -> None:
    code = code_of(asked(PointKind.EMAIL, EMAIL, language))
    assert jobs.send_due() == 1
    (letter,) = received("email")
    shown = f"{code[:3]} {code[3:]}"
    assert (letter["to"], letter["subject"]) == ([EMAIL], said[0])
    assert shown in letter["text"]
    assert shown in letter["html"]
    assert said[1] in letter["text"]
    for table in ("message", "event", "challenge", "delivery"):
        rows = session.execute(text(f"SELECT string_agg(t::text, '') FROM {table} t")).scalar_one()  # noqa: S608 (names of ours)
        assert code not in (rows or "")


def test_a_number_gets_one_text_message_with_the_code(asked: Any, received: Any) -> None:
    code = code_of(asked(PointKind.PHONE, PHONE, "fr"))
    assert jobs.send_due() == 1
    (message,) = received("sms")
    assert code in message["text"]
    assert count_segments(message["text"]) == 1
    assert received("email") == []


def test_a_code_that_is_over_is_not_sent(asked: Any, received: Any, session: Session) -> None:
    asked(PointKind.EMAIL, EMAIL, "fr")
    session.execute(text("UPDATE challenge SET answer_by = now() - interval '1 second'"))
    session.commit()
    jobs.send_due()
    assert received("email") == []
    ended = session.execute(text("SELECT status, note FROM message")).one()
    assert tuple(ended) == ("suppressed", "too late: the code is over")
