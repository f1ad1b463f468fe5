"""A warehouse near Tours, which ships and does not sell."""

from uuid import UUID

from stores.commands import OpenLocation


def depot(brand_id: UUID, code: str = "depot") -> OpenLocation:
    """Return what opens it."""
    return OpenLocation(
        brand_id=brand_id,
        code=code,
        name="Entrepôt Tours",
        street="1 rue du Quai",
        postcode="37000",
        city="Tours",
        country="FR",
        phone=None,
        latitude=47.39,
        longitude=0.69,
        time_zone="Europe/Paris",
        opening_hours="24/7",
        sells=False,
        collects=False,
        ships=True,
    )
