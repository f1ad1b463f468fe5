"""What the assistant tells about stores: when one is open, what one has of an article."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

import orders.availability
import stores.queries
from app import formats
from app.i18n import current
from app.i18n import gettext as _
from app.shop.offers import week_of
from app.shop.search import search
from app.shop.shown import ShownOrder
from conversations.understanding import ASKS, Wish, near, split, stem, stems
from stores.queries import StoreFacts, Where

STORES_MAX: Final = 200
NAMED_MAX: Final = 6
ASKING: Final = frozenset(
    stem(word)
    for wish, groups in ASKS
    if wish is Wish.AVAILABILITY
    for group in groups
    for word in group.split()
) | frozenset(map(stem, ("magasin", "boutique", "store", "shop", "chez", "there")))
"""Words that ask, and name no article."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told; or what is asked back, where not all was said."""

    text: str
    asks_back: bool = False


def say_hours(session: Session, said: str, order: ShownOrder | None) -> Told:
    """Return a store's coming seven days; asks which store where none is meant."""
    store = _meant(session, said, order)
    if store is None:
        return _which(session)
    days = "\n".join(f"{day}: {hours}" for day, hours in week_of(store))
    return Told(f"{store.name}, {store.street}, {store.postcode} {store.city}\n{days}")


def say_availability(session: Session, said: str, order: ShownOrder | None) -> Told:
    """Return whether a store has an article now; asks for what is not said."""
    store = _meant(session, said, order)
    if store is None:
        return _which(session)
    named = set(map(stem, split(f"{store.name} {store.city}")))
    words = [word for word in split(said) if stem(word) in stems(said)]
    words = [each for each in words if stem(each) not in named and stem(each) not in ASKING]
    found = search(
        session, " ".join(words), brand_id=store.brand_id, language=current(), limit=1
    ).articles
    if not words or not found:
        words_back = _("Which article do you mean? Write its name, and the store.")
        return Told(words_back, asks_back=True)
    sku, name = found[0].skus[0].sku, found[0].name
    offers = orders.availability.find_offers(
        session, quantities={sku: 1}, where=Where(codes=(store.code,))
    )
    ready = offers[0].ready_at if offers and offers[0].available.get(sku) else None
    facts = {"name": name, "store": store.name}
    if ready is None:
        return Told(_("%(name)s: none at %(store)s at this moment.") % facts)
    when = formats.when(ready, store.time_zone, language=current())
    yes = _("%(name)s: yes at %(store)s. Ordered now, ready %(when)s.")
    return Told(yes % {**facts, "when": when})


def _meant(session: Session, said: str, order: ShownOrder | None) -> StoreFacts | None:
    """Return the store whose name or town is said, else where the order is collected."""
    typed = [stem(word) for word in split(said)]
    for each in stores.queries.list_stores(session, limit=STORES_MAX):
        names = [stem(word) for word in split(f"{each.name} {each.city}") if len(word) > len("aux")]
        if any(near(one, other) for one in typed for other in names):
            return each
    if order is not None and order.collectable:
        return order.parcels[0].store
    return None


def _which(session: Session) -> Told:
    names = [each.name for each in stores.queries.list_stores(session, limit=NAMED_MAX)]
    said = _("Which store do you mean? For instance: %(names)s.") % {"names": ", ".join(names)}
    return Told(said, asks_back=True)
