"""The styleguide: every component in every state, on invented data, in the three layouts."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from app.i18n import gettext as _
from kernel import clock, qr
from kernel.web import declare

blueprint = Blueprint("styleguide", __name__)
ZONE = "Europe/Paris"
CODE = "4F7K-2M9P"


@blueprint.get("/<any(fr, en):language>/styleguide")
@declare(permission="api.read")
def shop(language: str) -> str:  # noqa: ARG001 (the address names it, `g.language` holds it)
    """Show every component on the shop's layout."""
    return render_template("styleguide.html", **_samples(), links=_shop_links())


@blueprint.get("/<any(fr, en):language>/styleguide/tablet")
@declare(permission="api.read")
def tablet(language: str) -> str:  # noqa: ARG001 (the same)
    """Show the tablet's list and detail."""
    return render_template("styleguide_tablet.html", **_samples(), links=_tablet_links())


@blueprint.get("/<any(fr, en):language>/styleguide/tablet/<any(ok, refused, wait):kind>")
@declare(permission="api.read")
def verdict(language: str, kind: str) -> str:  # noqa: ARG001 (the same)
    """Show one verdict as it fills the tablet."""
    return render_template("styleguide_verdict.html", kind_shown=kind, **_samples())


@blueprint.get("/<any(fr, en):language>/styleguide/office")
@declare(permission="api.read")
def office(language: str) -> str:  # noqa: ARG001 (the same)
    """Show the dense tables of the back office."""
    return render_template("styleguide_office.html", **_samples(), links=_office_links())


@blueprint.get("/styleguide/code.svg")
@declare(permission="api.read")
def code() -> tuple[str, dict[str, str]]:
    """Return the QR code of the sample ticket."""
    return qr.svg(CODE), {"Content-Type": "image/svg+xml"}


def _samples() -> dict[str, Any]:
    today = clock.now().astimezone(ZoneInfo(ZONE))
    soon = today.replace(hour=16, minute=30)
    return {
        "brand_name": "Aubépin",
        "zone": ZONE,
        "code": CODE,
        "soon": soon,
        "later": soon.replace(hour=10, minute=0) + timedelta(days=1),
        "until": soon.replace(hour=18) + timedelta(days=9),
        "stores": STORES,
        "articles": ARTICLES,
    }


def _shop_links() -> list[dict[str, Any]]:
    return [
        {"label": _("Search"), "href": "#search", "icon": "search"},
        {"label": _("Stores"), "href": "#stores", "icon": "map-pin"},
        {"label": _("Basket"), "href": "#basket", "icon": "shopping-bag", "count": 3},
    ]


def _tablet_links() -> list[dict[str, Any]]:
    return [
        {"label": _("Prepare"), "href": "#prepare", "icon": "list-check", "here": True, "count": 4},
        {"label": _("Hand over"), "href": "#hand-over", "icon": "scan"},
    ]


def _office_links() -> list[dict[str, Any]]:
    return [
        {"label": _("Orders"), "href": "#orders", "icon": "shopping-bag", "here": True},
        {"label": _("Stock"), "href": "#stock", "icon": "box"},
        {"label": _("Stores"), "href": "#stores", "icon": "building-store"},
    ]


STORES: list[dict[str, Any]] = [
    {
        "name": "Lyon Croix-Rousse",
        "street": "112 boulevard de la Croix-Rousse",
        "postcode": "69004",
        "city": "Lyon",
        "km": 0.9,
        "bearing": 10,
        "kind": "all",
    },
    {
        "name": "Lyon Bellecour",
        "street": "7 rue Victor-Hugo",
        "postcode": "69002",
        "city": "Lyon",
        "km": 2.3,
        "bearing": 185,
        "kind": "part",
    },
    {
        "name": "Villeurbanne Gratte-Ciel",
        "street": "31 avenue Henri-Barbusse",
        "postcode": "69100",
        "city": "Villeurbanne",
        "km": 4.4,
        "bearing": 96,
        "kind": "later",
    },
    {
        "name": "Écully",
        "street": "6 chemin du Moulin-Carron",
        "postcode": "69130",
        "city": "Écully",
        "km": 6.2,
        "bearing": 280,
        "kind": "none",
    },
]
ARTICLES: list[dict[str, Any]] = [
    {"name": name, "tint": tint, "image": None, "alt": None, "icon": icon, "minor": minor}
    for name, tint, icon, minor in (
        ("Carnet ligné A5", 5, "edit", 1290),
        ("Arrosoir zingué 5 litres", 2, "package", 3490),
        ("Lampe de table en grès émaillé, abat-jour de lin lavé", 3, "bolt", 14900),
        ("Tasse", 1, "gift", 900),
    )
]
