"""The SMTP server and the mailbox, through smtplib and HTTP."""

import base64
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox import Addresses, running

Script = Callable[[dict[str, Any]], None]


@contextmanager
def smtp(addresses: Addresses, timeout: float = 5) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(addresses.smtp)
    client = smtplib.SMTP(parts.hostname or "", parts.port or 0, timeout=timeout)
    try:
        yield client
    finally:
        client.close()


def letter(to: str = "nadia@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Comptoir <bonjour@comptoir.example>"
    message["To"] = to
    message["Subject"] = "Votre commande 7K3-M9PX est prête"
    message["Message-ID"] = "<ready-1@comptoir.example>"
    message.set_content("Elle vous attend à l'accueil.\n")
    return message


def messages(mailbox: httpx.Client, **query: str) -> list[dict[str, Any]]:
    found = mailbox.get("/messages", params=query).json()["messages"]
    assert isinstance(found, list)
    return found


def test_an_email_is_kept_with_all_its_parts(sandbox: Addresses, mailbox: httpx.Client) -> None:
    message = letter()
    picture = make_msgid(domain="comptoir.example")
    message.add_alternative(f'<img alt="" src="cid:{picture[1:-1]}">', subtype="html")
    page = message.get_body(("html",))
    assert page is not None
    page.add_related(b"\x89PNG", "image", "png", cid=picture)
    message.add_attachment(b"BEGIN:VCALENDAR", "text", "calendar", filename="retrait.ics")
    with smtp(sandbox) as client:
        client.send_message(message)
    (kept,) = messages(mailbox)
    assert kept["kind"] == "email"
    assert kept["from"] == "bonjour@comptoir.example"
    assert kept["to"] == ["nadia@example.org"]
    assert kept["subject"] == "Votre commande 7K3-M9PX est prête"
    assert kept["message_id"] == "<ready-1@comptoir.example>"
    assert kept["headers"]["From"] == "Comptoir <bonjour@comptoir.example>"
    assert kept["text"].strip() == "Elle vous attend à l'accueil."
    assert kept["html"].strip() == f'<img alt="" src="cid:{picture[1:-1]}">'
    image, calendar = kept["attachments"]
    assert (image["content_type"], image["content_id"]) == ("image/png", picture[1:-1])
    assert base64.b64decode(image["base64"]) == b"\x89PNG"
    assert (calendar["filename"], calendar["disposition"]) == ("retrait.ics", "attachment")
    raw = mailbox.get(f"/messages/{kept['id']}/raw")
    assert raw.headers["Content-Type"] == "message/rfc822"
    assert b"Message-ID: <ready-1@comptoir.example>" in raw.content
    assert mailbox.get(f"/messages/{kept['id']}").json()["raw"] == kept["raw"]


def test_the_mailbox_filters_by_recipient_id_and_time(
    sandbox: Addresses, mailbox: httpx.Client
) -> None:
    with smtp(sandbox) as client:
        for recipient in ("nadia@example.org", "omar@example.org", "Nadia@example.org"):
            client.send_message(letter(recipient))
    first, second, third = messages(mailbox)
    assert messages(mailbox, to="nadia@example.org") == [first, third]
    assert messages(mailbox, since=str(second["id"])) == [third]
    assert messages(mailbox, since=second["received_at"]) == [second, third]
    assert mailbox.get("/messages", params={"since": "yesterday"}).status_code == 400
    assert mailbox.get("/messages/999").status_code == 404
    assert mailbox.delete("/messages").status_code == 204
    assert messages(mailbox) == []


def test_the_mailbox_outlives_the_process(tmp_path: Path) -> None:
    with running(tmp_path) as addresses, smtp(addresses) as client:
        client.send_message(letter())
    with running(tmp_path) as addresses:
        kept = httpx.get(f"{addresses.mailbox}/messages", trust_env=False).json()["messages"]
    assert [message["subject"] for message in kept] == ["Votre commande 7K3-M9PX est prête"]


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        ("connect", "421"),
        ("mail", "451"),
        ("mail", "421"),
        ("data", "451"),
        ("after_dot", "550"),
    ],
)
def test_a_scripted_refusal_comes_once_and_keeps_nothing(
    sandbox: Addresses,
    mailbox: httpx.Client,
    script: Script,
    moment: str,
    refusal: str,
) -> None:
    script({"smtp": [{"at": moment, "do": refusal, "times": 1}]})
    with pytest.raises(smtplib.SMTPResponseException) as refused, smtp(sandbox) as client:
        client.send_message(letter())
    assert refused.value.smtp_code == int(refusal)
    assert messages(mailbox) == []
    with smtp(sandbox) as client:
        client.send_message(letter())
    assert len(messages(mailbox)) == 1


