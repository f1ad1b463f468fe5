"""Text messages that come in: signed by the provider, each once, in their conversation."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

import conversations.queries
import conversations.services
from conversations.commands import Said
from customers.commands import TouchChannel
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from notifications import gateway
from notifications.jobs import send_due
from notifications.services.hearing import HEARD_MAX
from sandbox import Addresses, running
from sandbox.sms import sign_callback
from tests.app.test_shop import HTML, hidden
from tests.unmoved import nothing_moves

PHONE, STRANGER = "+33612345678", "+33698765432"
HOOK = "https://shop.test/api/v1/webhooks/sms"
Texts = Callable[..., str]


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Addresses]:
    before = gateway.settings()
    with running(tmp_path / "vendors") as addresses:
        more = {"sms_url": addresses.sms, "public_url": "https://shop.test"}
        gateway.configure(replace(before, smtp_url=addresses.smtp, **more))
        yield addresses
    gateway.configure(before)


@pytest.fixture
def texts(client: FlaskClient, vendors: Addresses, shop: Any) -> Texts:
    """Have the provider tell of a text message; return what it is answered."""

    def bring(sid: str, body: str, *, sender: str = PHONE) -> str:
        form = {"MessageSid": sid, "From": sender, "To": "36105", "Body": body, "NumMedia": "0"}
        headers = {"X-Twilio-Signature": sign_callback(HOOK, form)}
        answer = client.post("/api/v1/webhooks/sms", data=form, headers=headers)
        assert (answer.status_code, answer.mimetype) == (200, "text/xml"), answer.text
        return answer.text

    return bring


@pytest.mark.matter("person", "sms")
def test_a_text_finds_its_customer_and_order_and_is_answered_by_text(
    texts: Texts, counter: Any, received: Callable[[str], list[dict[str, Any]]]
) -> None:
    placed = counter.place(phone=PHONE, email=None)
    send_due()
    before = len(received("sms"))
    for sid, body, sender in (
        ("SM1", f"Où est {show_order_number(placed.number)} ?", PHONE),
        ("SM1", f"Où est {show_order_number(placed.number)} ?", PHONE),
        ("SM2", "Allô ?", PHONE),
        ("SM3", f"Et {show_order_number(placed.number)} ?", STRANGER),
        ("SM4", "Votre code est 1234", "BANQUE"),
        ("SM5", " ", PHONE),
    ):
        assert "<Message>" not in texts(sid, body, sender=sender)
    rows = counter.session.execute(
        text("SELECT id, order_id, customer_id FROM thread ORDER BY opened_at, id")
    ).all()
    assert [(row.order_id, row.customer_id is not None) for row in rows] == [
        (placed.id, True),
        (None, False),
    ]
    entries = [conversations.queries.list_entries(counter.session, row.id) for row in rows]
    assert [len(each) for each in entries] == [2, 1]
    for row in rows:
        said = Said("Elle est prête.", TouchChannel.SMS)
        conversations.services.reply(counter.session, row.id, said, actor=SYSTEM)
    counter.tell()
    send_due()
    answers = received("sms")[before:]
    assert [each["to"] for each in answers] == [[PHONE], [STRANGER]]
    assert all("Elle est pr" in each["text"] for each in answers)


def test_a_text_goes_on_with_the_chat_of_who_left_their_number_there_and_shows_nobody_elses(
    texts: Texts, client: FlaskClient, counter: Any
) -> None:
    counter.place(phone=PHONE, email=None)

    def chat(number: str) -> str:
        """Begin a chat, leave a number there, and return its page."""
        form = hidden(client, "/fr/chat?new=yes")
        said = {**form, "intent": "complaint", "words": "La tasse est ébréchée."}
        begun = client.post("/fr/chat", data=said, headers=HTML).location
        assert begun is not None
        talk = str(begun).partition("?")[0]
        form = hidden(client, talk)
        left = client.post(f"{talk}/reach", data={**form, "reach": number}, headers=HTML)
        assert left.status_code == 303
        return talk

    theirs, typed = chat(STRANGER), chat(PHONE)
    texts("SM1", "Gardez-la, je viens samedi.", sender=STRANGER)
    assert "je viens samedi" in client.get(theirs, headers=HTML).text
    texts("SM2", "Je déménage à Brest.", sender=PHONE)
    assert "Brest" not in client.get(typed, headers=HTML).text
    assert counter.session.execute(text("SELECT count(*) FROM thread")).scalar_one() == 3


@pytest.mark.matter("refuse", "sms")
def test_stop_is_a_refusal_with_its_proof_and_acknowledged_once(texts: Texts, counter: Any) -> None:
    counter.place(phone=PHONE, email=None)
    assert "plus de pub par SMS" in texts("SM1", "Stop.")
    assert "<Message>" not in texts("SM1", "Stop.")  # the provider asks again
    assert "<Message>" not in texts("SM2", "STOP 36105")
    assert "<Message>" not in texts("SM3", "stop", sender=STRANGER)  # of nobody we know
    said = counter.session.execute(
        text("SELECT purpose, channel, topic, granted, proof, source FROM consent ORDER BY id")
    ).all()
    assert [tuple(each) for each in said] == [
        ("marketing", "sms", "", False, f"sms:{number}", "sms") for number in ("SM1", "SM3")
    ]
    counter.place(phone=STRANGER, email="new@example.org")  # it holds once they are known
    held = counter.session.execute(
        text(
            "SELECT k.granted FROM consent k JOIN contact c USING (customer_id)"
            " WHERE c.email = 'new@example.org'"
        )
    )
    assert held.scalars().all() == [False]
    assert "<Message>" not in texts("SM5", "stop", sender="36111")
    assert counter.session.execute(text("SELECT count(*) FROM thread")).scalar_one() == 0
    texts("SM4", "Stop, j'ai une question sur ma commande")
    assert counter.session.execute(text("SELECT count(*) FROM thread")).scalar_one() == 1


def test_a_refusal_is_heard_after_however_many_texts(
    client: FlaskClient, texts: Texts, counter: Any
) -> None:
    counter.place(phone=PHONE, email=None)
    for number in range(HEARD_MAX):
        texts(f"SM{number}", "Allô ?")
    form = {"MessageSid": "SM98", "From": PHONE, "To": "36105", "Body": "Allô ?", "NumMedia": "0"}
    signed = {"X-Twilio-Signature": sign_callback(HOOK, form)}
    assert client.post("/api/v1/webhooks/sms", data=form, headers=signed).status_code == 429
    assert "plus de pub par SMS" in texts("SM99", "STOP")


@pytest.mark.parametrize(
    ("said", "refuses"),
    [
        ("STOP", True),
        ("stop svp", True),
        ("Stop s’il vous plaît", True),
        ("Arrêt", True),
        ("\uff33\uff34\uff2f\uff30", True),
        ("« STOP » 36105", True),
        ("Stop pub SMS, merci beaucoup", True),
        ("Je me désabonne", True),
        ("Désabonnez-moi", True),
        ("le bus stop est où ?", False),
        ("Arrêt Voltaire ?", False),
        ("stop where?", False),
        ("36105", False),
        ("merci", False),
    ],
)
def test_a_refusal_is_heard_as_people_write_it_and_a_question_is_none(
    texts: Texts, counter: Any, *, said: str, refuses: bool
) -> None:
    counter.place(phone=PHONE, email=None)
    texts("SM1", said)
    refused = counter.session.execute(text("SELECT count(*) FROM consent WHERE NOT granted"))
    assert (refused.scalar_one() == 1) is refuses
    opened = counter.session.execute(text("SELECT count(*) FROM thread"))
    assert (opened.scalar_one() == 0) is refuses


def test_nobody_but_the_provider_brings_texts(
    client: FlaskClient, vendors: Addresses, counter: Any
) -> None:
    form = {"MessageSid": "SM1", "From": PHONE, "Body": "Bonjour"}
    right = sign_callback(HOOK, form)
    wrong = (
        ({}, form),
        ({"X-Twilio-Signature": "é"}, form),
        ({"X-Twilio-Signature": right}, {**form, "Body": "Au revoir"}),
        ({"X-Twilio-Signature": sign_callback("https://else.test/sms", form)}, form),
    )
    with nothing_moves(counter.session):
        for headers, said in wrong:
            answer = client.post("/api/v1/webhooks/sms", data=said, headers=headers)
            assert (answer.status_code, answer.json["why"]) == (403, "signature")
        gateway.configure(replace(gateway.settings(), sms_url=""))
        answer = client.post(
            "/api/v1/webhooks/sms", data=form, headers={"X-Twilio-Signature": right}
        )
        assert answer.status_code == 403
