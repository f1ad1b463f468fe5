"""What follows for conversations when something happens to their cases."""

from sqlalchemy.orm import Session

import orders.queries
from conversations import queries, services
from conversations.commands import ThreadStatus
from conversations.errors import UnknownThread
from kernel.actors import SYSTEM
from orders.commands import CaseKind
from orders.events import CaseClosed


def end_with_case(session: Session, event: CaseClosed) -> None:
    """Somebody closed the case of a conversation on the list of cases: it has ended as they said.

    Whatever was answered, or waits again under another case, goes on.
    """
    if event.kind != CaseKind.CONVERSATION:
        return
    case = orders.queries.get_case(session, event.case_id, actor=SYSTEM)
    try:
        thread = services.lock_thread(session, case.about_id or case.id, SYSTEM)
    except UnknownThread:
        return
    if thread.status is not ThreadStatus.WAITING:
        return
    if orders.queries.find_open_case(session, queries.case_key(thread.id)) is None:
        services.end_thread(session, thread.id, resolution=case.resolution or "", actor=SYSTEM)
