"""Orders: found by whatever the customer says, and one order with everything that happened."""

from dataclasses import replace
from typing import Any, Final, cast
from uuid import UUID

from flask import Response, redirect, url_for
from sqlalchemy.orm import Session

import customers.queries
import orders.queries
import orders.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to_order, show
from app.admin.one_order import describe
from app.admin.reading import Answers, asked, asked_page, one_of, read_form
from app.admin.scope import list_places
from app.admin.sourcing_words import explain_order
from app.admin.words import CANCEL_REASONS, LATE, STATES
from app.amending import find_amendable
from app.i18n import gettext as _
from kernel.actors import Actor
from kernel.db import transaction
from kernel.ids import read_code, read_order_number, show_order_number
from kernel.web import current_actor, declare
from orders.commands import CancelReason, Status
from orders.errors import UnknownOrder
from orders.queries import PAGE_ROWS, FulfillmentFacts, OrderFacts, Wanted
from stores.queries import StoreFacts

LATE_ONLY: Final = "late"
OPEN: Final = (
    Status.PENDING,
    Status.NEW,
    Status.ACCEPTED,
    Status.PICKING,
    Status.IN_TRANSFER,
    Status.REJECTED,
    Status.READY,
)
VIEWS: Final = {
    "": OPEN,
    LATE_ONLY: (),
    "new": (Status.NEW,),
    "picking": (Status.ACCEPTED, Status.PICKING),
    "ready": (Status.READY,),
    "ended": (Status.HANDED_OVER, Status.EXPIRED, Status.CANCELLED, Status.REROUTED),
    "all": (),
}


@blueprint.get("/")
@declare(permission="messages.read")
def begin() -> Response:
    """Lead to where the back office begins: its orders."""
    return cast("Response", redirect(url_for("office.orders"), SEE_OTHER))


@blueprint.get("/orders", endpoint="orders")
@declare(permission="messages.read")
def list_orders() -> str:
    """Show orders of the actor's stores: late ones first, or those that fit what was typed."""
    actor, said, view, page = current_actor(), asked("q"), asked("state"), asked_page()
    view = view if view in VIEWS else ""
    with transaction() as session:
        places = {each.id: each for each in list_places(session, actor)}
        wanted = _wanted(session, said, view=view, actor=actor)
        store = next((each for each in places.values() if each.code == asked("store")), None)
        if store is not None:
            wanted = replace(wanted, location_id=store.id)
        skip = (page - 1) * PAGE_ROWS
        found, count = orders.queries.list_parcels(session, wanted, actor=actor, skip=skip)
        people = customers.queries.get_contacts(session, [each.contact_id for each in found])
    asked_for = {"q": said, "state": view, "store": store.code if store else ""}
    rows = [_row(each, places) | {"contact": people.get(each.contact_id)} for each in found]
    return show(
        "orders.html",
        tab="orders",
        rows=rows,
        count=count,
        said=said,
        view=view,
        store=store,
        places=list(places.values()),
        pages=_pages(page, count, asked_for),
        first=skip + 1,
    )


@blueprint.get("/orders/<string:number>")
@declare(permission="messages.read")
def order(number: str) -> str:
    """Show one order: its ticket, money, story and messages."""
    return show_order(number, Answers({}))


def show_order(number: str, answers: Answers) -> str:
    """Return the page of an order, with what was typed to correct its customer's contact."""
    actor = current_actor()
    with transaction() as session:
        facts = find_order(session, number)
        page = describe(session, facts) | {"decisions": explain_order(session, facts)}
        tills = list_tills(session, actor) if facts.awaits_till else []
    return show(
        "order.html",
        tab="orders",
        can_cancel=actor.may("orders.cancel") and page["is_open"],
        can_amend=actor.may("orders.amend") and find_amendable(facts) is not None,
        can_note=actor.may("orders.amend")
        and not all(each.ended_at for each in facts.fulfillments),
        can_choose=actor.may("orders.cancel"),
        can_ask=actor.may("orders.take") and page["is_open"] and page["may_be_asked"],
        can_correct=actor.may("orders.collect"),
        tills=tills,
        reasons=[(each.value, _(words), None) for each, words in CANCEL_REASONS.items()],
        typed=answers.typed,
        errors=answers.errors,
        **page,
    )


def list_tills(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Return the stores whose till may have taken money, as somebody here may say."""
    if not actor.may("fulfillments.prepare"):
        return []
    return [(each.code, each.name) for each in list_places(session, actor) if each.sells]


def find_order(session: Session, number: str) -> OrderFacts:
    """Return the order with this number, however it is written.

    Raises UnknownOrder, also for what is no number.
    """
    return orders.queries.get_order_by_number(session, _number(number), actor=current_actor())


@blueprint.post("/orders/<string:number>/cancel")
@declare(permission="orders.cancel")
def cancel(number: str) -> Any:  # noqa: ANN401 (a redirect)
    """Call an order off."""
    reason = one_of(CancelReason, read_form().text("reason")) or CancelReason.CUSTOMER_REMORSE
    with transaction() as session:
        facts = find_order(session, number)
        return forms.once(session, lambda: _cancel(session, facts.id, number, reason))


def _cancel(session: Session, order_id: UUID, number: str, reason: CancelReason) -> str:
    orders.services.cancel_order(session, order_id, reason=reason, actor=current_actor())
    return go_to_order(number)


def find_parcels(session: Session, said: str, actor: Actor) -> list[FulfillmentFacts]:
    """Return the parcels a number, a code that waits, or somebody's name or address means."""
    wanted = _wanted(session, said, view="all", actor=actor)
    return orders.queries.list_parcels(session, wanted, actor=actor)[0]


def _wanted(session: Session, said: str, *, view: str, actor: Actor) -> Wanted:
    """Return what to look for: a number, also a foreign one, a code that waits, or somebody."""
    if not said:
        return Wanted(statuses=VIEWS[view], only_late=view == LATE_ONLY)
    number, code = read_order_number(said), read_code(said)
    if number is not None:
        return Wanted(number=number)
    parcel = orders.queries.find_parcel_by_code(session, code, actor=actor) if code else None
    if parcel is not None:
        return Wanted(parcel_id=parcel)
    if orders.queries.is_external_number(session, said):
        return Wanted(external_number=said)
    return Wanted(contact_ids=customers.queries.find_contact_ids(session, said))


def _row(parcel: FulfillmentFacts, places: dict[UUID, StoreFacts]) -> dict[str, Any]:
    store = places.get(parcel.location_id)
    return {
        "parcel": parcel,
        "number": show_order_number(parcel.order_number),
        "store": store,
        "zone": store.time_zone if store else "UTC",
        "state": LATE if parcel.overdue else STATES[parcel.status],
        "stage": STATES[parcel.status] if parcel.overdue else None,
    }


def _pages(page: int, count: int, asked_for: dict[str, str]) -> dict[str, str | None]:
    kept: dict[str, Any] = {name: value for name, value in asked_for.items() if value}

    def address(number: int) -> str:
        return url_for("office.orders", page=number, **kept)

    return {
        "previous": address(page - 1) if page > 1 else None,
        "next": address(page + 1) if page * PAGE_ROWS < count else None,
    }


def _number(text: str) -> str:
    number = read_order_number(text)
    if number is None:
        raise UnknownOrder
    return number
