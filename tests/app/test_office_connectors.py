"""Connectors in the office: what goes over each, what went wrong, keys, on and off."""

import json
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from kernel import secret
from kernel.signing import Signed, make_signature
from stores.commands import HireStaff, OpenBrand, StaffRole
from tests.app.test_office import PASSWORD, Desk, plain
from tests.app.test_office import desk as desk  # noqa: PLC0414 (a fixture)
from tests.app.test_office import hired as hired  # noqa: PLC0414 (a fixture)
from tests.conftest import Shop
from tests.unmoved import nothing_moves

PAGE = "/en/office/connectors"
TARGET = "/api/v1/webhooks/social/insta"
NEW = {"source": "insta", "name": "Instagram", "kind": "social", "brand": "", "url": ""}


def key_on(page: Any) -> bytes:
    """Return the key that a page shows."""
    found = re.search(r'<code class="secret">([^<]+)<', page.text)
    assert found is not None, page.text
    key = secret.decode(found[1])
    assert key is not None
    return key


def bring(client: FlaskClient, key: bytes) -> Any:
    """Bring a message as the connector, with this key."""
    said = json.dumps({"id": secrets.token_hex(4), "from": "chloe", "text": "Bonjour"}).encode()
    at, nonce = str(int(time.time())), secrets.token_urlsafe(18)
    signed = Signed(method="POST", target=TARGET, body=said, timestamp=at, nonce=nonce)
    headers = {
        "Comptoir-Timestamp": at,
        "Comptoir-Nonce": nonce,
        "Comptoir-Signature": make_signature(key, signed),
        "Content-Type": "application/json",
    }
    return client.post(TARGET, data=said, headers=headers)


def test_an_administrator_opens_a_connector_renews_its_key_and_switches_it_off_and_on(
    client: FlaskClient, desk: Callable[[str], Desk], session: Session
) -> None:
    camille = desk("camille")
    assert "No connector yet" in camille.read(PAGE)
    with nothing_moves(session.connection()):
        for wrong, said in (
            ({"source": "Insta!"}, "Only small letters"),
            ({"name": ""}, "Say what it is."),
            ({"brand": "nobody"}, "Choose one."),
            ({"url": "http://127.0.0.1:1/x"}, "This address cannot be called from here."),
        ):
            refused = camille.send(PAGE, **{**NEW, **wrong})
            assert (refused.status_code, said in plain(refused)) == (422, True), wrong
    first = key_on(camille.send(PAGE, **NEW))
    camille.open(PAGE)
    assert "Another connector has this name" in plain(camille.send(PAGE, **NEW))
    assert "Insta" in camille.read(PAGE)
    assert bring(client, first).status_code == 200
    assert bring(client, bytes(32)).status_code == 403
    said = camille.read(PAGE)
    assert "In use" in said
    assert "The signature was wrong" in said
    cells = re.findall(r'<td[^>]*class="figure"[^>]*>(.*?)</td>', camille.open(PAGE).text)
    assert [re.sub(r"<[^>]+>", "", each) for each in cells] == ["1", "–", "0", "0"]

    second = key_on(camille.send(f"{PAGE}/insta/renew"))
    assert [bring(client, each).status_code for each in (first, second)] == [200, 200]
    assert "Two keys until" in camille.read(PAGE)
    off = camille.send(f"{PAGE}/insta/off")
    assert off.headers["Location"] == f"{PAGE}?done=off"
    assert bring(client, second).status_code == 403
    assert "Switch on" in camille.read(PAGE)
    third = key_on(camille.send(f"{PAGE}/insta/on"))
    tried = [bring(client, each).status_code for each in (first, second, third)]
    assert tried == [403, 403, 200]
    told = text("SELECT name FROM event WHERE name LIKE 'connector.%' ORDER BY id")
    assert list(session.execute(told).scalars()) == [
        "connector.opened.v1",
        "connector.renewed.v1",
        "connector.closed.v1",
        "connector.opened.v1",
    ]


def test_only_administrators_see_connectors_and_those_of_a_brand_only_its_own(
    client: FlaskClient, desk: Callable[[str], Desk], session: Session, shop: Shop
) -> None:
    opened = OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
    ling = stores.services.open_brand(session, opened)
    who = HireStaff(
        "Bea", StaffRole.ADMIN, (), email="bea@aubepin.test", password=PASSWORD, brand_id=ling
    )
    stores.services.hire_staff(session, who)
    session.commit()
    camille, bea = desk("camille"), desk("bea")
    camille.open(PAGE)
    key_on(camille.send(PAGE, **NEW))
    key_on(camille.send(PAGE, **NEW | {"source": "ling", "name": "Lingram", "brand": "bruyere"}))
    said = bea.read(PAGE)
    assert ("Lingram" in said, "Instagram" in said) == (True, False)
    with nothing_moves(session.connection()):
        for deed in ("renew", "off", "on"):
            assert bea.send(f"{PAGE}/insta/{deed}").status_code == 404
        assert bea.send(PAGE, **NEW | {"source": "x"}).status_code == 422
    for short in ("luc", "nadia"):
        assert desk(short).open(PAGE).status_code == 403
