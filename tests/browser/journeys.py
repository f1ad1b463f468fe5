"""What journeys in the browser share: one whole installation, its people, and what they do."""

import base64
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

import stores.services
from app.embedded import Cluster
from app.i18n import catalogue
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole
from tests.support.installation import Installation, installation
from tests.support.qr import scan_qr
from tests.support.trade import Trade
from tests.support.vendors import Vendors, eventually

PIN, PASSWORD, ADMIN = "4711", "long enough for a test", "sophie.martin@example.org"
ALIKE = {"E-mail"}
ASSOCIATE = "Inès Morel"
CAMERA_PX, CODE_PX = (640, 480), 440
FRAMES = 30
NUMBER = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class House:
    """Every process of the platform, and the mailboxes of its customers."""

    trade: Trade
    vendors: Vendors
    address: str

    def enrolment(self) -> str:
        """Return a fresh code for one more tablet in Lyon."""
        place = self.trade.place_of_work
        with place.inside(), transaction() as session:
            return stores.services.offer_enrolment(
                session, location_id=place.shop.lyon, tablet_name="Tablette"
            )


@contextmanager
def open_house(cluster: Cluster, home: Path) -> Iterator[House]:
    """Run web, relay, worker, Redis and the sandbox, which takes cards, mails and messages."""
    with installation(cluster, home) as place:
        vendors = place.open_vendors()
        stripe = {
            "STRIPE_API_URL": str(vendors.http.base_url).rstrip("/"),
            "STRIPE_API_KEY": "sk_test_journeys",
        }
        place.environment.update(stripe)
        place.open_redis("redis")
        for program in ("relay", "work"):
            place.start(program)
        _hire(place)
        http = place.open_web()
        yield House(Trade(place, http), vendors, str(http.base_url).rstrip("/"))


def _hire(place: Installation) -> None:
    people = (
        HireStaff(ASSOCIATE, StaffRole.ASSOCIATE, (place.shop.lyon,), pin=PIN),
        HireStaff("Sophie Martin", StaffRole.ADMIN, email=ADMIN, password=PASSWORD),
    )
    with place.inside(), transaction() as session:
        for person in people:
            stores.services.hire_staff(session, person)


@dataclass(frozen=True)
class Reader:
    """Somebody before a page, in their language; `complaints` is what the browser said of it."""

    page: Page
    address: str
    language: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def say(self, sentence: str, **values: str) -> str:
        """Return what a sentence of ours is in this language."""
        said = str(catalogue(self.language).ugettext(sentence))
        known = self.language == "en" or said != sentence or sentence in ALIKE
        assert known, f"nobody says {sentence!r}"
        return said % values if values else said

    def go(self, path: str) -> None:
        """Open one of our pages."""
        self.page.goto(f"{self.address}/{self.language}/{path}", wait_until="load")

    def press(self, name: str, *, link: bool = False, **values: str) -> None:
        """Press the first button, or follow the first link, that begins with these words."""
        words = re.compile(f"^{_pattern(self.say(name, **values))}")
        self.page.get_by_role("link" if link else "button", name=words).first.click()

    def type(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(self.say(label), exact=label == "Last name").fill(text)

    def sees(self, sentence: str, **values: str) -> None:
        """Wait until a sentence of ours stands on the page, which may renew itself."""
        said = self.page.get_by_text(self.say(sentence, **values)).first
        expect(said).to_be_visible()

    def sees_when_loaded_again(self, sentence: str) -> None:
        """Load the page again until a sentence of ours stands on it: what scripts spare us."""
        eventually(lambda: self._loads_with(sentence), every_s=0.3)

    def _loads_with(self, sentence: str) -> bool:
        self.page.reload(wait_until="load")
        return self.page.get_by_text(self.say(sentence)).first.is_visible()

    def title_begins(self, sentence: str, **values: str) -> None:
        """Wait until the page's heading begins so: a verdict stands there in one line."""
        heading = self.page.get_by_role("heading", level=1)
        said = re.compile(rf"^\s*{_pattern(self.say(sentence, **values))}")
        expect(heading).to_have_text(said)


def _pattern(said: str) -> str:
    """Return a pattern of words, whichever spaces stand between them."""
    return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(said))


def choose_store(shopper: Reader, words: str, name: str) -> None:
    """Find an article by words, and put it into the basket at the store nearest to Lyon."""
    shopper.go("")
    shopper.page.get_by_role("searchbox").fill(words)
    shopper.page.keyboard.press("Enter")
    shopper.page.get_by_role("link", name=name).first.click()
    shopper.type("Postcode or town", "Lyon")
    shopper.press("See the stores")
    shopper.press("Collect from %(store)s", store="Lyon Croix-Rousse")


def order_as_guest(shopper: Reader, contact: Mapping[str, str], *, by_card: bool) -> None:
    """Go from the basket to the order, or to the payment page."""
    shopper.press("Go on: who collects?", link=True)
    for label, text in contact.items():
        shopper.type(label, text)
    if by_card:
        shopper.page.locator("input[name=payment][value=card]").check(force=True)
    shopper.page.locator("#checkout .bar button").click()


def number_on(shopper: Reader) -> str:
    """Return the order's number, once its page is there."""
    shopper.page.wait_for_url("**/orders/**", wait_until="load")
    said = shopper.page.locator("h1 .code").inner_text()
    assert NUMBER.fullmatch(said), said
    return said


def picture_in(message: Mapping[str, Any]) -> Image.Image:
    """Return the QR picture inside an e-mail, after a scanner has read it."""
    (part,) = (each for each in message["attachments"] if each["content_type"] == "image/png")
    assert f'src="cid:{part["content_id"]}"' in message["html"]
    with Image.open(io.BytesIO(base64.b64decode(part["base64"]))) as image:
        picture = image.convert("RGB")
    assert scan_qr(picture).startswith("CMP1.")
    return picture


def film(picture: Image.Image, path: Path) -> None:
    """Write what a camera sees that looks at a picture: frames one after the other."""
    frame = Image.new("RGB", CAMERA_PX, "white")
    code = picture.resize((CODE_PX, CODE_PX))
    frame.paste(code, ((CAMERA_PX[0] - CODE_PX) // 2, (CAMERA_PX[1] - CODE_PX) // 2))
    seen = io.BytesIO()
    frame.save(seen, "JPEG", quality=92)
    path.write_bytes(seen.getvalue() * FRAMES)
