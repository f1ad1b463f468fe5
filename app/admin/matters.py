"""The page of what can be dealt with on which channel."""

from app import matters
from app.admin.blueprint import blueprint, show
from app.customer_files import CHANNELS
from app.i18n import gettext as _
from app.matters import LABELS, ON, Standing
from kernel.web import declare


@blueprint.get("/matters", endpoint="matters")
@declare(permission="cases.read")
def list_matters() -> str:
    """Show each matter on each channel, and what proves that it is dealt with there."""
    rows = list(matters.read_cells())
    return show(
        "matters.html",
        tab="cases",
        rows=rows,
        labels=LABELS,
        columns=[{"label": _(words)} for words in ("Matter", *(CHANNELS[on][0] for on in ON))],
        names={each: words for each, (words, _icon) in CHANNELS.items()},
        unproven=[
            cell for _name, cells in rows for cell in cells if cell.standing is Standing.CLAIMED
        ],
    )
