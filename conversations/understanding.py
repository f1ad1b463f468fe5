"""What somebody means by what they typed: French and English, by the stems of words.

Nothing here knows orders or answers: words in, meaning out. It forgives accents, capitals, the
order of words, endings and a slip of the finger; it never guesses beyond that.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from conversations.commands import Intent
from kernel.ids import read_cart_code, read_code, read_order_number

WORD: Final = re.compile(r"[a-z0-9]+")
MAIL: Final = re.compile(r"\S+@\S+")
NUMBER: Final = re.compile(r"\+?\d[\d .-]*\d|\b(?=[\w-]*\d)[\w-]+\b")
LETTERS: Final = re.compile(r"\b[^\W\d_]{3,4}-?[^\W\d_]{3,4}\b")
"""What may be an order number or a code in which no digit happens to be."""
APART: Final = re.compile(r"(can|do|does|did|is|are|will|would)n?['’]t\b")
STEM_MIN: Final = 4
SLIP_FROM: Final = 5
"""Words this long may have one slip of the finger; shorter ones would mean another word."""
TWO_SLIPS_FROM: Final = 9
ENDINGS: Final = (
    "issement", "ation", "ement", "able", "ing", "ion", "ent", "ait", "iez", "on", "ez", "ee", "er",
    "ed", "ir", "re", "e",
)  # fmt: skip
PLURALS: Final = ("s", "x")
SILENT: Final = frozenset(
    [
        "a",
        "ai",
        "an",
        "and",
        "are",
        "as",
        "at",
        "au",
        "aux",
        "avec",
        "be",
        "can",
        "ce",
        "ces",
        "cet",
        "cette",
        "d",
        "dans",
        "de",
        "des",
        "do",
        "does",
        "du",
        "elle",
        "en",
        "est",
        "et",
        "faire",
        "for",
        "from",
        "have",
        "i",
        "il",
        "ils",
        "in",
        "is",
        "it",
        "j",
        "je",
        "jusqu",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "lui",
        "m",
        "ma",
        "me",
        "mes",
        "mon",
        "my",
        "n",
        "ne",
        "nos",
        "notre",
        "nous",
        "of",
        "on",
        "or",
        "our",
        "par",
        "pas",
        "please",
        "plait",
        "pour",
        "puis",
        "que",
        "qu",
        "qui",
        "s",
        "sa",
        "se",
        "si",
        "son",
        "svp",
        "sur",
        "t",
        "tes",
        "that",
        "the",
        "their",
        "they",
        "this",
        "to",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "was",
        "we",
        "what",
        "which",
        "will",
        "with",
        "y",
        "you",
        "your",
        "bonjour",
        "bonsoir",
        "hello",
        "hi",
        "merci",
        "thanks",
        "comment",
        "how",
        "peux",
        "peut",
        "puis",
        "pouvez",
        "veux",
        "voudrais",
        "want",
        "would",
        "like",
        "could",
        "ete",
        "etre",
        "avoir",
        "ont",
        "sont",
    ]
)
"""Words that tell no question from another."""


class Wish(StrEnum):
    """What the assistant can do by itself, and what it leaves to a person."""

    HUMAN = "human"
    CANCEL = "cancel"
    COLLECTOR = "collector"
    STORE = "store"
    EXTEND = "extend"
    INVOICE = "invoice"
    AVAILABILITY = "availability"
    HOURS = "hours"
    WHERE = "where"


INTENTS: Final[Mapping[Wish, Intent]] = {
    Wish.HUMAN: Intent.OTHER,
    Wish.CANCEL: Intent.CANCEL,
    Wish.COLLECTOR: Intent.CHANGE,
    Wish.STORE: Intent.CHANGE,
    Wish.EXTEND: Intent.PICKUP,
    Wish.INVOICE: Intent.INVOICE,
    Wish.AVAILABILITY: Intent.AVAILABILITY,
    Wish.HOURS: Intent.PICKUP,
    Wish.WHERE: Intent.ORDER_STATE,
}
"""What the desk calls each wish."""
LIKELY: Final[Mapping[Intent, Wish]] = {
    Intent.CANCEL: Wish.CANCEL,
    Intent.INVOICE: Wish.INVOICE,
    Intent.AVAILABILITY: Wish.AVAILABILITY,
    Intent.ORDER_STATE: Wish.WHERE,
}
"""What is wished by whoever chose this of a list, where their words say nothing else."""

_WEEKDAYS: Final = (
    "lundi mardi mercredi jeudi vendredi samedi dimanche"
    " monday tuesday wednesday thursday friday saturday sunday"
)
_PERSON: Final = (
    "quelqu personne conseiller vendeur humain somebody someone person human agent adviser"
)
_ANOTHER: Final = (
    "quelqu autre mari femme ami amie voisin voisine frere soeur mere pere"
    " someone somebody else husband wife friend neighbour partner"
)
_FETCH: Final = "chercher retirer recuperer collect pick fetch prendre"
_OPENING: Final = (
    "horaires ouvert ouverture ouvrez ouvre ferme fermez fermeture opening open closed close hours"
)
_STATE: Final = (
    "ou quand etat suivi suivre where when status track tracking prete pret ready arrive"
)
ASKS: Final[Sequence[tuple[Wish, tuple[str, ...]]]] = (
    (Wish.HUMAN, ("parler joindre appeler talk speak", _PERSON)),
    (Wish.HUMAN, ("humain conseiller human agent",)),
    (Wish.HUMAN, ("real vraie vrai", "person personne")),
    (Wish.HUMAN, ("rappelez rappeler",)),
    (Wish.HUMAN, ("call ring phone", "back")),
    (Wish.CANCEL, ("annuler annulation cancel",)),
    (Wish.CANCEL, ("commande order", "plus anymore", "veux want")),
    (Wish.COLLECTOR, (_ANOTHER, _FETCH)),
    (
        Wish.STORE,
        ("changer autre change another different deplacer", "magasin boutique store shop"),
    ),
    (Wish.EXTEND, ("prolonger repousser rallonger extend longer prolongation extension",)),
    (
        Wish.EXTEND,
        ("garder keep hold", f"jours temps longtemps jusqu days until longer {_WEEKDAYS}"),
    ),
    (
        Wish.EXTEND,
        (
            "pas empeche cannot not unable impossible",
            f"venir passer come {_FETCH}",
            f"avant before demain tomorrow semaine week temps time delai {_WEEKDAYS}",
        ),
    ),
    (Wish.INVOICE, ("facture recu justificatif invoice receipt",)),
    (Wish.AVAILABILITY, ("stock disponible dispo disponibilite available availability",)),
    (Wish.AVAILABILITY, ("avez have", "encore reste left")),
    (Wish.HOURS, (_OPENING,)),
    (Wish.WHERE, (_STATE, "commande colis paquet order parcel package livraison delivery")),
)
"""Of each wish, groups of words: one of every group is said. The first that fits is meant."""

YES: Final = frozenset(
    [
        "oui",
        "ouais",
        "yes",
        "ok",
        "okay",
        "daccord",
        "accord",
        "volontiers",
        "confirme",
        "confirm",
        "sure",
    ]
)
NO: Final = frozenset(
    ["non", "no", "nope", "pas", "jamais", "laissez", "rien", "not", "leave", "dont"]
)
DAYS: Final = (
    ("lundi", "monday"), ("mardi", "tuesday"), ("mercredi", "wednesday"), ("jeudi", "thursday"),
    ("vendredi", "friday"), ("samedi", "saturday"), ("dimanche", "sunday"),
)  # fmt: skip
TOMORROW: Final = frozenset({"demain", "tomorrow"})


def find_wish(said: str) -> Wish | None:
    """Return what somebody asks for; None where it is nothing the assistant does."""
    words = split(said)
    telling = [each for each in words if each not in SILENT]
    if telling and all(_means(each, _PERSON) for each in telling):
        return Wish.HUMAN  # « une personne », "somebody please": nothing else is said
    for wish, groups in ASKS:
        if all(any(_means(word, group) for word in words) for group in groups):
            return wish
    return None


def says_yes(said: str) -> bool:
    """Tell whether an offer is taken: a plain yes in few words, and no no."""
    words = set(split(said))
    return bool(words & YES) and not words & NO


def says_no(said: str) -> bool:
    """Tell whether an offer is declined."""
    return bool(set(split(said)) & NO)


def find_day(said: str, *, today: date) -> date | None:
    """Return the next day that is named: « lundi », "tomorrow"."""
    words = set(split(said))
    if words & TOMORROW:
        return today + timedelta(days=1)
    for number, names in enumerate(DAYS):
        if words & set(names):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def split(said: str) -> list[str]:
    """Return the words, small and without accents; « qu'un » is two."""
    plain = unicodedata.normalize("NFKD", APART.sub(r"\1 not", said.lower().replace("œ", "oe")))
    return WORD.findall("".join(each for each in plain if not unicodedata.combining(each)))


