"""One text message's worth of letters: the GSM 7-bit alphabet, 160 places.

Source: 3GPP TS 23.038, tables 6.2.1 (basic) and 6.2.1.1 (extension, two places each). A single
letter outside it would halve the message to 70 places and double its price.
"""

import unicodedata
from typing import Final

PLACES = 160
BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = frozenset("^{}\\[~]|€")
INSTEAD: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",  # noqa: RUF001 (the same)
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2011": "-",
    }
)


def transliterate(text: str) -> str:
    """Return the text in letters of the alphabet: ç becomes c, é stays, the unknown becomes ?."""
    return "".join(_letter(sign) for sign in text.translate(INSTEAD))


def count_places(text: str) -> int:
    """Return how many of the 160 places a text in the alphabet takes."""
    return sum(2 if sign in EXTENSION else 1 for sign in text)


def _letter(sign: str) -> str:
    if sign in BASIC or sign in EXTENSION:
        return sign
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part)
    )
    return plain if plain and set(plain) <= BASIC | EXTENSION else "?"
