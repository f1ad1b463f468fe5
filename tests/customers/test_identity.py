"""Who somebody is: found by anything they say, cards, companies, likings, and likely doubles."""

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from customers.checks import CHECKS
from kernel.checks import run_check
from tests.conftest import as_key
from tests.customers.test_history import Files
from tests.customers.test_history import files as files  # noqa: PLC0414 (a fixture)
from tests.support.counting import counted
from tests.unmoved import nothing_moves, problem

PHONE = "06 39 98 12 34"


class Desk:
    """Whoever serves customers, over HTTP."""

    def __init__(self, files: Files) -> None:
        self.files, self.client, self.shop = files, files.client, files.shop

    def find(self, said: str, *, key: str = "") -> dict[str, Any]:
        """Return everything that was found."""
        asked = self.client.get(
            "/api/v1/search",
            query_string={"q": said},
            headers={"Authorization": f"Bearer {key or self.shop.agent}"},
        )
        assert asked.status_code == 200, asked.text
        return dict(asked.json)

    def people(self, said: str, *, key: str = "") -> list[str]:
        """Return the ids of the customers that were found."""
        return [each["id"] for each in self.find(said, key=key)["customers"]]

    def send(self, path: str, body: dict[str, Any], *, key: str = "", put: bool = False) -> Any:
        """Send something about customers."""
        act = self.client.put if put else self.client.post
        return act(f"/api/v1/{path}", json=body, headers=as_key(key or self.shop.agent))

    def read(self, customer: str) -> dict[str, Any]:
        """Return a customer."""
        headers = {"Authorization": f"Bearer {self.shop.agent}"}
        shown = self.client.get(f"/api/v1/customers/{customer}", headers=headers)
        assert shown.status_code == 200, shown.text
        return dict(shown.json)

    def pairs(self, *, key: str = "") -> list[tuple[set[str], list[str]]]:
        """Return who may be the same, and why."""
        headers = {"Authorization": f"Bearer {key or self.shop.agent}"}
        shown = self.client.get("/api/v1/customer-pairs", headers=headers).json["pairs"]
        return [({each["one"]["id"], each["other"]["id"]}, each["why"]) for each in shown]


@pytest.fixture
def desk(files: Files) -> Desk:
    return Desk(files)


def test_whatever_a_customer_says_finds_them_and_nobody_of_another_store(
    desk: Desk, connection: Connection, session: Session
) -> None:
    """Words in any order, parts of numbers as people write them, a code, a card, an article."""
    order = desk.files.place(
        first_name="Chloé", last_name="Lefèvre-Dürr", email="chloe.ld@example.org"
    )
    desk.files.place(first_name="Paul", last_name="Martin", phone="06 39 98 77 77")
    chloe = desk.files.owner(order)
    assert desk.send(f"customers/{chloe}/cards", {"number": "2099-000 123 45"}).status_code == 201
    company = {"name": "L'Atelier du Pré", "siren": "303 265 045"}
    joined = desk.send(f"customers/{chloe}/companies", company)
    assert joined.status_code == 201, joined.text
    said = [
        "chloe lefevre", "LEFÈVRE chloé", "durr", "lefevre-durr", "Dü chl", "chloe.ld@exa",
        "06 39 98 12", "0639981234", "06.39.98.12.34", "+33 6 39 98 12", "+33 (0)6 39 98 12 34",
        "0033639981234", "9812", "12 34", "durr 12 34", order["number"],
        order["number"].replace("-", "").lower(), "209900012345", "2099 0001 2345",
        "atelier pré", "303265045", "FR40303265045",
    ]  # fmt: skip
    assert {each: desk.people(each) for each in said} == {each: [chloe] for each in said}
    for nobody in ("chloe martin", "%%", "__", "06 39 98 12 35", "lefevre 7777", "x"):
        if len(nobody) > 1:
            assert desk.people(nobody) == []
    by_article = desk.find("book")
    assert by_article["article"]["sku"] == "BOOK"
    assert len(by_article["orders"]) == 2
    here, elsewhere = desk.shop.associate, desk.shop.paris_associate
    for each in said:
        assert desk.people(each, key=here) == [chloe]
        assert desk.people(each, key=elsewhere) == [], each
    assert desk.find("book", key=elsewhere)["orders"] == []
    (shown,) = desk.find("durr", key=here)["customers"]
    assert (shown["email"], shown["phone"]) == ("c•••@example.org", "+336•••34")