def stems(said: str) -> list[str]:
    """Return the stems of the words that tell something, each once, as they come."""
    return list(dict.fromkeys(stem(word) for word in split(said) if word not in SILENT))


def stem(word: str) -> str:
    """Return a word without its ending, so that « retirer » and « retrait » are near."""
    if word.endswith(PLURALS) and len(word) > STEM_MIN:
        word = word[:-1]
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= STEM_MIN:
            return word[: -len(ending)]
    return word


def near(one: str, other: str) -> bool:
    """Tell whether two stems are the same but for a slip of the finger."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    slips = 0 if shorter < SLIP_FROM - 1 else 2 if shorter >= TWO_SLIPS_FROM else 1
    return bool(slips) and one[0] == other[0] and _apart(one, other, slips) <= slips


def scrub(said: str) -> str:
    """Return a question without what could tell who asked: no address, no number."""
    return " ".join(LETTERS.sub(_hide, NUMBER.sub("…", MAIL.sub("…", said))).split())


def _hide(found: re.Match[str]) -> str:
    """Return a sign for an order number or a code, and any word as it is."""
    word, reads = found[0], []
    if "-" in word or word.isupper():
        reads = [read_order_number]
    if "-" in word and word.isupper():
        reads += [read_code, read_cart_code]
    return "…" if any(read(word) for read in reads) else word


def _means(word: str, group: str) -> bool:
    listed = group.split()
    return word in listed or any(
        near(stem(word), stem(each)) or near(word, each)
        for each in listed
        if len(each) >= SLIP_FROM
    )


def _apart(one: str, other: str, most: int) -> int:
    """Return how many slips lie between two words; a swap of neighbours is one."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right)))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


def same_words(said: Iterable[str]) -> str:
    """Return one key for questions of the same stems, in whatever order."""
    return " ".join(sorted(said))
