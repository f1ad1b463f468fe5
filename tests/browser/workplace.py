"""A tablet of a store in Chromium: where somebody signs in, and at which widths it is looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

import stores.services
from kernel.db import transaction
from tests.browser.test_tablet import sign_in
from tests.support.trade import Trade

LOOKS = (("fr", 360), ("en", 768), ("fr", 1280))
Open = Callable[..., Page]


@dataclass(frozen=True)
class Workplace:
    """Lyon, served at an address, with Inès among its staff."""

    trade: Trade
    address: str

    def enter(self, page: Page, language: str) -> None:
        """Sign Inès in on a tablet of Lyon."""
        place = self.trade.place_of_work
        with place.inside(), transaction() as session:
            code = stores.services.offer_enrolment(
                session, location_id=place.shop.lyon, tablet_name="Tablette"
            )
        sign_in(page, self.address, code, language=language)
