"""Connectors: what comes in and goes out over each, what went wrong last, keys, on and off."""

from typing import Any, Final

from flask import request, url_for
from sqlalchemy.orm import Session

import notifications.services
import stores.queries
from app import forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form
from app.answers import Shown
from app.i18n import N_
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from notifications.commands import ConnectorKind, OpenConnector
from notifications.errors import AddressRefused, SourceTaken
from notifications.services import ConnectorFacts

NAME_MAX: Final = 60
SOURCE_MAX: Final = 40
URL_MAX: Final = 500
REFUSED: Final = 422
EVERY: Final = ""
KINDS: Final = {
    ConnectorKind.SOCIAL: N_("Messages of a social network"),
    ConnectorKind.EMAIL: N_("E-mails"),
}
WHY: Final = {
    "signature": N_("The signature was wrong"),
    "clock": N_("Its clock is wrong"),
    "headers": N_("It was not signed"),
    "source": N_("It came by the wrong door"),
}
"""Why what came in the name of a connector was not believed."""


@blueprint.get("/connectors", endpoint="connectors")
@declare(permission="settings.edit")
def list_connectors() -> str:
    """Show every connector, and a form for one more."""
    return _page(Answers({}))


@blueprint.post("/connectors")
@declare(permission="settings.edit")
def open_connector() -> Shown:
    """Have one more connector. Its key is shown once, so this answer is the page itself."""
    answers, actor = read_form(), current_actor()
    source = answers.text("source", _("Give it a short name."), longest=SOURCE_MAX)
    name = answers.text("name", _("Say what it is."), longest=NAME_MAX)
    url, brand = answers.text("url", longest=URL_MAX), answers.text("brand")
    kind = answers.choice("kind", ConnectorKind, _("Choose one."))
    if source and not _is_source(source):
        answers.errors["source"] = _("Only small letters, digits and hyphens.")
    with transaction() as session:
        if brand not in {code for code, _name in _brands(session)}:
            answers.errors["brand"] = _("Choose one.")
    if answers.errors or kind is None:
        return _page(answers), REFUSED
    command = OpenConnector(source, name, kind, url or None, brand or None)

    def act(session: Session) -> None:
        notifications.services.open_connector(session, command, actor=actor)

    try:
        return _give_key(source, act)
    except SourceTaken:
        answers.errors["source"] = _("Another connector has this name, or had it.")
    except AddressRefused:
        answers.errors["url"] = _("This address cannot be called from here.")
    return _page(answers), REFUSED


@blueprint.post("/connectors/<string:source>/renew")
@declare(permission="settings.edit")
def renew_connector(source: str) -> str:
    """Give a connector a fresh key, shown once; the one before works for a day more."""
    actor = current_actor()
    return _give_key(
        source,
        lambda session: notifications.services.renew_connector_key(session, source, actor=actor),
    )


@blueprint.post("/connectors/<string:source>/on")
@declare(permission="settings.edit")
def switch_on_connector(source: str) -> str:
    """Have a connector work again, with a fresh key, shown once."""
    actor = current_actor()
    return _give_key(
        source,
        lambda session: notifications.services.reopen_connector(session, source, actor=actor),
    )


@blueprint.post("/connectors/<string:source>/off")
@declare(permission="settings.edit")
def switch_off_connector(source: str) -> Any:  # noqa: ANN401 (a redirect)
    """Have a connector bring and take nothing any more."""

    def act() -> str:
        notifications.services.close_connector(session, source, actor=current_actor())
        return go_to("connectors", done="off")

    with transaction() as session:
        return forms.once(session, act)


def _give_key(source: str, deed: Any) -> str:  # noqa: ANN401 (a use case that gives a key)
    """Return the page with a key, derived anew also when the form is sent again."""
    with transaction() as session:

        def act() -> dict[str, Any]:
            deed(session)
            return {
                "generation": notifications.services.find_generation(session, source),
                "location": url_for("office.connectors"),
            }

        told = forms.told_once(session, act)
        key = notifications.services.show_connector_key(session, source, told["generation"])
    return show("connector_key.html", tab="stores", source=source, key=key)


def _page(answers: Answers) -> str:
    with transaction() as session:
        found = notifications.services.list_connectors(session, actor=current_actor())
        names = {each.id: each.name for each in stores.queries.list_brands(session)}
        brands = _brands(session)
    return show(
        "connectors.html",
        tab="stores",
        rows=[_row(each) for each in found],
        names=names,
        brands=brands,
        kinds=[(each.value, _(words)) for each, words in KINDS.items()],
        typed=answers.typed,
        errors=answers.errors,
        done=asked("done"),
        address=request.host_url,
    )


def _row(each: ConnectorFacts) -> dict[str, Any]:
    return {
        "facts": each,
        "kind": _(KINDS[each.kind]),
        "why": _(WHY[each.refused_why]) if each.refused_why in WHY else each.refused_why,
    }


def _brands(session: Session) -> list[tuple[str, str]]:
    """Return whose a connector may be, by the code of the brand; of none who works for all."""
    actor = current_actor()
    known = [
        (each.code, each.name)
        for each in stores.queries.list_brands(session)
        if actor.sees_brand(each.id)
    ]
    return known if actor.brand_id is not None else [(EVERY, _("Said by what is written")), *known]


def _is_source(said: str) -> bool:
    return said.isascii() and said == said.lower() and said.replace("-", "").isalnum()
