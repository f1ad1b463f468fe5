"""What a customer may be told, refused on the telephone; all we keep of one, given out and gone."""

import io
import json
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

import customers.services
import orders.jobs
import orders.queries
from customers.commands import GiveAddress
from customers.queries import code_of
from kernel.db import transaction
from kernel.links import score_token
from orders import passes
from stores.commands import StaffRole
from tests.flows.test_web_order import assert_all_invariants_hold, new_phone
from tests.support.firm import PASSWORD, hire
from tests.support.pages import Pages, open_browser, open_desk, words
from tests.support.trade import Ready, Trade, as_people_see_it
from tests.support.travel import PARIS, Clock
from tests.support.vendors import Vendors, eventually

LEFT, LEFT_SMS = "Vous avez laissé un panier", "Stop"
REFUSED = "appel 4711"
FIRST, LAST, STREET = "Quirinella", "Zabranovski", "12 impasse Xylographe"
NOTE, CAR, SENT = "parle du chien Bucéphale", "Twingo Chartreuse", "Wenceslas"
FORMER, PROOF, SAME, BASKET = "QZ-77812", "formulaire Quokka", "voix Tétragone", "fête d’Ondine"
BELL, FIRM = "sonnette Vermeillon", "Ferronnerie Baudruche"
"""A note of an order, and the company it is for, which stays with what was ordered."""
BOX = "<ypsilon-mail@elsewhere>"
TALKED = "mon perroquet Zéphyrin", "collègue Nabucho", "réglé avec Parsifal", "accueil Ragondin"
"""Said in the shop, among colleagues, at the end of a matter, and beside a score."""


