"""Signed requests: who they are from, when, and only once."""

import time
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from kernel.actors import SYSTEM
from kernel.signing import CLOCK_S, Signed, text_to_sign
from pos_adapter.services import prune_nonces
from stores.commands import HireStaff, StaffRole
from tests.conftest import ROOT, Shop, as_key
from tests.pos_adapter.conftest import Books
from tests.support.till import Till, line
from tests.unmoved import nothing_moves, problem

GAPS = "/api/v1/till/receipts/gaps"


def refused(answer: Any) -> str:
    """Return why a signature was not accepted."""
    assert problem(answer) == (401, "signature-refused")
    assert answer.headers["WWW-Authenticate"] == "Comptoir-Signature"
    return str(answer.json["why"])


def test_a_signed_request_speaks_for_its_till(till: Till, session: Session) -> None:
    assert till.get("/receipts/gaps").json == {"last_seq": None, "gaps": []}
    seen = session.execute(
        text("SELECT seen_at > now() - interval '1 minute' FROM terminal WHERE id = :id"),
        {"id": till.id},
    ).scalar_one()
    assert seen is True


@pytest.mark.parametrize(
    ("header", "value", "why"),
    [
        ("Comptoir-Signature", "AAAA", "signature"),
        ("Comptoir-Signature", "", "signature"),
        ("Comptoir-Signature", "é", "signature"),
        ("Comptoir-Timestamp", "1", "signature"),
        ("Comptoir-Timestamp", "soon", "headers"),
        ("Comptoir-Nonce", "another-nonce-of-a-request", "signature"),
        ("Comptoir-Nonce", "short", "headers"),
        ("Comptoir-Terminal", "00000000-0000-7000-8000-000000000000", "signature"),
        ("Comptoir-Terminal", "nobody", "signature"),
        ("Authorization", "Bearer cmp_x", "headers"),
    ],
)
def test_a_request_that_was_signed_otherwise_is_refused(
    till: Till, connection: Connection, header: str, value: str, why: str
) -> None:
    till.altered = {header: value}
    with nothing_moves(connection):
        assert refused(till.get("/receipts/gaps")) == why


def test_what_was_signed_is_method_path_query_and_body(
    till: Till, client: FlaskClient, connection: Connection
) -> None:
    target = "/api/v1/till/availability?article=BOOK"
    body = b'{"order_number": "7K3M9PX"}'
    look_ups = "/api/v1/till/look-ups"
    altered = (
        ("GET", f"{target}&quantity=2", till.headers("GET", target, b""), b""),
        ("GET", "/api/v1/till/receipts/gaps", till.headers("GET", target, b""), b""),
        ("POST", look_ups, till.headers("POST", look_ups, body), body + b" "),
        ("GET", target, till.headers("POST", target, b""), b""),
        ("GET", target, till.headers("GET", target, b""), b"something"),
    )
    with nothing_moves(connection):
        for method, path, headers, data in altered:
            answer = client.open(path, method=method, headers=headers, data=data)
            assert refused(answer) == "signature", path
    assert till.get("/availability?article=BOOK").status_code == 200


@pytest.mark.parametrize("wrong_s", [-CLOCK_S - 30, CLOCK_S + 30])
def test_an_old_or_a_future_request_is_refused_and_told_the_time(
    till: Till, client: FlaskClient, connection: Connection, wrong_s: int
) -> None:
    now = int(time.time())
    with nothing_moves(connection):
        answer = client.get(GAPS, headers=till.headers("GET", GAPS, b"", at=now + wrong_s))
        assert refused(answer) == "clock"
        assert abs(answer.json["now"] - now) < 30


@pytest.mark.parametrize("wrong_s", [-CLOCK_S + 30, CLOCK_S - 30])
def test_a_clock_a_little_wrong_is_accepted(till: Till, client: FlaskClient, wrong_s: int) -> None:
    at = int(time.time()) + wrong_s
    assert client.get(GAPS, headers=till.headers("GET", GAPS, b"", at=at)).status_code == 200


def test_the_same_request_sent_twice_is_refused(till: Till, client: FlaskClient) -> None:
    headers = till.headers("GET", GAPS, b"")
    assert client.get(GAPS, headers=headers).status_code == 200
    assert refused(client.get(GAPS, headers=headers)) == "nonce"


def test_two_tills_may_choose_the_same_nonce(
    till: Till, paris_till: Till, client: FlaskClient
) -> None:
    for each in (till, paris_till):
        headers = each.headers("GET", GAPS, b"", nonce="the-same-for-both-tills")
        assert client.get(GAPS, headers=headers).status_code == 200


def test_another_tills_key_opens_nothing(till: Till, paris_till: Till) -> None:
    till.key = paris_till.key
    assert refused(till.get("/receipts/gaps")) == "signature"


