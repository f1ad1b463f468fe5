"""What customers agreed to be told and what they refused: keyed by whoever heard it.

It holds on every channel from the moment it is kept.
"""

from typing import Any, Final
from uuid import UUID

from flask import g

import customers.queries
import customers.services
import orders.queries
import orders.services
from app import forms, telling_words
from app.admin.blueprint import DOOR, blueprint, go_to, show
from app.admin.reading import Answers, asked, one_of, read_form
from app.answers import Shown
from app.i18n import LANGUAGES, current
from app.i18n import gettext as _
from customers.commands import Said, Topic, Way
from customers.errors import UnknownCustomer
from customers.queries import SPOKEN, CustomerFacts
from kernel.db import transaction
from kernel.web import current_actor, declare

EVERY: Final = "every"
PROOF_MAX: Final = 200


@blueprint.get("/customers/<uuid:customer_id>/consents")
@declare(permission="customers.read")
def consents(customer_id: UUID) -> str:
    """Show what a customer may be told, since when, and what proves it."""
    return _page(customer_id, Answers({}))


@blueprint.post("/customers/<uuid:customer_id>/consents")
@declare(permission="customers.consent")
def key_consent(customer_id: UUID) -> Shown:
    """Keep that a customer said what they may be told, or may not."""
    answers = read_form()
    proof = answers.text("proof", longest=PROOF_MAX)
    topic, answer = answers.typed.get("topic", ""), answers.typed.get("answer", "")
    source = answers.typed.get("source", "")
    ways = frozenset(each for each in Way if answers.typed.get(f"way_{each.value}"))
    known = (
        ("topic", topic == EVERY or one_of(Topic, topic) is not None),
        ("answer", answer in {"yes", "no"}),
        ("source", source in telling_words.KEYED),
        ("way", bool(ways)),
    )
    answers.errors.update({name: _("Choose one.") for name, good in known if not good})
    if answers.errors:
        return _page(customer_id, answers), 422

    def act() -> str:
        person = orders.queries.get_person(session, customer_id, actor=current_actor())
        said = Said(
            customer_id=person.id,
            granted=answer == "yes",
            wording=SPOKEN.version,
            language=_spoken_to(person),
            proof=proof or f"request {g.request_id}",
            source=source,
            ways=ways,
            topic=one_of(Topic, topic),
        )
        customers.services.record_answer(session, said, actor=current_actor())
        return go_to("consents", customer_id=person.id, done="yes")

    with transaction() as session:
        return forms.once(session, act)


def _page(customer_id: UUID, answers: Answers) -> str:
    actor = current_actor()
    with transaction() as session:
        person = orders.services.look_into(session, customer_id, door=DOOR, actor=actor)
        said = customers.queries.list_consents(session, person.id) if person else []
    if person is None:
        raise UnknownCustomer
    return show(
        "customer_consents.html",
        tab="customers",
        person=person,
        said=said,
        words=telling_words,
        read_out=telling_words.say_words(SPOKEN, _spoken_to(person)),
        typed=answers.typed,
        errors=answers.errors,
        done=asked("done"),
        can_key=actor.may("customers.consent"),
        **_choices(),
        **show_standing(said),
    )


def show_standing(said: list[customers.queries.ConsentFacts]) -> dict[str, Any]:
    """Return what holds now, a row for each topic."""
    standing = customers.queries.read_standing(said)
    return {
        "told": telling_words.by_topic(standing),
        "topics": telling_words.TOPICS_OF_THEIRS,
        "ways": telling_words.WAYS,
    }


def _choices() -> dict[str, Any]:
    return {
        "topic_options": [
            (EVERY, _("Everything")),
            *((each.value, _(label)) for each, label in telling_words.TOPICS_OF_THEIRS.items()),
        ],
        "source_options": [(each, _(telling_words.SOURCES[each])) for each in telling_words.KEYED],
    }


def _spoken_to(person: CustomerFacts) -> str:
    return person.language if person.language in LANGUAGES else current()
