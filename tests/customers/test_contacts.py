"""Who an order is for: read as people write, kept normal, one person found again."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from customers.commands import GiveContact
from customers.errors import UnreachableContact, UnreadableEmail, UnreadablePhone
from customers.queries import match_contacts
from customers.services import give_contact, normal_email, normal_phone
from tests.conftest import Shop, as_key, order_body


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("(0)6-12-34-56-78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+32 470 12 34 56", "+32470123456"),
        ("01 42 68 53 00", "+33142685300"),
    ],
)
def test_a_number_is_read_as_it_is_dialled(typed: str, kept: str) -> None:
    assert normal_phone(typed, country="FR") == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Chloe.Durand@EXAMPLE.org", "Chloe.Durand@example.org"),
        ("chloe+tent@example.org", "chloe+tent@example.org"),
        ("chloé@exämple.org", "chloé@exämple.org"),
    ],
)
def test_an_address_is_kept_as_it_is_written_to(typed: str, kept: str) -> None:
    assert normal_email(typed) == kept


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_contact_or_a_refusal(typed: str) -> None:
    kept = []
    with suppress(UnreadablePhone):
        kept.append(normal_phone(typed, country="FR"))
    with suppress(UnreadableEmail):
        kept.append(normal_email(typed))
    for each in kept:
        assert each
        assert not set(each) & set("\r\n\x00")


def customers_of(session: Session, *contacts: GiveContact) -> int:
    ids = [give_contact(session, contact).id for contact in contacts]
    return int(
        session.execute(
            text("SELECT count(DISTINCT customer_id) FROM contact WHERE id = ANY(:ids)"),
            {"ids": ids},
        ).scalar_one()
    )


def test_one_person_is_found_again_by_address_or_number(session: Session) -> None:
    assert (
        customers_of(
            session,
            GiveContact("Chloé", "Durand", "chloe@example.org", "06 12 34 56 78", "fr"),
            GiveContact("C.", "Durand", "CHLOE@example.org", None, "fr"),
            GiveContact("Chloé", "D.", None, "+33 6 12 34 56 78", "en"),
        )
        == 1
    )


def test_two_people_stay_two(session: Session) -> None:
    assert (
        customers_of(
            session,
            GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr"),
            GiveContact("Chloé", "Durand", "autre@example.org", None, "fr"),
        )
        == 2
    )


def test_somebody_without_a_way_to_reach_them_is_refused(session: Session) -> None:
    with pytest.raises(UnreachableContact):
        give_contact(session, GiveContact("A", "B", None, None, "fr"))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("durand", True),
        ("CHLOE DURAND", True),
        ("Chloé  Dur", True),
        ("5678", True),
        ("06 12 34 56 78", True),
        ("Martin", False),
        ("%", False),
        ("_____", False),
        ("9999", False),
    ],
)
def test_the_counter_finds_people_by_what_they_say(
    session: Session,
    said: str,
    found: bool,  # noqa: FBT001 (a column of a table)
) -> None:
    contact = give_contact(session, GiveContact("Chloé", "Durand", None, "06 12 34 56 78", "fr"))
    assert (contact.id in match_contacts(session, among=[contact.id], said=said)) == found
    assert match_contacts(session, among=[], said=said) == {}


def test_a_name_is_kept_in_one_form_of_unicode(client: Any, session: Session, shop: Shop) -> None:
    customer = {"last_name": "Zoe\u0308", "email": "zoe@example.org"}
    placed = client.post(
        "/api/v1/orders", json=order_body(customer=customer), headers=as_key(shop.integration)
    )
    assert placed.status_code == 201
    names = session.execute(text("SELECT last_name FROM contact")).scalars().all()
    assert names == ["Zo\u00eb"]


def test_no_answer_of_an_order_holds_who_it_is_for(
    client: Any, session: Session, shop: Shop
) -> None:
    headers = as_key(shop.integration)
    placed = client.post("/api/v1/orders", json=order_body(), headers=headers)
    kept = session.execute(text("SELECT string_agg(a::text, '') FROM stored_answer a")).scalar_one()
    news = session.execute(text("SELECT string_agg(e::text, '') FROM event e")).scalar_one()
    shown = client.get(f"/api/v1/orders/{placed.json['id']}", headers=headers).text
    for canary in ("Durand", "chloe.durand", "639981234", "0639981234"):
        assert canary not in kept + news + shown + placed.text
    assert placed.json["access_token"] not in kept + news
