"""The one queue of the back office, and the conversation somebody took from it."""

from typing import Any, Final
from uuid import UUID

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

import notifications.queries
import orders.queries
import orders.services
import stores.queries
from app import forms, talk_forms, talks
from app.admin.blueprint import DOOR, blueprint, go_to, show
from app.admin.one_order import CANCELLABLE, say_message
from app.admin.reading import Answers, asked
from app.admin.scope import list_places
from app.admin.words import CANCEL_REASONS, LATE, STATES
from app.amending import find_amendable
from app.answers import Shown
from app.customer_files import File, Leads
from app.i18n import gettext as _
from app.talk_words import TURNS, say_intent
from app.talks import Row, Talk
from conversations import desk
from conversations.commands import ThreadStatus
from conversations.desk import WantedThreads
from kernel.actors import Actor
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders.commands import CaseKind, Status
from orders.queries import OrderFacts

VIEWS: Final = {
    "": (),
    "theirs": (ThreadStatus.ANSWERED, ThreadStatus.AUTOMATIC),
    "ended": (ThreadStatus.CLOSED,),
}


@blueprint.get("/queue", endpoint="queue")
@declare(permission="cases.read")
def show_queue() -> str:
    """Show all that waits for somebody: calls, chats, mails, cases, and a store's tasks."""
    actor, view = current_actor(), asked("view")
    view = view if view in VIEWS and actor.may("conversations.answer") else ""
    with transaction() as session:
        places = list_places(session, actor)
        store = next((each for each in places if each.code == asked("store")), None)
        here = store.id if store else None
        rows = talks.read_queue(session, actor=actor, location_id=here) if not view else []
        wanted = WantedThreads(statuses=VIEWS[view], location_id=here)
        threads = desk.list_threads(session, wanted, actor=actor) if view else []
    return show(
        "queue.html",
        tab="queue",
        rows=rows,
        threads=[(each, say_intent(each.intent), TURNS[each.status]) for each in threads],
        view=view,
        store=store,
        names={each.id: each.name for each in places},
        places=[(each.code, each.name) for each in places],
        way=_address,
        done=asked("done"),
    )


@blueprint.post("/queue/next")
@declare(permission="cases.work")
def take_next() -> Any:  # noqa: ANN401 (a redirect)
    """Take what waits most, and go there."""
    with transaction() as session:
        return forms.once(session, lambda: _take(session))


def _take(session: Session) -> str:
    actor = current_actor()
    case_id = orders.services.take_next_case(session, actor=actor)
    if case_id is None:
        return go_to("queue", done="nothing")
    case = orders.queries.get_case(session, case_id, actor=actor)
    if case.kind is CaseKind.CONVERSATION and case.about_id is not None:
        return go_to("conversation", thread_id=case.about_id)
    return go_to("case", case_id=case_id)


@blueprint.get("/conversations/<uuid:thread_id>", endpoint="conversation")
@declare(permission="conversations.answer")
def show_conversation(thread_id: UUID) -> str:
    """Show a conversation with whom it is, and the order in question."""
    return _page(thread_id, Answers({}))


@blueprint.get("/conversations/<uuid:thread_id>/news")
@declare(permission="conversations.answer")
def conversation_news(thread_id: UUID) -> AnyResponse | str:
    """Show what was said anew where something was added since it was shown; else nothing."""
    with transaction() as session:
        talk = talks.read_talk(session, thread_id, actor=current_actor())
    if talk.mark == request.args.get("seen", ""):
        return Response(status=204)
    return render_template("talk/live.html", talk=talk, news=_news(talk))


@blueprint.post("/conversations/<uuid:thread_id>")
@declare(permission="conversations.answer")
def work_on_conversation(thread_id: UUID) -> Shown:
    """Answer, leave a note, hand over, say who it is or what about, or end it."""

    def onward(done: str | None) -> str:
        if done is None:
            return go_to("conversation", thread_id=thread_id)
        return go_to("queue", done=done)

    return talk_forms.work_on(thread_id, lambda _: current_actor(), onward=onward, page=_page)


def _page(thread_id: UUID, answers: Answers) -> str:
    actor = current_actor()
    with transaction() as session:
        talk = talks.read_talk(session, thread_id, actor=actor)
        around = talk_forms.read_around(session, talk, door=DOOR, actor=actor)
        order = _beside(session, around["order"], around["file"], actor)
        deal = _describe(session, order, actor) if order else None
    return show(
        "conversation.html",
        tab="queue",
        talk=talk,
        news=_news(talk),
        deal=deal,
        can_order=actor.may("orders.take"),
        leads=_leads(thread_id),
        typed=answers.typed,
        errors=answers.errors,
        **around,
    )


def show_refused(thread_id: UUID, answers: Answers) -> Shown:
    """Return a conversation with what is wrong about a form of the order beside it."""
    return _page(thread_id, answers), talk_forms.REFUSED


def _beside(
    session: Session, order: OrderFacts | None, file: File | None, actor: Actor
) -> OrderFacts | None:
    """Return the order to show: the chosen one of who writes, that in question, their only one."""
    if file is None:
        return order
    theirs = {each.number.replace("-", ""): each.id for each in file.under_way}
    wanted = theirs.get(request.values.get("about", ""))
    if wanted is None and order is None and len(theirs) == 1:
        (wanted,) = theirs.values()
    if wanted is None or wanted not in file.doors:
        return order
    return orders.queries.get_order(session, wanted, actor=actor)


def _leads(thread_id: UUID) -> Leads:
    """Return where the orders of who writes lead: beside the conversation, not away from it."""
    return Leads(
        talk=lambda other: url_for("office.conversation", thread_id=other),
        order=lambda _file, _id, number: url_for(
            "office.conversation",
            thread_id=thread_id,
            about=number.replace("-", ""),
            _anchor="deal-title",
        ),
    )


def _describe(session: Session, order: OrderFacts, actor: Actor) -> dict[str, Any]:
    """Return the order in question: how far it is, and what may be done about it here."""
    parcels = [
        {
            "facts": each,
            "state": LATE if each.overdue else STATES[each.status],
            "store": stores.queries.get_store_by_id(session, each.location_id),
        }
        for each in order.fulfillments
    ]
    sent = notifications.queries.list_messages(session, order.id)
    is_open = order.status in CANCELLABLE
    return {
        "order": order,
        "number": show_order_number(order.number),
        "parcels": parcels,
        "messages": [say_message(each) for each in sent][:5],
        "can_cancel": is_open and actor.may("orders.cancel"),
        "can_amend": actor.may("orders.amend") and find_amendable(order) is not None,
        "can_keep": any(each.status is Status.READY for each in order.fulfillments)
        and actor.may("orders.cancel"),
        "can_send": is_open and actor.may("orders.collect"),
        "reasons": [(each.value, _(words)) for each, words in CANCEL_REASONS.items()],
    }


def _news(talk: Talk) -> str:
    return url_for("office.conversation_news", thread_id=talk.thread.id, seen=talk.mark)


def _address(row: Row) -> str:
    if row.thread_id is not None:
        return url_for("office.conversation", thread_id=row.thread_id)
    if row.case_id is not None:
        return url_for("office.case", case_id=row.case_id)
    if not row.number:
        return url_for("office.to_do")
    return url_for("office.order", number=row.number.replace("-", ""))
