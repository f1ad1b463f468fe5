"""Conversations at the desk and in the store: one queue, answered once, escalated, reported."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import conversations.handlers
import conversations.services
import inventory.services
import orders.jobs
import orders.services
import stores.services
from app.worker import run_periodic
from conversations.checks import CHECKS
from conversations.commands import Intent, OpenThread, Said
from conversations.desk import was_resolved_first
from customers.commands import TouchChannel
from kernel import delivery
from kernel.actors import SYSTEM
from kernel.checks import run_check
from kernel.links import order_token
from stores.commands import HireStaff, Scope, SetRule, StaffRole
from tests.app.test_office import PASSWORD, Desk, act, hired, place
from tests.app.test_shop import HTML
from tests.app.test_tablet import Tablet, device, tablet, words
from tests.conftest import Shop, as_key
from tests.unmoved import nothing_moves, problem

__all__ = ["device", "hired", "tablet"]

Sit = Callable[[str], Desk]


@pytest.fixture
def desk(app: Flask, session: Session, hired: dict[str, Any]) -> Sit:
    def sit(short: str) -> Desk:
        token = stores.services.sign_in_with_password(
            session, email=f"{short}@aubepin.test", password=PASSWORD
        )
        session.commit()
        client = app.test_client()
        client.set_cookie("comptoir-staff", token, domain="localhost")
        return Desk(client)

    return sit


def begun(session: Session, channel: TouchChannel, body: str, **more: Any) -> UUID:
    """Somebody turns to us, as a door of another channel would tell it."""
    intent = more.pop("intent", Intent.ORDER_STATE)
    command = OpenThread(Said(body, channel), intent, more.pop("language", "fr"), **more)
    thread_id = conversations.services.open_thread(session, command, actor=SYSTEM)
    session.commit()
    return thread_id


def deliver(session: Session) -> None:
    """Let the news reach its listeners."""
    session.commit()
    while claims := delivery.claim_due(session):
        for claim in claims:
            delivery.deliver(session, claim)
    session.commit()


def api(client: FlaskClient, key: str, path: str, body: Any = None, **query: Any) -> Any:
    """Ask the API as somebody: post where there is a body."""
    if body is None:
        return client.get(f"/api/v1{path}", query_string=query, headers=as_key(key))
    return client.post(f"/api/v1{path}", json=body, headers=as_key(key))


def past(session: Session, thread_id: UUID, minutes: int) -> None:
    """Have so many minutes of the time for an answer be over already."""
    session.execute(
        text(
            "UPDATE case_file SET warn_at = warn_at - make_interval(mins => :m),"
            " due_at = due_at - make_interval(mins => :m), opened_at = opened_at"
            " - make_interval(mins => :m) WHERE key = :key AND closed_at IS NULL"
        ),
        {"m": minutes, "key": f"thread:{thread_id}"},
    )
    session.commit()


def broken(session: Session) -> list[str]:
    """Return which invariants of conversations do not hold."""
    return [each.id for each in CHECKS if run_check(session, each) is not None]


def person_of(session: Session, placed: dict[str, Any]) -> dict[str, UUID]:
    row = session.execute(
        text(
            "SELECT k.id AS contact_id, k.customer_id, o.id AS order_id FROM sales_order o"
            " JOIN contact k ON k.id = o.contact_id WHERE o.id = :id"
        ),
        {"id": placed["id"]},
    ).mappings()
    return dict(row.one())


def test_s44_an_agent_alternates_call_chat_and_mail_in_one_list(
    desk: Sit, session: Session, shop: Shop
) -> None:
    mail = begun(session, TouchChannel.EMAIL, "Ma facture ?", intent=Intent.INVOICE, writer="Max")
    call = begun(session, TouchChannel.PHONE, "Rappelez-moi", writer="Zoé")
    chat = begun(session, TouchChannel.CHAT, "Où est ma commande ?", writer="Chloé")
    luc, camille = desk("luc"), desk("camille")
    listed = luc.read("/en/office/queue")
    assert [listed.index(name) for name in ("Chloé", "Zoé", "Max")] == sorted(
        listed.index(name) for name in ("Chloé", "Zoé", "Max")
    )
    taken = [luc.send("/en/office/queue/next").headers["Location"]]
    camille.open("/en/office/queue")
    taken.append(camille.send("/en/office/queue/next").headers["Location"])
    page = f"/en/office/conversations/{chat}"
    assert taken == [page, f"/en/office/conversations/{call}"]
    with nothing_moves(session.connection()):
        camille.open(page)
        refused = camille.send(page, do="reply", body="Moi", channel="chat", seen="0")
        assert refused.status_code == 422
        assert "A colleague answers, or has just answered." in refused.text
    said = luc.read(page)
    assert "Where the order is · Chloé" in said
    assert "Luc Bernard sees to it." in said
    assert luc.send(page, do="reply", body="", channel="chat").status_code == 422
    sent = luc.send(page, do="reply", body="Elle est prête.\nÀ demain.", channel="chat")
    assert sent.headers["Location"] == page
    assert "Their turn" in luc.read(page)
    assert luc.send(page, do="note", body="Aime le bleu").status_code == 303
    assert "note for colleagues" in luc.read(page)
    luc.open("/en/office/queue")
    assert luc.send("/en/office/queue/next").headers["Location"].endswith(str(mail))
    assert luc.send("/en/office/queue/next").headers["Location"].endswith("done=nothing")
    ended = luc.send(page, do="end", resolution="She knows.")
    assert ended.headers["Location"] == "/en/office/queue?done=end"
    assert "Chloé" in luc.read("/en/office/queue?view=ended")
    assert "The conversation has ended." in luc.read(page)
    assert broken(session) == []


def test_s42_an_email_unanswered_climbs_the_queue_alerts_the_lead_and_is_reported_late(
    client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    mail = begun(session, TouchChannel.EMAIL, "Ma facture ?", writer="Max", location_id=shop.lyon)
    call = begun(session, TouchChannel.PHONE, "Rappelez-moi", writer="Zoé", location_id=shop.lyon)
    key = f"thread:{mail}"
    office = desk("nadia")

    def told() -> list[str]:
        rows = session.execute(
            text(
                "SELECT s.name FROM message m JOIN staff s ON s.id = m.staff_id"
                " WHERE m.template = 'case_due' ORDER BY s.name"
            )
        )
        return list(rows.scalars())

    def first() -> str:
        return str(api(client, shop.manager, "/queue").json["cases"][0]["about_id"])

    assert first() == str(call)
    past(session, mail, 385)  # 80 % of its 480 minutes; the call is due in an hour
    assert first() == str(mail)
    assert "Nearly due: " in office.read("/en/office/queue?store=lyon")
    assert orders.jobs.escalate_cases() == 1
    deliver(session)
    assert told() == ["Nadia", "Nadia Lefèvre"] or told() == ["Nadia Lefèvre"]
    past(session, mail, 96)
    assert orders.jobs.escalate_cases() == 1
    deliver(session)
    assert "Camille Roux" in told()
    shown = office.read("/en/office/queue?store=lyon")
    assert "1 min late" in shown or "0 min late" in shown
    taken = api(client, shop.manager, "/queue/next", {}).json["case"]
    assert (taken["key"] if "key" in taken else f"thread:{taken['about_id']}") == key
    report = office.read("/en/office/answers")
    assert "E-mail Lyon Croix-Rousse 1 – – – 0 100 % 1/1" in report
    table = office.open("/en/office/answers.csv")
    lines = table.text.splitlines()
    assert lines[1].split(",")[:8] == ["E-mail", "Lyon Croix-Rousse", "1", "0", "0", "0", "0", "1"]
    assert api(client, shop.paris_associate, "/queue").json["cases"] == []


def test_s43_a_question_about_collecting_goes_to_the_store_and_a_second_contact_ends_first_contact(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    who = person_of(session, placed)
    ask = {"intent": Intent.PICKUP, "writer": "Chloé", **who}
    desk_talk = begun(session, TouchChannel.FORM, "Ma facture ?", intent=Intent.INVOICE, **who)
    thread_id = begun(session, TouchChannel.FORM, "Jusqu'à quand ?", **ask)
    queued = api(client, shop.associate, "/queue").json["cases"]
    assert [each["about_id"] for each in queued] == [str(thread_id)]
    path = f"/threads/{thread_id}"
    foreign = api(client, shop.paris_associate, path)
    assert problem(foreign) == (404, "unknown-thread")
    with nothing_moves(session.connection()):
        for deed, body in (("reply", {"body": "x"}), ("end", {"resolution": "over"})):
            refused = api(client, shop.paris_associate, f"{path}/{deed}", body)
            assert problem(refused) == (404, "unknown-thread")
        silent = api(client, shop.associate, f"{path}/reply", {"body": " "})
        assert silent.status_code == 422
        nobody = api(client, shop.associate, f"{path}/reply", {"body": "x", "channel": "chat"})
        assert problem(nobody) == (409, "nobody-to-answer")
        both = {"desk": True, "store": "paris"}
        assert api(client, shop.associate, f"{path}/hand-over", both).status_code == 422
    assert api(client, shop.associate, path).json["ways"][0] == "email"
    answered = api(client, shop.associate, f"{path}/reply", {"body": "Jusqu'à samedi."}).json
    assert answered["status"] == "answered"
    assert api(client, shop.associate, f"{path}/end", {"resolution": "told"}).status_code == 200
    assert was_resolved_first(session, thread_id)
    stores.services.set_setting(
        session, SetRule(Scope.STORE, "lyon", "answers_in", "fr"), actor=SYSTEM
    )
    session.commit()
    begun(session, TouchChannel.EMAIL, "And now?", language="en", **ask)
    assert not was_resolved_first(session, thread_id)
    queued = api(client, shop.associate, "/queue").json["cases"]
    assert queued == []  # nobody there answers in English: the desk does
    listed = api(client, shop.agent, "/threads", desk="true", status="waiting").json["threads"]
    assert len(listed) == 2

    handed = api(client, shop.agent, f"/threads/{desk_talk}/hand-over", {"store": "lyon"}).json
    assert (handed["location_id"], handed["transfers"]) == (str(shop.lyon), 1)
    case = api(client, shop.associate, "/queue").json["cases"][0]
    closed = {"resolution": "Sent to her."}
    done = api(client, shop.associate, f"/cases/{case['id']}/resolve", closed)
    assert done.status_code == 200
    assert broken(session) == []
    deliver(session)
    talk = api(client, shop.associate, f"/threads/{desk_talk}").json
    assert (talk["status"], talk["case"]) == ("closed", None)
    assert not was_resolved_first(session, desk_talk)
    now = session.execute(text("SELECT now()")).scalar_one()
    ends = (now + timedelta(days=1)).isoformat()
    span = {"begins": (now - timedelta(days=1)).isoformat(), "ends": ends}
    figures = api(client, shop.agent, "/threads/figures", **span).json["figures"]
    form = next(each for each in figures if each["channel"] == "form")
    assert (form["opened"], form["ended"], form["resolved_first"], form["transfers"]) == (
        2,
        2,
        0,
        1,
    )
    assert broken(session) == []


def test_who_comes_back_as_another_customer_was_not_helped_once_both_are_known_to_be_one(
    client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    """They are joined, and parted again: the figures follow what is known now."""
    other = {"last_name": "Durand", "email": "cd@work.example"}
    first = person_of(session, place(client, shop))
    second = person_of(session, place(client, shop, customer=other))
    del first["order_id"], second["order_id"]
    ask = {"intent": Intent.INVOICE, "writer": "Chloé"}
    helped = begun(session, TouchChannel.FORM, "Ma facture ?", **ask, **first)
    path = f"/threads/{helped}"
    assert api(client, shop.agent, f"{path}/end", {"resolution": "sent"}).status_code == 200
    begun(session, TouchChannel.EMAIL, "Et ma facture ?", **ask, **second)
    assert figures_of(client, session, shop)["form"] == (1, 0)
    kept, gone = first["customer_id"], second["customer_id"]
    body = {"customer_id": str(gone), "reason": "Same name."}
    merged = api(client, shop.agent, f"/customers/{kept}/merges", body)
    assert merged.status_code in {200, 201}, merged.text
    assert figures_of(client, session, shop)["form"] == (0, 0)
    assert not was_resolved_first(session, helped)
    luc = desk("luc")
    page = luc.open(f"/en/office/customers/{kept}").text
    undo = re.search(r'action="([^"]+/undo)"', page)
    assert undo is not None
    assert luc.send(undo[1]).status_code == 303
    assert figures_of(client, session, shop)["form"] == (1, 0)


def test_handing_a_conversation_to_where_it_is_counts_nothing(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    thread_id = begun(session, TouchChannel.FORM, "Ma facture ?", intent=Intent.INVOICE)
    path = f"/threads/{thread_id}"

    def hand(**to: Any) -> int:
        done = api(client, shop.agent, f"{path}/hand-over", to)
        assert done.status_code == 200, done.text
        return int(done.json["transfers"])

    assert hand(desk=True) == 0
    told = text("SELECT count(*) FROM event WHERE name = 'thread.handed_over.v1'")
    assert session.execute(told).scalar_one() == 0
    assert api(client, shop.agent, "/queue/next", {}).json["case"]["about_id"] == str(thread_id)
    assert hand(desk=True) == 0  # only put back
    assert api(client, shop.agent, path).json["case"]["owner_id"] is None
    assert hand(store="lyon") == 1
    assert hand(store="lyon") == 1
    assert hand(desk=True) == 2
    assert api(client, shop.agent, f"{path}/end", {"resolution": "told"}).status_code == 200
    assert figures_of(client, session, shop)["form"] == (0, 2)


def figures_of(client: FlaskClient, session: Session, shop: Shop) -> dict[str, tuple[int, int]]:
    """Return by channel how many were resolved at first contact, and how often they were moved."""
    now = session.execute(text("SELECT now()")).scalar_one()
    day = timedelta(days=1)
    span = {"begins": (now - day).isoformat(), "ends": (now + day).isoformat()}
    found = api(client, shop.agent, "/threads/figures", **span).json["figures"]
    return {each["channel"]: (each["resolved_first"], each["transfers"]) for each in found}


def test_staff_note_a_call_identify_who_writes_and_see_no_other_brands_conversations(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    call = {"channel": "phone", "intent": "change", "body": "Wants blue.", "resolution": "Done so."}
    told = api(client, shop.agent, "/threads", call | {"order_number": placed["number"]})
    assert (told.status_code, told.json["status"]) == (201, "closed")
    assert was_resolved_first(session, UUID(told.json["id"]))
    thread_id = begun(session, TouchChannel.EMAIL, "C'est moi")
    path = f"/threads/{thread_id}"
    with nothing_moves(session.connection()):
        wrong = api(client, shop.agent, f"{path}/identify", {"order_number": "ZZZ-ZZZZ"})
        assert problem(wrong) == (404, "unknown-order")
        none = api(client, shop.agent, f"{path}/identify", {})
        assert problem(none) == (404, "unknown-customer")
    named = {"order_number": placed["number"]}
    assert api(client, shop.agent, f"{path}/identify", named).status_code == 200
    assert api(client, shop.agent, f"{path}/intent", {"intent": "complaint"}).status_code == 200
    known = api(client, shop.agent, path).json
    assert (known["order_id"], known["intent"]) == (placed["id"], "complaint")
    (of_it,) = session.execute(text("SELECT order_id FROM case_file WHERE closed_at IS NULL")).all()
    assert str(of_it.order_id) == placed["id"]
    note = api(client, shop.agent, f"{path}/notes", {"body": "Line one\nline two"})
    assert note.status_code == 200
    last = api(client, shop.agent, path).json["entries"][-1]
    assert (last["direction"], last["body"]) == ("within", "Line one\nline two")
    ids = {each["id"] for each in api(client, shop.agent, "/threads").json["threads"]}
    assert ids == {str(thread_id), told.json["id"]}
    assert api(client, shop.integration, "/threads").status_code == 403


def test_the_desk_finds_whoever_calls_and_corrects_a_stranger_out_of_the_order(
    desk: Sit, client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    act(client, shop, placed, "accept", "pick", "ready")
    who = person_of(session, placed)
    office = desk("luc")
    found = office.read(f"/en/office/start?q={placed['number']}")
    assert "Chloé Durand" in found
    assert placed["number"] in found
    assert "Mug" in office.read("/en/office/start?q=mug")
    empty = office.send("/en/office/calls", body="", intent="change")
    assert empty.status_code == 422
    noted = office.send(
        "/en/office/calls",
        customer=str(who["customer_id"]),
        order=placed["number"],
        intent="change",
        body="Asks until when.",
        then="goes_on",
    )
    page = noted.headers["Location"]
    said = office.read(page)
    assert "Everything of this customer" in said
    assert "Keep it longer" in said
    thread = page.rpartition("/")[2]
    number = placed["stored"]
    kept = office.send(f"/en/office/orders/{number}/keep", thread=thread)
    assert kept.headers["Location"] == page
    codes = text("SELECT count(*) FILTER (WHERE revoked_at IS NULL), count(*) FROM pickup_pass")
    assert tuple(session.execute(codes).one()) == (1, 1)
    sent, token = client.get, order_token(UUID(placed["id"]))
    ask = {"headers": {"Authorization": f"Bearer {token}"}}
    assert sent(f"/en/orders/{token}", headers=HTML).status_code == 200
    assert sent(f"/api/v1/orders/{placed['id']}", **ask).status_code == 200
    corrected = office.send(
        f"/en/office/orders/{number}/contact",
        thread=thread,
        email="right@example.org",
        stranger="yes",
    )
    assert corrected.headers["Location"] == page
    assert tuple(session.execute(codes).one()) == (1, 2)
    assert sent(f"/en/orders/{token}", headers=HTML).status_code == 404  # the stranger has it
    assert sent(f"/en/orders/{token}/code", headers=HTML).status_code == 404
    assert problem(sent(f"/api/v1/orders/{placed['id']}", **ask)) == (401, "unauthenticated")
    again = order_token(UUID(placed["id"]), 1)
    assert sent(f"/en/orders/{again}", headers=HTML).status_code == 200
    assert f"/en/orders/{again}" in office.open(f"/en/office/orders/{number}").text
    someone = office.send(
        f"/en/office/orders/{number}/collector", thread=thread, last_name="Martin"
    )
    assert someone.headers["Location"] == page
    assert tuple(session.execute(codes).one()) == (1, 3)


def test_from_a_conversation_every_order_of_who_writes_is_at_hand_without_leaving_it(
    desk: Sit, client: FlaskClient, session: Session, shop: Shop
) -> None:
    """One order is in question, another one lies ready: its acts are one press away, and back."""
    first, other = place(client, shop), place(client, shop)
    act(client, shop, other, "accept", "pick", "ready")
    deliver(session)
    session.execute(text("UPDATE message SET status = 'sent', sent_at = now()"))
    thread_id = begun(session, TouchChannel.EMAIL, "Et l'autre ?", **person_of(session, first))
    office, page = desk("luc"), f"/en/office/conversations/{thread_id}"
    shown = office.open(page).text
    assert f'href="/en/office/orders/{first["stored"]}"' in shown
    amend = f"/en/office/orders/{first['stored']}/amend?thread={thread_id}"
    assert amend in shown
    assert f'href="{page}"' in office.open(amend).text
    beside = f"{page}?about={other['stored']}"
    assert f'href="{beside}#deal-title"' in shown
    shown = office.open(beside).text
    assert f'href="/en/office/orders/{other["stored"]}"' in shown
    assert "Keep it longer" in shown
    forms = re.findall(r'<form[^>]*action="(/en/office/(?:orders|messages)/[^"]+)"', shown)
    deeds = {each.rpartition("/")[2] for each in forms}
    assert deeds == {"keep", "collector", "contact", "cancel", "resend"}
    number, stay = other["stored"], {"thread": str(thread_id), "about": other["stored"]}
    to = f"/en/office/orders/{number}"
    for said, wrong in (({"email": "x"}, "Write the whole address"), ({}, "Give an e-mail")):
        refused = office.send(f"{to}/contact", **stay, **said)
        assert refused.status_code == 422
        assert wrong in refused.text
        assert "Et l&#39;autre ?" in refused.text
    kept = office.send(f"{to}/keep", **stay)
    assert kept.headers["Location"] == beside
    again = next(each for each in forms if each.endswith("resend"))
    sent = office.send(again, order=number, **stay)
    assert sent.headers["Location"] == beside
    called_off = office.send(f"{to}/cancel", reason="customer_remorse", **stay)
    assert called_off.headers["Location"] == beside
    assert number not in [each.replace("-", "") for each in under_way(office.open(page).text)]
    foreign = f"{page}?about=ZZZZZZZ"
    assert f'href="/en/office/orders/{first["stored"]}"' in office.open(foreign).text


def under_way(page: str) -> list[str]:
    """Return the numbers of the orders that the file beside a conversation lists."""
    listed = page.partition("Orders under way")[2].partition("Everything of this customer")[0]
    return re.findall(r'class="code"[^>]*>([0-9A-Z]{3}-[0-9A-Z]{4})<', listed)


def test_an_associate_takes_answers_and_hands_over_on_the_tablet(
    tablet: Tablet, session: Session, shop: Shop
) -> None:
    thread_id = begun(
        session, TouchChannel.SMS, "Où me garer ?", intent=Intent.PICKUP, location_id=shop.lyon
    )
    elsewhere = begun(session, TouchChannel.SMS, "Paris ?", location_id=shop.paris)
    assert "Collecting · Somebody unknown" in words(tablet.get("/queue"))
    path = f"/conversations/{thread_id}"
    went = tablet.post("/queue/next", tablet.get("/queue"))
    assert went.headers["Location"] == f"/en/tablet{path}"
    assert tablet.get(f"/conversations/{elsewhere}").status_code == 404
    shown = tablet.get(path)
    assert "Où me garer ?" in words(shown)
    fields = {"do": "reply", "body": "Place 3.", "channel": "sms"}
    assert tablet.post(path, shown, **fields).status_code == 303
    assert "Their turn" in words(tablet.get(path))
    assert tablet.get(f"{path}/news", seen="old").status_code == 200
    handed = tablet.post(path, tablet.get(path), do="hand", whom="desk")
    assert handed.headers["Location"] == "/en/tablet/queue?did=hand"
    assert tablet.get(path).status_code == 404
    deliver(session)
    assert broken(session) == []


def test_the_stores_queue_has_put_backs_and_counts_and_gives_each_to_one(
    tablet: Tablet, client: FlaskClient, session: Session, shop: Shop
) -> None:
    """Inès takes what is due first, and again; Hugo is given what is left."""
    gone = place(client, shop)
    act(client, shop, gone, "accept", "pick", "ready")
    body = {"reason": "customer_remorse"}
    called_off = api(client, shop.agent, f"/orders/{gone['id']}/cancel", body)
    assert called_off.status_code == 200, called_off.text
    inventory.services.ask_count(
        session, location_id=shop.lyon, skus=["BOOK"], note=None, actor=SYSTEM
    )
    prepare = place(client, shop)
    thread_id = begun(session, TouchChannel.CHAT, "Allô ?", location_id=shop.lyon)
    begun(session, TouchChannel.CHAT, "Paris ?", location_id=shop.paris)
    deliver(session)
    shown = tablet.get("/queue")
    listed = words(shown)
    for said in (
        "Put back on the shelf · Bin A7",
        "Count an article · Notebook",
        "Prepare an order",
    ):
        assert said in listed
    rows = re.findall(r'class="queue-what"><a href="([^"]+)"', shown.text)
    talk, parcel = f"/conversations/{thread_id}", f"/parcels/{prepare['fulfillment_id']}"
    wanted = {f"/en/tablet{each}" for each in (talk, parcel, "/put-backs", "/shelf")}
    assert set(rows) == wanted
    assert len(rows) == len(wanted)

    def take() -> str:
        return str(tablet.post("/queue/next", tablet.get("/queue")).headers["Location"])

    mine = [take(), take()]
    assert mine == rows[:2]
    assert words(tablet.get("/queue")).count("You see to it.") == 2
    hugo = stores.services.hire_staff(
        session, HireStaff("Hugo", StaffRole.ASSOCIATE, (shop.lyon,), pin="1234")
    )
    session.commit()
    assert tablet.post("/lock", tablet.get("/queue")).status_code == 303
    assert tablet.post(f"/sign-in/{hugo}", pin="1234").status_code == 303
    left = re.findall(r'class="queue-what"><a href="([^"]+)"', tablet.get("/queue").text)
    assert left == rows[2:]
    assert [take(), take()] == left
    assert take().endswith("did=nothing")
    session.execute(text("UPDATE task_taken SET taken_at = taken_at - interval '31 minutes'"))
    session.commit()
    assert take() in rows  # who took a task and let it lie has it no more
    taken = text("SELECT count(*) FROM task_taken")
    kept = session.execute(taken).scalar_one()
    session.execute(
        text(
            "UPDATE task_taken SET taken_at = taken_at - interval '25 hours'"
            " WHERE task_id = (SELECT min(task_id::text)::uuid FROM task_taken)"
        )
    )
    session.execute(
        text(
            "INSERT INTO attempt (scope, started_at) VALUES"
            " ('long ago', now() - interval '25 hours'), ('now', now())"
        )
    )
    session.commit()
    for periodic in ("forget-taken-tasks", "prune"):
        run_periodic(periodic)
    assert session.execute(taken).scalar_one() == kept - 1
    left = session.execute(text("SELECT scope FROM attempt WHERE scope IN ('long ago', 'now')"))
    assert left.scalars().all() == ["now"]
