"""The tablet's pages through their forms: entering, preparing, handing over, finding, printing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from stdnum import luhn
from werkzeug.test import TestResponse

import stores.services
from app.staff.said import Kind, Said, read_said
from kernel.ids import ALPHABET, show_code
from kernel.links import order_token
from orders import passes, queries
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key, order_body

PIN = "4711"
TABLETS = count(1)
"""Each tablet has an address of its own: the brake counts sign-ins by address."""
HTML = {"Accept": "text/html"}


@dataclass
class Tablet:
    """A browser that can only press what a page shows."""

    client: FlaskClient
    session: Session
    shop: Shop
    ines: UUID

    def get(self, path: str, **query: str) -> TestResponse:
        """Open a page."""
        return self.client.get(f"/en/tablet{path}", query_string=query, headers=HTML)

    def post(self, path: str, page: TestResponse | None = None, **fields: Any) -> TestResponse:
        """Send a form as it stands on `page`, which is the page at the same address by default."""
        shown = page or self.get(path)
        hidden = {"csrf": field(shown.text, "csrf"), "form": str(uuid4())}
        return self.client.post(f"/en/tablet{path}", data={**hidden, **fields}, headers=HTML)

    def enrol(self) -> None:
        """Make this browser a tablet of the store in Lyon."""
        code = stores.services.offer_enrolment(
            self.session, location_id=self.shop.lyon, tablet_name="Tablet 1"
        )
        self.session.commit()
        assert self.post("/enrol", code=code).status_code == 303

    def enter(self, pin: str = PIN) -> TestResponse:
        """Type Inès' PIN."""
        return self.post(f"/sign-in/{self.ines}", pin=pin)

    def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """Return what the database holds."""
        return [tuple(row) for row in self.session.execute(text(sql), values)]


def field(page: str, name: str) -> str:
    """Return the value of the first hidden field with this name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name} on the page: {page[:2000]}"
    return found[1]


def hidden(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the last form on a page that posts to `action`."""
    form = [
        each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'"{action}"' in each
    ][-1]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


def words(page: TestResponse) -> str:
    """Return what a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def heading(page: TestResponse) -> str:
    """Return the words of the page's first heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found is not None, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


@pytest.fixture
def device(client: FlaskClient, session: Session, shop: Shop) -> Tablet:
    """An enrolled tablet in Lyon, nobody signed in."""
    ines = stores.services.hire_staff(
        session, HireStaff("Inès Morel", StaffRole.ASSOCIATE, (shop.lyon,), pin=PIN)
    )
    session.commit()
    client.environ_base["REMOTE_ADDR"] = f"10.1.0.{next(TABLETS)}"
    tablet = Tablet(client, session, shop, ines)
    tablet.enrol()
    return tablet


@pytest.fixture
def tablet(device: Tablet) -> Tablet:
    """The tablet with Inès signed in."""
    assert device.enter().headers["Location"] == "/en/tablet/"
    return device


def place(tablet: Tablet, **changes: Any) -> dict[str, Any]:
    response = tablet.client.post(
        "/api/v1/orders", json=order_body(**changes), headers=as_key(tablet.shop.integration)
    )
    assert response.status_code == 201, response.text
    return dict(response.get_json())


