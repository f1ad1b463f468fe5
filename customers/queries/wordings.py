"""What people agree to or refuse, word for word, in each language they may read it in.

A version is made of the words: whoever changes a letter has another version, and what somebody saw
stands in the ledger beside what they answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

MARKETING: Final = "marketing"
"""The purpose of whatever nobody asked for: reminders of baskets, news, offers."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is shown or read out, by language."""

    name: str
    words: Mapping[str, str]

    @property
    def version(self) -> str:
        """Return the name with what tells these words from any others."""
        said = "\n".join(f"{language} {text}" for language, text in sorted(self.words.items()))
        return f"{self.name}-{sha256(said.encode()).hexdigest()[:8]}"


CENTRE: Final = Wording(
    "centre",
    {
        "fr": (
            "Choisissez ce dont nous pouvons vous parler sans que vous l’ayez demandé, et comment. "
            "Ce qui n’est pas coché, nous ne l’envoyons pas. Vous pouvez changer d’avis à tout "
            "moment. Les messages sur vos commandes arrivent toujours."
        ),
        "en": (
            "Choose what we may tell you of without your asking, and how. What is not ticked we do "
            "not send. You can change your mind at any time. Messages about your orders always "
            "arrive."
        ),
    },
)
NOTHING: Final = Wording(
    "nothing",
    {
        "fr": (
            "Tout refuser : plus aucun message publicitaire, ni e-mail, ni SMS, ni appel. Les "
            "messages sur vos commandes arrivent toujours."
        ),
        "en": (
            "Refuse everything: no more advertising of any kind, no e-mail, text message or call. "
            "Messages about your orders always arrive."
        ),
    },
)
ONE_CLICK: Final = Wording(
    "one-click",
    {
        "fr": "Se désabonner, d’un clic dans la messagerie, de tout e-mail publicitaire.",
        "en": "Unsubscribe, with one click in the mail program, from all advertising by e-mail.",
    },
)
SPOKEN: Final = Wording(
    "spoken",
    {
        "fr": (
            "Pouvons-nous vous parler de ceci sans que vous l’ayez demandé ? Vous pouvez changer "
            "d’avis à tout moment, au téléphone, en magasin ou en ligne."
        ),
        "en": (
            "May we tell you of this without your asking? You can change your mind at any time, by "
            "telephone, in a store or online."
        ),
    },
)
WORDINGS: Final[Mapping[str, Wording]] = {
    each.version: each for each in (CENTRE, NOTHING, ONE_CLICK, SPOKEN)
}
"""Every wording in use, by its version."""
