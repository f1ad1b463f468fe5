"""The assistant of a conversation: it says that it is automatic, and knows when to stop.

It understands a short list of wishes (`conversations.understanding`); it answers with the state
of things or a published answer. It shows an order only to whoever holds its link or is signed in to
its account, does something only after a yes, and hands over with all that was said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.queries
import conversations.services
import orders.services
from app import formats
from app.care.around import Told, say_availability, say_hours
from app.care.deeds import ABOUT_ORDER, Deed, list_deeds, pick, say_extension, say_state
from app.care.waiting import say_wait
from app.i18n import N_, current
from app.i18n import gettext as _
from app.shop.following import read_order
from app.shop.shown import ShownOrder
from app.shop.visitor import as_shopper
from conversations.answering import find_answers, keep_asked
from conversations.assisting import Step, find_step, keep_step
from conversations.commands import ThreadStatus
from conversations.queries import ThreadFacts
from conversations.understanding import LIKELY, Wish, find_wish, says_no, says_yes
from customers.commands import Direction
from kernel.actors import SYSTEM
from kernel.errors import Refusal
from orders.commands import CancelReason

FAILS_MAX: Final = 2
"""So often in a row nothing is understood before a person is asked."""
UNKNOWN: Final = N_("I do not know. I am asking a person; they read all of this.")
FETCHES: Final = N_("I am asking a person to take over; they read all of this.")


@dataclass(frozen=True, slots=True)
class _Says:
    """What is answered; `hands_over` has a person go on."""

    text: str
    step: Step
    hands_over: bool = False


@dataclass
class _Scene:
    """One message, and what may be known to answer it."""

    session: Session
    thread_id: UUID
    said: str
    step: Step
    order_ids: Sequence[UUID] = ()
    fails_max: int = FAILS_MAX
    likely: Wish | None = None
    location_id: UUID | None = field(default=None)

    @cached_property
    def orders(self) -> list[ShownOrder]:
        """Return the orders of whoever writes, as far as they showed that they are theirs."""
        return [read_order(self.session, each) for each in self.order_ids]

    @cached_property
    def order(self) -> ShownOrder | None:
        """Return the order that is meant; None where there is none, or it has to be asked."""
        named = pick(self.orders, self.said)
        kept = next((each for each in self.orders if each.facts.id == self.step.order_id), None)
        return named or kept or (self.orders[0] if len(self.orders) == 1 else None)


def answer(
    session: Session,
    thread_id: UUID,
    said: str,
    *,
    order_ids: Sequence[UUID],
    fails_max: int = FAILS_MAX,
) -> None:
    """Answer the newest message of a conversation that is still the assistant's.

    `order_ids` are those whoever writes holds the link of, or has in their account. Nothing happens
    once a person answers; `fails_max` is how often in a row nothing is understood before one does.
    """
    thread = conversations.queries.get_thread(session, thread_id, actor=SYSTEM)
    if thread.status is not ThreadStatus.AUTOMATIC:
        return
    step = find_step(session, thread_id)
    proven = step.order_id if step else None
    known = tuple(dict.fromkeys([*order_ids, *([proven] if proven else [])]))
    likely = None if step else LIKELY.get(thread.intent)
    scene = _Scene(
        session, thread_id, said, step or Step(), known, fails_max, likely, thread.location_id
    )
    says = _respond(scene)
    _tell(session, thread, says, first=step is None)


def fetch_person(session: Session, thread_id: UUID) -> None:
    """Have a person go on with a conversation that is still the assistant's, with all of it."""
    thread = conversations.queries.get_thread(session, thread_id, actor=SYSTEM)
    if thread.status is not ThreadStatus.AUTOMATIC:
        return
    step = find_step(session, thread_id)
    says = _Says(_(FETCHES), replace(step or Step(), offered=False), hands_over=True)
    _tell(session, thread, says, first=step is None)


def _tell(session: Session, thread: ThreadFacts, says: _Says, *, first: bool) -> None:
    text = says.text
    if first:
        text = " ".join([_("I am an automatic assistant."), text])
    if says.hands_over:
        waiting = say_wait(session, thread.channel.value, thread.location_id)
        text = f"{text} {waiting}"
    conversations.services.answer_automatically(session, thread.id, text)
    keep_step(session, thread.id, says.step)
    if says.hands_over:
        conversations.services.ask_for_person(session, thread.id, actor=as_shopper())


