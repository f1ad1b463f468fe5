"""The SKUs Aubépin's assortment comes in, with options in both languages and barcodes.

SKU codes are what `app.demo.drawings` draws by.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from stdnum import ean

from app.demo.assortment import ARTICLES, Article
from catalog.commands import ListSku

CURRENCY: Final = "EUR"
INTERNAL_GTIN: Final = "200"
"""GS1 leaves prefixes 200 to 299 to each company's own use."""
LANGUAGES: Final = ("fr", "en")
ECO_MINOR: Final[Mapping[str, int]] = {"LAMPE": 20}
"""The éco-participation of what has a plug, in cents, by article."""

CATEGORIES: Final[Mapping[str, Mapping[str, str]]] = {
    "cuisine": {"fr": "Cuisine", "en": "Kitchen"},
    "maison": {"fr": "Maison", "en": "Home"},
    "jardin": {"fr": "Jardin", "en": "Garden"},
    "papier": {"fr": "Papier", "en": "Paper"},
    "bain": {"fr": "Bain", "en": "Bath"},
    "enfants": {"fr": "Enfants", "en": "Children"},
}

COLOUR: Final = ("couleur", "colour")
SIZE: Final = ("taille", "size")
SCENT: Final = ("parfum", "scent")
WOOD: Final = ("manche", "handle")

CHOICES: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "BLEU": (COLOUR, ("bleu", "blue")),
    "BLANC": (COLOUR, ("blanc", "white")),
    "VERT": (COLOUR, ("vert", "green")),
    "JAUNE": (COLOUR, ("jaune", "yellow")),
    "ROUGE": (COLOUR, ("rouge", "red")),
    "ROSE": (COLOUR, ("rose", "pink")),
    "NUIT": (COLOUR, ("bleu nuit et jaune", "midnight blue and yellow")),
    "NATUREL": (COLOUR, ("naturel", "natural")),
    "AMBRE": (COLOUR, ("ambre", "amber")),
    "PETITE": (SIZE, ("petite, 28 cm", "small, 28 cm")),
    "GRANDE": (SIZE, ("grande, 40 cm", "large, 40 cm")),
    "12": (SIZE, ("12 cm", "12 cm")),
    "18": (SIZE, ("18 cm", "18 cm")),
    "24": (SIZE, ("24 cm", "24 cm")),
    "FIGUIER": (SCENT, ("figuier", "fig leaf")),
    "CEDRE": (SCENT, ("cèdre", "cedar")),
    "ORANGER": (SCENT, ("fleur d’oranger", "orange blossom")),
    "HETRE": (WOOD, ("hêtre huilé", "oiled beech")),
    "LAQUE": (WOOD, ("hêtre laqué rouge", "red-lacquered beech")),
}
"""What the part of a SKU after its hyphen means: the option and its value, French and English."""


def articles() -> list[ListSku]:
    """Return every SKU of the demonstration."""
    return [sku for place, article in enumerate(ARTICLES, start=1) for sku in _skus(place, article)]


def _skus(place: int, article: Article) -> Iterator[ListSku]:
    codes = [f"{article.code}-{choice}" for choice in article.choices] or [article.code]
    for number, code in enumerate(codes):
        yield ListSku(
            sku=code,
            article_code=article.code,
            names=dict(zip(LANGUAGES, article.names, strict=True)),
            price_minor=article.prices[number % len(article.prices)],
            currency=CURRENCY,
            vat_bp=article.vat_bp,
            gtin=_gtin(place, number),
            category=article.category,
            options=_options(article.choices[number]) if article.choices else {},
            picture=f"{codes[0].lower()}.svg",
            descriptions=dict(zip(LANGUAGES, article.texts, strict=True)),
            eco_minor=ECO_MINOR.get(article.code),
        )


def _gtin(place: int, number: int) -> str:
    """Return a GTIN-13 for internal use as the 14 digits that are stored."""
    digits = f"{INTERNAL_GTIN}{place:06d}{number:03d}"
    return f"0{digits}{ean.calc_check_digit(digits)}"


def _options(choice: str) -> dict[str, dict[str, str]]:
    kinds, values = CHOICES[choice]
    return {
        language: {kind: value}
        for language, kind, value in zip(LANGUAGES, kinds, values, strict=True)
    }
