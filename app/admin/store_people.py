"""Staff and tablets of one store: who works here, who joins from another store, which devices."""

from typing import Any, Final
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.people import runs_account
from app.admin.reading import Answers, read_form, read_id
from app.admin.scope import get_place, get_run
from app.admin.store_frame import show_store
from app.i18n import gettext as _
from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.commands import StaffRole
from stores.errors import UnknownLocation, UnknownStaff
from stores.queries import StaffFacts, StoreFacts

NAME_MAX: Final = 60
OF_STORES: Final = frozenset({StaffRole.ASSOCIATE, StaffRole.MANAGER})


@blueprint.get("/stores/<string:code>/people")
@declare(permission="staff.edit")
def store_people(code: str) -> str:
    """Show who works at a store, and its tablets."""
    with transaction() as session:
        return _page(session, code, Answers({}))


@blueprint.post("/stores/<string:code>/people")
@declare(permission="staff.edit")
def add_person(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have somebody of another store work here too."""
    answers, actor = read_form(), current_actor()
    wanted = read_id(answers.text("person", _("Choose somebody.")))
    with transaction() as session:
        place = get_place(session, code, actor)
        found = next((each for each in _others(session, place) if each.id == wanted), None)
        if found is None:
            answers.errors.setdefault("person", _("Choose somebody of the list."))
            return _page(session, code, answers), 422

        def act() -> str:
            _move(session, found, {*found.location_ids, place.id}, actor=actor)
            return go_to("store_people", code=code, done="joined")

        return forms.once(session, act)


@blueprint.post("/stores/<string:code>/people/<uuid:staff_id>/leave")
@declare(permission="staff.edit")
def leave_store(code: str, staff_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Have somebody work here no longer, but still at their other stores."""
    actor = current_actor()
    with transaction() as session:
        place = get_place(session, code, actor)
        here = stores.queries.list_staff(session, location_id=place.id)
        found = next((each for each in here if each.id == staff_id), None)
        if found is None or len(found.location_ids) == 1:  # the last store: close the account
            raise UnknownStaff
        _move(session, found, found.location_ids - {place.id}, actor=actor)
    return redirect(url_for("office.store_people", code=code, done="left"), SEE_OTHER)


@blueprint.post("/stores/<string:code>/tablets")
@declare(permission="stores.pause")
def offer_tablet(code: str) -> Any:  # noqa: ANN401 (a page)
    """Show a one-use code with which a device becomes a tablet of this store.

    The code is shown once and kept as its hash only, so this answer is the page itself.
    """
    answers = read_form()
    with transaction() as session:
        place = get_run(session, code, current_actor())
        name = answers.text("name", _("Give the tablet a name."), longest=NAME_MAX)
        if answers.errors:
            return _page(session, code, answers), 422
        typed = stores.services.offer_enrolment(session, location_id=place.id, tablet_name=name)
    return show("enrolment.html", tab="stores", store=place, code=typed, name=name)


@blueprint.post("/stores/<string:code>/tablets/<uuid:tablet_id>/revoke")
@declare(permission="stores.pause")
def revoke_tablet(code: str, tablet_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Make a lost tablet useless."""
    actor = current_actor()
    with transaction() as session:
        place = get_run(session, code, actor)
        tablets = stores.queries.list_tablets(session, location_id=place.id)
        if tablet_id not in {each.id for each in tablets}:
            raise UnknownLocation(store=code)
        stores.services.revoke_tablet(session, tablet_id, actor=actor)
    return redirect(url_for("office.store_people", code=code, done="revoked"), SEE_OTHER)


def _move(
    session: Session, person: StaffFacts, wanted: set[UUID] | frozenset[UUID], *, actor: Actor
) -> None:
    """Have somebody work at these of the actor's stores; those of others stay as they are."""
    mine = sorted(each for each in wanted if actor.sees_location(each))
    stores.services.move_staff(session, person.id, location_ids=mine, actor=actor)


def _page(session: Session, code: str, answers: Answers) -> str:
    actor = current_actor()
    place = get_place(session, code, actor)
    people = stores.queries.list_staff(session, location_id=place.id)
    return show_store(
        "people.html",
        place,
        here="store_people",
        people=[
            {"facts": each, "leaves": runs_account(actor, each) and len(each.location_ids) > 1}
            for each in people
            if each.active and actor.sees_brand(each.brand_id)
        ],
        others=[(str(each.id), each.name) for each in _others(session, place)],
        tablets=stores.queries.list_tablets(session, location_id=place.id),
        typed=answers.typed,
        errors=answers.errors,
        done=request.args.get("done", ""),
    )


def _others(session: Session, place: StoreFacts) -> list[StaffFacts]:
    """Return whom the actor may have work at a store too: people of other stores of theirs."""
    actor = current_actor()
    return [
        each
        for each in stores.queries.list_staff(session)
        if each.role in OF_STORES
        and place.id not in each.location_ids
        and any(map(actor.sees_location, each.location_ids))
        and runs_account(actor, each)
    ]
