"""From the basket to the receipt, with nothing but HTTP and what arrived in the mailbox."""

import base64
import io
import json
import re
import secrets
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from PIL import Image

from tests.conftest import order_body
from tests.support.qr import scan_qr
from tests.support.trade import Trade, as_people_see_it
from tests.support.vendors import Vendors


def test_a_web_order_is_prepared_collected_with_the_code_from_the_email_and_receipted(
    trade: Trade, vendors: Vendors
) -> None:
    tent, mug = trade.list_article(units=5), trade.list_article(units=5)
    email, phone = f"{secrets.token_hex(6)}@example.org", new_phone()
    staff = trade.place_of_work.shop.associate

    placed = order_as_nobody(trade, {tent: 1, mug: 2}, email=email, phone=phone)
    assert placed["total_minor"] == 3000
    confirmation = vendors.wait_for(email, "bien reçue")
    number = as_people_see_it(placed["number"])
    assert number in confirmation["subject"]
    assert_page_shows(trade, confirmation, number)

    prepare_with_a_damaged_mug(trade, placed["fulfillment_id"], tent, mug)
    ready = vendors.wait_for(email, "C’est prêt")
    seen = read_picture(ready)
    text_message = vendors.wait_for(phone, number)
    assert code_in(text_message["text"]) == code_in(ready["text"])

    counter = {"store": "lyon", "qr": seen}
    check = trade.post("/hand-overs/check", counter, key=staff).json()
    assert (check["due_minor"], check["quantities"]) == (2000, {tent: 1, mug: 1})
    assert check["fulfillment"]["bin"] == "A7"
    unpaid = trade.post("/hand-overs", counter, key=staff)
    assert (unpaid.status_code, unpaid.json()["due_minor"]) == (409, 2000)
    taken = trade.post("/hand-overs", {**counter, "ticket_number": "T-77"}, key=staff)
    assert (taken.status_code, taken.json()["status"]) == (201, "handed_over")

    assert_collected_once(trade, counter, code=code_in(ready["text"]))
    receipt = vendors.wait_for(email, "retirée")
    assert "20,00" in receipt["text"]
    assert trade.level(tent) == {"on_hand": 4, "reserved": 0, "quarantined": 0}
    assert trade.level(mug) == {"on_hand": 4, "reserved": 0, "quarantined": 1}
    assert [message["kind"] for message in vendors.received(email)] == ["email"] * 3
    assert len(vendors.received(phone)) == 1
    assert_all_invariants_hold(trade)


def order_as_nobody(
    trade: Trade, items: dict[str, int], *, email: str, phone: str
) -> dict[str, Any]:
    """Order in the web shop without any key; return the answer."""
    body = order_body(
        items=[{"sku": sku, "quantity": quantity} for sku, quantity in items.items()],
        customer={
            "first_name": "Chloé",
            "last_name": "Durand",
            "email": email,
            "phone": phone,
        },
    )
    headers = {"Idempotency-Key": str(uuid4())}
    response = trade.http.post("/api/v1/orders", json=body, headers=headers)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def prepare_with_a_damaged_mug(trade: Trade, parcel: str, tent: str, mug: str) -> None:
    """The store does what it does; each answer shows the parcel after it."""
    picked = [{"sku": sku, "quantity": 1} for sku in (tent, mug)]
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("accept", {}, "accepted"),
        ("start-picking", {}, "picking"),
        ("pick", {"items": picked}, "picking"),
        ("short", {"sku": mug, "quantity": 1, "reason": "damaged"}, "picking"),
        ("bin", {"bin": "A7"}, "picking"),
        ("ready", {}, "ready"),
    ]
    for act, body, status in steps:
        response = trade.post(
            f"/fulfillments/{parcel}/{act}", body, key=trade.place_of_work.shop.associate
        )
        assert (response.status_code, response.json().get("status")) == (200, status)
    assert response.json()["total_minor"] == 2000


def assert_page_shows(trade: Trade, message: dict[str, Any], number: str) -> None:
    """The link in the e-mail opens the order's page."""
    link = re.search(r"http://shop\.test(/fr/orders/\S+)", message["text"])
    assert link is not None
    page = trade.http.get(urlsplit(link[1]).path)
    assert page.status_code == 200
    assert number in page.text


def assert_collected_once(trade: Trade, counter: dict[str, str], *, code: str) -> None:
    """Whoever shows QR or code again is refused, and told who has the parcel since when."""
    key = trade.place_of_work.shop.associate
    for shown in (counter, {"store": "lyon", "code": code}):
        again = trade.post("/hand-overs", {**shown, "ticket_number": "T-78"}, key=key)
        assert again.status_code == 409
        assert again.json()["type"] == "/problems/already-collected"
        assert again.json()["by"] == "Inès"
        assert again.json()["at"]


def assert_all_invariants_hold(trade: Trade) -> None:
    """`comptoir check` finds nothing and says so by ending with 0."""
    done = trade.place_of_work.run("check", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"] == []


def read_picture(message: dict[str, Any]) -> str:
    """Return what the QR picture in an e-mail says."""
    (picture,) = (each for each in message["attachments"] if each["content_type"] == "image/png")
    assert f'src="cid:{picture["content_id"]}"' in message["html"]
    with Image.open(io.BytesIO(base64.b64decode(picture["base64"]))) as image:
        return scan_qr(image)


def code_in(text: str) -> str:
    """Return the typed code in a message."""
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
    assert found is not None, text
    return found[0]


def new_phone() -> str:
    """Return a French number kept for fiction, in E.164."""
    return f"+3363998{secrets.randbelow(10_000):04}"
