"""What messages say, and what they never say."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import orders.services
from kernel.actors import SYSTEM
from kernel.ids import show_code
from kernel.links import OrderLink, read_order_token
from notifications import gateway, services
from notifications.commands import (
    ASKS_SCORE,
    FOR_STAFF,
    FROM_LINK,
    Channel,
    MessageStatus,
    Template,
)
from notifications.gateway import Email, Sms
from notifications.models import Message
from notifications.services import gsm7
from notifications.services.cases import read_case
from notifications.services.rendering import fit, render
from orders import passes, queries
from orders.commands import CancelReason
from orders.commands import Channel as OrderChannel
from sandbox import Addresses
from sandbox.sms_length import count_segments, is_gsm7
from tests.support.qr import scan_qr

STORES = Path(__file__).parents[2].parent / "shared/data/stores/gifi.geojson"
LANGUAGES = ("fr", "en")
EMAIL = "chloe.durand@example.org"
HARD_NAME = "Nœux-les-Mines – Façade “Hôtel-de-Ville” €€€ très très long"
LONG_LINK = "https://www.commandes.maison-aubepin.example"
ADDRESSES = ("https://shop.test", LONG_LINK, f"https://{'a' * 60}.example")


@pytest.fixture
def letters(session: Session, vendors: Addresses) -> Callable[[], list[Email | Sms]]:
    """Take on every message that is due and return what would be sent, oldest first."""

    def take() -> list[Email | Sms]:
        claims = services.claim_due(session, limit=50)
        calls = [services.begin(session, claim) for claim in claims]
        return [call.letter for call in calls if call is not None]

    return take


Letters = Callable[[], list[Email | Sms]]


class Page(HTMLParser):
    """Every address a page names, and every tag that was opened and not closed."""

    VOID = frozenset({"meta", "br", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens and where it leads."""
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Hold it to what was opened last."""
        assert self.open.pop() == tag


def the_email(found: list[Email | Sms]) -> Email:
    (email,) = (each for each in found if isinstance(each, Email))
    return email


def the_sms(found: list[Email | Sms]) -> Sms:
    (sms,) = (each for each in found if isinstance(each, Sms))
    return sms


def test_a_confirmation_asks_to_wait_and_holds_no_code(counter: Any, letters: Letters) -> None:
    placed = counter.place()
    email = the_email(letters())
    assert email.subject.endswith("bien reçue, Lyon Croix-Rousse")
    assert "Attendez notre message avant de venir\u00a0: nous l’enverrons d’ici " in email.text
    assert "1 × Tente 2 places  89,90\u00a0€" in email.text
    assert "2 × Tasse, blue  25,80\u00a0€" in email.text
    assert "Total TTC  115,70\u00a0€" in email.text
    assert "dont TVA 20\u00a0%  19,28\u00a0€" in email.text
    assert "Vous payez 115,70\u00a0€ au retrait, en magasin." in email.text
    assert "Vous pouvez vous rétracter sans donner de raison dans les 14 jours" in email.text
    assert "1 rue du Test\n69004 Lyon" in email.text
    assert "jour et nuit" in email.text
    assert email.picture is None
    assert re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", email.text + email.page) is None
    link = re.search(r"https://shop\.test/fr/orders/(\S+)", email.text)
    assert link is not None
    assert read_order_token(link[1]) == OrderLink(placed.id, 0)


def test_an_order_placed_in_the_store_has_no_right_to_withdraw(
    counter: Any, letters: Letters
) -> None:
    counter.place(channel=OrderChannel.STORE, language="en")
    email = the_email(letters())
    assert "withdraw" not in email.text
    assert "Please wait for our message before you come: it brings your " in email.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ready_email_shows_the_pass_as_picture_and_as_text(
    counter: Any, letters: Letters, session: Session, language: str
) -> None:
    placed = counter.place(language=language)
    letters()
    counter.make_ready(placed)
    found = letters()
    email, sms = the_email(found), the_sms(found)
    (state,) = queries.list_passes(session, placed.fulfillment_id)
    code = show_code(passes.typed_code(state.facts.id))
    assert email.picture is not None
    with Image.open(BytesIO(email.picture)) as picture:
        assert scan_qr(picture) == passes.qr_text(state.facts)
    assert code in email.text
    assert email.page.count(code) == 1
    assert f"Code {code}" in sms.text
    assert code not in email.subject
    preheader = email.page.split("display:none")[1].split("</div>")[0]
    assert code not in preheader
    assert "A·7" not in email.text
    assert f"cid:{email.picture_id}" in email.page


def test_what_is_missing_is_named_with_the_new_total(counter: Any, letters: Letters) -> None:
    placed = counter.place()
    letters()
    counter.make_ready(placed, short_mugs=1)
    email = the_email(letters())
    assert (
        "Nous n’avons pas trouvé\u00a0: 1\u00a0×\u00a0Tasse, blue. "
        "Vous ne payez pas ce qui manque\u00a0: le nouveau total est de 102,80\u00a0€."
    ) in email.text
    assert "À payer au retrait  102,80\u00a0€" in email.text


def test_a_question_about_a_substitute_names_both_articles_and_both_prices(
    counter: Any, letters: Letters
) -> None:
    placed = counter.place(language="en")
    letters()
    counter.offer_substitute(placed)
    email = the_email(letters())
    assert email.subject.endswith("Lyon Croix-Rousse: another article instead?")
    assert "cannot find 1 × Mug, blue (€12.90)" in email.text
    assert "1 × Notebook instead, for €4.55: never more than what you ordered" in email.text


def test_a_question_that_was_answered_meanwhile_is_not_asked(
    counter: Any, letters: Letters
) -> None:
    placed = counter.place(language="en")
    letters()
    offered = counter.offer_substitute(placed)
    orders.services.decline_substitute(counter.session, offered, actor=SYSTEM)
    assert [each for each in letters() if "instead" in getattr(each, "text", "")] == []


def test_a_receipt_lists_what_was_collected(counter: Any, letters: Letters) -> None:
    placed = counter.place(language="en")
    counter.make_ready(placed)
    letters()
    counter.hand_over(placed)
    email = the_email(letters())
    assert "2 × Mug, blue  €25.80" in email.text
    assert "Total incl. VAT  €115.70" in email.text
    assert "To pay" not in email.text
    assert "within 14 days after you collected" in email.text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (CancelReason.CUSTOMER_REMORSE, "As you asked: there is nothing left to collect"),
        (CancelReason.OUT_OF_STOCK, "We could not find your articles at Lyon Croix-Rousse."),
        (CancelReason.PRICE_ERROR, "Lyon Croix-Rousse cannot fulfil it. Please do not come"),
    ],
)
def test_a_cancellation_says_why(
    counter: Any, letters: Letters, reason: CancelReason, words: str
) -> None:
    placed = counter.place(language="en")
    letters()
    counter.cancel(placed, reason)
    email = the_email(letters())
    assert words in email.text
    assert "You have nothing to pay." in email.text


def test_nothing_a_customer_typed_stands_in_a_message(
    counter: Any, letters: Letters, session: Session
) -> None:
    counter.place()
    session.execute(text("UPDATE contact SET first_name = 'Win', last_name = 'evil.example'"))
    session.commit()
    email = the_email(letters())
    assert "evil" not in email.subject + email.text + email.page


def test_a_parcel_that_left_is_followed_by_its_number(
    counter: Any, letters: Letters, session: Session
) -> None:
    placed = counter.place()
    letters()
    counter.ship(placed)
    email = the_email(letters())
    (number,) = session.execute(text("SELECT tracking_number FROM package")).scalars()
    assert email.subject.endswith("votre colis est parti")
    assert f"Coursier du magasin, numéro de suivi {number}" in email.text
    counter.deliver(placed)
    email = the_email(letters())
    assert "Total TTC  115,70\u00a0€" in email.text
    assert "dans les 14 jours qui suivent la livraison" in email.text


def test_a_delay_tells_the_new_time_and_to_wait_for_our_message(
    counter: Any, letters: Letters
) -> None:
    placed = counter.place(language="en")
    letters()
    counter.fetch(placed)
    email, *_ = (each for each in letters() if isinstance(each, Email))
    assert "has some of your articles come from another store" in email.text
    assert "We now expect: " in email.text
    assert "please wait for our message before you come" in email.text.lower()


def walk(counter: Any, language: str) -> None:
    """Owe each template once, by e-mail and by text message where it has one."""
    counter.session.execute(text("UPDATE stock_level SET on_hand = 100"))
    collected, cancelled, expired = (counter.place(language=language) for _ in range(3))
    fetched = counter.place(language=language, email=None)
    counter.send_proxy(fetched, email=None)
    counter.send_proxy(collected)
    counter.make_ready(collected)
    counter.make_ready(fetched)
    counter.make_ready(expired)
    counter.cancel(cancelled, CancelReason.OUT_OF_STOCK)
    gone = counter.place(language=language, email=None)
    counter.cancel(gone, CancelReason.DUPLICATE)
    late = counter.place(language=language, email=None)
    counter.make_ready(late)
    for waiting in (late, expired):
        counter.remind(waiting)
        counter.expire(waiting)
    counter.hand_over(collected, to_proxy=True)
    counter.hand_over(fetched, to_proxy=True)
    counter.stock_up()
    ways: tuple[dict[str, None], ...] = ({}, {"email": None})
    for way in ways:
        counter.fetch(counter.place(language=language, **way))
        brought = counter.place(language=language, **way)
        counter.ship(brought)
        counter.fail(brought)
        counter.deliver(brought)
        counter.reject(counter.place(language=language, **way))
        counter.reject(counter.place(language=language, **way), instead="paris")
        counter.offer_substitute(counter.place(language=language, **way))
        counter.amend(counter.place(language=language, **way))


def messages(session: Session, *channels: Channel) -> list[Message]:
    told = select(Message).where(
        Message.status != MessageStatus.SUPPRESSED, Message.channel.in_(channels)
    )
    return list(session.execute(told).scalars())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_renders_as_a_whole_page_without_foreign_addresses(
    counter: Any, session: Session, vendors: Addresses, language: str
) -> None:
    walk(counter, language)
    seen = set()
    for message in messages(session, *Channel):
        assert message.language == language
        template, letter = message.template, render(message, read_case(session, message))
        seen.add((template, message.channel))
        if not isinstance(letter, Email):
            continue
        page = Page(letter.page)
        assert page.open == []
        assert "http" not in letter.page.replace("https://shop.test/", "")
        links = {each for each in page.addresses if not each.startswith("cid:")}
        home = f"https://shop.test/{language}"
        if template is Template.PROXY_PASS:  # an order's link can do more
            assert links == {f"{home}/stores/lyon"}
            continue
        keeps = {link for link in links if link.endswith("/extend")}
        scores = {link for link in links if link.startswith(f"{home}/scores/")}
        assert len(scores) == (5 if template in ASKS_SCORE else 0)
        links -= scores
        assert len(links - keeps) == 1
        to = "choices" if template is Template.REJECTED else "orders"
        assert all(link.startswith(f"{home}/{to}/") for link in links)
        assert len(keeps) == (template in {Template.REMINDER, Template.LAST_DAY})
        assert "{" not in letter.text + letter.subject
        assert "\n" not in letter.subject
        assert "\n\n\n" not in letter.text
    told_elsewhere = FROM_LINK | {
        Template.BACK_IN_STOCK,
        Template.CART,
        Template.CART_LEFT,
        Template.UNPAID,
        Template.CODE,
        Template.REPLY,
    }
    about_orders = set(Template) - told_elsewhere - FOR_STAFF
    assert seen == {(template, Channel.EMAIL) for template in about_orders} | {
        (template, Channel.SMS) for template in about_orders - {Template.RECEIPT}
    }


def real_names() -> list[str]:
    """Return the longest names of a real chain's stores."""
    if not STORES.exists():
        pytest.skip("the real stores are not at hand")
    features = json.loads(STORES.read_text(encoding="utf-8"))["features"]
    names = {each["properties"].get("alt_name") or "" for each in features}
    return sorted(names, key=len, reverse=True)[:5]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [lambda: [HARD_NAME, "Lyon"], real_names], ids=["made", "real"])