@pytest.mark.matter("refuse", "phone")
def test_s33_j16_a_refusal_keyed_on_the_telephone_holds_back_what_goes_five_seconds_later(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    clock.go_to("2029-06-25 09:30")  # Monday
    email, phone = f"{secrets.token_hex(6)}@example.org", new_phone()
    first, second = open_browser(trade), open_browser(trade)
    sku, agent = trade.list_article(), trade.place_of_work.shop.agent
    come_in(trade, first, email)
    prove(trade, first, phone)
    agree(first, "email.baskets", "sms.baskets")
    fill(first, sku)
    clock.go_to("2029-06-26 10:00")
    letter = vendors.wait_for(email, LEFT)
    vendors.wait_for(phone, LEFT_SMS)
    link = letter["headers"]["List-Unsubscribe"].strip("<>")
    assert letter["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    chosen = re.search(r"http://shop\.test(/fr/preferences/\S+)", letter["text"])
    assert chosen is not None
    assert link.endswith(f"/unsubscribe/{chosen[1].rsplit('/', 1)[1]}")
    shown = open_browser(trade).open(chosen[1]).text
    assert shown.count(" checked") == 2

    come_in(trade, second, email)
    clock.go_to("2029-06-26 13:59:50")
    fill(second, sku)
    clock.go_to("2029-06-27 13:59:15")
    eventually(lambda: turn_of(trade, "note-left-baskets") > clock.now())
    (account,) = trade.place_of_work.rows(
        "SELECT customer_id FROM account WHERE email = %(email)s", email=email
    )
    file = f"/customers/{account['customer_id']}"
    arrived = [len(vendors.received(to)) for to in (email, phone)]
    at(clock, "2029-06-27 14:00:00")
    said = {"granted": False, "topic": "baskets", "source": "phone", "proof": REFUSED}
    assert trade.post(f"{file}/consents", said, key=agent).status_code == 201
    at(clock, "2029-06-27 14:00:05")
    with trade.place_of_work.inside():
        orders.jobs.note_left_baskets()  # or the turn of the house itself, just then
    clock.settle()
    assert [len(vendors.received(to)) for to in (email, phone)] == arrived
    held = trade.place_of_work.rows(
        "SELECT m.channel, m.note, c.author_name, c.proof FROM message m"
        " JOIN consent c ON c.channel = m.channel AND NOT c.granted AND c.customer_id = %(who)s"
        " AND c.recorded_at < m.created_at"
        " WHERE m.template = 'cart_left' AND m.status = 'suppressed' ORDER BY m.channel",
        who=account["customer_id"],
    )
    expected = [(way, "not agreed to", "Luc", REFUSED) for way in ("email", "sms")]
    assert [tuple(each.values()) for each in held] == expected
    told = [
        (each["facts"]["channel"], each["facts"]["topic"])
        for each in trade.get(f"{file}/timeline", key=agent)["entries"]
        if each["kind"] == "message.withheld"
    ]
    assert sorted(told) == [("email", "baskets"), ("sms", "baskets")]
    consents = trade.get(f"{file}/consents", key=agent)
    assert {each["granted"] for each in consents["holds"]} == {False}
    assert {each["words"] != "" for each in consents["said"]} == {True}
    desk = open_desk(trade, at_head_office(trade))
    assert desk.read("/fr/office/messages?what=cart_left").count("Retenu") == 2
    assert_all_invariants_hold(trade)


def test_j23_a_customer_with_an_open_and_nine_closed_orders_is_given_out_and_forgotten(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    clock.go_to("2029-07-02 10:00")  # Monday
    email = f"quirinella.{secrets.token_hex(4)}@example.org"
    phone, browser = new_phone(), open_browser(trade)
    come_in(trade, browser, email)
    prove(trade, browser, phone)
    customer, placed = live(trade, browser, email=email, phone=phone)
    canaries = [email, phone[4:], FIRST, LAST, STREET, NOTE, CAR, SENT, FORMER, PROOF, SAME]
    canaries += [BASKET, BOX, BELL, *TALKED]
    page, number = f"/fr/office/customers/{customer}", as_people_see_it(placed["number"])
    desk = open_desk(trade, at_head_office(trade))

    given = desk.submit(f"{page}/export", desk.open(page).text)
    assert given.status_code == 200, words(given.text)
    with ZipFile(io.BytesIO(given.content)) as archive:
        data, read = archive.read("data.json").decode(), archive.read("page.html").decode()
    assert [each for each in canaries if each not in data] == []
    assert len(json.loads(data)["orders"]["orders"]) == 10
    assert (LAST in read, number in read, NOTE in read) == (True, True, True)
    own = browser.submit("/fr/account/data/export", browser.open("/fr/account/data").text)
    assert own.headers["Content-Type"] == "application/zip"

    agent = open_desk(trade, somebody(trade, StaffRole.AGENT))
    assert agent.open(f"{page}/forget").status_code == 403
    foreseen = desk.read(f"{page}/forget")
    assert (number in foreseen, "10 commandes sont gardées" in foreseen) == (True, True)
    assert desk.send(f"{page}/forget").status_code == 422
    asked = browser.submit(
        "/fr/account/data/forget", browser.open("/fr/account/data").text, sure="yes"
    )
    assert (asked.status_code, number in browser.read("/fr/account/data")) == (303, True)
    assert desk.send(f"{page}/forget", sure="yes").status_code == 303
    assert traces(trade, [LAST]) != []

    assert trade.cancel(placed["id"]).status_code == 200
    clock.settle()
    before = totals(trade)
    clock.go_to("2029-07-02 12:30")
    forgotten = "SELECT id FROM erasure WHERE customer_id = %(id)s AND done_at IS NOT NULL"
    eventually(lambda: trade.place_of_work.rows(forgotten, id=customer))
    clock.settle()

    assert traces(trade, canaries) == []
    kept = trade.place_of_work.rows("SELECT 1 FROM sales_order WHERE company_name = %(f)s", f=FIRM)
    assert len(kept) == 10
    assert totals(trade) == before
    assert "a été oubliée" in desk.read(page)
    shown = desk.open(f"/fr/office/orders/{placed['number']}")
    assert (shown.status_code, LAST in shown.text) == (200, False)
    assert browser.http.get("/fr/account").status_code == 303
    assert open_desk_refused(desk, page) == 404
    assert_all_invariants_hold(trade)


def come_in(trade: Trade, pages: Pages, email: str) -> None:
    """Sign in by the code that arrives."""
    asked = pages.send("/fr/account/sign-in", email=email)
    answer(trade, pages, asked.headers["Location"])


def prove(trade: Trade, pages: Pages, phone: str) -> None:
    """Add a number whose codes this person reads."""
    asked = pages.send("/fr/account/points", on="/fr/account/details", reach=phone)
    answer(trade, pages, asked.headers["Location"])


def answer(trade: Trade, pages: Pages, path: str) -> None:
    """Type the code that was sent."""
    with trade.place_of_work.inside():
        code = code_of(UUID(path.partition("?")[0].rsplit("/", 1)[1]))
    assert pages.send(path, code=code).status_code == 303


def agree(pages: Pages, *told: str) -> None:
    """Tick what one may be told, in the account."""
    shown = pages.open("/fr/account/preferences").text
    action = re.search(r'action="(/fr/preferences/[^"/]+)"', shown)
    assert action is not None
    assert pages.submit(action[1], shown, told=list(told)).status_code == 303


def fill(pages: Pages, sku: str) -> None:
    """Put an article into the basket."""
    added = pages.send("/fr/basket/add", on="/fr/account/details", sku=sku, store="lyon")
    assert added.status_code == 303, added.text


def at(clock: Clock, wall: str) -> None:
    """It is this moment, or a few seconds after: a busy machine takes its time."""
    late = clock.now() - datetime.fromisoformat(wall).replace(tzinfo=PARIS)
    assert late < timedelta(seconds=60)
    if late < timedelta(seconds=-1):
        clock.go_to(wall)


def turn_of(trade: Trade, name: str) -> datetime:
    """Return when a piece of periodic work is due next."""
    (row,) = trade.place_of_work.rows("SELECT due_at FROM turn WHERE name = %(name)s", name=name)
    moment: datetime = row["due_at"]
    return moment


def at_head_office(trade: Trade) -> str:
    """Return the address somebody at head office signs in with."""
    return somebody(trade, StaffRole.ADMIN)


def somebody(trade: Trade, role: StaffRole) -> str:
    """Hire somebody; return the address they sign in with."""
    email = f"{secrets.token_hex(6)}@aubepin.test"
    with trade.place_of_work.inside(), transaction() as session:
        hire(session, "Ada", role, email=email, password=PASSWORD)
    return email


def live(trade: Trade, pages: Pages, *, email: str, phone: str) -> tuple[UUID, dict[str, Any]]:
    """Leave a trace in every table there is; return who it was, and the order that is open."""
    shop, sku = trade.place_of_work.shop, trade.list_article(units=50)
    person = {"first_name": FIRST, "last_name": LAST, "email": email, "phone": phone}
    other = {**person, "email": f"{LAST}@example.org".lower(), "phone": None}
    people = [*[person] * 8, other, person]
    more = {"note": BELL, "company": {"name": FIRM}}
    placed = [trade.place({sku: 1}, customer=each, **more).json() for each in people]
    (row,) = trade.place_of_work.rows(
        "SELECT customer_id AS id, contact_id FROM contact JOIN sales_order o"
        " ON o.contact_id = contact.id WHERE o.id = %(id)s",
        id=placed[0]["id"],
    )
    (twin,) = trade.place_of_work.rows(
        "SELECT customer_id AS id FROM contact WHERE email = %(email)s", email=other["email"]
    )
    file, agent = f"/customers/{row['id']}", shop.agent
    sent = {**person, "first_name": SENT, "email": f"w.{LAST}@example.org".lower(), "phone": None}
    call = {"kind": "call", "channel": "phone", "text": NOTE, "source": "box", "reference": BOX}
    with trade.place_of_work.inside(), transaction() as session:
        customers.services.know_as(session, row["id"], source="crm", value=FORMER)
        customers.services.give_address(
            session, row["contact_id"], GiveAddress(STREET, "69004", "Lyon")
        )
    said = [
        (f"/orders/{placed[0]['id']}/proxies", sent),
        (f"{file}/interactions", {**call, "order_number": placed[0]["number"]}),
        (f"{file}/consents", {"granted": True, "source": "store", "proof": PROOF}),
        (f"{file}/merges", {"customer_id": str(twin["id"]), "reason": SAME}),
        (
            "/carts",
            {
                "channel": "phone",
                "items": [{"sku": sku, "quantity": 1}],
                "note": BASKET,
                "store": "lyon",
            },
        ),
    ]
    talk(trade, pages, row["id"], email)
    for path, body in said:
        done = trade.post(path, body, key=agent)
        assert done.status_code == 201, (path, done.text)
    handed = f"/carts/{done.json()['token']}/send"
    gone = trade.post(handed, {**person, "language": "fr"}, key=agent)
    assert gone.status_code in {200, 201}, gone.text
    fill(pages, sku)
    for each in placed[:2]:
        trade.prepare(each["fulfillment_id"], {sku: 1})
    trade.place_of_work.rows(
        "INSERT INTO arrival (fulfillment_id, arrived_at, vehicle) VALUES (%(id)s, now(), %(car)s)",
        id=placed[0]["fulfillment_id"],
        car=CAR,
    )
    for each in placed[:2]:
        ready = show_pass(trade, each)
        taken = trade.hand_over(ready, key=shop.associate, ticket=f"T-{each['number']}")
        assert taken.status_code == 201, taken.text
    link = score_token(UUID(placed[1]["fulfillment_id"]))
    pages.send(f"/fr/scores/{link}", score="4", comment=TALKED[3])
    for each in placed[2:9]:
        assert trade.cancel(each["id"]).status_code == 200
    return row["id"], placed[9]


def talk(trade: Trade, pages: Pages, customer_id: UUID, email: str) -> None:
    """Ask in the shop, by the form; a colleague is told, and the matter ended with a word."""
    said = {"intent": "other", "name": LAST, "words": TALKED[0], "reach": email}
    asked = pages.send("/fr/contact", **said)
    assert asked.status_code == 303, words(asked.text)
    (thread,) = trade.place_of_work.rows(
        "SELECT id FROM thread WHERE customer_id = %(id)s", id=customer_id
    )
    for verb, body in (("notes", {"body": TALKED[1]}), ("end", {"resolution": TALKED[2]})):
        done = trade.post(
            f"/threads/{thread['id']}/{verb}", body, key=trade.place_of_work.shop.agent
        )
        assert done.status_code == 200, done.text


def show_pass(trade: Trade, placed: dict[str, Any]) -> Ready:
    """Return what the customer themselves would show."""
    with trade.place_of_work.inside(), transaction() as session:
        states = orders.queries.list_passes(session, UUID(placed["fulfillment_id"]))
        (mine,) = (each.facts for each in states if each.contact_id is None)
        shown = passes.qr_text(mine), passes.typed_code(mine.id)
    return Ready(placed["id"], placed["fulfillment_id"], *shown)


def traces(trade: Trade, canaries: list[str]) -> list[tuple[str, str]]:
    """Return where somebody is still named: tables with every column, and logs."""
    rows = trade.place_of_work.rows
    tables = rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    said = [each.lower() for each in canaries]
    every = " UNION ALL ".join(
        f"SELECT '{each['name']}' AS place, lower(x::text) AS words FROM \"{each['name']}\" AS x"  # noqa: S608 (names of tables)
        for each in tables
    )
    named = rows(
        f"SELECT DISTINCT place, canary FROM ({every}) AS everything"  # noqa: S608 (the same)
        " JOIN unnest(%(said)s::text[]) AS canary ON strpos(words, canary) > 0"
        " OR strpos(words, encode(convert_to(canary, 'UTF8'), 'hex')) > 0",
        said=said,
    )
    found = [(each["place"], each["canary"]) for each in named]
    for log in Path(trade.place_of_work.home).glob("[!s]*.log"):  # but the vendors' own
        text = log.read_text(errors="replace").lower()
        found += [(log.name, canary) for canary in canaries if canary.lower() in text]
    return found


def totals(trade: Trade) -> list[dict[str, Any]]:
    """Return what there is of goods and money in the whole house."""
    return trade.place_of_work.rows(
        "SELECT (SELECT sum(on_hand) FROM stock_level) AS on_hand,"
        " (SELECT sum(reserved) FROM stock_level) AS reserved,"
        " (SELECT count(*) FROM stock_movement) AS moved,"
        " (SELECT sum(quantity * unit_price_minor) FROM order_line) AS ordered,"
        " (SELECT sum(amount_minor) FROM till_payment) AS at_tills,"
        " (SELECT count(*) FROM sales_order) AS orders"
    )


def open_desk_refused(desk: Pages, page: str) -> int:
    """Return what is answered to who asks for all that is kept of somebody forgotten."""
    return desk.submit(f"{page}/export", desk.open("/fr/office/customers").text).status_code