def offers(session: Session, thread_id: UUID, *, order_ids: Sequence[UUID]) -> list[Deed]:
    """Return what can be pressed now: what is done with the order in question, as it stands.

    Nothing about an order that whoever asks has not shown to be theirs.
    """
    step = find_step(session, thread_id)
    if step is None or step.wish not in ABOUT_ORDER:
        return []
    if step.order_id is None or step.order_id not in order_ids:
        return []
    return [
        each
        for each in list_deeds(read_order(session, step.order_id))
        if each.wish is step.wish or step.wish is Wish.WHERE
    ]


def _respond(scene: _Scene) -> _Says:
    step = scene.step
    if step.offered and says_yes(scene.said):
        return _do(scene)
    said = find_wish(scene.said)
    if said is None and step.offered and says_no(scene.said):
        return _Says(_("Then nothing was done. What else?"), replace(step, offered=False))
    wish = said or _gather_wish(scene)
    if wish is None:
        return _look_up(scene)
    if wish is Wish.HUMAN:
        return _hand_over(scene, _(FETCHES))
    if wish in ABOUT_ORDER and scene.order is None:
        return _ask_which(scene, wish)
    return _BY_WISH[wish](scene)


def _gather_wish(scene: _Scene) -> Wish | None:
    """Return what is meant by words that say it only with what was said or chosen before."""
    step = scene.step
    if step.wish in {Wish.AVAILABILITY, Wish.HOURS} and step.fails:
        return step.wish  # which store or article was asked, and this says it
    if step.wish is not None and pick(scene.orders, scene.said):
        return step.wish  # which order was asked, and this says it
    return scene.likely


def _do(scene: _Scene) -> _Says:
    """Do what was offered, as the customer would by the button of their order's page."""
    order, step = scene.order, replace(scene.step, offered=False)
    if order is None or step.wish not in _DEEDS:
        return _look_up(scene)
    try:
        with scene.session.begin_nested():
            words = _DEEDS[step.wish](scene, order)
    except Refusal:
        return _hand_over(scene, _("That is not possible any more. A person looks at it with you."))
    return _Says(words, step)


def _extend(scene: _Scene, order: ShownOrder) -> str:
    actor = as_shopper(order.facts.id)
    for each in order.parcels:
        if each.extendable:
            orders.services.extend_pickup(scene.session, each.facts.id, actor=actor)
    again = read_order(scene.session, order.facts.id)
    until = max(each.facts.collect_by for each in again.parcels if each.facts.collect_by)
    zone = again.parcels[0].store.time_zone
    said = formats.when(until, zone, language=current())
    return _("Done: it is kept until %(when)s. Your code stays the same.") % {"when": said}


def _cancel(scene: _Scene, order: ShownOrder) -> str:
    orders.services.cancel_order(
        scene.session,
        order.facts.id,
        reason=CancelReason.CUSTOMER_REMORSE,
        actor=as_shopper(order.facts.id),
    )
    return _("Done: order %(number)s is cancelled. You get a message about it.") % {
        "number": order.number
    }


_DEEDS: Final[Mapping[Wish | None, Callable[[_Scene, ShownOrder], str]]] = {
    Wish.EXTEND: _extend,
    Wish.CANCEL: _cancel,
}
"""What the assistant does by itself, after a yes."""


def _tell_state(scene: _Scene) -> _Says:
    order = _one(scene)
    return _Says(say_state(order), Step(Wish.WHERE, order.facts.id))


def _offer_extension(scene: _Scene) -> _Says:
    order = _one(scene)
    said = say_extension(order, scene.said)
    if said is None:
        words = _(
            "It cannot be kept longer now: it is not ready yet, or it was kept longer as often as"
            " the store allows."
        )
        return _Says(f"{say_state(order)} {words}", Step(Wish.EXTEND, order.facts.id))
    words = _("Shall I do it? Yes or no.")
    step = Step(Wish.EXTEND, order.facts.id, offered=True)
    return _Says(f"{say_state(order)} {said} {words}", step)


