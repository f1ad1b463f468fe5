"""Cases in the back office: the list of what needs a person, one with its story, and its end."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import payments.errors
import stores.queries
from app import forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.history import Scene, say_who
from app.admin.reading import Answers, asked, one_of, read_form, read_id
from app.admin.scope import list_places
from app.admin.stock_parts import REFUSED, name_skus
from app.admin.stock_words import say_refusal
from app.answers import Shown
from app.case_words import KINDS, say_end, say_facts, say_first, say_history, skus_of
from app.i18n import gettext as _
from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.ids import show_order_number
from kernel.web import current_actor, declare, make_cursor, read_place
from orders.commands import CaseKind
from orders.errors import CaseStands
from orders.queries import CaseFacts, WantedCases
from stores.errors import UnknownStaff
from stores.queries import StoreFacts

ROWS: Final = 50
VIEWS: Final = ("", "mine", "late", "closed")
SENTENCE_MAX: Final = 500
ZONE: Final = "Europe/Paris"
"""Where head office's own cases are told the time of."""


@blueprint.get("/cases", endpoint="cases")
@declare(permission="cases.read")
def list_cases() -> str:
    """Show what needs a person, by what is due next."""
    actor, view = current_actor(), asked("view")
    view = view if view in VIEWS else ""
    kind = one_of(CaseKind, asked("kind"))
    with transaction() as session:
        places = {each.id: each for each in list_places(session, actor)}
        store = next((each for each in places.values() if each.code == asked("store")), None)
        wanted = WantedCases(
            location_id=store.id if store else None,
            kind=kind,
            owner_id=actor.id if view == "mine" else None,
            only_overdue=view == "late",
            closed=view == "closed",
        )
        found = orders.queries.list_cases(
            session, wanted, actor=actor, after=read_place(asked("cursor") or None), limit=ROWS + 1
        )
        counts = orders.queries.count_cases(session, actor=actor)
    kept: dict[str, Any] = {name: asked(name) for name in ("view", "kind", "store") if asked(name)}
    return show(
        "cases.html",
        tab="cases",
        rows=[_row(each, places) for each in found[:ROWS]],
        view=view,
        kept=kept,
        open=sum(each.open for each in counts.values()),
        overdue=sum(each.overdue for each in counts.values()),
        kinds=[(each.value, _(about.label)) for each, about in KINDS.items()],
        places=[(each.code, each.name) for each in places.values()],
        following=_next_page(found, kept),
    )


@blueprint.get("/cases/<uuid:case_id>", endpoint="case")
@declare(permission="cases.read")
def show_case(case_id: UUID) -> str:
    """Show one case: what it is about, what resolves it, and what happened to it."""
    with transaction() as session:
        return _page(session, case_id, Answers({}))


@blueprint.post("/cases/<uuid:case_id>/take")
@declare(permission="cases.work")
def take_case(case_id: UUID) -> Shown:
    """See to a case oneself."""
    return _do(case_id, lambda s, actor: orders.services.take_case(s, case_id, actor=actor))


@blueprint.post("/cases/<uuid:case_id>/assign")
@declare(permission="cases.assign")
def assign_case(case_id: UUID) -> Shown:
    """Have somebody see to a case."""
    owner_id = read_id(request.form.get("owner", ""))

    def act(session: Session, actor: Actor) -> None:
        if owner_id is None:
            raise UnknownStaff(staff_id="")
        orders.services.assign_case(session, case_id, owner_id=owner_id, actor=actor)

    return _do(case_id, act, beside={UnknownStaff: "owner"})


@blueprint.post("/cases/<uuid:case_id>/resolve")
@declare(permission="cases.work")
def resolve_case(case_id: UUID) -> Shown:
    """Close a case and say how it ended."""
    answers = read_form()
    said = answers.text("resolution", _("Say in a sentence how it ended."), longest=SENTENCE_MAX)
    return _do(
        case_id,
        lambda s, actor: orders.services.resolve_case(s, case_id, resolution=said, actor=actor),
        answers=answers,
        beside={CaseStands: "resolution"},
    )