def test_a_renewed_key_works_at_once_and_the_one_before_for_a_day_more(
    till: Till, session: Session
) -> None:
    old = till.key
    new = stores.services.renew_terminal_key(session, UUID(till.id), actor=SYSTEM)
    session.commit()
    assert new != old
    for key in (new, old):
        till.key = key
        assert till.get("/receipts/gaps").status_code == 200
    session.execute(
        text("UPDATE terminal SET previous_until = now() - interval '1 second' WHERE id = :id"),
        {"id": till.id},
    )
    session.commit()
    assert refused(till.get("/receipts/gaps")) == "signature"
    till.key = new
    assert till.get("/receipts/gaps").status_code == 200


def test_the_key_before_the_last_never_works(till: Till, session: Session) -> None:
    for _ in range(2):
        stores.services.renew_terminal_key(session, UUID(till.id), actor=SYSTEM)
    session.commit()
    assert refused(till.get("/receipts/gaps")) == "signature"


def test_a_revoked_till_is_refused(till: Till, session: Session) -> None:
    stores.services.revoke_terminal(session, UUID(till.id), actor=SYSTEM)
    session.commit()
    assert refused(till.get("/receipts/gaps")) == "revoked"
    till.key = "A" * 43
    assert refused(till.get("/receipts/gaps")) == "signature"


def test_a_till_of_a_store_that_closed_is_told_so_and_sells_nothing(
    till: Till, paris_till: Till, client: FlaskClient, session: Session, books: Books
) -> None:
    admin = HireStaff("Rosa", StaffRole.ADMIN)
    staff_id = stores.services.hire_staff(session, admin)
    _, key = stores.services.issue_key(
        session, name="Rosa", scopes=[], staff_id=staff_id, actor=SYSTEM
    )
    session.commit()
    closed = client.post(
        "/api/v1/stores/lyon/close", json={"reason": "lease ended"}, headers=as_key(key)
    )
    assert closed.status_code == 200, closed.text
    before = books.moved()
    assert refused(till.ring_up(line("TENT-2P", 1, 8990))) == "revoked"
    assert books.moved() == before
    assert paris_till.get("/receipts/gaps").status_code == 200
    revoked = "SELECT location_id FROM event WHERE name = 'terminal.revoked.v1'"
    assert books.count("terminal WHERE revoked_at IS NOT NULL") == 1
    assert len(books.rows(revoked)) == 1


def test_a_till_may_do_nothing_else(till: Till, client: FlaskClient, shop: Shop) -> None:
    for target in ("/api/v1/fulfillments?store=lyon", "/api/v1/stores/lyon/stock"):
        answer = client.get(target, headers=till.headers("GET", target, b""))
        assert problem(answer) == (403, "forbidden")
    page = client.get("/en/office/orders", headers=till.headers("GET", "/en/office/orders", b""))
    assert page.status_code == 401


def test_no_bearer_key_opens_the_till_whatever_its_scopes(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    _, key = stores.services.issue_key(session, name="x", scopes=["till.use"], actor=SYSTEM)
    session.commit()
    assert problem(client.get(GAPS, headers=as_key(key))) == (403, "forbidden")
    assert problem(client.get(GAPS)) == (401, "unauthenticated")


def test_a_retry_signs_anew_and_the_receipt_is_taken_in_once(till: Till, books: Books) -> None:
    receipt = till.receipt(line("BOOK", 1, 455))
    answers = [till.post("/receipts", receipt) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json == answers[1].json
    assert books.level("BOOK") == (9, 0, 0)


def test_old_nonces_are_forgotten_and_young_ones_kept(till: Till, session: Session) -> None:
    till.get("/receipts/gaps")
    till.get("/receipts/gaps")
    session.execute(
        text(
            "UPDATE terminal_nonce SET used_at = now() - interval '2 hours'"
            " WHERE nonce = (SELECT min(nonce) FROM terminal_nonce)"
        )
    )
    prune_nonces(session)
    assert session.execute(text("SELECT count(*) FROM terminal_nonce")).scalar_one() == 1


VECTOR = {
    "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "method": "POST",
    "target": "/api/v1/till/look-ups",
    "timestamp": "1795340000",
    "nonce": "0123456789abcdef",
    "body": '{"phone":"0639981234"}',
}


def test_the_text_that_is_signed_is_the_documented_one() -> None:
    guide = (ROOT / "docs/tills.md").read_text()
    signed = Signed(
        method=VECTOR["method"],
        target=VECTOR["target"],
        body=VECTOR["body"].encode(),
        timestamp=VECTOR["timestamp"],
        nonce=VECTOR["nonce"],
    )
    said = text_to_sign(signed).decode()
    assert said in guide
    till = Till("x", VECTOR["key"], lambda: None)
    headers = till.headers(
        VECTOR["method"],
        VECTOR["target"],
        VECTOR["body"].encode(),
        at=int(VECTOR["timestamp"]),
        nonce=VECTOR["nonce"],
    )
    assert headers["Comptoir-Signature"] in guide
