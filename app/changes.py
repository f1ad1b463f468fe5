"""What was changed of an order since it was placed, in words: for its customer and the office."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from app import formats
from app.i18n import N_, current
from app.i18n import gettext as _
from kernel import events
from kernel.events import Recorded
from orders.commands import Channel, Method
from orders.events import OrderAmended
from orders.queries import OrderFacts

WHO_AND_WHERE: Final[Mapping[str, str]] = {
    "collector": N_("somebody else collects"),
    "address": N_("brought elsewhere"),
}
WAYS: Final[Mapping[Method, str]] = {
    Method.PICKUP: N_("collected in the store"),
    Method.DRIVE: N_("brought to the car"),
    Method.DELIVERY: N_("brought to a door"),
    Method.CARRY_OUT: N_("taken along"),
}
BY: Final[Mapping[Channel, str]] = {
    Channel.WEB: N_("online"),
    Channel.PHONE: N_("by telephone"),
    Channel.STORE: N_("in the store"),
}


def list_changes(session: Session, order: OrderFacts) -> list[tuple[datetime, str]]:
    """Return what was changed of an order, oldest first, with when."""
    changes = [
        each for each in events.list_history(session, [order.id]) if each.name == OrderAmended.name
    ]
    if not changes:
        return []
    names = name_articles(session, order, changes)
    here = stores.queries.get_store_by_id(session, order.fulfillments[0].location_id)
    return [
        (
            each.recorded_at,
            say_changes(each.facts, names=names, zone=here.time_zone, currency=order.currency),
        )
        for each in changes
    ]


def name_articles(
    session: Session, order: OrderFacts, history: Sequence[Recorded]
) -> dict[str, str]:
    """Return what the articles of an order are called, also those it has no more."""
    names = {line.sku: line.name for each in order.fulfillments for line in each.lines}
    gone = {
        sku
        for each in history
        if each.name == OrderAmended.name
        for one in (each.facts["changes"], *each.facts["changes"].get("parcels", ()))
        for sku in one.get("lines", {})
        if sku not in names
    }
    gone |= {
        each.facts["substitute_sku"] for each in history if "substitute_sku" in each.facts
    } - names.keys()
    if gone:
        known = catalog.queries.describe_skus(session, gone, language=current())
        names |= {sku: words.name for sku, words in known.items()}
    return names


def say_changes(
    facts: Mapping[str, Any], *, names: Mapping[str, str], zone: str, currency: str
) -> str:
    """Return what an order was and is, in words: articles, store, slot, who, where, money."""
    changes = facts["changes"]
    said = _say_parcel(changes, names=names, zone=zone)
    for each in changes.get("parcels", ()):
        where = each["at"] if each["method"] != Method.DELIVERY else _(WAYS[Method.DELIVERY])
        said.append(f"{where}: {', '.join(_say_parcel(each, names=names, zone=zone))}")
    said += [_(words) for what, words in WHO_AND_WHERE.items() if what in changes]
    if facts["delta_minor"]:
        more = _("%(amount)s more") if facts["delta_minor"] > 0 else _("%(amount)s less")
        amount = formats.money(abs(facts["delta_minor"]), currency, language=current())
        said.append(more % {"amount": amount})
    by = BY.get(Channel(facts["channel"]))
    return ", ".join([*said, *([_(by)] if by else [])])


def _say_parcel(changes: Mapping[str, Any], *, names: Mapping[str, str], zone: str) -> list[str]:
    """Return what one parcel was and is, in words."""
    said = [
        f"{names.get(sku, sku)} {before} → {after}"
        for sku, (before, after) in changes.get("lines", {}).items()
    ]
    if "part" in changes:
        said += [f"{units} × {names.get(sku, sku)}" for sku, units in changes["part"].items()]
    if "way" in changes:
        said.append(" → ".join(_(WAYS[Method(each)]) for each in changes["way"]))
    if "store" in changes and changes["store"][0] != changes["store"][1]:
        said.append(" → ".join(changes["store"]))
    if "by" in changes:
        said.append(" → ".join(changes["by"]))
    if "slot" in changes:
        slots = " → ".join(_slot(each, zone) for each in changes["slot"])
        said.append(_("slot: %(slots)s") % {"slots": slots})
    return said


def _slot(at: str | None, zone: str) -> str:
    if at is None:
        return "–"
    return formats.when(datetime.fromisoformat(at), zone, language=current())
