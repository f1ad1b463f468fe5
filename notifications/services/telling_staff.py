"""Messages to the retailer's own people: of cases that are due, and of what runs low.

They go by e-mail, to those who have an address; nobody else is told elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import orders.queries
import stores.queries
from catalog.queries import SkuWords
from inventory.queries import LowFacts
from kernel.actors import SYSTEM
from kernel.clock import db_now
from kernel.ids import new_id, show_order_number
from notifications import gateway
from notifications.commands import Channel, MessageStatus, OweStaff, Template
from notifications.models import Message
from notifications.services.owing import LANGUAGES, VERSIONS, insert_rows
from notifications.services.wording import Voice
from orders.queries import CaseFacts
from stores.queries import BrandFacts, StaffFacts, StoreFacts

OPENS: Final = time(7)
"""When what runs low is told of, where the store is."""
HEAD_OFFICE_ZONE: Final = ZoneInfo("Europe/Paris")
LINES_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Colleague:
    """Where somebody of the staff is reached."""

    email: str | None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class StaffCase:
    """What a message to staff speaks of, as it is now: a case, or what runs low at `store`.

    Without a store it is head office's. `contact` is None for those who left.
    """

    contact: Colleague | None
    brand: BrandFacts
    store: StoreFacts | None
    case: CaseFacts | None
    low: tuple[LowFacts, ...]
    words: Mapping[str, SkuWords]
    asked_at: datetime


def owe_staff(session: Session, command: OweStaff) -> None:
    """Those who can see to it are owed the news, each once; who has no e-mail address is not.

    What runs low is owed once a day per store and person, due when the store's day begins.

    Raises UnknownCase or UnknownLocation.
    """
    if command.case_id is not None:
        case = orders.queries.get_case(session, command.case_id, actor=SYSTEM)
        place = _find_store(session, case)
        people = _who_sees_to(session, case, level=command.level)
        due_at, once = db_now(session), f"{command.event_id}:{case.id}"
        brands = {None, case.brand_id} if case.brand_id else {each.brand_id for each in people}
    else:
        place = stores.queries.get_store_by_id(session, command.location_id or new_id())
        people = stores.queries.list_managers(session, location_id=place.id)
        due_at = next_opening_hour(db_now(session), place.time_zone)
        day = due_at.astimezone(ZoneInfo(place.time_zone)).date()
        once = f"{place.id}:{day}"
        brands = {each.brand_id for each in people}
    insert_rows(
        session,
        [
            {
                "event_id": command.event_id,
                "case_id": command.case_id,
                "location_id": command.location_id,
                "staff_id": each.id,
                "channel": Channel.EMAIL,
                "template": command.template,
                "template_version": VERSIONS[command.template],
                "language": _language_of(place),
                "dedupe_key": f"{command.template}:{once}:{each.id}",
                "reference": new_id(),
                "status": MessageStatus.DUE,
                "due_at": due_at,
                "note": None,
            }
            for each in people
            if each.email and each.brand_id in brands
        ],
    )


def next_opening_hour(moment: datetime, zone: str) -> datetime:
    """Return the next time it is seven in the morning at a place."""
    local = moment.astimezone(ZoneInfo(zone))
    today = local.replace(hour=OPENS.hour, minute=0, second=0, microsecond=0, fold=0)
    if today >= local:
        return today
    return datetime.combine(local.date() + timedelta(days=1), OPENS, tzinfo=ZoneInfo(zone))


def read_staff_case(session: Session, message: Message) -> StaffCase:
    """Return what a message to staff speaks of, as it is now."""
    case, store = None, None
    low: tuple[LowFacts, ...] = ()
    if message.case_id is not None:
        case = orders.queries.get_case(session, message.case_id, actor=SYSTEM)
        store = _find_store(session, case)
    elif message.location_id is not None:
        store = stores.queries.get_store_by_id(session, message.location_id)
        units = store.rules.low_stock_units
        low = tuple(
            inventory.queries.list_low(
                session, location_id=store.id, units=units, limit=LINES_SHOWN
            )
        )
    skus = [each.sku for each in low]
    person = stores.queries.find_staff(session, message.staff_id or new_id())
    return StaffCase(
        contact=Colleague(person.email) if person and person.active else None,
        brand=_brand_of(session, store, case),
        store=store,
        case=case,
        low=low,
        words=catalog.queries.describe_skus(session, skus, language=message.language),
        asked_at=db_now(session),
    )


def why_outdated(message: Message, case: StaffCase) -> str | None:
    """Return why a message to staff is true no longer, if so."""
    if message.template is Template.LOW_STOCK:
        return None if case.low else "nothing runs low any more"
    closed = case.case is None or case.case.closed_at is not None
    return "too late: the case is closed" if closed else None


def staff_facts(message: Message, case: StaffCase) -> dict[str, Any]:
    """Return what the words to staff may speak of; a customer's are empty."""
    zone = ZoneInfo(case.store.time_zone) if case.store else HEAD_OFFICE_ZONE
    about = case.case
    number = show_order_number(about.order_number) if about and about.order_number else ""
    return {
        "template": message.template.value,
        "language": message.language,
        "brand": case.brand.name,
        "short_brand": case.brand.sms_sender,
        "number": number,
        "until": "",
        "code": "",
        "total": "",
        "due": "",
        "vat": [],
        "hours": [],
        "lines": [
            (each.available, _name(case.words.get(each.sku), each.sku), "") for each in case.low
        ],
        "store": case.store.name if case.store else "",
        "place": [],
        "phone": "",
        "kind": about.kind.value if about else "",
        "is_late": bool(about and about.due_at <= case.asked_at),
        "needed_by": Voice(message.language, zone).moment(about.due_at) if about else "",
        "owner": (about.owner_name or "") if about else "",
        "count": len(case.low),
        "link": _link(message, case),
        "stop": "",
        "to_staff": True,
        "extend": "",
    }


def _who_sees_to(session: Session, case: CaseFacts, *, level: int) -> list[StaffFacts]:
    """Return the store's managers; head office too when they were told before, or have no store."""
    here = case.location_id
    people = stores.queries.list_managers(session, location_id=here) if here else []
    if here is None or level > 1:
        people = [*people, *stores.queries.list_admins(session)]
    return people


def _find_store(session: Session, case: CaseFacts) -> StoreFacts | None:
    if case.location_id is None:
        return None
    return stores.queries.get_store_by_id(session, case.location_id)


def _brand_of(session: Session, store: StoreFacts | None, case: CaseFacts | None) -> BrandFacts:
    if case is not None and case.brand_id is not None:
        return stores.queries.get_brand(session, case.brand_id)
    if store is not None:
        return stores.queries.get_brand(session, store.brand_id)
    return stores.queries.list_brands(session)[0]


def _language_of(store: StoreFacts | None) -> str:
    """Return the first language of the store's brand: of staff none is known."""
    said = store.default_language if store else LANGUAGES[0]
    return said if said in LANGUAGES else LANGUAGES[0]


def _name(words: SkuWords | None, sku: str) -> str:
    if words is None:
        return sku
    return f"{', '.join(filter(None, (words.name, words.option)))} ({sku})"


def _link(message: Message, case: StaffCase) -> str:
    office = f"{gateway.settings().public_url.rstrip('/')}/{message.language}/office"
    if case.case is not None:
        return f"{office}/cases/{case.case.id}"
    return f"{office}/to-do?{urlencode({'store': case.store.code if case.store else ''})}"