def api(tablet: Tablet, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> Any:
    response = tablet.client.post(
        f"/api/v1{path}", json=body or {}, headers=as_key(key or tablet.shop.associate)
    )
    assert response.status_code < 300, response.text
    return response.json


def make_ready(
    tablet: Tablet, placed: Mapping[str, Any], items: Sequence[Mapping[str, Any]] = ()
) -> tuple[str, str]:
    """Prepare a whole parcel; return its QR text and typed code."""
    parcel = f"/fulfillments/{placed['fulfillment_id']}"
    api(tablet, f"{parcel}/accept")
    api(tablet, f"{parcel}/pick", {"items": items or order_body()["items"]})
    api(tablet, f"{parcel}/ready", {"bin": "A7"})
    state = queries.list_passes(tablet.session, UUID(placed["fulfillment_id"]))[-1]
    return passes.qr_text(state.facts), show_code(passes.typed_code(state.facts.id))


def give(tablet: Tablet, verdict: TestResponse, **fields: str) -> TestResponse:
    """Press « handed over » on a verdict."""
    return tablet.client.post(
        "/en/tablet/hand-over",
        data={**hidden(verdict.text, "/en/tablet/hand-over"), "act": "give", **fields},
        headers=HTML,
    )


# Entering


def test_a_browser_that_is_no_tablet_is_led_to_enrolment(client: FlaskClient, shop: Shop) -> None:
    board = client.get("/fr/tablet/", headers=HTML)
    assert (board.status_code, board.headers["Location"]) == (303, "/fr/tablet/sign-in")
    door = client.get("/fr/tablet/sign-in", headers=HTML)
    assert (door.status_code, door.headers["Location"]) == (303, "/fr/tablet/enrol")


def test_an_enrolment_code_works_once(device: Tablet) -> None:
    code = stores.services.offer_enrolment(
        device.session, location_id=device.shop.lyon, tablet_name="Tablet 2"
    )
    device.session.commit()
    assert device.post("/enrol", code=code.lower()).headers["Location"] == "/en/tablet/sign-in"
    again = device.post("/enrol", code=code)
    assert again.status_code == 403
    assert "This code does not work, was used, or is older than ten minutes." in words(again)
    assert f'value="{code}"' in again.text


def test_people_with_a_pin_stand_at_the_door_and_others_do_not(device: Tablet) -> None:
    page = device.get("/sign-in")
    assert re.findall(r'class="person-sign".*?</span><span>(.*?)</span>', page.text) == [
        "Inès Morel"
    ]


def test_a_right_pin_opens_the_board_and_the_lock_closes_it(tablet: Tablet) -> None:
    board = tablet.get("/")
    assert "Inès Morel" in words(board)
    assert tablet.post("/lock", board).headers["Location"] == "/en/tablet/sign-in"
    assert tablet.get("/").headers["Location"] == "/en/tablet/sign-in"
    assert tablet.rows("SELECT ended_at IS NOT NULL, tablet_id IS NOT NULL FROM staff_session") == [
        (True, True)
    ]


def test_five_wrong_pins_close_the_door_for_that_person_on_that_tablet(device: Tablet) -> None:
    for _ in range(5):
        wrong = device.enter("0000")
        assert wrong.status_code == 403
        assert "This PIN does not open the session." in words(wrong)
        assert 'value="0000"' not in wrong.text
    locked = device.enter()
    assert locked.status_code == 429
    assert "Too many wrong tries: wait 10 minutes." in words(locked)
    assert device.rows("SELECT count(*) FROM staff_session") == [(0,)]


def test_right_pins_use_up_no_tries(device: Tablet) -> None:
    for _ in range(6):
        assert device.enter().status_code == 303


def test_a_page_opened_before_somebody_signed_in_changes_nothing(device: Tablet) -> None:
    old = device.get(f"/sign-in/{device.ines}")
    device.enter()
    late = device.post(f"/sign-in/{device.ines}", old, pin=PIN)
    assert (late.status_code, heading(late)) == (403, "The page was too old")


def test_a_session_of_another_device_opens_nothing_here(tablet: Tablet) -> None:
    tablet.rows("UPDATE tablet SET revoked_at = now() RETURNING id")
    tablet.session.commit()
    assert tablet.get("/").headers["Location"] == "/en/tablet/sign-in"
    assert tablet.get("/sign-in").headers["Location"] == "/en/tablet/enrol"


# Preparing


def test_the_board_says_nothing_new_until_something_changes(tablet: Tablet) -> None:
    page = tablet.get("/").text
    seen = re.search(r"seen=([0-9a-f]{16})", page)
    assert seen is not None
    assert tablet.get("/board", seen=seen[1]).status_code == 204
    placed = place(tablet)
    news = tablet.get("/board", seen=seen[1])
    assert news.status_code == 200
    assert placed["number"] in news.text
    assert "Chloé Durand" in news.text


def test_the_board_groups_late_to_pick_in_progress_and_ready(tablet: Tablet) -> None:
    late, waiting, going, ready = (place(tablet) for _ in range(4))
    tablet.rows(
        "UPDATE fulfillment SET promised_at = now() - interval '7 minutes' WHERE id = :id"
        " RETURNING id",
        id=late["fulfillment_id"],
    )
    api(tablet, f"/fulfillments/{going['fulfillment_id']}/accept")
    api(tablet, f"/fulfillments/{going['fulfillment_id']}/start-picking")
    make_ready(tablet, ready)
    page = tablet.get("/").text
    groups = re.findall(r'id="group-(\w+)">.*?class="code">([^<]+)<', page, re.DOTALL)
    assert groups == [
        ("late", late["number"]),
        ("pick", waiting["number"]),
        ("going", going["number"]),
        ("ready", ready["number"]),
    ]
    assert re.search("[67] min late", page)


def test_a_scan_takes_one_and_a_tap_takes_the_rest_of_a_line(tablet: Tablet) -> None:
    parcel = f"/parcels/{place(tablet)['fulfillment_id']}"
    scanned = tablet.post(parcel, act="scan", said="mug-blue")
    assert (scanned.status_code, scanned.headers["Location"]) == (
        303,
        f"/en/tablet{parcel}?did=picked&sku=MUG-BLUE",
    )
    tablet.post(parcel, act="pick", sku="MUG-BLUE")
    tablet.post(parcel, act="pick", sku="TENT-2P")
    assert lines(tablet) == [("MUG-BLUE", 2, 0), ("TENT-2P", 1, 0)]
    done = tablet.post(parcel, act="ready", bin="b12")
    assert done.headers["Location"] == f"/en/tablet{parcel}?did=ready"
    assert tablet.rows("SELECT status, bin FROM fulfillment") == [("ready", "B12")]
    assert tablet.rows(
        "SELECT name, actor_id = :ines, device_id IS NOT NULL FROM event"
        " WHERE name LIKE 'fulfillment.%' ORDER BY id",
        ines=tablet.ines,
    ) == [
        (f"fulfillment.{each}.v1", True, True)
        for each in ("accepted", "picking_started", "picked", "picked", "picked", "binned", "ready")
    ]


def lines(tablet: Tablet) -> list[tuple[Any, ...]]:
    return tablet.rows("SELECT sku, picked, cancelled FROM fulfillment_line ORDER BY sku")


def test_what_is_not_in_the_parcel_is_refused_beside_the_field_and_kept(tablet: Tablet) -> None:
    parcel = f"/parcels/{place(tablet)['fulfillment_id']}"
    wrong = tablet.post(parcel, act="scan", said="BOOK")
    assert wrong.status_code == 422
    assert "“BOOK” is not in this parcel." in words(wrong)
    assert field(wrong.text, 'said" type="text') == "BOOK"
    assert lines(tablet) == [("MUG-BLUE", 0, 0), ("TENT-2P", 0, 0)]
    assert tablet.rows("SELECT status FROM fulfillment") == [("new",)]


def test_a_form_sent_twice_takes_once(tablet: Tablet) -> None:
    parcel = f"/parcels/{place(tablet)['fulfillment_id']}"
    once = str(uuid4())
    first, second = (tablet.post(parcel, act="scan", said="MUG-BLUE", form=once) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert lines(tablet)[0] == ("MUG-BLUE", 1, 0)


@pytest.mark.parametrize(
    "reason",
    ["not_found", "damaged", "sold_to_walk_in", "display_only", "wrong_label", "quality"],
)
def test_a_missing_article_is_reported_with_its_reason(tablet: Tablet, reason: str) -> None:
    parcel = f"/parcels/{place(tablet)['fulfillment_id']}"
    page = tablet.get(parcel).text
    assert f'value="{reason}"' in page
    tablet.post(parcel, act="short", sku="MUG-BLUE", reason=reason, quantity="1")
    assert tablet.rows(
        "SELECT cancelled, short_reason FROM fulfillment_line WHERE sku = 'MUG-BLUE'"
    ) == [(1, reason)]


def test_a_parcel_with_an_open_line_cannot_be_ready(tablet: Tablet) -> None:
    parcel = f"/parcels/{place(tablet)['fulfillment_id']}"
    tablet.post(parcel, act="start")
    refused = tablet.post(parcel, act="ready", bin="A7")
    assert refused.status_code == 409
    assert "Some articles are neither picked nor reported missing." in words(refused)


def test_a_parcel_of_another_store_is_not_found(tablet: Tablet) -> None:
    other = place(tablet, store="paris")["fulfillment_id"]
    page = tablet.get(f"/parcels/{other}")
    assert (page.status_code, heading(page)) == (404, "No such parcel")


# Handing over


def test_s21_the_hand_over_screen_has_each_lines_sheet_and_what_its_buyer_asked_before(
    tablet: Tablet,
) -> None:
    """What an editor published is found on the same tablet (S-39)."""
    placed = place(tablet)
    qr, _code = make_ready(tablet, placed)
    link = as_key(order_token(UUID(placed["id"])))
    for asked in ("La tasse va-t-elle au lave-vaisselle ?", "je veux parler à quelqu'un"):
        said = tablet.client.post("/api/v1/assistant", json={"text": asked}, headers=link)
        assert said.status_code == 201, said.text
        link["Idempotency-Key"] += "-again"
    verdict = words(tablet.post("/hand-over", said=qr))
    assert "La tasse va-t-elle au lave-vaisselle ?" in verdict
    assert "colour: blue" in verdict.lower()
    assert verdict.count("Legal guarantee: two years from today.") == 2
    text_in = {"question": "Dishwasher?", "body": "Mugs may go into it."}
    told = {"intent": "product", "fr": text_in, "en": text_in, "published": True}
    path = "/api/v1/answers/dishwasher"
    assert tablet.client.put(path, json=told, headers=as_key(tablet.shop.agent)).status_code == 200
    found = words(tablet.get("/answers", said="dishwashers"))
    assert "Mugs may go into it." in found


@pytest.mark.parametrize("shown", ["qr", "code"])
def test_a_pass_shows_who_what_where_and_due_and_one_tap_gives_it(
    tablet: Tablet, shown: str
) -> None:
    qr, code = make_ready(tablet, place(tablet))
    verdict = tablet.post("/hand-over", said=qr if shown == "qr" else code)
    assert (verdict.status_code, heading(verdict)) == (200, "Take €115.70 first")
    assert "Chloé Durand" in words(verdict)
    assert "Bin A7" in words(verdict)
    assert "2 × Mug" in words(verdict)
    assert "identity card" not in words(verdict)
    done = give(tablet, verdict, ticket="T-100")
    assert done.status_code == 303
    said = words(tablet.client.get(done.headers["Location"], headers=HTML))
    assert "Chloé Durand" in said
    assert "Handed over:" in said
    assert tablet.rows("SELECT found, staff_name FROM hand_over") == [(shown, "Inès Morel")]
    assert tablet.rows("SELECT ticket_number, amount_minor FROM till_payment") == [("T-100", 11570)]


def test_a_second_tap_gives_nothing_twice(tablet: Tablet) -> None:
    qr, _code = make_ready(tablet, place(tablet))
    verdict = tablet.post("/hand-over", said=qr)
    first, second = (give(tablet, verdict, ticket="T-1") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert tablet.rows("SELECT count(*) FROM hand_over") == [(1,)]


def test_without_the_tills_ticket_nothing_is_given(tablet: Tablet) -> None:
    qr, _code = make_ready(tablet, place(tablet))
    refused = give(tablet, tablet.post("/hand-over", said=qr))
    assert refused.status_code == 422
    assert "Type the number of the till’s ticket." in words(refused).replace("'", "’").replace(
        "&#39;", "’"
    )
    assert tablet.rows("SELECT count(*) FROM hand_over") == [(0,)]


def test_a_pass_scanned_into_the_tickets_field_gives_nothing(tablet: Tablet) -> None:
    qr, _code = make_ready(tablet, place(tablet))
    refused = give(tablet, tablet.post("/hand-over", said=qr), ticket=qr[:64])
    assert refused.status_code == 422
    assert "That is a collection code, not a ticket." in words(refused)
    assert tablet.rows("SELECT count(*) FROM hand_over") == [(0,)]


def test_a_part_shows_what_is_due_for_it_and_the_rest_stays(tablet: Tablet) -> None:
    qr, _code = make_ready(tablet, place(tablet))
    whole = tablet.post("/hand-over", said=qr)
    part = give(tablet, whole, act="look", **{"take-MUG-BLUE": "1", "take-TENT-2P": "0"})
    assert (part.status_code, heading(part)) == (200, "Take €12.90 first")
    taken = {"take-MUG-BLUE": "1", "take-TENT-2P": "0", "ticket": "T-9"}
    changed = give(tablet, whole, **taken)
    assert (changed.status_code, "The sum has changed" in words(changed)) == (422, True)
    done = give(tablet, part, **taken)
    said = words(tablet.client.get(done.headers["Location"], headers=HTML))
    assert "2 articles stay in bin A7." in said
    assert tablet.rows("SELECT status FROM fulfillment") == [("ready",)]
    assert tablet.rows("SELECT quantities FROM hand_over") == [({"MUG-BLUE": 1},)]


@pytest.mark.parametrize("said", ["durand", "CHLOE DURAND", "06 39 98 12 34", "number"])
def test_a_name_a_phone_or_a_number_finds_the_parcel_and_asks_for_identity(
    tablet: Tablet, said: str
) -> None:
    placed = place(tablet)
    make_ready(tablet, placed)
    verdict = tablet.post("/hand-over", said=placed["number"] if said == "number" else said)
    assert verdict.status_code == 200
    assert "I looked at an identity card: Chloé Durand" in words(verdict)
    unseen = give(tablet, verdict, ticket="T-1")
    assert unseen.status_code == 422
    assert "Look at an identity card and tick this" in words(unseen)
    give(tablet, verdict, ticket="T-1", identity="yes")
    assert tablet.rows("SELECT found, verified FROM hand_over") == [("search", "identity")]


def test_whom_the_customer_sends_is_found_by_their_name_while_they_are_sent(
    tablet: Tablet,
) -> None:
    placed = place(tablet)
    make_ready(tablet, placed)
    paul = {"first_name": "Paul", "last_name": "Petit", "email": "paul@example.org"}
    path = f"/orders/{placed['id']}/proxies"
    named = api(tablet, path, paul, tablet.shop.agent)
    verdict = tablet.post("/hand-over", said="petit")
    assert verdict.status_code == 200
    assert "I looked at an identity card: Chloé Durand or Paul Petit" in words(verdict)
    place(tablet)
    assert "Chloé Durand sends Paul Petit" in words(tablet.post("/hand-over", said="durand"))
    api(tablet, f"{path}/{named['proxy_id']}/withdraw", key=tablet.shop.agent)
    assert tablet.post("/hand-over", said="petit").status_code == 422


def test_several_parcels_under_a_name_are_listed_to_choose_from(tablet: Tablet) -> None:
    first, second = place(tablet), place(tablet)
    make_ready(tablet, first)
    listed = tablet.post("/hand-over", said="Durand")
    assert (first["number"] in listed.text, second["number"] in listed.text) == (True, True)
    nobody = tablet.post("/hand-over", said="Nobody of that name")
    assert nobody.status_code == 422
    assert 'value="Nobody of that name"' in nobody.text


def test_already_collected_says_when_and_by_whom(tablet: Tablet) -> None:
    qr, _code = make_ready(tablet, place(tablet))
    give(tablet, tablet.post("/hand-over", said=qr), ticket="T-1")
    again = tablet.post("/hand-over", said=qr)
    assert (again.status_code, heading(again)) == (409, "Already collected")
    said = r"Handed over today at [^ ]+ [ap]m by Inès Morel, Lyon Croix-Rousse\."
    assert re.search(said, words(again))


def test_a_parcel_of_another_store_names_it(tablet: Tablet) -> None:
    placed = place(tablet, store="paris")
    parcel = f"/fulfillments/{placed['fulfillment_id']}"
    paris = tablet.shop.paris_associate
    api(tablet, f"{parcel}/accept", key=paris)
    api(tablet, f"{parcel}/pick", {"items": order_body()["items"]}, key=paris)
    api(tablet, f"{parcel}/ready", {"bin": "A7"}, key=paris)
    [state] = queries.list_passes(tablet.session, UUID(placed["fulfillment_id"]))
    said = r"waits at Paris Bastille, \d+\skm from here\. It is open day and night\."
    for shown in (passes.qr_text(state.facts), show_code(passes.typed_code(state.facts.id))):
        refused = tablet.post("/hand-over", said=shown)
        assert (refused.status_code, heading(refused)) == (409, "Another store")
        assert re.search(said, words(refused))
    assert tablet.rows("SELECT count(*) FROM hand_over") == [(0,)]


def test_not_ready_says_when_it_was_promised_and_leads_to_the_parcel(tablet: Tablet) -> None:
    placed = place(tablet)
    refused = tablet.post("/hand-over", said=placed["number"])
    assert (refused.status_code, heading(refused)) == (409, "Not ready yet")
    assert f"/en/tablet/parcels/{placed['fulfillment_id']}" in refused.text


def test_a_cancelled_order_says_so(tablet: Tablet) -> None:
    placed = place(tablet)
    qr, _code = make_ready(tablet, placed)
    reason = {"reason": "customer_remorse"}
    api(tablet, f"/orders/{placed['id']}/cancel", reason, key=tablet.shop.agent)
    assert heading(tablet.post("/hand-over", said=qr)) == "Order cancelled"


def test_an_expired_parcel_says_so(tablet: Tablet) -> None:
    qr, _code = make_ready(tablet, place(tablet))
    tablet.rows("UPDATE fulfillment SET status = 'expired', ended_at = now() RETURNING id")
    assert heading(tablet.post("/hand-over", said=qr)) == "Period over"


def test_a_revoked_code_says_so(tablet: Tablet) -> None:
    qr, _code = make_ready(tablet, place(tablet))
    tablet.rows("UPDATE pickup_pass SET revoked_at = now(), revoked_why = 'reissued' RETURNING id")
    refused = tablet.post("/hand-over", said=qr)
    assert heading(refused) == "Code no longer valid"
    assert "Another code was sent since." in words(refused)


@pytest.mark.parametrize("said", ["CMP1.nonsense", "4F7K-2M9P"])
def test_an_unknown_code_is_counted_and_refused(tablet: Tablet, said: str) -> None:
    refused = tablet.post("/hand-over", said=said)
    assert (refused.status_code, heading(refused)) == (404, "Unknown code")
    assert sorted(tablet.rows("SELECT tries FROM attempt WHERE scope LIKE 'code:%'")) == [
        (1,),
        (1,),
    ]


@pytest.mark.parametrize("said", ["", "\x00", "a\x00b", "%", "_", "'", "CMP1.", "🦔" * 300])
def test_whatever_is_typed_gets_an_answer(tablet: Tablet, said: str) -> None:
    for path, fields in (
        ("/hand-over", {"said": said}),
        ("/hand-over", {"act": "give", "found": said, "secret": said, "take-X": said}),
        ("/hand-over", {"act": "give", "found": "search", "secret": said}),
        ("/enrol", {"code": said}),
        (f"/parcels/{place(tablet)['fulfillment_id']}", {"act": "scan", "said": said}),
        (f"/sign-in/{tablet.ines}", {"pin": said}),
    ):
        page = tablet.get("/hand-over")
        assert tablet.post(path, page, **fields).status_code in {403, 404, 409, 422, 429}, path
    assert tablet.get("/where", said=said).status_code == 200


def test_guessing_codes_ends_after_twenty_tries(tablet: Tablet) -> None:
    page = tablet.get("/hand-over")
    for _ in range(20):
        assert tablet.post("/hand-over", page, said="4F7K-2M9P").status_code == 404
    refused = tablet.post("/hand-over", page, said="4F7K-2M9P")
    assert (refused.status_code, heading(refused)) == (429, "Wait")


def test_eight_letters_are_a_name_first(tablet: Tablet) -> None:
    customer = {"first_name": "Anne", "last_name": "Chabanes", "email": "a@example.org"}
    make_ready(tablet, place(tablet, customer=customer))
    assert "Anne Chabanes" in words(tablet.post("/hand-over", said="chabanes"))
    assert tablet.rows("SELECT count(*) FROM attempt WHERE scope LIKE 'code:%'") == [(0,)]


# Finding and printing


def test_where_is_it_tells_shelf_promised_and_free_and_the_other_stores(tablet: Tablet) -> None:
    place(tablet)
    said = words(tablet.get("/where", said="mug-blue"))
    assert "On the shelf 10 Promised to customers 2 Free to sell 8" in said
    assert re.search(r"Paris Bastille 10 free · 389.km", said)


def test_words_and_barcodes_find_the_article(tablet: Tablet) -> None:
    tablet.rows("UPDATE sku SET gtin = '03123456789012' WHERE code = 'BOOK' RETURNING code")
    assert "On the shelf 10" in words(tablet.get("/where", said="3123456789012"))
    assert "On the shelf 10" in words(tablet.get("/where", said="notebook"))
    assert "On the shelf 10" in words(tablet.get("/where", said="MUG blüe"))
    assert "No such article" in words(tablet.get("/where", said="mug green"))
    assert "No such article" in words(tablet.get("/where", said="grand piano"))


def test_the_label_shows_number_and_bin_and_no_secret(tablet: Tablet) -> None:
    placed = place(tablet)
    qr, code = make_ready(tablet, placed)
    label = tablet.get(f"/print/label/{placed['fulfillment_id']}")
    assert placed["number"] in words(label)
    assert "A7" in words(label)
    assert (code in label.text, qr in label.text) == (False, False)


def test_the_day_sheet_lists_what_waits_and_the_pick_list_what_is_to_be_picked(
    tablet: Tablet,
) -> None:
    waiting, ready = place(tablet), place(tablet)
    make_ready(tablet, ready)
    sheet, picks = words(tablet.get("/print/day-sheet")), words(tablet.get("/print/pick-list"))
    assert (ready["number"] in sheet, waiting["number"] in sheet) == (True, False)
    assert "€115.70" in sheet
    assert (ready["number"] in picks, waiting["number"] in picks) == (False, True)
    assert "2 × Mug, blue MUG-BLUE" in picks


@pytest.mark.parametrize("place_", ["/", "/hand-over", "/where", "/print/day-sheet"])
def test_every_page_speaks_french(tablet: Tablet, place_: str) -> None:
    english, french = (
        {each.strip() for each in re.findall(r">([^<>{}]+)<", page.text)}
        for page in (
            tablet.get(place_),
            tablet.client.get(f"/fr/tablet{place_}", headers=HTML),
        )
    )
    assert english & french <= {"", "Comptoir", "Lyon Croix-Rousse", "Inès Morel"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("cmp1.abc", Said(Kind.QR, "cmp1.abc")),
        (" 4f7k-2m9p ", Said(Kind.CODE, "4f7k-2m9p")),
        ("chabanes", Said(Kind.WORDS, "chabanes", maybe_code=True)),
        ("06 39 98 12 34", Said(Kind.WORDS, "06 39 98 12 34")),
        ("39981234", Said(Kind.WORDS, "39981234")),
        ("Marc\x00 Petit", Said(Kind.WORDS, "Marc Petit")),
    ],
)
def test_the_counters_field_tells_codes_names_and_phones_apart(said: str, meant: Said) -> None:
    assert read_said(said) == meant


def test_an_order_number_is_known_by_its_check_sign_also_without_digits() -> None:
    body = "ABCDEF"
    number = body + luhn.calc_check_digit(body, ALPHABET)
    assert read_said(f"{number[:3]}-{number[3:]}").number == number
