"""What customers may be told, in the words of pages: topics, ways, and where they said so."""

from collections.abc import Mapping
from typing import Final

from app.i18n import N_, current
from app.i18n import gettext as _
from customers.commands import Topic, Way
from customers.queries import Standing, Wording

TOPICS: Final[Mapping[Topic, str]] = {
    Topic.BASKETS: N_("A basket you left"),
    Topic.NEWS: N_("News and offers"),
}
TOPICS_OF_THEIRS: Final[Mapping[Topic, str]] = {
    Topic.BASKETS: N_("A basket they left"),
    Topic.NEWS: N_("News and offers"),
}
WAYS: Final[Mapping[Way, str]] = {
    Way.EMAIL: N_("E-mail"),
    Way.SMS: N_("Text message"),
    Way.PHONE: N_("Telephone call"),
}
SOURCES: Final[Mapping[str, str]] = {
    "phone": N_("By telephone"),
    "store": N_("In the store"),
    "letter": N_("By letter or e-mail"),
    "account": N_("In their account"),
    "link": N_("By the link of a message"),
    "list-unsubscribe": N_("By a click in their mail program"),
}
KEYED: Final = ("phone", "store", "letter")
"""Where somebody of ours may have heard it."""


def say_words(wording: Wording, language: str | None = None) -> str:
    """Return what is shown or read out, in the language of the page unless another is wanted."""
    wanted = language or current()
    return wording.words.get(wanted, wording.words["fr"])


def say_topic(topic: str) -> str:
    """Return what a line of the ledger is about; what another system called it as it was."""
    known = next((each for each in Topic if each.value == topic), None)
    return _(TOPICS_OF_THEIRS[known]) if known else topic or _("Everything")


def say_way(way: str) -> str:
    """Return on which way."""
    known = next((each for each in Way if each.value == way), None)
    return _(WAYS[known]) if known else way


def say_source(source: str) -> str:
    """Return where they said so; another system by its name."""
    return _(SOURCES[source]) if source in SOURCES else source


def by_topic(standing: list[Standing]) -> dict[Topic, list[Standing]]:
    """Return what holds, a row for each topic."""
    return {topic: [each for each in standing if each.topic is topic] for topic in Topic}
