"""Who Aubépin is: its stores, its articles, its people. Invented, like its prices."""

from typing import Final

from catalog.commands import ListSku
from stores.commands import OpenBrand, StaffRole

BRAND: Final = OpenBrand(
    code="aubepin",
    name="Aubépin",
    currency="EUR",
    languages=("fr", "en"),
    sender_email="bonjour@aubepin.example",
    sms_sender="Aubepin",
)

HOURS: Final = "Mo-Sa 09:30-19:00; PH off"
SUNDAY_HOURS: Final = "Mo-Sa 10:00-20:00; Su 10:00-13:00; PH off"

STORES: Final = (
    (
        "lyon-croix-rousse",
        "Lyon Croix-Rousse",
        "12 rue de Cuire",
        "69004",
        "Lyon",
        45.7767,
        4.8310,
        HOURS,
    ),
    (
        "villeurbanne",
        "Villeurbanne Gratte-Ciel",
        "48 avenue Henri-Barbusse",
        "69100",
        "Villeurbanne",
        45.7677,
        4.8797,
        HOURS,
    ),
    (
        "paris-bastille",
        "Paris Bastille",
        "9 rue de la Roquette",
        "75011",
        "Paris",
        48.8537,
        2.3716,
        SUNDAY_HOURS,
    ),
    ("lille-centre", "Lille Centre", "31 rue de Béthune", "59800", "Lille", 50.6345, 3.0620, HOURS),
    (
        "strasbourg",
        "Strasbourg Petite France",
        "5 rue du Bain-aux-Plantes",
        "67000",
        "Strasbourg",
        48.5803,
        7.7405,
        HOURS,
    ),
)
"""Code, name, street, postcode, city, latitude, longitude, opening hours."""

CATEGORIES: Final = {
    "cuisine": {"fr": "Cuisine", "en": "Kitchen"},
    "maison": {"fr": "Maison", "en": "Home"},
    "jardin": {"fr": "Jardin", "en": "Garden"},
    "papier": {"fr": "Papier", "en": "Paper"},
}

STAFF: Final = (
    ("Inès Morel", StaffRole.ASSOCIATE, ("lyon-croix-rousse",)),
    ("Nadia Lefèvre", StaffRole.MANAGER, ("lyon-croix-rousse", "villeurbanne")),
    ("Luc Bernard", StaffRole.AGENT, ()),
    ("Camille Roux", StaffRole.ADMIN, ()),
)


def articles() -> list[ListSku]:
    """Return every SKU of the demonstration."""
    return [
        *_colours(
            "THEIERE", "cuisine", "Théière Alba", "Alba teapot", 3490, ("bleu", "blanc", "vert")
        ),
        *_colours("TASSE", "cuisine", "Tasse Alba", "Alba mug", 1290, ("bleu", "blanc", "jaune")),
        *_colours("TORCHON", "cuisine", "Torchon lin", "Linen tea towel", 990, ("bleu", "rouge")),
        *_colours("LAMPE", "maison", "Lampe Lune", "Moon lamp", 5900, ("blanc", "jaune")),
        *_colours("PLAID", "maison", "Plaid mohair", "Mohair throw", 7900, ("vert", "rouge")),
        _one("BOUGIE", "maison", "Bougie figuier", "Fig candle", 2490),
        _one("ARROSOIR", "jardin", "Arrosoir 5 l", "Watering can, 5 l", 2790),
        _one("SECATEUR", "jardin", "Sécateur", "Secateurs", 1990),
        *_colours(
            "CARNET", "papier", "Carnet cousu", "Sewn notebook", 890, ("bleu", "rouge", "vert")
        ),
        _one("STYLO", "papier", "Stylo laiton", "Brass pen", 3200),
    ]


def _one(code: str, category: str, french: str, english: str, price_minor: int) -> ListSku:
    return ListSku(
        sku=code,
        article_code=code,
        names={"fr": french, "en": english},
        price_minor=price_minor,
        currency=BRAND.currency,
        vat_bp=2000,
        category=category,
    )


COLOURS: Final = {
    "bleu": "blue",
    "blanc": "white",
    "vert": "green",
    "jaune": "yellow",
    "rouge": "red",
}


def _colours(
    code: str, category: str, french: str, english: str, price_minor: int, colours: tuple[str, ...]
) -> list[ListSku]:
    return [
        ListSku(
            sku=f"{code}-{colour.upper()}",
            article_code=code,
            names={"fr": french, "en": english},
            price_minor=price_minor,
            currency=BRAND.currency,
            vat_bp=2000,
            category=category,
            options={"fr": {"couleur": colour}, "en": {"colour": COLOURS[colour]}},
        )
        for colour in colours
    ]
