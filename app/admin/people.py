"""People: who works where, their PIN and password, and the day they leave.

A manager sees the people of their stores, and runs the accounts of associates; the others are an
administrator's.
"""

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.scope import list_places
from app.admin.words import ROLES
from app.answers import Shown
from app.i18n import gettext as _
from kernel.actors import Actor, ActorKind
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.commands import HireStaff, StaffRole
from stores.errors import UnknownStaff, WeakSecret
from stores.queries import StaffFacts
from stores.services.staffing import PASSWORD_SIGNS_MIN

OF_STORES = frozenset({StaffRole.ASSOCIATE, StaffRole.MANAGER})


@blueprint.app_template_global("say_role")
def say_role(role: StaffRole) -> str:
    """Return a role in words, to be said in the page's language."""
    return ROLES[ActorKind(role.value)]


@blueprint.get("/people", endpoint="people")
@declare(permission="stores.pause")
def list_people() -> str:
    """Show the staff of the actor's stores; administrators see everybody."""
    actor = current_actor()
    with transaction() as session:
        places = {each.id: each.name for each in list_places(session, actor)}
        staff = [each for each in stores.queries.list_staff(session) if _sees(actor, each)]
    rows = [
        {
            "person": each,
            "stores": sorted(places[known] for known in each.location_ids & set(places)),
        }
        for each in staff
    ]
    return show("people.html", tab="people", rows=rows, can_hire=actor.may("staff.edit"))


@blueprint.get("/people/new")
@declare(permission="staff.edit")
def new_person() -> str:
    """Show the form for a new account, at a store if the address names one."""
    with transaction() as session:
        here = [
            each.id for each in list_places(session, current_actor()) if each.code == asked("store")
        ]
        return _form(session, Answers({}), here)


@blueprint.post("/people/new")
@declare(permission="staff.edit")
def hire() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Open an account; a manager one for an associate."""
    answers = read_form()
    chosen = [each for each in map(read_id, request.form.getlist("stores")) if each]
    with transaction() as session:
        command = _command(session, answers, chosen)
        if command is None:
            return _form(session, answers, chosen), 422
        return forms.once(session, lambda: _hire(session, command))


@blueprint.get("/people/<uuid:staff_id>")
@declare(permission="stores.pause")
def person(staff_id: UUID) -> str:
    """Show one person."""
    with transaction() as session:
        return _person(session, staff_id, Answers({}))


@blueprint.post("/people/<uuid:staff_id>/pin")
@declare(permission="stores.pause")
def set_pin(staff_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Give somebody a new PIN; a manager only to associates."""
    answers = read_form()
    with transaction() as session:
        found = _get(session, staff_id)
        if not runs_account(current_actor(), found):
            raise UnknownStaff
        try:
            stores.services.set_pin(session, staff_id, pin=answers.secret("pin"))
        except WeakSecret:
            answers.errors["pin"] = _("A PIN has 4 to 8 digits.")
            return _person(session, staff_id, answers), 422
    return _back(staff_id, "pin")


