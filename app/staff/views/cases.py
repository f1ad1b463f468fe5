"""Cases on the tablet: what in this store needs a person, and how it ended."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

import catalog.queries
from app.answers import Shown
from app.case_words import KINDS, say_facts, skus_of
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.commands import CaseKind
from orders.queries import CaseFacts, WantedCases

SHOWN = 50
SENTENCE = range(3, 501)


@blueprint.get("/cases")
@declare(permission="cases.read")
def cases() -> str:
    """Show the store's open cases, what is due next first."""
    with transaction() as session:
        return _page(session, here(session))


@blueprint.post("/cases/<uuid:case_id>/take")
@declare(permission="cases.work")
def take_case(case_id: UUID) -> Shown:
    """See to a case oneself."""

    def act(session: Session, place: Here) -> str:
        services.take_case(session, case_id, actor=place.actor)
        return url_for("tablet.cases", did="taken")

    return try_to(act, _page)


@blueprint.post("/cases/<uuid:case_id>/resolve")
@declare(permission="cases.work")
def resolve_case(case_id: UUID) -> Shown:
    """Close a case and say how it ended."""

    def act(session: Session, place: Here) -> str:
        said = " ".join(request.form.get("resolution", "").split())
        if len(said) not in SENTENCE or not said.isprintable():
            raise Unfit(_("Say in a sentence how it ended."))
        services.resolve_case(session, case_id, resolution=said, actor=place.actor)
        return url_for("tablet.cases", did="closed")

    return try_to(act, _page)


def _page(session: Session, place: Here, error: str | None = None) -> str:
    wanted = WantedCases(location_id=place.store.id)
    found = queries.list_cases(session, wanted, actor=place.actor, limit=SHOWN)
    skus = {sku for case in found for sku in skus_of(case)}
    words = catalog.queries.describe_skus(session, skus, language=current())
    names = {sku: ", ".join(filter(None, (each.name, each.option))) for sku, each in words.items()}
    return render_template(
        "tablet/cases.html",
        rows=[_row(each, names, place) for each in found],
        error=error,
        tried=(request.view_args or {}).get("case_id"),
        typed=request.form.get("resolution", ""),
        did=request.args.get("did"),
    )


def _row(case: CaseFacts, names: dict[str, str], place: Here) -> dict[str, Any]:
    parcel_id = case.fulfillment_id
    return {
        "case": case,
        "about": KINDS[case.kind],
        "number": show_order_number(case.order_number) if case.order_number else "",
        "facts": say_facts(case, names, zone=place.store.time_zone),
        "parcel": url_for("tablet.show_parcel", parcel_id=parcel_id) if parcel_id else None,
        "talk": url_for("tablet.show_conversation", thread_id=case.about_id)
        if case.kind is CaseKind.CONVERSATION
        else None,
        "mine": case.owner_id is not None and case.owner_id == place.actor.id,
    }
