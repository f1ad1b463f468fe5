"""What every page stands on: its language, its static files, its drawings."""

import re
from collections.abc import Sequence
from typing import Any, Final

from flask import Flask
from markupsafe import Markup, escape

from app import assets, dial, i18n
from app.case_words import say_count

ROW_OR_CELL: Final = re.compile(r"<(tr|td)\b")


def init_app(app: Flask) -> None:
    """Give templates everything that layouts and components use.

    A brand's pages set `brand_name` in their context; without it, it is Comptoir's.
    """
    i18n.init_app(app)
    assets.init_app(app)
    app.jinja_env.globals.update(brand_name="Comptoir", dial_dots=_dots, dial_rings=_rings)
    app.jinja_env.globals["say_count"] = say_count
    app.jinja_env.filters["label_cells"] = _label_cells


def _dots(places: list[dict[str, Any]]) -> list[dial.Dot]:
    return dial.dots([(place["bearing"], place["km"]) for place in places])


def _rings() -> list[dict[str, float]]:
    return [{"km": km, "radius": round(dial.ring(km), 1)} for km in dial.RINGS_KM]


def _label_cells(rows: Markup, labels: Sequence[str]) -> Markup:
    """Return a table's rows in which every cell knows its column, for screens too narrow for one.

    Roles are said too: what is no longer laid out as a table is one still. A cell that holds
    nothing but a dash says so, for where there is no room to show it.
    """
    at = 0

    def label(found: re.Match[str]) -> str:
        nonlocal at
        if found[1] == "tr":
            at = 0
            return '<tr role="row"'
        said = labels[at] if at < len(labels) else ""
        at += 1
        return f'<td role="cell" data-label="{escape(said)}"' if said else '<td role="cell"'

    labelled = ROW_OR_CELL.sub(label, rows).replace(">–</td>", " data-none>–</td>")
    return Markup(labelled)  # noqa: S704 (rows are escaped, and so are labels)