def test_search_and_file_send_as_many_statements_for_one_contact_as_for_many(
    desk: Desk, engine: Engine, connection: Connection
) -> None:
    first = desk.files.place()
    customer = desk.files.owner(first)
    pages = {
        said: lambda said=said: desk.find(said)
        for said in ("durand", PHONE, first["number"], "nobody at all")
    } | {
        "customer": lambda: desk.read(customer),
        "history": lambda: desk.files.read(customer),
        "mine": lambda: desk.find("durand", key=desk.shop.associate),
    }

    def count() -> dict[str, int]:
        sent = {}
        for name, ask in pages.items():
            with counted(engine) as statements:
                ask()
            sent[name] = len(statements)
        return sent

    count()
    before = count()
    for _ in range(6):
        desk.files.place()
    for at in range(30):
        desk.files.note(customer, text=f"call {at}")
    assert count() == before
    assert len(desk.read(customer)["orders"]) == 7
    assert max(before.values()) < 30


def test_s03_a_card_finds_its_customer_at_the_counter_until_it_is_blocked(
    desk: Desk, connection: Connection
) -> None:
    one = desk.files.owner(desk.files.place())
    other = desk.files.owner(desk.files.place(phone="06 39 98 77 77"))
    for number in ("20990001", "20990002"):
        assert desk.send(f"customers/{one}/cards", {"number": number}).status_code == 201

    def scan(number: str) -> Any:
        return desk.send(
            "customers/identify", {"said": number, "store": "lyon"}, key=desk.shop.associate
        )

    assert scan("2099 0002").json == {"customer_id": one}
    with nothing_moves(connection):
        taken = desk.send(f"customers/{other}/cards", {"number": "20990001"})
        assert problem(taken) == (409, "card-of-another")
        assert problem(desk.send(f"customers/{one}/cards", {"number": "12"})) == (
            422,
            "unreadable-card",
        )
        assert problem(desk.send(f"customers/{other}/cards/block", {"number": "20990001"})) == (
            404,
            "unknown-card",
        )
        foreign = desk.send(
            f"customers/{one}/cards", {"number": "777777"}, key=desk.shop.paris_associate
        )
        assert problem(foreign) == (404, "unknown-customer")
    assert desk.send(f"customers/{one}/cards/block", {"number": "20990001"}).status_code == 200
    assert problem(scan("20990001")) == (409, "blocked-card")
    assert scan("20990002").json == {"customer_id": one}
    assert problem(desk.send(f"customers/{one}/cards", {"number": "20990001"})) == (
        409,
        "blocked-card",
    )
    assert [(each["number"], each["blocked_by"]) for each in desk.read(one)["cards"]] == [
        ("20990002", None),
        ("20990001", "Luc"),
    ]
    merged = desk.send(f"customers/{other}/merges", {"customer_id": one, "reason": "same voice"})
    assert scan("20990002").json == {"customer_id": other}
    desk.send(f"customer-merges/{merged.json['id']}/undo", {})
    assert scan("20990002").json == {"customer_id": one}


@pytest.mark.parametrize(
    ("siren", "vat", "kept"),
    [
        ("303 265 045", None, ("303265045", "FR40303265045")),
        (None, "fr 40 303 265 045", ("303265045", "FR40303265045")),
        ("30326504500017", None, None),
        (None, "BE 0403.019.261", (None, "BE0403019261")),
        ("303265046", None, None),
        ("303265045", "FR83404833048", None),
        (None, "FR41303265045", None),
    ],
)
def test_a_company_is_known_by_numbers_that_can_be_right(
    desk: Desk,
    connection: Connection,
    siren: str | None,
    vat: str | None,
    kept: tuple[str | None, str] | None,
) -> None:
    customer = desk.files.owner(desk.files.place())
    body = {"name": "Pré & Cie", "siren": siren, "vat_number": vat}
    if kept is None:
        with nothing_moves(connection):
            refused = desk.send(f"customers/{customer}/companies", body)
            assert problem(refused) == (422, "unreadable-company")
        return
    joined = desk.send(f"customers/{customer}/companies", body).json["id"]
    other = desk.files.owner(desk.files.place(phone="06 39 98 77 77"))
    again = {"name": "PRE", "vat_number": kept[1]}
    assert desk.send(f"customers/{other}/companies", again).json["id"] == joined
    (shown,) = desk.read(other)["companies"]
    assert (shown["name"], shown["siren"], shown["vat_number"]) == ("Pré & Cie", *kept)
    assert set(desk.people("pre cie")) == {customer, other}
    left = desk.send(f"customers/{other}/companies/{joined}/leave", {})
    assert left.status_code == 200
    assert problem(desk.send(f"customers/{other}/companies/{joined}/leave", {})) == (
        404,
        "unknown-company",
    )
    assert desk.people("pre cie") == [customer]


