"""Whoever turns to a brand is answered by its people, in its name and language; others see none."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import stores.services
from conversations.queries import get_thread
from kernel import secret
from kernel.actors import SYSTEM
from kernel.links import read_thread_token
from kernel.signing import Signed, make_signature
from notifications import services
from notifications.commands import ConnectorKind, OpenConnector
from notifications.jobs import fetch_mail, send_due
from stores.commands import HireStaff, OpenBrand, StaffRole
from tests.conftest import Shop, as_key, open_store
from tests.notifications.test_letters_in import INBOX, Post
from tests.notifications.test_letters_in import post as post  # noqa: PLC0414 (a fixture)
from tests.notifications.test_letters_in import vendors as vendors  # noqa: PLC0414 (a fixture)
from tests.support.pages import HIDDEN
from tests.unmoved import nothing_moves, problem

LING_MAIL = "bonjour@bruyere.test"


@dataclass
class Two:
    """Two brands: people of each at the desk, and of neither."""

    client: FlaskClient
    session: Session
    shop: Shop
    ling: UUID
    ling_store: UUID
    ours: str
    theirs: str

    def get(self, key: str, path: str) -> Any:
        """Ask the API as somebody."""
        return self.client.get(f"/api/v1{path}", headers=as_key(key))

    def send(self, key: str, path: str, body: Any) -> Any:
        """Tell the API something as somebody."""
        return self.client.post(f"/api/v1{path}", json=body, headers=as_key(key))

    def queued(self, key: str) -> list[str]:
        """Return the conversations that wait for somebody."""
        return [each["about_id"] for each in self.get(key, "/queue").json["cases"]]

    def is_for(self, thread_id: object, own: str, other: str) -> None:
        """Only the people of one brand see it, find it and are given it."""
        path, named = f"/threads/{thread_id}", str(thread_id)
        assert named in self.queued(own)
        assert named not in self.queued(other)
        listed = {each["id"] for each in self.get(other, "/threads").json["threads"]}
        assert named not in listed
        assert problem(self.get(other, path)) == (404, "unknown-thread")
        with nothing_moves(self.session.connection()):
            for deed, body in (("reply", {"body": "x"}), ("notes", {"body": "x"})):
                refused = self.send(other, f"{path}/{deed}", body)
                assert problem(refused) == (404, "unknown-thread")
        assert self.get(own, path).status_code == 200
        assert named in self.queued(self.shop.agent)  # who works for both


@pytest.fixture
def two(client: FlaskClient, session: Session, shop: Shop) -> Two:
    opened = OpenBrand("bruyere", "Bruyère", "EUR", ("en", "fr"), LING_MAIL, "Bruyere")
    ling = stores.services.open_brand(session, opened)
    there = open_store(session, ling, "tours", "Bruyère Tours", 47.39, 0.69)

    def agent(brand_id: UUID) -> str:
        person = HireStaff("Bea", StaffRole.AGENT, (), brand_id=brand_id)
        staff_id = stores.services.hire_staff(session, person)
        return stores.services.issue_key(
            session, name="Bea", scopes=[], staff_id=staff_id, actor=SYSTEM
        )[1]

    made = Two(client, session, shop, ling, there, agent(shop.brand_id), agent(ling))
    session.commit()
    return made


def test_a_letter_to_a_brands_mailbox_is_seen_by_its_people_and_answered_in_its_name(
    two: Two, post: Post, counter: Any, received: Callable[[str], list[dict[str, Any]]]
) -> None:
    post.write("Haben Sie Zelte?", To=f"Bruyère <{LING_MAIL}>", Content_Language="de")
    post.write("Et chez vous ?", To=f"contact@aubepin.test, {INBOX}")
    assert fetch_mail() == 2
    theirs, ours = post.threads()
    assert (theirs.brand_id, theirs.language) == (two.ling, "en")  # the first it speaks
    assert (ours.brand_id, ours.language) == (two.shop.brand_id, "fr")
    two.is_for(theirs.id, two.theirs, two.ours)
    two.is_for(ours.id, two.ours, two.theirs)
    taken = two.send(two.ours, "/queue/next", {}).json["case"]
    assert taken["about_id"] == str(ours.id)
    assert two.send(two.ours, "/queue/next", {}).json["case"] is None

    with nothing_moves(two.session.connection()):
        away = two.send(two.theirs, f"/threads/{theirs.id}/hand-over", {"store": "lyon"})
        assert problem(away)[0] == 404
    answered = two.send(two.theirs, f"/threads/{theirs.id}/reply", {"body": "Yes, at Tours."})
    assert answered.status_code == 200, answered.text
    counter.tell()
    assert send_due() == 1
    letter = received("email")[-1]
    assert LING_MAIL in letter["headers"]["From"]
    assert "Bruyère" in letter["headers"]["From"]
    assert "Yes, at Tours." in letter["text"]
    assert "Aubépin" not in letter["text"] + letter["html"]

    # To the address that all answers go to: by its token it is theirs, whatever its domain says.
    post.write("Danke!", to=letter["headers"]["Reply-To"])
    assert fetch_mail() == 1
    assert post.said()[0][-1] == "Danke!"
    handed = two.send(two.theirs, f"/threads/{theirs.id}/hand-over", {"store": "tours"})
    assert handed.status_code == 200, handed.text
    assert counter.findings() == []


def test_an_order_of_another_brand_is_nothing_that_a_letter_to_this_one_speaks_of(
    two: Two, post: Post, counter: Any
) -> None:
    placed = counter.place(email="chloe.durand@example.org")
    post.write(f"Où est {placed.number} ?", To=LING_MAIL)
    post.write(f"Où est {placed.number} ?", Message_ID="<second@example.org>")
    assert fetch_mail() == 2
    theirs, ours = post.threads()
    assert (theirs.brand_id, theirs.order_id) == (two.ling, None)
    assert (ours.brand_id, ours.order_id) == (two.shop.brand_id, placed.id)
    two.is_for(theirs.id, two.theirs, two.ours)
    named = {"order_number": placed.number}
    with nothing_moves(two.session.connection()):
        refused = two.send(two.theirs, f"/threads/{theirs.id}/identify", named)
        assert problem(refused) == (404, "unknown-order")
    # Who works for both knows better: from now on it is the other brand's.
    moved = two.send(two.shop.agent, f"/threads/{theirs.id}/identify", named)
    assert moved.status_code == 200, moved.text
    two.is_for(theirs.id, two.ours, two.theirs)


def test_a_connector_brings_what_is_written_to_its_brand(two: Two) -> None:
    command = OpenConnector("insta", "Insta", ConnectorKind.SOCIAL, brand="bruyere")
    key = secret.decode(services.open_connector(two.session, command, actor=SYSTEM))
    two.session.commit()
    assert key is not None
    target = "/api/v1/webhooks/social/insta"
    said = json.dumps({"id": "1", "from": "chloe", "text": "Bonjour"}).encode()
    at, nonce = str(int(time.time())), secrets.token_urlsafe(18)
    signed = Signed(method="POST", target=target, body=said, timestamp=at, nonce=nonce)
    headers = {
        "Comptoir-Timestamp": at,
        "Comptoir-Nonce": nonce,
        "Comptoir-Signature": make_signature(key, signed),
        "Content-Type": "application/json",
    }
    come = two.client.post(target, data=said, headers=headers)
    assert come.status_code == 200, come.text
    two.is_for(come.json["thread"], two.theirs, two.ours)


def test_the_chat_of_the_shop_is_of_its_brand(two: Two) -> None:
    shown = dict(HIDDEN.findall(two.client.get("/fr/chat").text))
    said = {"form": str(uuid4()), "intent": "product", "words": "Une tente ?"}
    begun = two.client.post("/fr/chat", data=shown | said)
    token = begun.headers["Location"].partition("?")[0].rpartition("/")[2]
    thread_id = read_thread_token(token)
    assert thread_id is not None
    thread = get_thread(two.session, thread_id, actor=SYSTEM)
    assert thread.brand_id == two.shop.brand_id
    two.is_for(thread_id, two.ours, two.theirs)