@blueprint.post("/people/<uuid:staff_id>/password")
@declare(permission="keys.issue")
def set_password(staff_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Give somebody a new password."""
    answers = read_form()
    with transaction() as session:
        _get(session, staff_id)
        try:
            stores.services.set_password(session, staff_id, password=answers.secret("password"))
        except WeakSecret:
            answers.errors["password"] = _("A password has at least 12 signs.")
            return _person(session, staff_id, answers), 422
    return _back(staff_id, "password")


@blueprint.post("/people/<uuid:staff_id>/stores")
@declare(permission="staff.edit")
def move(staff_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have somebody work at exactly these stores."""
    chosen = {each for each in map(read_id, request.form.getlist("stores")) if each}
    with transaction() as session:
        found = _get(session, staff_id)
        if not runs_account(current_actor(), found):
            raise UnknownStaff
        known = [each.id for each in list_places(session, current_actor()) if each.id in chosen]
        if _leaves_all(found, known):
            errors = {"stores": _("Choose at least one store, or close the account.")}
            return _person(session, staff_id, Answers({}, errors)), 422
        stores.services.move_staff(session, staff_id, location_ids=known, actor=current_actor())
    return _back(staff_id, "stores")


@blueprint.post("/people/<uuid:staff_id>/brand")
@declare(permission="settings.edit")
def limit_person(staff_id: UUID) -> Shown:
    """Have somebody see one brand's customers only, or all of them again."""
    brand = read_form().text("brand") or None
    with transaction() as session:
        _get(session, staff_id)
        stores.services.limit_staff(session, staff_id, brand=brand, actor=current_actor())
    return _back(staff_id, "brand")


@blueprint.post("/people/<uuid:staff_id>/disable")
@declare(permission="staff.edit")
def disable(staff_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Somebody leaves: sessions and keys die at once. Nobody can do this to themselves."""
    actor = current_actor()
    if staff_id == actor.id:
        raise UnknownStaff
    with transaction() as session:
        if not runs_account(actor, _get(session, staff_id)):
            raise UnknownStaff
        stores.services.disable_staff(session, staff_id, actor=actor)
    return _back(staff_id, "left")


def runs_account(actor: Actor, person: StaffFacts) -> bool:
    """Tell whether somebody gives this person stores and PINs, and closes their account."""
    edits = actor.may("staff.edit") and person.role is StaffRole.ASSOCIATE
    return actor.sees_brand(person.brand_id) and (actor.may("keys.issue") or edits)


def _hire(session: Session, command: HireStaff) -> str:
    staff_id = stores.services.hire_staff(session, command, actor=current_actor())
    return go_to("person", staff_id=staff_id, done="hired")


def _command(session: Session, answers: Answers, chosen: list[UUID]) -> HireStaff | None:
    """Return the account to open; None, with every complaint said, when it cannot be."""
    name = answers.text("name", _("Say the first and last name."))
    role = answers.choice("role", StaffRole, _("Choose what this person does."))
    if role is not None and role not in _roles():
        answers.errors["role"] = _("Only head office gives this role.")
    email = answers.text("email").lower()
    pin, password = answers.secret("pin"), answers.secret("password")
    if email and any(each.email == email for each in stores.queries.list_staff(session)):
        answers.errors["email"] = _("Somebody signs in with this address already.")
    if "@" not in email and (email or password):
        answers.errors["email"] = _("A password needs an e-mail address to sign in with.")
    if pin and not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):  # noqa: PLR2004 (digits)
        answers.errors["pin"] = _("A PIN has 4 to 8 digits.")
    if password and len(password) < PASSWORD_SIGNS_MIN:
        answers.errors["password"] = _("A password has at least 12 signs.")
    known = [each.id for each in list_places(session, current_actor()) if each.id in chosen]
    if role in OF_STORES and not known:
        answers.errors["stores"] = _("Choose at least one store.")
    if role is None or answers.errors:
        return None
    return HireStaff(name, role, tuple(known), email or None, pin or None, password or None)


def _form(session: Session, answers: Answers, chosen: list[UUID]) -> str:
    return show(
        "hire.html",
        tab="people",
        typed=answers.typed,
        errors=answers.errors,
        chosen=chosen,
        places=list_places(session, current_actor()),
        roles=[(each.value, _(say_role(each)), None) for each in _roles()],
    )


def _roles() -> list[StaffRole]:
    """Return the roles the actor may give to somebody new."""
    return list(StaffRole) if current_actor().is_central else [StaffRole.ASSOCIATE]


def _person(session: Session, staff_id: UUID, answers: Answers) -> str:
    actor, found = current_actor(), _get(session, staff_id)
    return show(
        "person.html",
        tab="people",
        person=found,
        places=list_places(session, actor),
        errors=answers.errors,
        done=request.args.get("done", ""),
        gives_pin=runs_account(actor, found) and found.active,
        runs=runs_account(actor, found) and found.active,
        gives_password=actor.may("keys.issue") and found.active,
        is_self=staff_id == actor.id,
        brands=stores.queries.list_brands(session),
    )


def _get(session: Session, staff_id: UUID) -> StaffFacts:
    """Return somebody of the staff the actor sees.

    Raises UnknownStaff.
    """
    for each in stores.queries.list_staff(session):
        if each.id == staff_id and _sees(current_actor(), each):
            return each
    raise UnknownStaff


def _sees(actor: Actor, person: StaffFacts) -> bool:
    here = actor.is_central or any(map(actor.sees_location, person.location_ids))
    return here and actor.sees_brand(person.brand_id)


def _leaves_all(person: StaffFacts, chosen: list[UUID]) -> bool:
    """Tell whether somebody of stores would be left without any: nobody would see them again."""
    foreign = [each for each in person.location_ids if not current_actor().sees_location(each)]
    return person.role in OF_STORES and not chosen and not foreign


def _back(staff_id: UUID, done: str) -> Shown:
    return redirect(url_for("office.person", staff_id=staff_id, done=done), SEE_OTHER)
