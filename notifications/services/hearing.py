"""What comes in by e-mail, text message and social network: each once, in its conversation.

A machine's e-mail is let go without a word: whoever answered it would only be answered again.
Who sends too much in an hour is asked to wait: nothing is lost, for each door keeps what it brings.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from unicodedata import normalize
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.arriving
import customers.queries
import customers.services
import orders.queries
import stores.queries
from conversations.commands import Arrived, Said, Sender
from customers.commands import GiveContact, RecordConsent, TouchChannel
from customers.errors import UnreadablePhone
from kernel.actors import Actor, ActorKind
from kernel.attempts import Limit, take_attempt
from kernel.clock import db_now
from kernel.links import read_thread_token
from notifications import gateway, queries
from notifications.commands import ComeMessage
from notifications.gateway import ComeText, Letter
from notifications.services.connecting import find_connector_brand

SOCIAL: Final = "social/"
"""Before a connector's name: under that, people are known by what they are called there."""
EMAIL, SMS = "email", "sms"
HOUR_S: Final = 3_600
HEARD_MAX: Final = 60
"""Messages of one sender that are taken in within an hour."""
REFERENCE_MAX: Final = 250
WRITER_MAX: Final = 120
STOPS: Final = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "ARRET", "DESABONNER", "DESABONNE", "DESABONNEZ"}
)
BESIDE_STOP: Final = frozenset(
    [
        "SVP",
        "SIL",
        "S",
        "IL",
        "TE",
        "VOUS",
        "PLAIT",
        "MERCI",
        "BEAUCOUP",
        "PLEASE",
        "THANKS",
        "THANK",
        "YOU",
        "JE",
        "ME",
        "MOI",
        "DE",
        "LA",
        "LES",
        "VOS",
        "SMS",
        "PUB",
        "PUBS",
        "PUBLICITE",
        "PUBLICITES",
        "ADS",
        "TEXTS",
        "ME",
    ]
)
"""What people say beside a refusal without asking anything."""
STOP_WORDING: Final = "stop-sms-1"
MARKETING: Final = "marketing"
NOT_KEPT: Final = {
    "fr": "Pièce jointe non conservée : {name} ({kind}, {size} ko)",
    "en": "Attachment not kept: {name} ({kind}, {size} kB)",
}
STOPPED: Final = {
    "fr": "{brand} : c'est note, plus de pub par SMS. Les messages sur vos commandes restent.",
    "en": "{brand}: noted, no more advertising texts. Messages about your orders still come.",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of something that came in.

    `thread_id` is its conversation, None where none was opened: `why` says why not. `answer` is
    what to say at once.
    """

    thread_id: UUID | None
    is_new: bool = True
    why: str = ""
    answer: str = ""


def brake(session: Session, source: str, value: str) -> None:
    """Count that somebody sent something; the door does it before it is taken in.

    Raises TooManyAttempts.
    """
    who = sha256(f"{source} {value}".encode()).hexdigest()[:32]
    take_attempt(session, [Limit(f"heard:{who}", HEARD_MAX, HOUR_S)])


def hear_letter(session: Session, letter: Letter, *, source: str | None = None) -> Heard:
    """Have an e-mail stand in its conversation; what machines send stands nowhere.

    It is for the brand of its connector `source`, or of the mailbox it was sent to.
    """
    why = letter.automatic or ("our own" if _is_ours(session, letter.sender) else "")
    if why:
        return Heard(None, why=why)
    language = letter.language if letter.language in NOT_KEPT else "fr"
    lines = [
        NOT_KEPT[language].format(name=each.name, kind=each.kind, size=-(-each.size // 1000))
        for each in letter.attached
    ]
    body = "\n".join(filter(None, (letter.text or letter.subject, *lines)))
    if not body:
        return Heard(None, why="empty")
    brand_id = find_connector_brand(session, source) if source else None
    arrived = Arrived(
        Said(body, TouchChannel.EMAIL, EMAIL, _reference(letter.id)),
        Sender(TouchChannel.EMAIL, EMAIL, letter.sender),
        writer=letter.sender_name[:WRITER_MAX],
        subject=letter.subject,
        language=letter.language if letter.language in NOT_KEPT else None,
        thread_id=next(filter(None, map(read_thread_token, letter.tokens)), None),
        answers=tuple(map(_reference, letter.answers)),
        order_id=queries.find_order_told(session, letter.answers),
        brand_id=brand_id or _turned_to(session, letter),
    )
    return _take_in(session, arrived)


def hear_text(session: Session, come: ComeText) -> Heard:
    """Have a text message stand in its conversation; STOP is a refusal, and acknowledged once."""
    if not come.sender:
        return Heard(None, why="no telephone")
    if is_stop(come.text):
        return _stop(session, come)
    if not come.text.strip():
        return Heard(None, why="empty")
    said = Said(come.text, TouchChannel.SMS, SMS, come.id)
    sender = Sender(TouchChannel.SMS, SMS, come.sender)
    return _take_in(session, Arrived(said, sender))


def hear_message(session: Session, source: str, come: ComeMessage) -> Heard:
    """Have a message of a social network stand in its conversation.

    Whoever somebody of ours made known by what they are called there is known.
    """
    named = f"{SOCIAL}{source}"
    arrived = Arrived(
        Said(come.text, TouchChannel.SOCIAL, named, _reference(come.id)),
        Sender(TouchChannel.SOCIAL, named, come.sender),
        writer=come.name,
        language=come.language,
        brand_id=find_connector_brand(session, source),
    )
    return _take_in(session, arrived)


def _take_in(session: Session, arrived: Arrived) -> Heard:
    taken = conversations.arriving.take_in(session, arrived)
    return Heard(taken.thread_id, taken.is_new)


def _reference(given: str) -> str:
    """Return what a message is known by: its id, or something made of one beyond measure."""
    if len(given) <= REFERENCE_MAX:
        return given
    return f"sha256:{sha256(given.encode()).hexdigest()}"


def _turned_to(session: Session, letter: Letter) -> UUID | None:
    """Return whose mailbox a letter was sent to: by its address, else by what is behind the @.

    The mailbox that all answers go to says nothing of that, unless it is a brand's own.
    """
    brands = stores.queries.list_brands(session)
    plain = [_without_token(each) for each in letter.to]
    exact = {each.sender_email.lower(): each.id for each in brands}
    domains: dict[str, set[UUID]] = {}
    for each in brands:
        domains.setdefault(each.sender_email.lower().rpartition("@")[2], set()).add(each.id)
    for address in plain:
        if address in exact:
            return exact[address]
    shared = gateway.settings().inbound_address.lower()
    for address in (each for each in plain if each != shared):
        of_domain = domains.get(address.rpartition("@")[2], set())
        if len(of_domain) == 1:
            return next(iter(of_domain))
    return None


def _without_token(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _is_ours(session: Session, sender: str) -> bool:
    """Tell whether an e-mail claims to come from ourselves: answered, it would come back."""
    own = {each.sender_email.lower() for each in stores.queries.list_brands(session)}
    local, _, domain = sender.partition("@")
    own.add(gateway.settings().inbound_address.lower())
    return sender in own or f"{local.partition('+')[0]}@{domain}" in own


def is_stop(said: str) -> bool:
    """Tell whether a text is a refusal and nothing else; the number it was sent to may follow."""
    plain = normalize("NFKD", said.replace("’", "'").upper()).encode("ascii", "ignore").decode()
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    rest = [each for each in words if each not in STOPS and not each.isdigit()]
    return len(rest) < len(words) and set(words) & STOPS != set() and set(rest) <= BESIDE_STOP


def _stop(session: Session, come: ComeText) -> Heard:
    """Keep that somebody wants no advertising by text message.

    Of somebody unknown it is kept for when they order with this number; they are told nothing.
    """
    known_id = customers.queries.find_writer(session, source=SMS, value=come.sender)
    customer_id = known_id or _make_known(session, come.sender)
    if customer_id is None:
        return Heard(None, why="stop of no telephone")
    said = customers.queries.find_said(session, customer_id, purpose=MARKETING, channel=SMS)
    if said is False:
        return Heard(None, is_new=False, why="stop")
    command = RecordConsent(
        customer_id=customer_id,
        purpose=MARKETING,
        channel=SMS,
        granted=False,
        wording=STOP_WORDING,
        proof=f"{SMS}:{come.id}",
        source=SMS,
        given_at=db_now(session),
    )
    actor = Actor(kind=ActorKind.SHOPPER, customer_id=customer_id)
    customers.services.record_consent(session, command, actor=actor)
    if known_id is None:
        return Heard(None, why="stop of nobody known")
    last = orders.queries.find_last_brand(session, customer_id)
    known = stores.queries.list_brands(session)
    brand = next((each for each in known if each.id == last), known[0])
    contact_id = customers.queries.find_contact_written_from(
        session, customer_id, value=come.sender
    )
    contact = customers.queries.get_contacts(session, [contact_id]).get(contact_id)
    language = contact.language if contact_id and contact else "fr"
    words = STOPPED.get(language, STOPPED["en"]).format(brand=brand.sms_sender)
    return Heard(None, why="stop", answer=words)


def _make_known(session: Session, phone: str) -> UUID | None:
    """Return a customer of whom nothing is known but a number; None where it can be nobody's."""
    try:
        contact = customers.services.give_contact(session, GiveContact("", "", None, phone, "fr"))
    except UnreadablePhone:
        return None
    return customers.queries.find_giver(session, contact.id)
