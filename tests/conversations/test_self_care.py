"""What people find out and do by themselves, when a person takes over, and how they found it."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.care.starting import bring_answers
from app.worker import drain, prune
from conversations.answering import find_answers
from conversations.understanding import Wish, find_wish, scrub
from kernel.actors import SYSTEM
from kernel.links import order_token, read_thread_token, score_token
from tests.conftest import Shop, as_key, order_body
from tests.support.pages import words
from tests.unmoved import nothing_moves, problem

HTML = {"Accept": "text/html"}


class Care:
    """One order of one customer, and the doors they and the staff use."""

    def __init__(
        self, client: FlaskClient, session: Session, shop: Shop, connection: Connection
    ) -> None:
        self.client, self.session, self.shop, self.connection = client, session, shop, connection
        body = order_body(items=[{"sku": "BOOK", "quantity": 1}])
        placed = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
        assert placed.status_code == 201, placed.text
        self.order: dict[str, Any] = placed.json
        self.parcel = str(connection.execute(text("SELECT id FROM fulfillment")).scalar_one())
        self.token = order_token(UUID(self.order["id"]))

    def ready(self) -> None:
        """Have it wait in the store."""
        picked = [{"sku": "BOOK", "quantity": 1}]
        for act, body in (("accept", None), ("pick", {"items": picked}), ("ready", {"bin": "A7"})):
            path = f"/api/v1/fulfillments/{self.parcel}/{act}"
            done = self.client.post(path, json=body, headers=as_key(self.shop.associate))
            assert done.status_code == 200, done.text

    def collect(self) -> None:
        """Hand it over, paid at the till; who stands there showed a card."""
        body = {"store": "lyon", "fulfillment_id": self.parcel, "ticket_number": "T1"}
        given = self.client.post(
            "/api/v1/hand-overs",
            json={**body, "identity_seen": True},
            headers=as_key(self.shop.associate),
        )
        assert given.status_code == 201, given.text
        drain()

    def say(self, said: str, *, thread: str | None = None, own: bool = True, **more: Any) -> Any:
        """Say something to the assistant, with or without the order's link."""
        headers = as_key(self.token)
        if not own:
            del headers["Authorization"]
        body = {"text": said, **({"thread": thread} if thread else {}), **more}
        told = self.client.post("/api/v1/assistant", json=body, headers=headers)
        assert told.status_code == 201, told.text
        return told.json

    def send(self, page: str, action: str, **typed: str) -> Any:
        """Send the form of a page."""
        shown = self.client.get(page, headers=HTML)
        assert shown.status_code == 200, shown.text
        hidden = dict(
            re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown.text)
        )
        return self.client.post(action, data={**hidden, **typed}, headers=HTML)

    def waiting(self) -> list[str]:
        """Return what the conversations are about that wait for a person."""
        path = "/api/v1/cases?kind=conversation"
        cases = self.client.get(path, headers=as_key(self.shop.agent)).json["cases"]
        return [each["facts"]["intent"] for each in cases]

    def number(self) -> str:
        """Return the order's number as people read it."""
        return str(self.order["number"])

    def collect_by(self) -> Any:
        """Return until when it is kept."""
        return self.connection.execute(text("SELECT collect_by FROM fulfillment")).scalar_one()


@pytest.fixture
def care(client: FlaskClient, session: Session, shop: Shop, connection: Connection) -> Care:
    return Care(client, session, shop, connection)


@pytest.mark.matter("longer", "web")
def test_s38_who_cannot_come_before_monday_is_offered_to_have_it_kept_and_keeps_it_alone(
    care: Care,
) -> None:
    """Accents, a typo and another order of words find the same; no agent is asked."""
    care.ready()
    page = f"/fr/orders/{care.token}/help"
    asked = f"{page}?q=je+ne+peut+pas+vennir+avant+lundi"
    before = care.collect_by()
    with nothing_moves(care.connection):
        shown = words(care.client.get(asked, headers=HTML).text)
    assert "Prête : vous pouvez venir" in shown
    assert "Votre commande" in shown
    assert re.search(r"Dernier délai [^.]+Prolongée|attend de toute façon|c’est avant", shown), (
        shown
    )
    assert "La garder plus longtemps" in shown
    done = care.send(asked, f"/fr/orders/{care.token}/extend")
    assert done.status_code == 303
    assert care.collect_by() > before
    cases = care.connection.execute(text("SELECT count(*) FROM case_file")).scalar_one()
    assert cases == 0
    again = words(care.client.get(asked, headers=HTML).text)
    assert "La garder plus longtemps" not in again


