"""Groups of stores that share settings: made, renamed, and which stores belong to each."""

from typing import Any, Final

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form
from app.admin.scope import list_places
from app.admin.store_reading import read_code
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.errors import UnknownGroup
from stores.queries import StoreFacts

PAGE: Final = 50


@blueprint.get("/groups", endpoint="groups")
@declare(permission="settings.edit")
def list_groups() -> str:
    """Show the groups of stores, and the form for a new one."""
    with transaction() as session:
        return _list(session, Answers({}))


@blueprint.post("/groups")
@declare(permission="settings.edit")
def create_group() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have a group of stores."""
    answers = read_form()
    with transaction() as session:
        code = read_code(answers, "code", _("Give the group a code."))
        if code and stores.queries.find_group_id(session, code) is not None:
            answers.errors["code"] = _("This code is taken. Choose another one.")
        name = answers.text("name", _("Say what the group is called."))
        brand = answers.text("brand", _("Choose a brand."))
        if brand and stores.queries.find_brand(session, brand) is None:
            answers.errors["brand"] = _("Choose a brand.")
        if answers.errors:
            return _list(session, answers), 422

        def act() -> str:
            stores.services.create_group(
                session, brand=brand, code=code, name=name, actor=current_actor()
            )
            return go_to("group", code=code, done="made")

        return forms.once(session, act)


@blueprint.get("/groups/<string:code>", endpoint="group")
@declare(permission="settings.edit")
def get_group(code: str) -> str:
    """Show one group and the stores in it."""
    with transaction() as session:
        return _group(session, code, Answers({}))


@blueprint.post("/groups/<string:code>/rename")
@declare(permission="settings.edit")
def rename_group(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have a group called otherwise."""
    answers = read_form()
    name = answers.text("name", _("Say what the group is called."))
    with transaction() as session:
        if answers.errors:
            return _group(session, code, answers), 422
        stores.services.rename_group(session, code=code, name=name, actor=current_actor())
    return _back(code, "renamed")


@blueprint.post("/groups/<string:code>/stores")
@declare(permission="settings.edit")
def join_group(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have a store belong to a group; it leaves the one it was in."""
    answers, actor = read_form(), current_actor()
    wanted = answers.text("store", _("Choose a store."))
    with transaction() as session:
        known = {each.code for each in _joinable(session, code)}
        if wanted not in known:
            answers.errors.setdefault("store", _("Choose a store of the list."))
            return _group(session, code, answers), 422
        stores.services.assign_group(session, code=wanted, group=code, actor=actor)
    return _back(code, "joined")


@blueprint.post("/groups/<string:code>/stores/<string:store>/leave")
@declare(permission="settings.edit")
def leave_group(code: str, store: str) -> Any:  # noqa: ANN401 (a redirect)
    """Have a store belong to no group."""
    with transaction() as session:
        if store not in stores.queries.get_group_by_code(session, code).stores:
            raise UnknownGroup(group=code)
        stores.services.assign_group(session, code=store, group=None, actor=current_actor())
    return _back(code, "left")


def _list(session: Session, answers: Answers) -> str:
    groups = stores.queries.list_groups(session, after=asked("after"), limit=PAGE)
    brands = stores.queries.list_brands(session)
    return show(
        "groups.html",
        tab="stores",
        groups=groups,
        more=groups[-1].code if len(groups) == PAGE else None,
        brands=[(each.code, each.name) for each in brands],
        names={each.code: each.name for each in brands},
        typed=answers.typed,
        errors=answers.errors,
    )


def _group(session: Session, code: str, answers: Answers) -> str:
    found = stores.queries.get_group_by_code(session, code)
    names = {each.code: each.name for each in list_places(session, current_actor())}
    return show(
        "group.html",
        tab="stores",
        group=found,
        members=[(each, names[each]) for each in found.stores if each in names],
        others=[(each.code, each.name) for each in _joinable(session, code)],
        typed={"name": found.name, **answers.typed},
        errors=answers.errors,
        done=request.args.get("done", ""),
    )


def _joinable(session: Session, code: str) -> list[StoreFacts]:
    """Return the stores of the group's brand that are not in it."""
    group = stores.queries.get_group_by_code(session, code)
    brand = stores.queries.find_brand(session, group.brand_code)
    places = list_places(session, current_actor())
    return [
        each
        for each in places
        if brand and each.brand_id == brand.id and each.code not in group.stores
    ]


def _back(code: str, done: str) -> Any:  # noqa: ANN401 (a redirect)
    return redirect(url_for("office.group", code=code, done=done), SEE_OTHER)
