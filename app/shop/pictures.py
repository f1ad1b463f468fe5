"""Pictures of articles: the demonstration's drawings by SKU, and a designed stand-in."""

from hashlib import sha256
from typing import Any

from flask import url_for

from app.demo.drawings import draw, draw_stand_in
from catalog.queries import CategoryFacts

DIGEST_SIGNS = 10
TINTS = 6


def picture_svg(sku: str) -> tuple[str, str | None]:
    """Return a SKU's picture as SVG with the version of it; a stand-in has none."""
    try:
        svg = draw(sku.upper())
    except KeyError:
        return draw_stand_in(sku, None), None
    return svg, sha256(svg.encode()).hexdigest()[:DIGEST_SIGNS]


def picture_address(sku: str) -> str | None:
    """Return where a SKU's own picture is, by its content; None when nobody drew it."""
    _, version = picture_svg(sku)
    return version and url_for("shop.picture", sku=sku.lower(), version=version)


def pictured(
    sku: str, name: str, *, category: str | None, shelves: list[CategoryFacts], alt: str = ""
) -> dict[str, Any]:
    """Return what the picture component needs: image, tint of the category, name, pictogram."""
    codes = [shelf.code for shelf in shelves]
    tint = codes.index(category) % TINTS + 1 if category in codes else TINTS
    return {
        "name": name,
        "image": picture_address(sku),
        "alt": alt,
        "tint": tint,
        "icon": "box",
    }
