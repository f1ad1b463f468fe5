"""The one blueprint of tills, and which store the asking one stands in."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import Actor
from kernel.attempts import Limit, give_back_attempt, take_attempt
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import ApiBlueprint
from orders.errors import PassNotValid
from stores.errors import UnknownLocation
from stores.queries import StoreFacts

CODE_TRIES_DEVICE = 20
CODE_TRIES_STORE = 60
CODE_WINDOW_S = 600

blueprint = ApiBlueprint("tills", __name__, url_prefix="/api/v1/till", description="Tills")


def own_store(session: Session, actor: Actor) -> StoreFacts:
    """Return the store a till stands in.

    Raises UnknownLocation.
    """
    for location_id in actor.location_ids or ():
        return stores.queries.get_store_by_id(session, location_id)
    raise UnknownLocation


@contextmanager
def counted(actor: Actor, *, secret: bool) -> Iterator[None]:
    """Count a try at a code before it is looked at, with those of the store's tablets.

    Whoever showed a genuine pass gets the try back, whatever became of the parcel.
    """
    if not secret:
        yield
        return
    with transaction() as session:
        store = own_store(session, actor)
        limits = [
            Limit(f"code:device:{actor.id}", CODE_TRIES_DEVICE, CODE_WINDOW_S),
            Limit(f"code:store:{store.code}", CODE_TRIES_STORE, CODE_WINDOW_S),
        ]
        take_attempt(session, limits)
    try:
        yield
    except PassNotValid:
        raise
    except Refusal:
        _give_back(limits)
        raise
    _give_back(limits)


def _give_back(limits: list[Limit]) -> None:
    with transaction() as session:
        give_back_attempt(session, limits)