def test_who_likes_text_messages_is_told_by_them_and_offered_their_store(
    desk: Desk, connection: Connection
) -> None:
    both = {"email": "chloe.durand@example.org"}
    customer = desk.files.owner(desk.files.place(**both))

    def told() -> list[str]:
        return list(
            connection.execute(
                text(
                    "SELECT DISTINCT ON (event_id) channel FROM message"
                    " WHERE template = 'confirmation' ORDER BY event_id, id"
                )
            ).scalars()
        )

    assert told() == ["email"]
    liked = {"store": "paris", "channel": "phone", "language": "en"}
    answer = desk.send(f"customers/{customer}/preferences", liked, put=True)
    assert (answer.status_code, answer.json) == (200, liked)
    with nothing_moves(connection):
        unknown = desk.send(f"customers/{customer}/preferences", {"store": "nowhere"}, put=True)
        assert problem(unknown)[0] == 404
    desk.files.place(**both)
    assert told() == ["email", "sms"]
    assert (desk.read(customer)["language"], desk.read(customer)["preferences"]) == ("en", liked)
    cleared = desk.send(f"customers/{customer}/preferences", {}, put=True).json
    assert cleared == {"store": None, "channel": None, "language": "en"}
    assert ("preference.said", "phone") in desk.files.kinds(customer)


def test_s03_who_looks_the_same_is_shown_to_people_and_never_joined_by_itself(
    desk: Desk, connection: Connection, session: Session
) -> None:
    """The e-mail address finds one, the number that is another's makes both a pair."""
    one = desk.files.owner(desk.files.place())
    other = desk.files.owner(
        desk.files.place(phone="06 39 98 77 77", email="dd@example.org", last_name="Dupond")
    )
    assert desk.pairs() == []
    desk.files.place(phone=PHONE, email="dd@example.org", last_name="Dupond")
    assert desk.pairs() == [({one, other}, ["phone"])]
    assert desk.pairs(key=desk.shop.manager) == [({one, other}, ["phone"])]
    assert desk.files.owner(desk.files.place()) == one
    paris = desk.shop.paris_associate
    apart = {"one_id": one, "other_id": other}
    with nothing_moves(connection):
        assert problem(desk.send("customer-pairs/tell-apart", apart, key=paris))[0] == 403
    merged = desk.send(f"customers/{one}/merges", {"customer_id": other, "reason": "same voice"})
    assert desk.pairs() == []
    desk.send(f"customer-merges/{merged.json['id']}/undo", {})
    desk.files.place(phone=PHONE, email="dd@example.org", last_name="Dupond")
    assert desk.pairs() == []  # who undid it has said that they are not the same
    with nothing_moves(connection):
        assert problem(desk.send("customer-pairs/tell-apart", apart)) == (404, "unknown-pair")
    third = desk.files.owner(desk.files.place(phone="06 39 98 55 55", email="three@example.org"))
    desk.files.place(phone=PHONE, email="three@example.org")
    pairs = [({one, third}, ["phone"]), ({other, third}, ["phone"])]
    assert [each in desk.pairs() for each in pairs] == [True, True]
    told = {"one_id": third, "other_id": one}
    assert desk.send("customer-pairs/tell-apart", told).json == {"done": True}
    desk.files.place(phone=PHONE, email="three@example.org")
    assert desk.pairs() == pairs[1:]
    assert [run_check(session, each) for each in CHECKS] == [None] * len(CHECKS)
