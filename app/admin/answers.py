"""How well we answer: by channel and store, on a page and as a file for spreadsheets."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from app.admin.blueprint import blueprint, show
from app.admin.scope import list_everywhere
from app.admin.tables import write_table
from app.customer_files import CHANNELS
from app.i18n import gettext as _
from conversations import desk
from conversations.desk import Figures
from kernel.clock import db_now
from kernel.db import transaction
from kernel.web import current_actor, declare

ZONE: Final = ZoneInfo("Europe/Paris")
USUAL: Final = timedelta(days=28)
LONGEST: Final = timedelta(days=366)
COLUMNS: Final = (
    "channel", "store", "opened", "answered", "ended", "resolved_first", "transfers", "late",
    "first_reply_min", "resolution_min",
)  # fmt: skip


@blueprint.get("/answers", endpoint="answers")
@declare(permission="conversations.answer")
def show_answers() -> str:
    """Show how well conversations were answered that began in some weeks."""
    with transaction() as session:
        first, last = _days(session)
        rows = _read(session, first, last)
    return show(
        "answers.html",
        tab="queue",
        rows=rows,
        total=_total([figures for _channel, _place, figures in rows]),
        first=first.isoformat(),
        last=last.isoformat(),
        table=url_for("office.answer_table", first=first.isoformat(), last=last.isoformat()),
    )


@blueprint.get("/answers.csv")
@declare(permission="conversations.answer")
def answer_table() -> Response:
    """Give the same figures as a file for spreadsheets."""
    with transaction() as session:
        first, last = _days(session)
        rows = _read(session, first, last)
    lines = [
        (channel, place, *(getattr(figures, name) for name in COLUMNS[2:]))
        for channel, place, figures in rows
    ]
    return write_table(f"answers-{first}-{last}", COLUMNS, lines)


def _days(session: Session) -> tuple[date, date]:
    """Return the days asked for, both included; the last four weeks where none are."""
    today = db_now(session).astimezone(ZONE).date()
    last = _day("last") or today
    first = _day("first") or last - USUAL
    return max(min(first, last), last - LONGEST + timedelta(days=1)), last


def _day(name: str) -> date | None:
    try:
        said = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return said if date(2000, 1, 1) < said < date(2999, 1, 1) else None


def _read(session: Session, first: date, last: date) -> list[tuple[str, str, Figures]]:
    begins = datetime.combine(first, time(), tzinfo=ZONE)
    ends = datetime.combine(last + timedelta(days=1), time(), tzinfo=ZONE)
    names = {each.id: each.name for each in list_everywhere(session)}
    found = desk.list_figures(session, begins=begins, ends=ends, actor=current_actor())
    return [
        (
            _(CHANNELS[each.channel][0]),
            names.get(each.location_id, "–") if each.location_id else _("Desk"),
            each,
        )
        for each in found
    ]


def _total(found: list[Figures]) -> dict[str, Any]:
    counted = ("opened", "answered", "ended", "resolved_first", "transfers", "late")
    return {name: sum(getattr(each, name) for each in found) for name in counted}
