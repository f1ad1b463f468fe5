"""The mail server and the SMS provider, spoken to directly: TLS, sign-in, odd addresses."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from kernel.config import ConfigError, read_section
from notifications import gateway
from notifications.gateway import Email, MessagingSettings, Sms
from notifications.gateway.trusting import mail_authorities
from sandbox import Addresses

LETTER = Email(
    message_id="<1@aubepin.test>",
    sender_name="Aubépin",
    sender="bonjour@aubepin.test",
    to="nadia@example.org",
    language="fr",
    subject="C’est prêt",
    text="Bonjour\n.\n..deux points\nfin",
    page="<p>Bonjour</p>",
    picture=None,
    picture_id="",
)
Received = Callable[[str], list[dict[str, Any]]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMTP_URL": "localhost:25"},
        {"SMTP_URL": "http://localhost"},
        {"SMS_URL": "ftp://AC1:t@localhost"},
        {"SMS_URL": "http://localhost"},
    ],
)
def test_an_address_of_another_kind_is_refused_at_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        read_section(MessagingSettings, wrong)


def test_lines_that_begin_with_a_dot_arrive_whole(received: Received) -> None:
    outcome = gateway.send_email(LETTER)
    assert isinstance(outcome, gateway.Sent)
    (letter,) = received("email")
    assert letter["text"].splitlines() == ["Bonjour", ".", "..deux points", "fin"]
    assert letter["subject"] == "C’est prêt"


def test_addresses_in_other_scripts_are_written_to(received: Received) -> None:
    gateway.send_email(replace(LETTER, to="nadia@crème.example"))
    gateway.send_email(replace(LETTER, to="zoé@crème.example"))
    assert [each["to"] for each in received("email")] == [
        ["nadia@xn--crme-6oa.example"],
        ["zoé@xn--crme-6oa.example"],
    ]


def test_a_text_message_is_found_by_number_words_and_time(vendors: Addresses) -> None:
    sms, now = Sms("Aubepin", "+33612345678", "C'est pret"), datetime.now(UTC)
    assert gateway.find_sms(sms, since=now) == gateway.NotFound()
    sent = gateway.send_sms(sms)
    assert isinstance(sent, gateway.Sent)
    assert gateway.find_sms(sms, since=now) == sent
    assert gateway.find_sms(replace(sms, text="Autre"), since=now) == gateway.NotFound()
    assert gateway.find_sms(replace(sms, to="+33612345679"), since=now) == gateway.NotFound()
    later = now + timedelta(minutes=2)
    assert gateway.find_sms(sms, since=later) == gateway.NotFound()


def test_a_wrong_token_gives_no_message_up(vendors: Addresses) -> None:
    account, rest = vendors.sms.split(":", 2)[1], vendors.sms.rpartition("@")[2]
    gateway.configure(MessagingSettings(sms_url=f"http:{account}:wrong@{rest}"))
    sms = Sms("Aubepin", "+33612345678", "C'est pret")
    assert gateway.send_sms(sms) == gateway.RefusedForNow("sms: 401 20003")
    assert isinstance(gateway.find_sms(sms, since=datetime.now(UTC)), gateway.Unanswered)


def test_only_listed_countries_are_texted_to() -> None:
    assert gateway.may_text("+33612345678")
    assert gateway.may_text("+41781234567")
    assert not gateway.may_text("+12015550123")
    assert not gateway.may_text("+881612345678")


def test_what_the_provider_takes_is_what_we_ask_for(vendors: Addresses) -> None:
    gateway.send_sms(Sms("Aubepin", "+33612345678", "où"))
    base = vendors.sms.rpartition("@")
    account, token = base[0].removeprefix("http://").split(":")
    listed = httpx.get(
        f"http://{base[2]}/2010-04-01/Accounts/{account}/Messages.json",
        auth=(account, token),
        trust_env=False,
    ).json()["messages"]
    assert [(each["to"], each["from"], each["body"]) for each in listed] == [
        ("+33612345678", "Aubepin", "où")
    ]


class Keeper:
    """Keeps what a mail server was given, and how."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bool, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802 (named by aiosmtpd)
        """Keep it."""
        assert server.transport is not None
        tls = server.transport.get_extra_info("ssl_object") is not None
        self.taken.append((envelope.rcpt_tos, tls, bool(session.authenticated)))
        return "250 2.0.0 Kept"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A certificate for 127.0.0.1 that this process trusts."""
    key, name = generate_private_key(SECP256R1()), x509.NameAttribute(NameOID.COMMON_NAME, "mail")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([name]))
        .issuer_name(x509.Name([name]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, SHA256())
    )
    path = tmp_path / "mail.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    mail_authorities.cache_clear()  # they are read once, and these are others
    yield path
    mail_authorities.cache_clear()


@contextmanager
def mail_server(certificate: Path, *, tls_at_once: bool) -> Iterator[tuple[int, Keeper]]:
    """Run a mail server that wants TLS and the password `hawthorn`; yield its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    keeper, loop = Keeper(), asyncio.new_event_loop()

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == b"hawthorn"
        return AuthResult(success=right, handled=right)

    def conversation() -> SMTP:
        return SMTP(
            keeper,
            hostname="mail.test",
            loop=loop,
            tls_context=None if tls_at_once else context,
            require_starttls=not tls_at_once,
            auth_required=True,
            auth_require_tls=not tls_at_once,
            authenticator=check,
        )

    server = loop.run_until_complete(
        loop.create_server(conversation, "127.0.0.1", 0, ssl=context if tls_at_once else None)
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server.sockets[0].getsockname()[1], keeper
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(hang_up())
    loop.close()


async def hang_up() -> None:
    """End every conversation and let its connection close."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for conversation in others:
        conversation.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.05)


# aiosmtpd does not see that a connection is encrypted from its first byte on.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("scheme", ["starttls", "smtps"])
def test_mail_goes_through_tls_after_signing_in(
    vendors: Addresses, certificate: Path, scheme: str
) -> None:
    with mail_server(certificate, tls_at_once=scheme == "smtps") as (port, keeper):
        gateway.configure(MessagingSettings(smtp_url=f"{scheme}://shop:hawthorn@127.0.0.1:{port}"))
        assert gateway.send_email(LETTER) == gateway.Sent("2.0.0 Kept")
        assert keeper.taken == [(["nadia@example.org"], True, True)]
        gateway.configure(MessagingSettings(smtp_url=f"{scheme}://shop:wrong@127.0.0.1:{port}"))
        refused = gateway.send_email(LETTER)
        assert refused == gateway.RefusedForNow("smtp connect: SMTPAuthenticationError 535")
        gateway.configure(MessagingSettings(smtp_url=f"{scheme}://127.0.0.1:{port}"))
        assert gateway.send_email(LETTER) == gateway.RefusedForNow("smtp mail: 530 5.7.0")


def test_a_server_with_a_certificate_nobody_vouches_for_gets_no_mail(
    vendors: Addresses, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    mail_authorities.cache_clear()
    with mail_server(certificate, tls_at_once=False) as (port, keeper):
        gateway.configure(MessagingSettings(smtp_url=f"starttls://shop:hawthorn@127.0.0.1:{port}"))
        refused = gateway.send_email(LETTER)
        assert refused == gateway.RefusedForNow("smtp connect: SSLCertVerificationError")
        assert keeper.taken == []