def _offer_cancelling(scene: _Scene) -> _Says:
    order = _one(scene)
    if not order.cancellable:
        said = _("It cannot be cancelled any more. Say “a person” if somebody should look at it.")
        return _Says(f"{say_state(order)} {said}", Step(Wish.CANCEL, order.facts.id))
    said = _("Cancel order %(number)s, all of it? Yes or no.") % {"number": order.number}
    return _Says(f"{say_state(order)} {said}", Step(Wish.CANCEL, order.facts.id, offered=True))


def _point(wish: Wish, words: str) -> Callable[[_Scene], _Says]:
    def point(scene: _Scene) -> _Says:
        order = _one(scene)
        able = any(each.wish is wish for each in list_deeds(order))
        said = _(words) if able else _("That cannot be changed any more.")
        return _Says(f"{say_state(order)} {said}", Step(wish, order.facts.id))

    return point


def _around(
    wish: Wish, tell: Callable[[Session, str, ShownOrder | None], Told]
) -> Callable[[_Scene], _Says]:
    """Return what tells of stores: with what was said before, where it had to be asked back."""

    def told(scene: _Scene) -> _Says:
        step = scene.step
        asked = step.wish is wish and step.fails
        found = tell(scene.session, _said_so_far(scene) if asked else scene.said, scene.order)
        fails = step.fails + 1 if found.asks_back else 0
        if fails > FAILS_MAX:
            return _hand_over(scene, _(UNKNOWN))
        return _Says(found.text, replace(step, wish=wish, offered=False, fails=fails))

    return told


def _said_so_far(scene: _Scene) -> str:
    entries = conversations.queries.list_entries(scene.session, scene.thread_id)
    theirs = [each.body for each in entries if each.direction is Direction.IN]
    return " ".join(theirs[-FAILS_MAX - 1 :])


_BY_WISH: Final[Mapping[Wish, Callable[[_Scene], _Says]]] = {
    Wish.WHERE: _tell_state,
    Wish.EXTEND: _offer_extension,
    Wish.CANCEL: _offer_cancelling,
    Wish.COLLECTOR: _point(
        Wish.COLLECTOR, N_("The page of your order has it: say who collects, and they get a code.")
    ),
    Wish.STORE: _point(
        Wish.STORE,
        N_("On the page of your order, choose another store: you see what changes first."),
    ),
    Wish.INVOICE: _point(
        Wish.INVOICE,
        N_("Your order's page says what was paid, with VAT. For an invoice, say “a person”."),
    ),
    Wish.HOURS: _around(Wish.HOURS, say_hours),
    Wish.AVAILABILITY: _around(Wish.AVAILABILITY, say_availability),
}


def _ask_which(scene: _Scene, wish: Wish) -> _Says:
    """Ask which order is meant; nobody is shown one that is not proven to be theirs."""
    step = replace(scene.step, wish=wish, offered=False)
    if not scene.orders:
        said = _("I see no order of yours here. Open this from the link in our message, or sign in;"
                 " a number alone is not enough. Or say “a person”.")  # fmt: skip
        return _Says(said, step)
    numbers = ", ".join(each.number for each in scene.orders)
    return _Says(_("Which order is it: %(numbers)s?") % {"numbers": numbers}, step)


def _look_up(scene: _Scene) -> _Says:
    """Answer from what the editors published, or admit that nothing was understood."""
    found = find_answers(scene.session, scene.said, language=current(), limit=1)
    if found:
        step = replace(scene.step, offered=False, fails=0)
        return _Says(f"{found[0].question}\n\n{found[0].body}", step)
    keep_asked(scene.session, scene.said, language=current())
    fails = scene.step.fails + 1
    if fails >= scene.fails_max:
        return _hand_over(scene, _(UNKNOWN))
    said = _("I did not understand. I can say where an order is, keep it longer, cancel it, tell"
             " opening hours and what a store has. Or say “a person”.")  # fmt: skip
    return _Says(said, replace(scene.step, offered=False, fails=fails))


def _hand_over(scene: _Scene, words: str) -> _Says:
    order = scene.order
    step = Step(scene.step.wish, order.facts.id if order else scene.step.order_id)
    return _Says(words, step, hands_over=True)


def _one(scene: _Scene) -> ShownOrder:
    assert scene.order is not None  # noqa: S101 (asked before: ABOUT_ORDER)
    return scene.order
