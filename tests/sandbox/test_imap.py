"""The mailbox over IMAP, held to how RFC 3501 says a conversation goes."""

import re
import socket
from email.message import EmailMessage
from smtplib import SMTP
from urllib.parse import urlsplit

import httpx

from sandbox import Addresses

USER = "inbox@sandbox.example"
DIALOGUE = (
    # Section 8 of RFC 3501, in the words we send; what follows each is what must come back.
    (f'a001 LOGIN "{USER}" secret', [r"a001 OK .*"]),
    ("a002 SELECT inbox", [r"\* 2 EXISTS", r"\* 0 RECENT", r"\* FLAGS \(.*\\Seen.*\)",
        r"\* OK \[UIDVALIDITY \d+\].*", r"\* OK \[UIDNEXT \d+\].*", r"a002 OK \[READ-WRITE\] .*"]),
    ("a003 UID SEARCH UNSEEN", [r"\* SEARCH (\d+) (\d+)", r"a003 OK .*"]),
    ("a004 UID FETCH {0} (FLAGS RFC822.SIZE)",
        [r"\* 1 FETCH \(UID \d+ FLAGS \(\) RFC822\.SIZE \d+\)", r"a004 OK .*"]),
    ("a005 UID FETCH {0} (BODY.PEEK[]<0.6>)",
        [r"\* 1 FETCH \(UID \d+ BODY\[\]<0> \{6\}", r"From: \)", r"a005 OK .*"]),
    ("a006 UID STORE {0} +FLAGS (\\Seen)",
        [r"\* 1 FETCH \(UID \d+ FLAGS \(\\Seen\)\)", r"a006 OK .*"]),
    ("a007 UID STORE {1} +FLAGS.SILENT (\\Flagged)", [r"a007 OK .*"]),
    ("a008 UID SEARCH UNSEEN UNFLAGGED", [r"\* SEARCH", r"a008 OK .*"]),
    ("a009 UID STORE 1:* -FLAGS.SILENT (\\Seen)", [r"a009 OK .*"]),
    ("a010 UID SEARCH UNSEEN", [r"\* SEARCH (\d+) (\d+)", r"a010 OK .*"]),
    ("a011 NOOP", [r"a011 OK .*"]),
    ("a012 EXPUNGE", [r"a012 BAD .*"]),
    ("a013 CLOSE", [r"a013 OK .*"]),
    ("a014 UID SEARCH ALL", [r"a014 NO .*"]),
    ("a015 LOGOUT", [r"\* BYE.*", r"a015 OK .*"]),
)  # fmt: skip


def test_a_conversation_goes_as_the_standard_says(
    sandbox: Addresses, mailbox: httpx.Client
) -> None:
    smtp, imap = urlsplit(sandbox.smtp), urlsplit(sandbox.imap)
    with SMTP(smtp.hostname or "", smtp.port or 0) as client:
        for to in (USER, "inbox+token@sandbox.example", "else@sandbox.example"):
            letter = EmailMessage()
            letter["From"], letter["To"] = "chloe@example.org", to
            letter.set_content("Bonjour")
            client.send_message(letter)
    with socket.create_connection((imap.hostname or "", imap.port or 0), timeout=5) as line:
        said = line.makefile("rwb")
        assert said.readline() == b"* OK [CAPABILITY IMAP4rev1] Sandbox ready\r\n"
        said.write(b"a000 SELECT inbox\r\n")
        said.flush()
        assert said.readline() == b"a000 NO log in first\r\n"
        uids: tuple[str, ...] = ()
        for command, answers in DIALOGUE:
            said.write(command.format(*uids).encode() + b"\r\n")
            said.flush()
            for wanted in answers:
                found = re.fullmatch(wanted, said.readline().decode().rstrip("\r\n"))
                assert found, (command, wanted)
                uids = found.groups() or uids
        assert said.readline() == b""


def test_whoever_got_a_letter_answers_it_into_the_mailbox_of_who_wrote(
    sandbox: Addresses, mailbox: httpx.Client
) -> None:
    smtp = urlsplit(sandbox.smtp)
    letter = EmailMessage()
    letter["From"], letter["To"] = "shop@shop.example", "chloe@example.org"
    letter["Subject"], letter["Message-ID"] = "Prête", "<1@shop.example>"
    letter["Reply-To"] = USER
    letter.set_content("Votre commande")
    with SMTP(smtp.hostname or "", smtp.port or 0) as client:
        client.send_message(letter)
    (got,) = mailbox.get("/messages").json()["messages"]
    said = mailbox.post(f"/messages/{got['id']}/answer", json={"text": "Merci"}).json()
    answer = mailbox.get(f"/messages/{said['id']}").json()
    assert (answer["to"], answer["from"]) == ([USER], "chloe@example.org")
    assert answer["headers"]["In-Reply-To"] == "<1@shop.example>"
    assert answer["text"].startswith("Merci\n")
    assert "> Votre commande" in answer["text"]
    assert mailbox.post("/messages/999/answer", json={"text": "?"}).status_code == 404