@blueprint.post("/cases/<uuid:case_id>/refund")
@declare(permission="cases.refund")
def retry_refund(case_id: UUID) -> Shown:
    """Ask again for the refund a case is about."""
    return _do(
        case_id,
        lambda s, actor: orders.services.retry_refund(s, case_id, actor=actor),
        beside={payments.errors.UnknownRefund: "refund", payments.errors.AmountTooHigh: "refund"},
    )


def _do(
    case_id: UUID,
    act: Callable[[Session, Actor], object],
    *,
    answers: Answers | None = None,
    beside: dict[type[Refusal], str] | None = None,
) -> Shown:
    said = answers or read_form()

    def done(session: Session) -> str:
        act(session, current_actor())
        return go_to("case", case_id=case_id)

    if not said.errors:
        try:
            with transaction() as session:
                return forms.once(session, lambda: done(session))
        except tuple(beside or {}) as error:
            field = next(name for kind, name in (beside or {}).items() if isinstance(error, kind))
            stands = isinstance(error, CaseStands)
            said.errors[field] = say_first(error.facts["first"]) if stands else say_refusal(error)
    with transaction() as session:
        return _page(session, case_id, said), REFUSED


def _page(session: Session, case_id: UUID, answers: Answers) -> str:
    actor = current_actor()
    case = orders.queries.get_case(session, case_id, actor=actor)
    place = _place_of(session, case)
    zone = place.time_zone if place else ZONE
    words = name_skus(session, skus_of(case))
    names = {sku: ", ".join(filter(None, (each.name, each.option))) for sku, each in words.items()}
    history = orders.queries.list_case_history(session, case_id)
    ids = {known for each in history for known in (each.actor_id, each.device_id) if known}
    scene = Scene({}, stores.queries.get_names(session, ids), zone, "EUR")
    staff = stores.queries.list_staff(session, location_id=case.location_id)
    return show(
        "case.html",
        tab="cases",
        case=case,
        about=KINDS[case.kind],
        number=show_order_number(case.order_number) if case.order_number else "",
        place=place,
        zone=zone,
        facts=say_facts(case, names, zone=zone),
        action=_action(case, place),
        story=[
            (each.recorded_at, say_history(each), say_who(each, scene), say_end(each.reason))
            for each in history
        ],
        ended=say_end(case.resolution),
        staff=[(str(each.id), each.name) for each in staff if each.active],
        may={name: actor.may(f"cases.{name}") for name in ("work", "assign", "refund")},
        typed=answers.typed,
        errors=answers.errors,
    )


def _action(case: CaseFacts, place: StoreFacts | None) -> tuple[str, str] | None:
    """Return the way that resolves a case: what it is called, and where it leads."""
    if case.kind is CaseKind.CONVERSATION:
        address = url_for("office.conversation", thread_id=case.about_id)
        return _("Open the conversation"), address
    if "transfer_id" in case.facts:
        return _("Open the transfer"), url_for("office.transfer", transfer_id=case.about_id)
    if case.kind is CaseKind.SHORTAGE and place is not None:
        return _("Find a way out of the shortage"), url_for("office.to_do", store=place.code)
    if case.order_number is None:
        return None
    address = url_for("office.order", number=case.order_number)
    if case.kind is CaseKind.UNREACHABLE:
        return _("Correct and send again on the order's page"), f"{address}#messages"
    return _("Open the order"), address


def _place_of(session: Session, case: CaseFacts) -> StoreFacts | None:
    if case.location_id is None:
        return None
    return stores.queries.get_store_by_id(session, case.location_id)


def _row(case: CaseFacts, places: dict[UUID, StoreFacts]) -> dict[str, Any]:
    place = places.get(case.location_id) if case.location_id else None
    return {
        "case": case,
        "about": KINDS[case.kind],
        "number": show_order_number(case.order_number) if case.order_number else "",
        "place": place.name if place else _("Head office"),
        "zone": place.time_zone if place else ZONE,
        "ended": say_end(case.resolution),
    }


def _next_page(found: list[CaseFacts], kept: dict[str, Any]) -> str | None:
    if len(found) <= ROWS:
        return None
    last = found[ROWS - 1]
    cursor = make_cursor((last.closed_at or last.due_at).isoformat(), str(last.id))
    return url_for("office.cases", cursor=cursor, **kept)
