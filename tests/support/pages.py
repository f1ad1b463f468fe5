"""A browser without a screen: it follows links, and sends forms as the page it saw shows them."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import httpx

import stores.services
from kernel.db import transaction
from tests.support.firm import PASSWORD, PIN, Place
from tests.support.form import fields_of
from tests.support.trade import Trade

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Pages:
    """One browser, with the cookies it was given."""

    http: httpx.Client

    def open(self, path: str) -> httpx.Response:
        """Look at a page, wherever it leads."""
        return self.http.get(path, follow_redirects=True)

    def read(self, path: str) -> str:
        """Return what a page says, without its marks."""
        shown = self.open(path)
        assert shown.status_code == 200, shown.text
        return words(shown.text)

    def send(self, path: str, *, on: str = "", **fields: Any) -> httpx.Response:
        """Send a form with what the page `on` hides in its forms, that at its own address first."""
        return self.submit(path, self.open(on or path).text, **fields)

    def submit(self, path: str, page: str, **fields: Any) -> httpx.Response:
        """Send a form with what a page hid in its forms when it was looked at."""
        hidden = dict(HIDDEN.findall(page))
        return self.http.post(path, data={**hidden, "form": str(uuid4()), **fields})

    def fill(self, on: str, action: str, **fields: str) -> httpx.Response:
        """Send the form of the page `on` that posts to `action`, as it stands but for `fields`."""
        return self.http.post(action, data={**fields_of(self.open(on).text, action), **fields})


def words(page: str) -> str:
    """Return what people read of a page, in one line."""
    seen = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(seen).replace("\xa0", " ").replace("\u202f", " ").split())


def page_in(message: str) -> str:
    """Return the path of the order's page that a message links to."""
    found = re.search(r"http://shop\.test(/fr/orders/\S+)", message)
    assert found is not None, message
    return found[1]


def open_browser(trade: Trade) -> Pages:
    """Return a browser that knows nobody; it is closed with the installation."""
    browser = httpx.Client(
        base_url=trade.http.base_url,
        timeout=60,
        trust_env=False,
        headers={"Accept": "text/html", "Connection": "close"},
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    trade.place_of_work.stack.callback(browser.close)
    return Pages(browser)


def open_tablet(trade: Trade, place: Place) -> Pages:
    """Return a tablet of a place, enrolled by its code, with its associate signed in."""
    with trade.place_of_work.inside(), transaction() as session:
        code = stores.services.offer_enrolment(session, location_id=place.id, tablet_name="T1")
    pages = open_browser(trade)
    assert pages.send("/fr/tablet/enrol", code=code).status_code == 303
    sign_in(pages, place.staff_id)
    return pages


def sign_in(tablet: Pages, staff_id: UUID) -> None:
    """Type a PIN at the tablet."""
    assert tablet.send(f"/fr/tablet/sign-in/{staff_id}", pin=PIN).status_code == 303


def open_desk(trade: Trade, email: str) -> Pages:
    """Return a browser of the back office in which somebody came in by the door."""
    pages = open_browser(trade)
    entered = pages.send("/fr/office/sign-in", email=email, password=PASSWORD)
    assert entered.status_code == 303, entered.text
    return pages
