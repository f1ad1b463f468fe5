"""What the holder of a choice's link may choose, as the page shows it, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import stores.queries
from app import formats
from app.i18n import current
from app.i18n import gettext as _
from app.shop.contact import Typed, read_address
from app.shop.saying import say_day
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from orders.availability import Answers, list_answers
from orders.commands import Answer, AnswerChoice, Method
from orders.queries import ChoiceFacts, FulfillmentFacts
from stores.queries import BrandFacts, StoreFacts

STORE_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A choice with the parcel it is about; `answers` is None once it was made."""

    facts: ChoiceFacts
    parcel: FulfillmentFacts
    store: StoreFacts
    brand: BrandFacts
    number: str
    order_token: str
    answers: Answers | None
    onward: StoreFacts | None

    @property
    def by(self) -> str:
        """Return until when it can be made, where the store is."""
        return formats.when(self.facts.answer_by, self.store.time_zone, language=current())

    @property
    def otherwise(self) -> str:
        """Return what happens when nobody makes it."""
        if self.facts.fallback is Answer.WAIT:
            return _("Without your answer we wait for you until your articles are back.")
        return _("Without your answer the order is cancelled, and you pay nothing for it.")

    @property
    def back_on(self) -> str | None:
        """Return on which day the store expects all of it, where it knows."""
        if self.answers is None or self.answers.back_on is None:
            return None
        return say_day(self.answers.back_on, self.store)

    @property
    def outcome(self) -> str:
        """Return what was chosen and what follows from it, as a sentence."""
        until = self.facts.wait_until
        said = {
            Answer.OTHER_STORE: _("%(store)s prepares it. Wait for our message before you come."),
            Answer.DELIVERY: _("It is sent to you from %(store)s, at no charge."),
            Answer.WAIT: _("We wait for you until %(until)s, and write to you when it goes on."),
            Answer.REFUND: _("The order is cancelled. You pay nothing for it."),
        }[self.facts.answer or Answer.REFUND]
        return said % {
            "store": (self.onward or self.store).name,
            "until": formats.when(until, self.store.time_zone, language=current()) if until else "",
        }


def read_choice(session: Session, choice_id: UUID) -> ShownChoice:
    """Return a choice as the holder of its link sees it.

    Raises UnknownChoice.
    """
    facts = orders.queries.get_choice(session, choice_id)
    order = orders.queries.get_order(session, facts.order_id, actor=SYSTEM)
    parcels = {each.id: each for each in order.fulfillments}
    parcel = parcels[facts.fulfillment_id]
    onward = parcels.get(parcel.rerouted_to) if parcel.rerouted_to else None
    return ShownChoice(
        facts,
        parcel,
        stores.queries.get_store_by_id(session, parcel.location_id),
        stores.queries.get_brand(session, order.brand_id),
        show_order_number(order.number),
        order.token,
        list_answers(session, parcel) if facts.open else None,
        stores.queries.get_store_by_id(session, onward.location_id) if onward else None,
    )


def read_answer(form: Mapping[str, str], shown: ShownChoice) -> tuple[AnswerChoice | None, Typed]:
    """Return what a form chooses, None where something is missing, and what was typed."""
    typed = Typed()
    said = next((each for each in Answer if each.value == form.get("answer")), None)
    if said is None:
        typed.errors["answer"] = _("Choose one of the ways.")
        return None, typed
    store, address = None, None
    if said is Answer.OTHER_STORE:
        missing = _("Choose the store where you collect it.")
        store = typed.read(form, "store", longest=STORE_MAX, missing=missing)
    if said is Answer.DELIVERY and not keeps_address(shown.parcel):
        address = read_address(form, typed)
    return (None if typed.errors else AnswerChoice(said, store or None, address)), typed


def keeps_address(parcel: FulfillmentFacts) -> bool:
    """Tell whether it was to be delivered anyway: nobody asks where to."""
    return parcel.method is Method.DELIVERY
