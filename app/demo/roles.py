"""One click and you are somebody: the demonstration's doors into every role."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from flask import g
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import sessions
from app.demo.retailer import PASSWORD, PIN, STAFF, email_of
from app.i18n import N_
from kernel.actors import ActorKind
from stores.commands import StaffRole
from stores.services import token_hash

TABLET_NAME: Final = "Tablette de démonstration"


class Role(NamedTuple):
    """Somebody you can be: what it is called, where they begin, and what they do."""

    label: str
    icon: str
    home: str
    does: str


ROLES: Final[Mapping[str, Role]] = {
    "shopper": Role(
        N_("Customer"), "shopping-bag", "/", N_("reserves in the shop and collects in the store")
    ),
    "associate": Role(
        N_("Associate"), "device-tablet", "/tablet", N_("prepares and hands over on a tablet")
    ),
    "manager": Role(
        N_("Manager"), "building-store", "/office/orders", N_("runs two stores and their people")
    ),
    "agent": Role(
        N_("Call centre"), "phone", "/office/orders", N_("finds any order and answers for it")
    ),
    "admin": Role(
        N_("Administrator"), "users", "/office/people", N_("opens accounts for everybody")
    ),
}


def person_of(role: str) -> str:
    """Return who plays a role; nobody in particular shops."""
    return next((name for name, kind, _ in STAFF if kind.value == role), "")


def present_role() -> str:
    """Return which role this browser plays now; unknown ones shop."""
    actor = g.get("actor")
    kind = actor.kind if actor is not None else ActorKind.SHOPPER
    return str(kind.value) if kind.value in ROLES else "shopper"


def become(session: Session, role: str) -> None:
    """Give this browser the cookies of somebody in this role, and end whom it was before."""
    before = sessions.read_cookie(sessions.STAFF)
    if before is not None:
        stores.services.sign_out(session, token=before)
    if role == "shopper":
        sessions.give_cookie(sessions.STAFF, "")
    elif role == StaffRole.ASSOCIATE.value:
        sessions.give_cookie(sessions.STAFF, _on_tablet(session, person_of(role)))
    else:
        token = stores.services.sign_in_with_password(
            session, email=email_of(person_of(role)), password=PASSWORD
        )
        sessions.give_cookie(sessions.STAFF, token)


def _on_tablet(session: Session, name: str) -> str:
    """Return the session of an associate on this browser, which is a tablet of their store."""
    code = next("".join(codes[:1]) for person, _role, codes in STAFF if person == name)
    store = stores.queries.get_store(session, code)
    token = sessions.read_cookie(sessions.TABLET)
    tablet = stores.queries.find_tablet(session, token_hash(token)) if token else None
    if tablet is None or tablet.location_id != store.id:
        offer = stores.services.offer_enrolment(
            session, location_id=store.id, tablet_name=TABLET_NAME
        )
        enrolled = stores.services.enrol_tablet(session, code=offer)
        sessions.give_cookie(sessions.TABLET, enrolled.token)
        tablet_id = enrolled.id
    else:
        tablet_id = tablet.id
    staff = stores.queries.list_staff(session, location_id=store.id)
    staff_id = next(each.id for each in staff if each.name == name)
    return stores.services.sign_in_with_pin(
        session, tablet_id=tablet_id, staff_id=staff_id, pin=PIN
    )
