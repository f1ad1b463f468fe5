"""The local sample: the store's own courier. Its label is a page of A6, its numbers are our own.

A number is `LC`, twelve digits and a check digit (Luhn), so that a mistyped one is noticed.
"""

import re
from hashlib import sha256
from textwrap import wrap
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape

from stdnum import luhn

from kernel import qr
from orders.carriers.shapes import Label, Shipment, Site

PREFIX: Final = "LC"
DIGITS: Final = 12
SIGNS_MAX: Final = 34
"""Signs of an address that fit one line of the label."""
NOTE_SIZE: Final = 2.3
NOTE_SIGNS: Final = 74
"""Signs of a customer's note that fit one of the three small lines at the foot of the label."""
GRAMS: Final = 1_000
SIZE: Final = re.compile(r'width="\S+" height="\S+"')
"""What a picture of a code says of its own size."""

_WORDS: Final = {
    "fr": {"from": "Expéditeur", "to": "Destinataire", "order": "Commande", "package": "Colis"},
    "en": {"from": "From", "to": "To", "order": "Order", "package": "Package"},
}


class LocalCarrier:
    """The store's own courier: nobody else is asked, so a package can be packed at any time."""

    code: Final = "local"
    name: Final = "Coursier du magasin"

    def number(self, package_id: UUID) -> str:
        """Return the package's number, made of its id."""
        digits = str(int.from_bytes(sha256(package_id.bytes).digest()[:8], "big") % 10**DIGITS)
        padded = digits.zfill(DIGITS)
        return f"{PREFIX}{padded}{luhn.calc_check_digit(padded)}"

    def track_url(self, number: str, *, language: str) -> str | None:  # noqa: ARG002 (the contract's)
        """Return None: the order's page is where it is followed."""
        return None

    def label(self, shipment: Shipment, number: str) -> Label:
        """Return an SVG of 105 × 148 mm with both addresses, the number and its QR code."""
        words = _WORDS.get(shipment.language, _WORDS["en"])
        grams = shipment.weight_g
        weight = f"{grams / GRAMS:.2f} kg".replace(".", ",") if grams else ""
        rows = [
            _text(8, 12, 4, self.name, bold=True),
            _text(8, 22, 3, words["from"]),
            *_site(8, 27, 3.6, shipment.sender),
            '<path d="M0 46h105" stroke="#000" stroke-width="0.4"/>',
            _text(8, 53, 3, words["to"]),
            *_site(8, 61, 5.2, shipment.to),
            '<path d="M0 96h105" stroke="#000" stroke-width="0.4"/>',
            _text(50, 106, 3, words["order"]),
            _text(50, 112, 5, shipment.order_number, bold=True),
            _text(50, 121, 3, words["package"]),
            _text(50, 127, 5, f"{shipment.place}/{shipment.places}", bold=True),
            _text(75, 127, 5, weight),
            _text(50, 137, 4.6, number, bold=True),
            *(
                _text(5, 142.2 + row * 2.6, NOTE_SIZE, line)
                for row, line in enumerate(wrap(shipment.note or "", NOTE_SIGNS))
            ),
            SIZE.sub('x="5" y="99" width="42" height="42"', qr.svg(number), count=1),
        ]
        page = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="105mm" height="148mm" '
            'viewBox="0 0 105 148"><rect width="105" height="148" fill="#fff"/>'
            f"{''.join(rows)}</svg>"
        )
        return Label(page.encode(), "image/svg+xml")


def is_number(text: str) -> bool:
    """Tell whether this can be a number of ours: a mistyped digit is noticed."""
    digits = text.removeprefix(PREFIX)
    return text.startswith(PREFIX) and len(digits) == DIGITS + 1 and luhn.is_valid(digits)


def _site(x: float, y: float, size: float, site: Site) -> list[str]:
    said = (site.name, *site.lines, *((site.phone,) if site.phone else ()))
    return [
        _text(x, y + row * size * 1.3, size, line, bold=row == 0) for row, line in enumerate(said)
    ]


def _text(x: float, y: float, size: float, words: str, *, bold: bool = False) -> str:
    """Return one line; what is too long for the label is squeezed, never cut."""
    is_long = len(words) > SIGNS_MAX and size > NOTE_SIZE
    narrow = ' textLength="89" lengthAdjust="spacingAndGlyphs"' if is_long else ""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="sans-serif" font-size="{size:g}"{weight}{narrow}>'
        f"{escape(words)}</text>"
    )