def test_s39_what_an_agent_publishes_is_answered_in_shop_chat_and_api(
    care: Care, session: Session
) -> None:
    """Asked in vain it is kept without numbers or addresses, once however it is asked."""
    bring_answers(session, actor=SYSTEM)
    agent = as_key(care.shop.agent)
    for asked in ("Réparez-vous les vélos ? 06 12 34 56 78", "vélos réparez vous a@b.fr"):
        page = care.client.get("/fr/help", query_string={"q": asked}, headers=HTML).text
        assert "Nous n’avons pas encore de réponse" in page
    assert "/fr/contact?words=" in page
    kept = care.client.get("/api/v1/answers/asked", headers=agent).json["questions"]
    assert [(each["said"], each["times"]) for each in kept] == [("Réparez-vous les vélos ? …", 2)]
    told = {"question": "Do you repair bicycles?", "body": "No.", "keywords": "bike"}
    said = {"question": "Réparez-vous les vélos ?", "body": "Non, mais Lyon les garde."}
    body = {"intent": "other", "fr": said, "en": told, "asked_id": kept[0]["id"]}
    draft = {**body, "published": False}
    refused = care.client.put(
        "/api/v1/answers/bikes", json=draft, headers=as_key(care.shop.manager)
    )
    assert problem(refused)[0] == 403
    for version, published in ((None, False), (1, True)):
        change = {**body, "published": published, "version": version}
        done = care.client.put("/api/v1/answers/bikes", json=change, headers=agent)
        assert done.status_code == 200, done.text
        found = find_answers(session, "réparation vélo", language="fr")
        assert bool(found) is published
    stale = care.client.put("/api/v1/answers/bikes", json=draft | {"version": 1}, headers=agent)
    assert problem(stale) == (409, "answer-changed")
    assert care.client.get("/api/v1/answers/asked", headers=agent).json["questions"] == []
    assert "Lyon les garde" in care.say("Vous reparez les velos ?", own=False)["says"][-1]
    asked = {"q": "vellos réparer"}
    assert "Lyon les garde" in care.client.get("/fr/help", query_string=asked, headers=HTML).text
    listed = care.client.get(
        "/api/v1/answers", query_string={"q": "bikes repair", "language": "en"}
    )
    assert [each["code"] for each in listed.json["answers"]] == ["bikes"]
    page = f"/fr/help/{listed.json['answers'][0]['id']}"
    for helped in ("yes", "yes", "no"):
        assert care.send(page, page, helped=helped).status_code == 303
    votes = care.connection.execute(text("SELECT useful, useless FROM answer WHERE code = 'bikes'"))
    assert tuple(votes.one()) == (2, 1)


@pytest.mark.matter("longer", "chat")
@pytest.mark.matter("state", "chat")
@pytest.mark.matter("person", "chat")
def test_s35_the_assistant_says_what_it_is_acts_after_a_yes_and_hands_over_everything(
    care: Care,
) -> None:
    care.ready()
    before = care.collect_by()
    first = care.say("Puis-je garder ma commande plus longtemps ?")
    assert first["says"][0].startswith("Je suis un assistant automatique.")
    assert care.collect_by() == before
    thread = first["thread"]
    assert [each["wish"] for each in first["offers"]] == ["extend"]
    done = care.say("oui", thread=thread)
    assert "C’est fait" in done["says"][0]
    assert care.collect_by() > before
    assert care.say("Où est ma commande ?", thread=thread)["says"][0].count(care.number()) == 1
    person = care.say("je veux parler à quelqu'un", thread=thread)
    assert person["status"] == "waiting"
    assert "Une personne répond, au plus tard" in person["says"][0]
    assert "Vous êtes le suivant." in person["says"][0]

    cases = care.client.get("/api/v1/cases?kind=conversation", headers=as_key(care.shop.agent))
    (case,) = cases.json["cases"]
    assert (case["order_id"], case["facts"]["intent"]) == (care.order["id"], "order_state")
    said = care.connection.execute(text("SELECT automatic, body FROM thread_entry ORDER BY id"))
    transcript = [(row.automatic, row.body) for row in said]
    assert [automatic for automatic, _body in transcript] == [False, True] * 4
    assert transcript[0][1] == "Puis-je garder ma commande plus longtemps ?"
    silent = care.say("vous êtes là ?", thread=thread)
    assert silent["says"] == []


