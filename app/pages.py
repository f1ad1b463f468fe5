"""What every page stands on: its language, its static files, its drawings."""

from typing import Any

from flask import Flask

from app import assets, dial, i18n
from app.case_words import say_count


def init_app(app: Flask) -> None:
    """Give templates everything that layouts and components use.

    A brand's pages set `brand_name` in their context; without it, it is Comptoir's.
    """
    i18n.init_app(app)
    assets.init_app(app)
    app.jinja_env.globals.update(brand_name="Comptoir", dial_dots=_dots, dial_rings=_rings)
    app.jinja_env.globals["say_count"] = say_count


def _dots(places: list[dict[str, Any]]) -> list[dial.Dot]:
    return dial.dots([(place["bearing"], place["km"]) for place in places])


def _rings() -> list[dict[str, float]]:
    return [{"km": km, "radius": round(dial.ring(km), 1)} for km in dial.RINGS_KM]