def test_a_text_message_fits_one_part_whatever_the_store_and_the_link(
    counter: Any,
    vendors: Addresses,
    language: str,
    names: Callable[[], list[str]],
) -> None:
    count, called = 0, names()
    walk(counter, language)
    for name in called:
        counter.session.execute(text("UPDATE location SET name = :name"), {"name": name})
        counter.session.commit()
        counter.session.expire_all()
        for message in messages(counter.session, Channel.SMS):
            assert message.language == language
            case = read_case(counter.session, message)
            for address in ADDRESSES:
                gateway.configure(replace(gateway.settings(), public_url=f"{address}/"))
                letter = render(message, case)
                assert isinstance(letter, Sms)
                assert is_gsm7(letter.text), letter.text
                assert count_segments(letter.text) == 1, letter.text
                count += 1
    assert count == 32 * len(called) * len(ADDRESSES)


def test_the_fullest_line_that_fits_is_taken() -> None:
    assert fit(f"{'a' * 161}\n{'b' * 160}\nc") == "b" * 160
    assert fit(f"{'€' * 81}\nc") == "c"
    assert fit("Aubépin’s façade… où") == "Aubépin's facade... où"


def test_letters_outside_the_alphabet_are_replaced() -> None:
    assert gsm7.transliterate("çêâîôûœ’…«»Łódź 日") == 'ceaiouoe\'...""Lodz ?'
    assert gsm7.count_places("a€[") == 5