def test_a_refused_recipient_is_named(sandbox: Addresses, script: Script) -> None:
    script({"smtp": [{"at": "rcpt", "do": "550"}]})
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused, smtp(sandbox) as client:
        client.send_message(letter())
    assert refused.value.recipients["nadia@example.org"][0] == 550


@pytest.mark.parametrize("misbehaviour", ["hang", "cut"])
def test_after_the_dot_the_message_is_kept_though_no_answer_comes(
    sandbox: Addresses, mailbox: httpx.Client, script: Script, misbehaviour: str
) -> None:
    script({"smtp": [{"at": "after_dot", "do": misbehaviour}]})
    with (
        pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)),
        smtp(sandbox, timeout=0.5) as client,
    ):
        client.send_message(letter())
    assert len(messages(mailbox)) == 1


def test_a_cut_before_the_message_keeps_nothing(
    sandbox: Addresses, mailbox: httpx.Client, script: Script
) -> None:
    script({"smtp": [{"at": "data", "do": "cut"}]})
    with pytest.raises(smtplib.SMTPServerDisconnected), smtp(sandbox) as client:
        client.send_message(letter())
    assert messages(mailbox) == []


def test_a_delay_comes_between_keeping_and_answering(
    sandbox: Addresses, mailbox: httpx.Client, script: Script
) -> None:
    script({"smtp": {"delay_ms": 300}})
    with smtp(sandbox) as client:
        began = time.monotonic()
        client.send_message(letter())
        assert time.monotonic() - began >= 0.3
    assert len(messages(mailbox)) == 1


def test_scripts_can_be_seen_and_cleared(sandbox: Addresses, script: Script) -> None:
    script({"smtp": [{"at": "mail", "do": "451", "times": 2}], "sms": {"delay_ms": 5}})
    faults = f"{sandbox.control}/faults"
    shown = httpx.get(faults, trust_env=False).json()
    assert shown["smtp"] == {"delay_ms": 0, "faults": [{"at": "mail", "do": "451", "times": 2}]}
    assert shown["sms"] == {"delay_ms": 5, "faults": []}
    assert httpx.delete(faults, trust_env=False).status_code == 204
    cleared = httpx.get(faults, trust_env=False).json()
    assert cleared["smtp"] == cleared["sms"] == {"delay_ms": 0, "faults": []}


@pytest.mark.parametrize(
    "body",
    [
        {"pigeon": []},
        {"smtp": [{"at": "lunch", "do": "451"}]},
        {"smtp": [{"at": "mail", "do": "452"}]},
        {"smtp": [{"at": "mail", "do": "451", "times": 0}]},
        {"smtp": {"delay_ms": -1}},
        {"smtp": [{"at": ["mail"], "do": "451"}]},
        {"sms": [{"do": "429", "after": 3}]},
        {"sms": [{"do": "429", "retry_after": "soon"}]},
        {"stripe": [{"path": 3, "do": "500"}]},
        {"webhooks": {"duplicate": True}},
        [],
    ],
)
def test_a_script_that_makes_no_sense_is_refused(sandbox: Addresses, body: object) -> None:
    response = httpx.put(f"{sandbox.control}/faults", json=body, trust_env=False)
    assert response.status_code == 400
    assert response.json()["error"]
