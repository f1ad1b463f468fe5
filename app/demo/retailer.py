"""Who Aubépin is: its stores and its people. Invented, like its prices and its telephone numbers.

The numbers come from the ranges the French regulator keeps free for fiction.
"""

import unicodedata
from typing import Final, NamedTuple

from app.demo.articles import CURRENCY
from stores.commands import OpenBrand, StaffRole

BRAND: Final = OpenBrand(
    code="aubepin",
    name="Aubépin",
    currency=CURRENCY,
    languages=("fr", "en"),
    sender_email="bonjour@aubepin.example",
    sms_sender="Aubepin",
)


class Place(NamedTuple):
    """A store or the warehouse; degrees are WGS84, hours in OpenStreetMap syntax."""

    code: str
    name: str
    street: str
    postcode: str
    city: str
    phone: str
    latitude: float
    longitude: float
    opening_hours: str
    prepare_min: int = 120


STORES: Final = (
    Place("lyon-croix-rousse", "Lyon Croix-Rousse", "12 rue des Tisserands", "69004", "Lyon", "+33465710412", 45.7767, 4.8310, "Mo-Sa 09:30-19:00; PH off"),
    Place("villeurbanne", "Villeurbanne Gratte-Ciel", "48 avenue des Cinq-Tours", "69100", "Villeurbanne", "+33465710448", 45.7677, 4.8797, "Mo-Sa 10:00-19:30; PH off"),
    Place("paris-bastille", "Paris Bastille", "9 rue des Marqueteurs", "75011", "Paris", "+33199001109", 48.8537, 2.3716, "Mo-Sa 10:00-20:00; Su 11:00-19:00; PH off", 60),
    Place("lille-centre", "Lille Centre", "31 rue des Filtiers", "59800", "Lille", "+33353010031", 50.6345, 3.0620, "Mo 14:00-19:00; Tu-Sa 10:00-19:00; PH off"),
    Place("strasbourg", "Strasbourg Petite France", "5 quai des Flotteurs", "67000", "Strasbourg", "+33353010605", 48.5803, 7.7405, "Mo-Fr 10:00-19:00; Sa 09:30-18:30; PH off"),
    Place("bordeaux-chartrons", "Bordeaux Chartrons", "22 rue des Merrandiers", "33000", "Bordeaux", "+33536490022", 44.8537, -0.5708, "Mo-Sa 10:00-19:00; PH off"),
    Place("nantes-bouffay", "Nantes Bouffay", "14 rue des Gabariers", "44000", "Nantes", "+33261910014", 47.2150, -1.5525, "Mo-Sa 10:00-19:30; PH off"),
    Place("annecy", "Annecy Vieille Ville", "7 passage des Martinets", "74000", "Annecy", "+33465710407", 45.8985, 6.1265, "Tu-Sa 10:00-12:30,14:00-19:00; PH off", 180),
)  # fmt: skip

WAREHOUSE: Final = Place(
    "entrepot",
    "Entrepôt de Saint-Quentin-Fallavier",
    "3 allée des Merisiers",
    "38070",
    "Saint-Quentin-Fallavier",
    "+33465710438",
    45.6436,
    5.1120,
    "Mo-Fr 06:00-20:00; PH off",
)

STAFF: Final = (
    ("Inès Morel", StaffRole.ASSOCIATE, ("lyon-croix-rousse",)),
    ("Nadia Lefèvre", StaffRole.MANAGER, ("lyon-croix-rousse", "villeurbanne")),
    ("Luc Bernard", StaffRole.AGENT, ()),
    ("Camille Roux", StaffRole.ADMIN, ()),
)
"""Who gets a key to try the demonstration with: one person of each role."""

PIN: Final = "2468"
PASSWORD: Final = "aubepin-demonstration"  # noqa: S105 (the start page shows it)
"""What everybody of the demonstration signs in with; no real installation has these people."""


def email_of(name: str) -> str:
    """Return the address of somebody of the staff: `ines.morel@aubepin.example`."""
    plain = unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
    return f"{'.'.join(plain.split())}@aubepin.example"


COLLEAGUES: Final = (
    ("Théo Garnier", StaffRole.ASSOCIATE, ("lyon-croix-rousse",)),
    ("Maëlle Pons", StaffRole.ASSOCIATE, ("lyon-croix-rousse", "villeurbanne")),
    ("Karim Haddad", StaffRole.ASSOCIATE, ("villeurbanne",)),
    ("Sophie Lambert", StaffRole.MANAGER, ("paris-bastille",)),
    ("Yanis Benali", StaffRole.ASSOCIATE, ("paris-bastille",)),
    ("Aminata Diallo", StaffRole.ASSOCIATE, ("paris-bastille",)),
    ("Hugo Delattre", StaffRole.MANAGER, ("lille-centre",)),
    ("Zoé Vandamme", StaffRole.ASSOCIATE, ("lille-centre",)),
    ("Élise Schmitt", StaffRole.MANAGER, ("strasbourg",)),
    ("Jonas Muller", StaffRole.ASSOCIATE, ("strasbourg",)),
    ("Paul Etchebarne", StaffRole.MANAGER, ("bordeaux-chartrons",)),
    ("Lina Ferreira", StaffRole.ASSOCIATE, ("bordeaux-chartrons",)),
    ("Gwenaëlle Le Goff", StaffRole.MANAGER, ("nantes-bouffay",)),
    ("Malo Rivière", StaffRole.ASSOCIATE, ("nantes-bouffay",)),
    ("Odile Favre", StaffRole.MANAGER, ("annecy",)),
    ("Bastien Charpin", StaffRole.ASSOCIATE, ("annecy",)),
    ("Nicolas Perrin", StaffRole.MANAGER, ("entrepot",)),
    ("Fatou Ndiaye", StaffRole.AGENT, ()),
)
"""Everybody else on the staff, by store."""
