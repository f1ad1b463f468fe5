"""The frame of one store's pages: its name, how it stands now, and the tabs that lead on."""

from typing import Any, Final

from flask import url_for

from app import formats
from app.admin.blueprint import show
from app.i18n import N_, current
from app.i18n import gettext as _
from kernel.web import current_actor
from stores.promises import is_open, opening_times
from stores.queries import StoreFacts

TABS: Final = (
    ("store", N_("Today"), "fulfillments.read"),
    ("store_hours", N_("Hours"), "stores.run"),
    ("store_ways", N_("Ways to collect"), "stores.run"),
    ("store_slots", N_("Slots"), "stores.run"),
    ("store_settings", N_("Settings"), "stores.run"),
    ("store_people", N_("Staff and tablets"), "staff.edit"),
    ("store_tills", N_("Tills"), "stores.run"),
)
SETTING_UP: Final = ("store_opening", N_("Opening"), "stores.run")


def show_store(template: str, place: StoreFacts, *, here: str, **context: Any) -> str:  # noqa: ANN401 (a template's context)
    """Return a page about one store; `here` is the tab it stands under."""
    actor = current_actor()
    known = TABS if place.opened_at else (SETTING_UP, *TABS)
    tabs = [
        (endpoint, _(label), url_for(f"office.{endpoint}", code=place.code))
        for endpoint, label, permission in known
        if actor.may(permission)
    ]
    return show(
        f"store/{template}",
        tab="stores",
        store=place,
        opens=say_opening(place),
        tabs=tabs,
        here=here,
        **context,
    )


def say_opening(place: StoreFacts) -> tuple[str, str]:
    """Return how a store stands now, as shape and words."""
    if place.opened_at is None:
        return "wait", _("Being set up")
    if place.paused and place.paused_until is not None:
        until = formats.when(place.paused_until, place.time_zone, language=current())
        return "late", _("Paused until %(until)s") % {"until": until}
    if place.schedule is None:
        return "plain", _("Hours unknown")
    if is_open(place.schedule, at=place.asked_at):
        return "ok", _("Open now")
    following = next(opening_times(place.schedule, start=place.asked_at), None)
    if following is None:
        return "plain", _("Closed")
    opens = formats.when(following[0], place.time_zone, language=current())
    return "plain", _("Closed, opens %(when)s") % {"when": opens}
