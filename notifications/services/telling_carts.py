"""Messages that carry the link of a basket: to a shopper's other device, or an adviser's customer.

What the adviser noted stands on the page, not here: a message holds nothing that somebody typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import orders.queries
import stores.queries
from catalog.queries import SkuWords
from customers.commands import Topic
from customers.queries import MARKETING, ContactFacts
from kernel import links
from kernel.ids import new_id
from notifications import gateway
from notifications.commands import ADVERTISES, Channel, MessageStatus, OweCart
from notifications.models import Message
from notifications.services.owing import LANGUAGES, VERSIONS, address_of, insert_rows
from orders.queries import CartFacts
from stores.queries import BrandFacts, StoreFacts


@dataclass(frozen=True, slots=True)
class CartCase:
    """A basket as it is now, and whom its link goes to; without a store none was chosen."""

    cart: CartFacts
    words: Mapping[str, SkuWords]
    contact: ContactFacts | None
    brand: BrandFacts
    store: StoreFacts | None
    owner_id: UUID | None = None


def owe_cart(session: Session, command: OweCart) -> None:
    """Somebody is owed the link of a basket, wherever they are reached; twice changes nothing.

    What advertises is owed where they said a word about it, whichever: the sender asks which.
    """
    contact = customers.queries.get_contacts(session, [command.contact_id])[command.contact_id]
    known = [channel for channel in Channel if address_of(contact, channel)]
    if topic := ADVERTISES.get(command.template):
        known = [each for each in known if _has_said(session, command.contact_id, each, topic)]
        if not known:
            return
    rows = [_row(command, contact, channel) for channel in known or [Channel.EMAIL]]
    if not known:
        rows[0] |= {"status": MessageStatus.SUPPRESSED, "note": "no address"}
    insert_rows(session, rows)


def read_cart_case(session: Session, message: Message, cart_id: UUID) -> CartCase:
    """Return what a message about a basket speaks of, as it is now."""
    cart = orders.queries.get_cart_by_id(session, cart_id)
    store = stores.queries.get_store_by_id(session, cart.location_id) if cart.location_id else None
    first = store or stores.queries.list_stores(session, limit=1)[0]
    contacts = customers.queries.get_contacts(session, [message.contact_id])
    return CartCase(
        cart=cart,
        words=catalog.queries.describe_skus(
            session, list(cart.quantities), language=message.language
        ),
        contact=contacts.get(message.contact_id),
        brand=stores.queries.get_brand(session, first.brand_id),
        store=store,
        owner_id=customers.queries.find_giver(session, message.contact_id or cart_id),
    )


def why_cart_outdated(case: CartCase) -> str | None:
    """Return why there is no basket to go on with any more; None while there is."""
    if case.cart.order_id is not None:
        return "too late: it was ordered"
    return None if case.cart.quantities else "too late: nothing is in it any more"


def cart_facts(message: Message, case: CartCase) -> dict[str, Any]:
    """Return what the words about a basket may speak of; an order's are empty."""
    home = f"{gateway.settings().public_url.rstrip('/')}/{message.language}"
    store = case.store
    town = f"{store.postcode} {store.city}".strip() if store else ""
    return {
        "template": message.template.value,
        "language": message.language,
        "brand": case.brand.name,
        "short_brand": case.brand.sms_sender,
        "number": "",
        "until": "",
        "code": "",
        "total": "",
        "due": "",
        "vat": [],
        "hours": [],
        "extend": "",
        **_ways_out(message, case, home),
        "lines": [
            (quantity, ", ".join(filter(None, (case.words[sku].name, case.words[sku].option))), "")
            for sku, quantity in case.cart.quantities.items()
            if sku in case.words
        ],
        "store": store.name if store else case.brand.name,
        "place": [store.street, town] if store else [],
        "phone": (store.phone or "") if store else "",
        "link": f"{home}/baskets/{links.cart_token(case.cart.id or UUID(int=0))}",
        "is_advised": case.cart.staff_id is not None,
    }


def _ways_out(message: Message, case: CartCase, home: str) -> dict[str, str]:
    """Return how whoever is written to says no: on a page, and with a click of a mail program."""
    if message.template not in ADVERTISES or case.owner_id is None:
        return {"stop": ""}
    token = links.preferences_token(case.owner_id)
    public = gateway.settings().public_url.rstrip("/")
    return {"stop": f"{home}/preferences/{token}", "unsubscribe": f"{public}/unsubscribe/{token}"}


def _has_said(session: Session, contact_id: UUID, channel: Channel, topic: Topic) -> bool:
    owner = customers.queries.find_giver(session, contact_id)
    said = owner and customers.queries.find_said(
        session, owner, purpose=MARKETING, channel=channel.value, topic=topic.value
    )
    return said is not None


def _row(command: OweCart, contact: ContactFacts, channel: Channel) -> dict[str, object]:
    version = VERSIONS[command.template]
    parts = (command.event_id, command.cart_id, channel, command.template, version)
    return {
        "event_id": command.event_id,
        "cart_id": command.cart_id,
        "contact_id": command.contact_id,
        "channel": channel,
        "template": command.template,
        "template_version": version,
        "language": contact.language if contact.language in LANGUAGES else LANGUAGES[-1],
        "dedupe_key": ":".join(str(part) for part in parts),
        "reference": new_id(),
        "status": MessageStatus.DUE,
        "note": None,
    }
