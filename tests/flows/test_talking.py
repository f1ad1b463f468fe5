"""Conversations from the shop's pages: answered by people, followed by who wrote, wherever."""

import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import pytest

import conversations.services
import orders.queries
from conversations.commands import Said
from conversations.desk import was_resolved_first
from conversations.queries import case_key, get_thread
from customers.commands import TouchChannel
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from kernel.links import order_token, read_thread_token
from stores.commands import StaffRole
from tests.flows.test_four_channels import hire_agent, order_online
from tests.flows.test_web_order import new_phone
from tests.support.firm import PASSWORD, hire, open_firm
from tests.support.pages import Pages, open_browser, open_desk, words
from tests.support.trade import Trade, as_people_see_it
from tests.support.travel import Clock
from tests.support.vendors import Vendors, eventually


@pytest.mark.matter("change", "chat")
def test_s12_an_agent_changes_the_store_from_the_chat_and_page_promise_and_stock_follow(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    clock.go_to("2029-06-14 10:05")  # Thursday
    firm = open_firm(trade, "Sorbier")
    lyon, ville = firm.open_shop(), firm.open_shop("Villeurbanne")
    tent = firm.list_article({lyon.id: 5, ville.id: 5})
    email = f"{secrets.token_hex(6)}@example.org"
    placed = order_online(trade, lyon, {tent: 2}, email=email, phone=new_phone())
    vendors.wait_for(email, "bien reçue")
    with trade.place_of_work.inside():
        link = order_token(UUID(placed["id"]))

    customer = open_browser(trade)
    asked = f"/fr/chat?order={link}&new=yes"
    assert "Au sujet de la commande" in customer.read(asked)
    said = {"order": link, "intent": "change", "words": "Plutôt à Villeurbanne,\nsi possible ?"}
    begun = customer.send("/fr/chat", on=asked, person="yes", **said)
    assert begun.status_code == 303, begun.text
    talk = begun.headers["Location"].partition("?")[0]
    shown = customer.read(talk)
    assert lyon.name in shown
    said_of_us = shown.partition("si possible ?")[2].partition("Votre message")[0].strip()
    assert said_of_us == "Nous sommes là. Nous visons une réponse en 2 minutes."
    thread_id = thread_in(trade, talk)

    desk = open_desk(trade, hire_agent(trade, firm))
    page = f"/fr/office/orders/{placed['number']}"
    taken = desk.send("/fr/office/queue/next", on="/fr/office/queue").headers["Location"]
    inside = desk.open(taken)
    assert "Plutôt à Villeurbanne" in words(inside.text)
    number = placed["number"].replace("-", "")
    assert f'href="/fr/office/orders/{number}/amend?thread={thread_id}"' in inside.text
    change = {f"n:{tent}": "2", "store": ville.code, "reason": "customer_wish"}
    seen = desk.send(f"{page}/amend", **change)
    assert seen.status_code == 200, words(seen.text)
    done = desk.send(f"{page}/amend", **change, seen="2000", confirm="yes")
    assert done.status_code == 303, words(done.text)
    said = {"do": "reply", "body": "C’est fait : Villeurbanne.", "channel": "chat"}
    answered = desk.send(taken, on=taken, **said)
    assert answered.status_code == 303, words(answered.text)

    live = customer.open(f"{talk}/state").text
    assert "C’est fait : Villeurbanne." in live
    assert (ville.name in words(live), lyon.name in words(live)) == (True, False)
    held = trade.place_of_work.rows(
        "SELECT location_id AS at, reserved FROM stock_level WHERE sku = %(sku)s AND reserved > 0",
        sku=tent,
    )
    assert held == [{"at": ville.id, "reserved": 2}]
    promise = trade.place_of_work.rows(
        "SELECT location_id AS at FROM fulfillment WHERE order_id = %(id)s AND status = 'new'",
        id=placed["id"],
    )
    assert promise == [{"at": ville.id}]
    clock.pass_by(61)
    clock.settle()
    assert not [each for each in vendors.received(email) if "C’est fait" in each["text"]]
    assert trade.place_of_work.broken() == []


def test_what_nobody_sees_in_the_chat_for_a_minute_follows_them_by_e_mail_once(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    clock.go_to("2029-06-14 14:00")
    customer, agent = open_browser(trade), somebody(trade, None)
    email = f"{secrets.token_hex(6)}@example.org"
    body = {"intent": "product", "words": "Quelle théière pour deux ?", "reach": email}
    begun = customer.send("/fr/chat", **body)
    talk = begun.headers["Location"].partition("?")[0]
    thread_id = thread_in(trade, talk)
    answer(trade, thread_id, "La petite.", agent)
    assert "1 nouvelle réponse" in customer.read("/fr/basket")
    assert "1 nouvelle réponse" in words(customer.open("/fr/chat/state").text)
    assert "La petite." in customer.open(f"{talk}/state").text
    assert "nouvelle réponse" not in customer.read("/fr/basket")

    answer(trade, thread_id, "La bleue, ou la blanche ?", agent)  # the page is closed meanwhile
    answer(trade, thread_id, "Je reste là.", agent)
    clock.pass_by(40)
    owed = (
        "SELECT status FROM message JOIN thread_entry e ON e.id = entry_id WHERE thread_id = %(id)s"
    )
    eventually(lambda: len(trade.place_of_work.rows(owed, id=thread_id)) == 3)
    assert vendors.received(email) == []
    clock.pass_by(30)
    letter = vendors.wait_for(email, "Je reste là.")
    assert "La bleue, ou la blanche ?" in letter["text"]
    assert "La petite." not in letter["text"]  # it was seen on the page
    clock.settle()
    assert len(vendors.received(email)) == 1

    other_device = open_browser(trade)
    found = re.search(r"(/fr/conversations/\S+)", letter["text"])
    assert found is not None
    assert "Envoyé aussi par e-mail" in other_device.read(found[1])
    again = other_device.send(found[1], words="La bleue.")
    assert again.status_code == 303, again.text
    assert "La bleue." in customer.read(talk)
    assert "La bleue." in words(customer.open("/fr/chat/panel").text)
    assert trade.place_of_work.broken() == []


def test_who_leaves_a_number_in_the_chat_has_the_answer_by_text_message(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    clock.go_to("2029-06-14 15:00")
    customer, agent = open_browser(trade), somebody(trade, None)
    phone = new_phone()
    begun = customer.send("/fr/chat", intent="complaint", words="La tasse est ébréchée.")
    talk = begun.headers["Location"].partition("?")[0]
    wrong = customer.send(f"{talk}/reach", on=talk, reach="quelque part")
    assert wrong.status_code == 422
    left = customer.send(f"{talk}/reach", on=talk, reach=phone)
    assert left.status_code == 303, words(left.text)
    assert "Répondre là-bas aussi" not in customer.read(talk)

    answer(trade, thread_in(trade, talk), "Nous vous en gardons une autre.", agent)
    clock.pass_by(61)
    text = vendors.wait_for(phone, "Nous vous en gardons une autre.")
    assert text["kind"] == "sms"
    clock.settle()
    assert len(vendors.received(phone)) == 1
    assert trade.place_of_work.broken() == []


@pytest.mark.matter("person", "phone")
def test_s36_a_call_asked_from_the_checkout_is_due_at_its_time_with_the_live_basket(
    trade: Trade, clock: Clock
) -> None:
    clock.go_to("2029-06-15 09:10")  # Friday
    tent, mug = trade.list_article(units=5), trade.list_article(units=5)
    customer = open_browser(trade)
    fill(customer, tent)
    form = "/fr/contact/call"
    assert form in customer.open("/fr/checkout").text
    page = customer.open(form).text
    times = re.findall(r'<option value="(2029[^"]+)"', page)
    assert times[0].startswith("2029-06-15T07:30")
    assert all(not each.startswith("2029-06-17") for each in times)  # nobody is there on Sundays
    body = {
        "intent": "product",
        "phone": "06 39 98 77 11",
        "words": "Laquelle est légère ?",
    }
    refused = customer.submit(form, page, **body, at="2029-06-17T08:00:00+00:00")
    assert refused.status_code == 422
    assert "Cette heure est passée" in words(refused.text)
    once = {**body, "at": times[4], "form": secrets.token_hex(8)}
    asked, repeated = (customer.submit(form, page, **once) for _ in range(2))
    assert asked.status_code == repeated.status_code == 303, asked.text
    assert asked.headers["Location"] == repeated.headers["Location"]
    talk = asked.headers["Location"].partition("?")[0]
    assert "06 39 98 77 11" in customer.read(talk)

    fill(customer, mug)  # the basket goes on meanwhile
    thread_id = thread_in(trade, talk)
    desk = open_desk(trade, at_desk(trade))
    seen = desk.open("/fr/office/queue")
    assert f"/fr/office/conversations/{thread_id}" in seen.text
    told = desk.read(f"/fr/office/conversations/{thread_id}")
    assert (tent in told, mug in told) == (True, True)
    with trade.place_of_work.inside(), transaction() as session:
        thread = get_thread(session, thread_id, actor=SYSTEM)
        case = orders.queries.find_open_case(session, case_key(thread_id))
        assert case is not None
        assert abs(case.due_at - datetime.fromisoformat(times[4])) < timedelta(seconds=1)
        assert thread.cart_id is not None
        cart = orders.queries.get_cart_by_id(session, thread.cart_id)
    assert dict(cart.quantities) == {tent: 1, mug: 1}


@pytest.mark.matter("person", "web")
def test_a_question_by_form_is_answered_by_e_mail_at_once_and_floods_are_braked(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    clock.go_to("2029-06-17 11:00")  # Sunday
    customer, email = open_browser(trade), f"{secrets.token_hex(6)}@example.org"
    assert "Personne n’est là pour le moment. Nous revenons" in customer.read("/fr/contact")
    body = {"intent": "product", "words": "Ma question", "name": "Ana", "reach": email}
    empty = customer.send("/fr/contact", **{**body, "words": " ", "reach": ""})
    assert empty.status_code == 422
    assert 'value="Ana"' in empty.text
    asked = customer.send("/fr/contact", **body)
    thread_id = thread_in(trade, asked.headers["Location"].partition("?")[0])
    with trade.place_of_work.inside(), transaction() as session:
        conversations.services.note(session, thread_id, "Entre nous", actor=SYSTEM)
        said = Said("Notre avis : la bleue.", TouchChannel.EMAIL)
        conversations.services.reply(session, thread_id, said, actor=somebody(trade, None))
    letter = vendors.wait_for(email, "Notre avis : la bleue.")
    assert re.search(r"\[#[\w-]{43}\]", letter["subject"])
    assert "Ma question" not in letter["text"]  # what somebody typed goes to nobody
    page = customer.read(asked.headers["Location"])
    assert "Notre avis : la bleue." in page
    assert "Entre nous" not in page
    stranger = open_browser(trade)
    assert stranger.open("/fr/conversations/AAAA").status_code == 404
    threads = "SELECT count(*)::int AS n FROM thread"
    statuses = [customer.send("/fr/contact", **body).status_code for _ in range(6)]
    assert (statuses[:5], statuses[5]) == ([303] * 5, 429)
    before = trade.place_of_work.rows(threads)
    assert customer.send("/fr/contact", **body).status_code == 429
    assert trade.place_of_work.rows(threads) == before
    clock.settle()


@pytest.mark.matter("person", "chat")
@pytest.mark.matter("state", "chat")
def test_j24_the_assistant_hands_over_all_that_was_said_and_the_store_resolves_it_at_first_contact(
    trade: Trade, clock: Clock
) -> None:
    clock.go_to("2029-06-18 10:00")  # Monday
    shop, tent = trade.place_of_work.shop, trade.list_article(units=5)
    placed = trade.place({tent: 1}).json()
    trade.prepare(placed["fulfillment_id"], {tent: 1})
    with trade.place_of_work.inside():
        link = order_token(UUID(placed["id"]))
    talk: dict[str, str] = {}
    said = ("Où est ma commande ?", "Puis-je garder mon colis plus longtemps ?", "non")
    for words_said in (*said, "je veux parler à quelqu'un"):
        told = trade.post("/assistant", {"text": words_said, **talk}, key=link).json()
        talk = {"thread": told["thread"]}
    assert told["status"] == "waiting"
    thread_id = thread_in(trade, talk["thread"])

    waiting = trade.get("/queue", key=shop.associate)["cases"]
    assert [each["about_id"] for each in waiting if each["about_id"] == str(thread_id)]
    trade.post("/queue/next", {}, key=shop.associate)
    first = open_desk(trade, at_desk(trade)).read(f"/fr/office/conversations/{thread_id}")
    heard_at = [first.index(each) for each in (*said, "je veux parler à quelqu'un")]
    assert heard_at == sorted(heard_at)
    assert (as_people_see_it(placed["number"]) in first, "Retrait" in first) == (True, True)
    seen = trade.get(f"/threads/{thread_id}", key=shop.associate)
    assert (seen["order_id"], seen["intent"]) == (placed["id"], "pickup")
    heard = [each["body"] for each in seen["entries"] if each["direction"] == "in"]
    assert heard == [*said, "je veux parler à quelqu'un"]
    assert len(seen["entries"]) == 2 * len(heard)
    answered = trade.post(
        f"/threads/{thread_id}/reply", {"body": "Venez jeudi, il vous attend."}, key=shop.associate
    )
    assert answered.status_code == 200, answered.text
    ended = trade.post(f"/threads/{thread_id}/end", {"resolution": "told"}, key=shop.associate)
    assert ended.json()["transfers"] == 0
    page = open_browser(trade).read(f"/fr/conversations/{talk['thread']}")
    assert "Venez jeudi, il vous attend." in page
    clock.pass_by(61)  # whoever saw the answer gets no e-mail of it
    clock.settle()
    with trade.place_of_work.inside(), transaction() as session:
        assert was_resolved_first(session, thread_id)
    assert trade.place_of_work.broken() == []


def fill(customer: Pages, sku: str) -> None:
    added = customer.send("/fr/basket/add", on="/fr/chat", sku=sku, store="lyon")
    assert added.status_code == 303, added.text


def thread_in(trade: Trade, page: str) -> UUID:
    with trade.place_of_work.inside():
        found = read_thread_token(page.rpartition("/")[2])
    assert found is not None
    return found


def somebody(trade: Trade, brand_id: UUID | None) -> Actor:
    """Return an agent who answers."""
    more = {"email": f"{secrets.token_hex(6)}@desk.test", "password": "a" * 12}
    with trade.place_of_work.inside(), transaction() as session:
        staff_id, _key = hire(session, "Camille Roy", StaffRole.AGENT, brand_id=brand_id, **more)
    return Actor(kind=ActorKind.AGENT, id=staff_id, name="Camille Roy", location_ids=None)


def at_desk(trade: Trade) -> str:
    """Return the address an agent of all brands signs in with."""
    email = f"{secrets.token_hex(6)}@desk.test"
    with trade.place_of_work.inside(), transaction() as session:
        hire(session, "Zoé Lin", StaffRole.AGENT, email=email, password=PASSWORD)
    return email


def answer(trade: Trade, thread_id: UUID, body: str, actor: Actor) -> None:
    with trade.place_of_work.inside(), transaction() as session:
        said = Said(body, TouchChannel.CHAT)
        conversations.services.reply(session, thread_id, said, actor=actor)
