"""Everything the demonstration has beside its stores and articles."""

from app.demo.carts import furnish_carts
from app.demo.cases import furnish_cases
from app.demo.doors import furnish_doors
from app.demo.exits import furnish_exits
from app.demo.history import tell_history
from app.demo.stock import furnish_stock
from app.demo.talks import furnish_talks
from app.demo.tills import furnish_tills


def furnish(owner_url: str) -> None:
    """Have a past, a busy day, and something to do at every desk.

    `owner_url` is the database's, of whoever owns its tables: only they may move rows back.
    """
    tell_history(owner_url)
    furnish_stock()
    furnish_cases()
    furnish_tills()
    furnish_exits()
    furnish_doors()
    furnish_carts()
    furnish_talks(owner_url)
