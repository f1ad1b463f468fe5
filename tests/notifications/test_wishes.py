"""The message that an article is back: once, on one channel, with the link that leads to it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.jobs
import orders.services
from kernel.links import read_wish_token
from notifications import jobs, services
from notifications.errors import UnknownMessage
from notifications.gateway import Email, Sms
from notifications.queries import get_message
from orders.commands import WishStock
from sandbox import Addresses
from sandbox.sms_length import count_segments
from tests.conftest import Shop

EMAIL, PHONE = "chloe.durand@example.org", "+33639981234"


@pytest.fixture
def wished(session: Session, shop: Shop, vendors: Addresses) -> Callable[..., None]:
    """Somebody asks for the blue mug, and the job finds that it is there."""

    def ask(language: str, **reach: str | None) -> None:
        command = WishStock(
            "MUG-BLUE", "lyon", **{"email": None, "phone": None, **reach}, language=language
        )
        orders.services.wish_stock(session, command)
        session.commit()
        assert orders.jobs.tell_wishes() == 1

    return ask


def letter(session: Session) -> Email | Sms:
    """Return the only message that would go out now."""
    (claim,) = services.claim_due(session, limit=5)
    call = services.begin(session, claim)
    assert call is not None
    return call.letter


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Tasse, blue : de retour à Lyon Croix-Rousse", "Ne plus me prévenir")),
        ("en", ("Mug, blue: back at Lyon Croix-Rousse", "Stop telling me")),
    ],
)
def test_an_email_leads_to_the_article_at_its_store_and_to_the_end_of_such_messages(
    session: Session, counter: Any, wished: Any, language: str, words: tuple[str, str]
) -> None:
    wished(language, email=EMAIL, phone=PHONE)
    counter.tell()
    email = letter(session)
    assert isinstance(email, Email)
    assert (email.to, email.subject, email.picture) == (EMAIL, words[0], None)
    link = f"https://shop.test/{language}/articles/MUG?sku=MUG-BLUE&store=lyon"
    assert link in email.text
    assert link.replace("&", "&amp;") in email.page
    token = email.text.rpartition(f"https://shop.test/{language}/wishes/")[2].split()[0]
    wish_id = session.execute(text("SELECT id FROM stock_wish")).scalar_one()
    assert read_wish_token(token) == wish_id
    assert words[1] in email.page
    assert "{" not in email.text + email.page.partition("</style>")[2]
    assert counter.findings() == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_who_gave_a_number_only_gets_one_text_message_of_one_segment(
    session: Session, counter: Any, wished: Any, language: str
) -> None:
    wished(language, phone=PHONE)
    counter.tell()
    sms = letter(session)
    assert isinstance(sms, Sms)
    assert sms.to == PHONE
    assert f"https://shop.test/{language}/articles/MUG?sku=MUG-BLUE&store=lyon" in sms.text
    assert count_segments(sms.text) == 1


def test_it_is_sent_once_and_stays_out_of_the_log_of_orders(
    session: Session, counter: Any, wished: Any
) -> None:
    wished("fr", email=EMAIL)
    counter.tell()
    assert (jobs.send_due(), jobs.send_due()) == (1, 0)
    rows = session.execute(
        text("SELECT id, channel, template, status, order_id FROM message")
    ).all()
    assert [tuple(row)[1:] for row in rows] == [("email", "back_in_stock", "sent", None)]
    with pytest.raises(UnknownMessage):
        get_message(session, rows[0].id)
