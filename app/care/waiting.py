"""How long somebody waits for a person: by the queue as it is, and by our own reply clock."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import stores.queries
from app import formats
from app.i18n import current, ngettext
from app.i18n import gettext as _
from kernel.actors import SYSTEM
from kernel.clock import db_now
from orders.commands import CaseKind
from orders.queries import WantedCases

ZONE: Final = "Europe/Paris"


def say_wait(session: Session, channel: str, location_id: UUID | None) -> str:
    """Return by when a person answers at the latest, and how many are before."""
    clock = stores.queries.reckon_reply(session, location_id, channel)
    at = db_now(session) + clock.within
    wanted = WantedCases(location_id=location_id, kind=CaseKind.CONVERSATION)
    waiting = orders.queries.list_cases(session, wanted, actor=SYSTEM)
    before = sum(each.owner_id is None and each.location_id == location_id for each in waiting)
    when = formats.when(at, ZONE, language=current())
    by = _("A person answers by %(when)s.") % {"when": when}
    if not before:
        return " ".join([by, _("You are the next.")])
    said = ngettext("%(num)d person is before you.", "%(num)d people are before you.", before)
    return f"{by} {said % {'num': before}}"