def test_in_the_chat_the_assistant_answers_first_and_a_person_is_one_tap_away(care: Care) -> None:
    """Of somebody whose question it does not understand nobody asks it twice."""
    page, order = f"/fr/chat?order={care.token}&new=yes", {"order": care.token}
    asked = {**order, "intent": "order_state", "words": "Où est ma commande ?"}
    talk = care.send(page, "/fr/chat", **asked).location.partition("?")[0]
    shown = care.client.get(talk, headers=HTML).text
    assert shown.index("Je suis un assistant automatique.") < shown.index("Parler à une personne")
    assert care.waiting() == []
    fetched = care.send(talk, f"{talk}/person")
    assert fetched.status_code == 303
    shown = care.client.get(talk, headers=HTML).text
    assert ("Vous êtes le suivant." in shown, "Parler à une personne" in shown) == (True, False)
    assert care.waiting() == ["order_state"]
    assert care.send(talk, f"{talk}/person").status_code == 303  # another tap asks nobody again
    assert shown.count("Je demande à une personne") == 1

    unclear = {**order, "intent": "other", "words": "Le zèbre a mangé mon carton"}
    talk = care.send(page, "/fr/chat", **unclear).location.partition("?")[0]
    assert "Je ne sais pas" in care.client.get(talk, headers=HTML).text
    for more in ({"intent": "complaint"}, {"intent": "other", "person": "yes"}):
        talk = care.send(page, "/fr/chat", **{**unclear, **more}).location.partition("?")[0]
        assert "assistant automatique" not in care.client.get(talk, headers=HTML).text
    assert sorted(care.waiting()) == ["complaint", "order_state", "other", "other"]


def test_what_the_assistant_asks_back_is_understood_with_what_was_said_before(care: Care) -> None:
    asked = {"intent": "availability", "words": "Avez-vous la tente ?"}
    talk = care.send("/fr/chat?new=yes", "/fr/chat", **asked).location.partition("?")[0]
    assert "De quel magasin parlez-vous" in care.client.get(talk, headers=HTML).text
    care.send(talk, talk, words="Lyon")
    shown = care.client.get(talk, headers=HTML).text
    assert "Tente 2 places : oui à Lyon Croix-Rousse" in shown.replace("\xa0", " ")
    care.send(talk, talk, words="et à Paris, horaires ?")
    assert "Paris Bastille, " in care.client.get(talk, headers=HTML).text
    care.send(talk, talk, words="disponible ?")
    care.send(talk, talk, words="le truc")
    care.send(talk, talk, words="le truc, enfin")
    assert care.waiting() == ["availability"]  # it asks no third time


def test_the_assistant_shows_no_order_to_who_only_knows_its_number(care: Care) -> None:
    """Neither state nor store, not by a conversation that somebody else began either."""
    told = care.say(f"Où est ma commande {care.number()} ?", own=False)
    assert "un numéro seul ne suffit pas" in told["says"][0]
    assert "Lyon" not in told["says"][0]
    again = care.say(f"annuler {care.number()}", own=False, thread=told["thread"])
    yes = care.say("oui", own=False, thread=told["thread"])
    assert "Lyon" not in again["says"][0] + yes["says"][0]
    state = care.connection.execute(text("SELECT status FROM fulfillment")).scalar_one()
    assert state == "new"
    hours = care.say("horaires du magasin de Paris ?", own=False)
    assert "Paris Bastille" in hours["says"][0]
    some = care.say("avez-vous encore des carnets à Lyon ? Carnet", own=False)
    assert "Carnet : oui à Lyon Croix-Rousse" in words(some["says"][0])


