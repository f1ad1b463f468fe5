"""The choice of a parcel that its store cannot prepare, as the office sees it and may make it."""

from datetime import UTC, datetime, time
from typing import Any, Final

from sqlalchemy.orm import Session

import orders.queries
from app import formats
from app.admin.words import ANSWERS
from app.i18n import N_, current
from app.i18n import gettext as _
from orders.availability import Answers, list_answers
from orders.commands import Answer, Method, Partly
from orders.queries import ChoiceFacts, FulfillmentFacts
from stores.queries import StoreFacts

BY: Final = {"customer": N_("The customer"), "deadline": N_("Nobody in time")}
PARTLY: Final = {
    Partly.WAIT: N_("Everything at once"),
    Partly.ANNOUNCE: N_("Be told, decide later"),
    Partly.SPLIT: N_("First what is here"),
}
NOON: Final = time(12)
STORE: Final = "store:"
"""How the form names a store among the answers."""


def describe(session: Session, parcel: FulfillmentFacts, store: StoreFacts) -> dict[str, Any]:
    """Return what the page of an order says of a parcel's choice, and of a part that is there."""
    choice = orders.queries.list_choices(session, [parcel.id]).get(parcel.id)
    return {
        "choice": _choice(session, choice, parcel, store) if choice else None,
        "part": orders.queries.find_part(session, parcel),
        "partly": [(each.value, _(words), None) for each, words in PARTLY.items()],
    }


def _choice(
    session: Session, choice: ChoiceFacts, parcel: FulfillmentFacts, store: StoreFacts
) -> dict[str, Any]:
    reasons = orders.queries.list_reasons(session, closed=True)
    labels = {each.code: each.labels[current()] for each in reasons}
    answers = list_answers(session, parcel) if choice.open else None
    return {
        "facts": choice,
        "reason": labels.get(choice.reason, choice.reason),
        "fallback": _(ANSWERS[choice.fallback.value]),
        "answer": _(ANSWERS[choice.answer.value]) if choice.answer else None,
        "by": _(BY.get(choice.answered_by or "", choice.answered_by or "")),
        "options": _options(answers, store) if answers else [],
        "needs_address": answers is not None
        and answers.delivery is not None
        and parcel.method is not Method.DELIVERY,
    }


def _options(answers: Answers, store: StoreFacts) -> list[tuple[str, str, str | None]]:
    """Return what can be answered for the customer, each with its consequence."""

    def when(each: Any) -> str:  # noqa: ANN401 (a store's answer)
        return formats.when(each.ready_at, each.store.time_zone, language=current())

    options: list[tuple[str, str, str | None]] = [
        (
            f"{STORE}{each.store.code}",
            each.store.name,
            _("%(distance)s from %(store)s, ready %(when)s")
            % {
                "distance": formats.distance(each.distance_km, language=current()),
                "store": store.name,
                "when": when(each),
            },
        )
        for each in answers.stores
    ]
    if answers.delivery:
        said = _("From %(store)s, at no charge, it leaves by %(when)s") % {
            "store": answers.delivery.store.name,
            "when": when(answers.delivery),
        }
        options.append((Answer.DELIVERY.value, _(ANSWERS[Answer.DELIVERY.value]), said))
    options.append((Answer.WAIT.value, _(ANSWERS[Answer.WAIT.value]), _expected(answers)))
    options.append((Answer.REFUND.value, _(ANSWERS[Answer.REFUND.value]), None))
    return options


def _expected(answers: Answers) -> str | None:
    if answers.back_on is None:
        return None
    noon = datetime.combine(answers.back_on, NOON, UTC)
    return _("Expected %(day)s") % {"day": formats.day(noon, "UTC", language=current())}
