"""E-mails that come in: each once, in its conversation, and none of a machine."""

import imaplib
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

import conversations.queries
import conversations.services
import notifications.jobs.mailbox
import notifications.services.hearing
from conversations.commands import Said, ThreadStatus
from conversations.queries import EntryFacts, ThreadFacts
from customers.commands import TouchChannel
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from kernel.links import thread_token
from notifications import gateway, services
from notifications.jobs import fetch_mail, send_due
from notifications.services.hearing import HEARD_MAX
from sandbox import Addresses, Options, running
from tests.app.test_shop import HTML, hidden
from tests.conftest import Shop

INBOX = "reponses@aubepin.test"
CHLOE, STRANGER = "chloe.durand@example.org", "someone@elsewhere.example"
Counted = tuple[int, int]


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Addresses]:
    """The mail server, with a mailbox that customers write to."""
    before = gateway.settings()
    with running(tmp_path / "vendors", Options(inbox=INBOX)) as addresses:
        more = {"inbound_address": INBOX, "imap_url": addresses.imap, "sms_url": addresses.sms}
        gateway.configure(replace(before, smtp_url=addresses.smtp, **more))
        yield addresses
    gateway.configure(before)


class Post:
    """Whoever writes letters, and what became of them."""

    def __init__(self, session: Session, vendors: Addresses) -> None:
        self._session = session
        self._vendors = vendors
        self._written = 0

    def write(self, body: str, *, sender: str = CHLOE, to: str = INBOX, **headers: str) -> str:
        """Send a letter by SMTP; return its Message-ID."""
        self._written += 1
        letter = EmailMessage()
        letter["From"] = f"Chloé Durand <{sender}>"
        letter["To"] = to
        letter["Message-ID"] = f"<{self._written}@example.org>"
        letter["Subject"] = "Question"
        for name, value in headers.items():
            del letter[name.replace("_", "-")]
            letter[name.replace("_", "-")] = value
        letter.set_content(body)
        self.send(letter.as_bytes(), sender=sender, to=to)
        return str(letter["Message-ID"])

    def send(self, raw: bytes, *, sender: str = CHLOE, to: str = INBOX) -> None:
        """Send any bytes."""
        url = urlsplit(self._vendors.smtp)
        with smtplib.SMTP(url.hostname or "", url.port or 0) as client:
            lines = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            client.sendmail(sender, [to], lines)

    def flags(self) -> list[str]:
        """Return the flags of each letter in the mailbox."""
        url = urlsplit(self._vendors.imap)
        client = imaplib.IMAP4(url.hostname or "", url.port or 0)
        client.login(unquote(url.username or ""), url.password or "")
        client.select("INBOX")
        found = client.uid("FETCH", "1:*", "(FLAGS)")[1]
        client.logout()
        return [each.decode().partition("FLAGS (")[2].rstrip(")") for each in found if each]

    def threads(self) -> list[ThreadFacts]:
        """Return every conversation, oldest first."""
        ids = self._session.execute(text("SELECT id FROM thread ORDER BY opened_at, id")).scalars()
        found = [
            conversations.queries.get_thread(self._session, each, actor=SYSTEM) for each in ids
        ]
        assert all(
            (each.status is ThreadStatus.WAITING) == (each.case is not None) for each in found
        )
        return found

    def entries(self, thread_id: UUID) -> list[EntryFacts]:
        """Return what was said in one."""
        return conversations.queries.list_entries(self._session, thread_id)

    def said(self) -> list[list[str]]:
        """Return the words of each conversation."""
        return [[each.body for each in self.entries(one.id)] for one in self.threads()]


