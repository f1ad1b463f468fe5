"""What somebody likes best, in forms: of an account, and on a customer's file."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

import orders.services
import stores.queries
from app.i18n import LANGUAGES, N_
from app.i18n import gettext as _
from customers.commands import PointKind, Prefer
from customers.queries import PreferenceFacts

STORES_MAX: Final = 1_000
TOLD_BY: Final[Mapping[PointKind, str]] = {
    PointKind.EMAIL: N_("By e-mail"),
    PointKind.PHONE: N_("By text message"),
}


def list_liked_stores(session: Session) -> list[tuple[str, str]]:
    """Return the stores somebody may like best, by name; the first is none."""
    found = stores.queries.list_stores(session, limit=STORES_MAX)
    named = sorted((each.name, each.code) for each in found if each.sells)
    return [("", _("No preference")), *((code, name) for name, code in named)]


def list_ways() -> list[tuple[str, str]]:
    """Return how somebody may like to be told; the first is as it comes."""
    return [("", _("No preference")), *((kind.value, _(label)) for kind, label in TOLD_BY.items())]


def read_liking(session: Session, form: Mapping[str, str]) -> Prefer:
    """Return what a form says somebody likes best.

    Raises UnknownLocation.
    """
    channel = next((each for each in PointKind if each.value == form.get("channel")), None)
    language = form.get("language", "")
    return orders.services.read_preference(
        session,
        store=form.get("store") or None,
        channel=channel,
        language=language if language in LANGUAGES else None,
    )


def say_liking(session: Session, liked: PreferenceFacts) -> dict[str, str]:
    """Return what somebody likes best, in words and as the form holds it; nothing for nothing."""
    store = (
        stores.queries.get_store_by_id(session, liked.location_id) if liked.location_id else None
    )
    return {
        "store": store.code if store else "",
        "store_name": store.name if store else "",
        "channel": liked.channel.value if liked.channel else "",
        "told": _(TOLD_BY[liked.channel]) if liked.channel else "",
    }