@pytest.mark.matter("complain", "email")
def test_s45_a_low_score_after_the_collection_has_the_stores_manager_call_within_a_day(
    care: Care,
) -> None:
    """A page that is only fetched records nothing; one tap does; a better score ends the case."""
    page = f"/fr/scores/{score_token(UUID(care.parcel))}"
    assert care.client.get(page, headers=HTML).status_code == 404
    care.ready()
    care.collect()
    with nothing_moves(care.connection):
        shown = care.client.get(f"{page}?score=1", headers=HTML).text
    assert re.search(r'value="1"[^>]*checked', shown)
    assert care.send(page, page, score="1").status_code == 303
    again = care.send(page, page, comment="Une heure d'attente")
    assert again.status_code == 303
    assert care.send(page, page, score="9").status_code == 422
    drain()
    manager = as_key(care.shop.manager)
    (case,) = care.client.get("/api/v1/cases?kind=low_score", headers=manager).json["cases"]
    assert case["location_id"] == str(care.shop.lyon)
    hours = care.connection.execute(
        text("SELECT extract(epoch FROM due_at - opened_at) / 3600 FROM case_file")
    ).scalar_one()
    assert round(hours) == 24
    foreign = as_key(care.shop.paris_associate)
    assert care.client.get("/api/v1/cases?kind=low_score", headers=foreign).json["cases"] == []
    customer = care.connection.execute(text("SELECT customer_id FROM survey")).scalar_one()
    story = care.client.get(f"/api/v1/customers/{customer}/timeline", headers=manager).json
    surveys = [each for each in story["entries"] if each["kind"] == "survey"]
    assert [each["text"] for each in surveys] == ["Une heure d'attente", ""]
    assert care.send(page, page, score="4").status_code == 303
    assert care.client.get("/api/v1/cases?kind=low_score", headers=manager).json["cases"] == []
    assert care.send(page, page, act="refuse").status_code == 303
    refused = care.connection.execute(text("SELECT purpose, granted FROM consent")).all()
    assert {tuple(each) for each in refused} == {("survey", False)}


def test_what_somebody_unknown_writes_beside_the_score_of_a_chat_is_read_by_our_people(
    care: Care,
) -> None:
    """Nobody has a history where nobody is known, so it stands in the conversation, seen by us."""
    told = care.say("je veux parler à quelqu'un", own=False)
    thread_id = read_thread_token(told["thread"])
    agent = as_key(care.shop.agent)
    ended = care.client.post(
        f"/api/v1/threads/{thread_id}/end", json={"resolution": "told"}, headers=agent
    )
    assert ended.status_code == 200, ended.text
    page = f"/fr/scores/{score_token(UUID(str(thread_id)))}"
    low = care.send(page, page, score="2")
    promised = care.client.get(low.location, headers=HTML).text
    assert ("vous appelle" in promised, "Ne plus me le demander" in promised) == (False, False)
    assert care.send(page, page, comment="Trop lent").status_code == 303
    assert care.send(page, page, score="5").status_code == 303
    scores = care.connection.execute(text("SELECT about, score, customer_id FROM survey")).all()
    assert [tuple(each) for each in scores] == [("chat", 5, None)]
    seen = care.client.get(f"/api/v1/threads/{thread_id}", headers=agent).json
    assert (seen["status"], seen["case"]) == ("closed", None)
    last = seen["entries"][-1]
    assert (last["body"], last["direction"]) == ("Trop lent", "within")
    theirs = words(care.client.get(f"/fr/conversations/{told['thread']}", headers=HTML).text)
    assert "Trop lent" not in theirs


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("je veux parler à quelqu'un", Wish.HUMAN),
        ("I can't come before Monday", Wish.EXTEND),
        ("anuler ma commande", Wish.CANCEL),
        ("Mon mari peut-il la chercher ?", Wish.COLLECTOR),
        ("changer de magasin", Wish.STORE),
        ("Je voudrais une facture", Wish.INVOICE),
        ("horraires ?", Wish.HOURS),
        ("where's my order", Wish.WHERE),
        ("comment rendre un article", None),
        ("merci beaucoup", None),
    ],
)
def test_what_is_meant_is_found_in_two_languages_and_never_guessed(
    said: str, wish: Wish | None
) -> None:
    assert find_wish(said) == wish


def test_what_is_kept_of_a_question_names_nobody() -> None:
    assert scrub("7K3-M9PX pour chloe@example.org, 06 39 98 12 34 svp") == "… pour … … svp"
    for letters in ("SYY-DVYT", "syy-dvyt", "SYYDVYT", "ABCD-EFGH", "ABC-DEF"):
        assert scrub(f"où est {letters} ?") == "où est … ?"
    words = "Week-end prochain, peut-être ? RETRAITS MAISON, est-elle là ?"
    assert scrub(words) == words


def test_a_question_nobody_asks_for_a_quarter_is_not_kept(care: Care, session: Session) -> None:
    for said in ("zèbre rayé", "girafe tachetée"):
        care.client.get(f"/api/v1/answers?q={said}&language=fr", headers=as_key(care.shop.agent))
    aged = "UPDATE asked_question SET last_at = last_at - interval '91 days' WHERE said LIKE 'z%'"
    session.execute(text(aged))
    session.commit()
    prune()
    kept = session.execute(text("SELECT said FROM asked_question")).scalars().all()
    assert kept == ["girafe tachetée"]
