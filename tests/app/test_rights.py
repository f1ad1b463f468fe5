"""What anybody may ask of us by law, over the API and the pages of head office."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import notifications.services
from kernel.links import read_thread_token
from notifications.gateway import Letter, read_letter
from stores.commands import StaffRole
from tests.app.test_shop import HTML, hidden
from tests.conftest import Shop, as_key, order_body
from tests.support.firm import PASSWORD, hire

EARLIER, STRANGER = "lou@later.example", "ragondin@elsewhere.example"
WORDS = "Le cadenas du vélo Pétunia est cassé"


@pytest.fixture
def admin(session: Session, shop: Shop) -> str:
    """The key of somebody at head office."""
    return hire(session, "Ada", StaffRole.ADMIN, email="ada@aubepin.test", password=PASSWORD)[1]


def letter(sender: str, number: int) -> Letter:
    """Return a letter of somebody's."""
    lines = [f"From: Lou Ragondin <{sender}>", "To: bonjour@aubepin.test", "Subject: Cadenas"]
    lines += [f"Message-ID: <{number}@letters.example>", "Content-Type: text/plain; charset=utf-8"]
    return read_letter("\r\n".join([*lines, "", WORDS]).encode())


def write(session: Session, sender: str, number: int = 1) -> UUID:
    """Have somebody's letter come in; return its conversation."""
    heard = notifications.services.hear_letter(session, letter(sender, number))
    assert heard.thread_id is not None
    session.commit()
    return heard.thread_id


def traces(session: Session) -> list[str]:
    """Return the tables in which something of the letters stands."""
    tables = session.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    ).scalars()
    said = (WORDS, EARLIER, STRANGER, "Ragondin", "@letters.example")
    return [
        table
        for table in tables
        for words in said
        if session.execute(
            text(f'SELECT 1 FROM "{table}" AS x WHERE strpos(x::text, :words) > 0'),  # noqa: S608 (names of tables)
            {"words": words},
        ).first()
    ]


def ask(client: FlaskClient, key: str, path: str, *, verb: str = "post", **body: Any) -> Any:
    """Ask the API for something that changes something."""
    act = getattr(client, verb)
    return act(f"/api/v1{path}", json=body or None, headers=as_key(key))


def test_what_somebody_wrote_before_they_were_known_is_given_out_and_goes_with_them(
    client: FlaskClient, session: Session, shop: Shop, admin: str
) -> None:
    thread = write(session, EARLIER)
    lou = {"first_name": "Lou", "last_name": "Ragondin", "email": EARLIER, "phone": None}
    body = order_body(customer=lou)
    placed = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
    assert placed.status_code == 201, placed.text
    row = session.execute(
        text("SELECT customer_id FROM contact WHERE email = :email"), {"email": EARLIER}
    )
    file = f"/customers/{row.scalar_one()}"
    archive = ask(client, admin, f"{file}/export", verb="get")
    assert archive.mimetype == "application/zip"
    with ZipFile(BytesIO(archive.data)) as packed:
        data = json.loads(packed.read("data.json"))
    assert [each["body"] for each in data["conversations"]["entries"]] == [WORDS]

    assert ask(client, shop.agent, f"{file}/erasure").status_code == 403
    waits = ask(client, admin, f"{file}/erasure").json
    assert (waits["done_at"], len(waits["open_orders"]), waits["conversations"]) == (None, 1, 1)
    assert waits["asked_at"] is not None
    assert ask(client, admin, f"{file}/erasure", verb="get").json == waits
    kept = ask(client, admin, f"{file}/erasure", verb="delete").json
    assert (kept["asked_at"], kept["orders"]) == (None, 1)
    assert ask(client, admin, f"{file}/erasure", verb="delete").status_code == 409

    cancel = f"/orders/{placed.json['id']}/cancel"
    assert ask(client, shop.agent, cancel, reason="customer_remorse").status_code == 200
    ended = ask(client, shop.agent, f"/threads/{thread}/end", resolution=f"dit à {STRANGER}")
    assert ended.status_code == 200, ended.text
    assert traces(session) != []
    done = ask(client, admin, f"{file}/erasure").json
    assert done["done_at"] is not None
    assert traces(session) == []
    assert ask(client, admin, f"{file}/export", verb="get").status_code == 404


def test_who_is_known_only_by_their_letters_is_forgotten_with_all_of_them(
    client: FlaskClient, session: Session, shop: Shop, admin: str
) -> None:
    first = write(session, STRANGER)
    path = f"/threads/{first}/forget"
    assert ask(client, shop.agent, path).status_code == 403
    assert ask(client, admin, path).json == {"forgotten": False}  # it waits for our answer
    for number in (2, 3):
        ask(client, shop.agent, f"/threads/{first}/end", resolution="told")
        first = write(session, STRANGER, number)
    other = write(session, EARLIER, 4)
    ask(client, shop.agent, f"/threads/{first}/end", resolution="told")
    assert ask(client, admin, f"/threads/{first}/forget").json == {"forgotten": True}
    left = session.execute(text("SELECT thread_id FROM thread_entry WHERE body <> ''")).scalars()
    assert list(left) == [other]
    told = "SELECT actor_kind FROM event WHERE name = 'thread.forgotten.v1'"
    assert session.execute(text(told)).scalars().all() == ["admin"] * 3


def test_head_office_forgets_somebody_unknown_on_the_page_of_their_conversation(
    client: FlaskClient, session: Session, shop: Shop, admin: str
) -> None:
    thread = write(session, STRANGER)
    session.commit()
    entered = {"email": "ada@aubepin.test", "password": PASSWORD}
    client.post(
        "/fr/office/sign-in", data={**hidden(client, "/fr/office/sign-in"), **entered}, headers=HTML
    )
    path = f"/fr/office/conversations/{thread}"
    page = client.get(path, headers=HTML).text
    assert "/forget" not in page  # it waits for our answer
    ask(client, shop.agent, f"/threads/{thread}/end", resolution="told")
    form = hidden(client, path)
    unsure = client.post(f"{path}/forget", data=form, headers=HTML)
    assert (unsure.status_code, "Dites que vous savez" in unsure.text) == (422, True)
    assert traces(session) != []
    done = client.post(f"{path}/forget", data={**form, "sure": "yes"}, headers=HTML)
    assert (done.status_code, traces(session)) == (303, [])
    assert "Personne inconnue" in client.get(path, headers=HTML).text


def test_of_somebody_who_says_no_name_or_address_nobody_asks_how_they_proved_it(
    client: FlaskClient, session: Session, shop: Shop, admin: str
) -> None:
    entered = {"email": "ada@aubepin.test", "password": PASSWORD}
    client.post(
        "/fr/office/sign-in", data={**hidden(client, "/fr/office/sign-in"), **entered}, headers=HTML
    )
    for reach, asked in (("", False), (EARLIER, True)):
        said = {"intent": "product", "words": "Une tente ?", "reach": reach}
        form = hidden(client, "/fr/chat?new=yes")
        begun = client.post("/fr/chat", data={**form, **said}, headers=HTML)
        thread_id = read_thread_token(begun.location.partition("?")[0].rpartition("/")[2])
        page = client.get(f"/fr/office/conversations/{thread_id}", headers=HTML).text
        assert ("dit seulement être ce client" in page) is asked