@pytest.fixture
def post(session: Session, shop: Shop, vendors: Addresses, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr(notifications.jobs.mailbox, "ROUND_S", 300)  # however slow the machine
    return Post(session, vendors)


def test_a_stranger_writes_is_answered_and_writes_back_into_the_same_conversation(
    post: Post, counter: Any, received: Callable[[str], list[dict[str, Any]]]
) -> None:
    asked = post.write("Avez-vous des tentes ?", sender=STRANGER)
    assert fetch_mail() == 1
    (thread,) = post.threads()
    assert (thread.customer_id, thread.contact_id, thread.order_id) == (None, None, None)
    assert (thread.writer, thread.subject, thread.channel) == ("Chloé Durand", "Question", "email")
    reply = Said("Oui, à Lyon.", TouchChannel.EMAIL)
    conversations.services.reply(counter.session, thread.id, reply, actor=SYSTEM)
    counter.tell()
    assert send_due() == 1
    answer = received("email")[-1]
    assert answer["to"] == [STRANGER]
    assert answer["headers"]["In-Reply-To"] == asked
    back = answer["headers"]["Reply-To"]
    assert back == f"reponses+{thread_token(thread.id)}@aubepin.test"
    # From another address of theirs, to the address with the token.
    post.write("Merci !\n\n> Oui, à Lyon.", sender="else@where.example", to=back)
    # And once more by what it answers alone, then from where they wrote first.
    post.write("Et demain ?", sender="third@where.example", In_Reply_To=asked)
    post.write("Allô ?", sender=STRANGER)
    assert fetch_mail() == 3
    assert post.said() == [
        ["Avez-vous des tentes ?", "Oui, à Lyon.", "Merci !", "Et demain ?", "Allô ?"]
    ]
    assert counter.findings() == []


def test_who_types_the_address_of_another_is_shown_nothing_of_what_they_write(
    post: Post, counter: Any, app: Flask
) -> None:
    placed = counter.place(email=CHLOE)
    number = show_order_number(placed.number)
    shopper = app.test_client()
    form = hidden(shopper, "/fr/contact")
    typed = {"intent": "order_state", "name": "Chloé", "words": "Où est-ce ?", "reach": CHLOE}
    page = shopper.post("/fr/contact", data={**form, **typed}, headers=HTML).location
    post.write(f"Bonjour, la porte de chez moi est bleue. Commande {number}")
    assert fetch_mail() == 1
    typed_one, her_own = post.threads()
    assert (typed_one.customer_id, typed_one.order_id) == (her_own.customer_id, None)
    assert her_own.order_id == placed.id
    conversations.services.identify_thread(  # a colleague takes them for the same
        counter.session,
        typed_one.id,
        customer_id=her_own.customer_id,
        order_id=placed.id,
        actor=SYSTEM,
    )
    counter.session.commit()
    shown = shopper.get(page, headers=HTML).text
    assert "Où est-ce ?" in shown
    assert "bleue" not in shown
    assert number not in shown


@pytest.mark.matter("person", "email")
def test_a_customer_is_known_by_address_and_an_order_by_its_number_only_if_it_is_theirs(
    post: Post, counter: Any
) -> None:
    placed = counter.place(email=CHLOE)
    number = show_order_number(placed.number)
    post.write(f"Où est {number} ?", sender=STRANGER)
    fetch_mail()
    (stranger,) = post.threads()
    assert (stranger.customer_id, stranger.order_id) == (None, None)
    post.write(f"Où est ma commande {number.lower()} ?")
    fetch_mail()
    mine = post.threads()[1]
    assert (mine.order_id, mine.contact_id is not None) == (placed.id, True)
    assert mine.customer_id is not None
    told = counter.session.execute(
        text("SELECT count(*) FROM interaction WHERE kind = 'thread.received' AND order_id = :id"),
        {"id": placed.id},
    )
    counter.tell()
    assert told.scalar_one() == 0  # before it was told
    history = counter.session.execute(
        text("SELECT channel FROM interaction WHERE kind = 'thread.received'")
    ).scalars()
    assert list(history) == ["email"]  # of the stranger's there is none
    # Another order is another matter; a letter that names none goes on with the newest about one.
    other = counter.place(email=CHLOE)
    post.write(f"Et {show_order_number(other.number)} ?")
    fetch_mail()
    assert [each.order_id for each in post.threads()] == [None, placed.id, other.id]
    # Who answers what we wrote of an order speaks of it.
    reference = counter.messages(placed.id)[0]["reference"]
    post.write("Merci pour tout", In_Reply_To=f"<{reference}@aubepin.test>")
    fetch_mail()
    assert post.said()[1][-1] == "Merci pour tout"
    # A stranger who quotes it speaks of nothing.
    post.write("Et moi ?", sender="x@y.example", In_Reply_To=f"<{reference}@aubepin.test>")
    fetch_mail()
    assert post.threads()[-1].order_id is None


def test_machines_open_nothing_and_nobody_is_answered_for_ever(post: Post) -> None:
    post.write("Je suis absent", Auto_Submitted="auto-replied")
    post.write("Newsletter", Precedence="bulk")
    post.write("Liste", List_Id="<news.example.org>")
    post.write("Echec", sender="MAILER-DAEMON@example.org")
    post.write("Rendu", Return_Path="<>")
    post.write("Bonjour", sender="bonjour@aubepin.test")
    post.write("Encore", sender=f"reponses+{thread_token(UUID(int=1))}@aubepin.test")
    report = b"From: a@b.example\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x--\r\n"
    post.send(report)
    assert fetch_mail() == 8
    assert (post.threads(), fetch_mail()) == ([], 0)
    assert post.flags() == [r"\Seen"] * 8


def test_odd_letters_are_read_as_far_as_they_can_be(post: Post) -> None:
    page = EmailMessage()
    page["From"], page["Message-ID"] = CHLOE, "<page@example.org>"
    page["Subject"] = "=?utf-8?q?D=C3=A9j=C3=A0?="
    page.set_content("<p>Bonjour <b>vous</b></p><blockquote>avant</blockquote>", subtype="html")
    page.add_attachment(b"x" * 2_500, maintype="image", subtype="png", filename="photo\u202e.png")
    post.send(page.as_bytes())
    latin = b"From: luc@elsewhere.example\r\nContent-Type: text/plain; charset=nowhere"
    latin += b"\r\n\r\nCaf\xe9 !\r\n"
    post.send(latin, sender="luc@elsewhere.example")
    post.send(latin, sender="luc@elsewhere.example")  # without a Message-ID: known all the same
    long = "mot mot mot\n" * 1_500
    post.write(long, sender="long@elsewhere.example")
    post.send(
        b"From: =?x?x?x?= <broken@@\r\nReferences: \xff\xfe\r\n\r\n\r\n", sender="b@c.example"
    )
    assert fetch_mail() == 5
    (first, second, third) = post.said()
    assert first[0].startswith("Bonjour vous")
    assert "Pièce jointe non conservée : photo" in first[0]
    assert "(image/png, 3 ko)" in first[0]
    assert second == ["Caf� !"]
    assert (len(third[0]), third[0].endswith("[…]")) == (4_000, True)
    assert post.threads()[0].subject == "Déjà"


def test_who_is_killed_before_a_letter_counts_as_read_takes_it_in_once(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.write("Une fois")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(gateway.Inbox, "mark_read", die)
        with pytest.raises(KeyboardInterrupt):
            fetch_mail()
    assert (post.said(), post.flags()) == ([["Une fois"]], [""])
    assert fetch_mail() == 1
    assert (post.said(), post.flags()) == ([["Une fois"]], [r"\Seen"])
    # What breaks us is flagged for a person and holds up nobody.
    post.write("Cassé", sender=STRANGER)
    post.write("Entier")
    with monkeypatch.context() as broken:
        hear = services.hear_letter

        def choke(session: Session, letter: gateway.Letter) -> object:
            if letter.sender == STRANGER:
                raise ZeroDivisionError
            return hear(session, letter)

        broken.setattr(notifications.jobs.services, "hear_letter", choke)
        assert fetch_mail() == 1
    assert post.flags() == [r"\Seen", r"\Flagged", r"\Seen"]
    assert (post.said(), fetch_mail()) == ([["Une fois", "Entier"]], 0)


def test_a_flood_of_one_sender_is_one_conversation_and_waits_outside(
    post: Post, session: Session
) -> None:
    with_id = b"From: %s\r\nMessage-ID: <f%d@x.example>\r\n\r\nEncore %d\r\n"
    for number in range(HEARD_MAX + 2):
        post.send(with_id % (STRANGER.encode(), number, number), sender=STRANGER)
    post.write("Et moi ?")
    assert fetch_mail() == HEARD_MAX + 1
    assert [len(each) for each in post.said()] == [HEARD_MAX, 1]
    assert post.flags().count("") == 2
    session.execute(text("UPDATE attempt SET started_at = started_at - interval '2 hours'"))
    assert fetch_mail() == 2
    assert [len(each) for each in post.said()] == [HEARD_MAX + 2, 1]


@pytest.fixture
def measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round is small, so that a few letters are a flood."""
    monkeypatch.setattr(notifications.jobs.mailbox, "LETTERS_AT_ONCE", 5)
    monkeypatch.setattr(notifications.jobs.mailbox, "WAITING_MAX", 8)
    monkeypatch.setattr(notifications.services.hearing, "HEARD_MAX", 3)


@pytest.mark.usefixtures("measures")
def test_who_floods_the_mailbox_holds_up_nobody_and_what_is_beyond_measure_is_left_to_a_person(
    post: Post,
) -> None:
    for number in range(12):
        post.write(f"Encore {number}", sender=STRANGER)
    post.write("Et moi ?")
    post.write("Toujours là ?")
    # A round is of five: everybody's first letter comes before anybody's second.
    assert fetch_mail() == 5
    assert [len(each) for each in post.said()] == [3, 2]
    # Who wrote too much in this hour waits, however many of their letters lie before the others'.
    post.write("Moi aussi", sender="late@elsewhere.example")
    assert fetch_mail() == 1
    assert post.said()[2] == ["Moi aussi"]
    assert [post.flags().count(each) for each in ("", r"\Seen", r"\Flagged")] == [5, 6, 4]
    assert fetch_mail() == 0


@pytest.mark.usefixtures("measures")
def test_many_who_write_at_once_are_taken_in_round_by_round_and_no_machine_answers_them(
    post: Post, counter: Any, received: Callable[[str], list[dict[str, Any]]]
) -> None:
    before = len(received("email"))
    for number in range(12):
        post.write("Je suis une machine qui répond", sender=f"robot{number}@elsewhere.example")
    written = len(received("email"))
    assert (written - before, [fetch_mail() for _ in range(4)]) == (12, [5, 5, 2, 0])
    counter.tell()
    send_due()
    assert len(post.threads()) == 12
    assert len(received("email")) == written


def test_one_reads_the_mailbox_at_a_time(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.write("Bonjour")
    fetch, meanwhile = gateway.Inbox.fetch, []

    def fetch_twice(inbox: gateway.Inbox, uid: str) -> bytes:
        meanwhile.append(fetch_mail())
        return fetch(inbox, uid)

    monkeypatch.setattr(gateway.Inbox, "fetch", fetch_twice)
    assert (fetch_mail(), meanwhile) == (1, [0])
    post.write("Encore")
    monkeypatch.setattr(gateway.Inbox, "fetch", fetch)
    assert fetch_mail() == 1


def test_a_letter_that_kills_what_reads_it_is_left_to_a_person_after_three_times(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    post.write("Poison", sender=STRANGER)
    post.write("Et moi ?")
    read = gateway.read_letter

    def die(raw: bytes) -> gateway.Letter:
        if b"Poison" in raw:
            raise KeyboardInterrupt
        return read(raw)

    monkeypatch.setattr(gateway, "read_letter", die)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            fetch_mail()
    assert (fetch_mail(), fetch_mail()) == (1, 0)
    assert post.said() == [["Et moi ?"]]
    assert post.flags() == [r"\Flagged", r"\Seen"]
    assert "whatever read it was killed" in caplog.text


def test_a_letter_that_the_mail_server_withholds_holds_up_nobody(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.write("Perdu", sender=STRANGER)
    post.write("Et moi ?")
    fetch, broken = gateway.Inbox.fetch, iter([gateway.LetterWithheld("FETCH NO")])

    def withhold(inbox: gateway.Inbox, uid: str) -> bytes:
        for error in broken:
            raise error
        return fetch(inbox, uid)

    with monkeypatch.context() as now:
        now.setattr(gateway.Inbox, "fetch", withhold)
        assert fetch_mail() == 1
    assert post.flags() == [r"\Flagged", r"\Seen"]
    # One at which the connection ends is left alone for an hour, and is not given up.
    post.write("Coupé", sender=STRANGER)
    post.write("Toujours là ?")

    def cut(inbox: gateway.Inbox, uid: str) -> bytes:
        raw = fetch(inbox, uid)
        if b"Coup" in raw:
            raise OSError
        return raw

    with monkeypatch.context() as now:
        now.setattr(gateway.Inbox, "fetch", cut)
        assert [fetch_mail() for _ in range(5)] == [0, 0, 0, 1, 0]
    assert post.flags() == [r"\Flagged", r"\Seen", "", r"\Seen"]


def test_a_mailbox_that_does_not_answer_is_asked_again_later(post: Post) -> None:
    before = gateway.settings()
    post.write("Bonjour")
    for url in ("imap://a:b@127.0.0.1:1", before.imap_url.replace(":secret@", ":wrong@")):
        gateway.configure(replace(before, imap_url=url))
        assert (fetch_mail(), post.threads()) == (0, [])
    gateway.configure(before)
    assert (fetch_mail(), post.said()) == (1, [["Bonjour"]])
