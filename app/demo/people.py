"""Aubépin's customers. Invented; their numbers are of the range kept for fiction."""

from typing import Final

from customers.commands import GiveContact


def _person(first: str, last: str, number: int, language: str = "fr") -> GiveContact:
    address = f"{first}.{last}@example.org".lower().replace(" ", "-")
    plain = address.translate(str.maketrans("éèêëàâîïôûüç", "eeeeaaiiouuc"))
    return GiveContact(
        first, last, plain, f"06 39 98 {number // 100:02d} {number % 100:02d}", language
    )


CUSTOMERS: Final = (
    _person("Chloé", "Durand", 1204),
    _person("Karim", "Benali", 1310),
    _person("Élodie", "Martin", 1421),
    _person("Hugo", "Petit", 1533),
    _person("Yasmine", "Haddad", 1642),
    _person("Paul", "Garnier", 1755),
    _person("Margot", "Lambert", 1861),
    _person("Thomas", "Nguyen", 1970),
    _person("Ada", "Whitfield", 2083, "en"),
    _person("Jeanne", "Roche", 2192),
    _person("Oscar", "Meunier", 2305),
    _person("Lina", "Costa", 2418),
    _person("Victor", "Aubry", 2527),
    _person("Sofia", "Keller", 2634, "en"),
)
"""The first three have ordered on the web, by phone and in a store."""
