"""Answers to what many ask: written, published, found, voted on; and questions nothing answers."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from conversations.commands import AnswerWords, Intent, SetAnswer
from conversations.errors import AnswerChanged, AnswerIncomplete, UnknownAnswer
from conversations.events import AnswerSet
from conversations.models import Answer, AnswerText, AskedQuestion
from conversations.understanding import near, same_words, scrub, stems
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id

LANGUAGES: Final = ("fr", "en")
ANSWERS_MAX: Final = 500
"""Answers are read whole and weighed here: no shop writes more, and it is one statement."""
ASKED_MAX: Final = 200
ASKED_DAYS: Final = 90
SAID_MAX: Final = 200
QUESTION_MAX, BODY_MAX, KEYWORDS_MAX = 160, 4_000, 400
ENOUGH: Final = 0.5
"""The share of a question's weight that an answer has to speak of."""
SLIPPED: Final = 0.85
IN_BODY: Final = 0.45
"""What a word is worth that only the text of an answer has, not its question or keywords."""
LIKE_BEST: Final = 0.6
"""How near to the best one others have to come to be shown beside it."""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An answer in one language."""

    id: UUID
    code: str
    intent: Intent
    version: int
    published_at: datetime | None
    author_name: str
    changed_at: datetime
    useful: int
    useless: int
    language: str
    question: str
    body: str
    keywords: str

    @property
    def paragraphs(self) -> list[str]:
        """Return its text in parts."""
        return [each.strip() for each in self.body.split("\n\n") if each.strip()]


@dataclass(frozen=True, slots=True)
class AskedFacts:
    """A question nothing answered, and how often it was asked."""

    id: UUID
    language: str
    said: str
    times: int
    first_at: datetime
    last_at: datetime


def set_answer(session: Session, command: SetAnswer, *, actor: Actor) -> UUID:
    """Have an answer read like this, seen by everybody once it is published; return its id.

    Raises AnswerIncomplete, or AnswerChanged when somebody else changed it since it was read.
    """
    _check(command)
    now = db_now(session)
    known = session.execute(
        select(Answer).where(Answer.code == command.code).with_for_update()
    ).scalar_one_or_none()
    if known is not None and known.version != command.version:
        raise AnswerChanged(version=known.version)
    if known is None:
        known = Answer(id=new_id(), code=command.code, version=0, author_name="")
        session.add(known)
    known.intent, known.author_name = command.intent, actor.name or actor.kind.value
    known.version, known.changed_at = known.version + 1, now
    known.published_at = (known.published_at or now) if command.published else None
    session.flush()
    for language, words in command.words.items():
        _write(session, known.id, language, words)
    if command.asked_id is not None:
        session.execute(
            update(AskedQuestion)
            .where(AskedQuestion.id == command.asked_id)
            .values(answer_id=known.id)
        )
    fact = AnswerSet(answer_id=known.id, version=known.version, published=command.published)
    events.record(session, fact, actor=actor)
    return known.id


def list_answers(
    session: Session, *, language: str, published: bool = True, limit: int = ANSWERS_MAX
) -> list[AnswerFacts]:
    """Return the answers in a language, the most useful first; drafts too where asked for."""
    statement = (
        select(
            *(column for column in Answer.__table__.columns),
            AnswerText.language,
            AnswerText.question,
            AnswerText.body,
            AnswerText.keywords,
        )
        .join(AnswerText, AnswerText.answer_id == Answer.id)
        .where(AnswerText.language == language)
        .order_by((Answer.useful - Answer.useless).desc(), Answer.code)
        .limit(limit)
    )
    if published:
        statement = statement.where(Answer.published_at.is_not(None))
    return [AnswerFacts(**row._mapping) for row in session.execute(statement)]  # noqa: SLF001


def get_answer(
    session: Session, answer_id: UUID, *, language: str, published: bool = True
) -> AnswerFacts:
    """Return one answer in a language.

    Raises UnknownAnswer, also for a draft where only what is published is asked for.
    """
    found = list_answers(session, language=language, published=published)
    one = next((each for each in found if each.id == answer_id), None)
    if one is None:
        raise UnknownAnswer(answer_id=str(answer_id))
    return one


def find_answers(
    session: Session, said: str, *, language: str, limit: int = 5
) -> list[AnswerFacts]:
    """Return the published answers to a question as somebody typed it, the best first.

    Accents, order and endings do not matter, nor does one slip of the finger in a longer word.
    Rare words weigh more than common ones. Empty where too little of the question is answered.
    """
    wanted = stems(said)
    answers = list_answers(session, language=language)
    if not wanted or not answers:
        return []
    read = [(each, _stems(each)) for each in answers]
    rare = _rarity(strong | weak for _each, (strong, weak) in read)
    weighed = [(_weigh(wanted, strong, weak, rare), each) for each, (strong, weak) in read]
    weighed = [pair for pair in weighed if pair[0] >= ENOUGH]
    weighed.sort(key=lambda pair: -pair[0])
    return [each for score, each in weighed if score >= weighed[0][0] * LIKE_BEST][:limit]


def keep_asked(session: Session, said: str, *, language: str) -> None:
    """Have the editors see a question nothing answers, and how often it was asked.

    Numbers and addresses are taken out of it first; what says nothing then is not kept.
    """
    plain = scrub(said)[:SAID_MAX]
    words = same_words(stems(plain))
    if not words:
        return
    statement = insert(AskedQuestion).values(
        id=new_id(), language=language, words=words[:SAID_MAX], said=plain
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["language", "words"],
            set_={"times": AskedQuestion.times + 1, "last_at": DB_NOW, "set_aside_at": None},
        )
    )


def prune_asked(session: Session) -> None:
    """Remove questions nobody asked for a quarter: a name in one could be of anybody forgotten."""
    old = AskedQuestion.last_at < DB_NOW - timedelta(days=ASKED_DAYS)
    session.execute(delete(AskedQuestion).where(old))


def list_asked(session: Session, *, limit: int = ASKED_MAX) -> list[AskedFacts]:
    """Return the questions that wait for an answer, the most asked first."""
    rows = session.execute(
        select(
            AskedQuestion.id,
            AskedQuestion.language,
            AskedQuestion.said,
            AskedQuestion.times,
            AskedQuestion.first_at,
            AskedQuestion.last_at,
        )
        .where(AskedQuestion.answer_id.is_(None), AskedQuestion.set_aside_at.is_(None))
        .order_by(AskedQuestion.times.desc(), AskedQuestion.last_at.desc())
        .limit(limit)
    )
    return [AskedFacts(*row) for row in rows]


def set_aside(session: Session, asked_id: UUID) -> None:
    """Have a question wait for no answer, until it is asked again."""
    session.execute(
        update(AskedQuestion).where(AskedQuestion.id == asked_id).values(set_aside_at=DB_NOW)
    )


def vote(session: Session, answer_id: UUID, *, useful: bool) -> None:
    """Count that an answer helped somebody, or did not.

    Raises UnknownAnswer.
    """
    column = Answer.useful if useful else Answer.useless
    done = session.execute(
        update(Answer)
        .where(Answer.id == answer_id, Answer.published_at.is_not(None))
        .values({column: column + 1})
        .returning(Answer.id)
    ).scalar_one_or_none()
    if done is None:
        raise UnknownAnswer(answer_id=str(answer_id))


def _check(command: SetAnswer) -> None:
    for language in LANGUAGES:
        words = command.words.get(language)
        if words is None or not words.question.strip() or not words.body.strip():
            raise AnswerIncomplete(language=language)


def _write(session: Session, answer_id: UUID, language: str, words: AnswerWords) -> None:
    said = {
        "question": words.question.strip()[:QUESTION_MAX],
        "body": words.body.replace("\r\n", "\n").strip()[:BODY_MAX],
        "keywords": " ".join(words.keywords.split())[:KEYWORDS_MAX],
    }
    statement = insert(AnswerText).values(answer_id=answer_id, language=language, **said)
    session.execute(
        statement.on_conflict_do_update(index_elements=["answer_id", "language"], set_=said)
    )


def _stems(answer: AnswerFacts) -> tuple[frozenset[str], frozenset[str]]:
    strong = frozenset(stems(f"{answer.question} {answer.keywords}"))
    return strong, frozenset(stems(answer.body)) - strong


def _rarity(texts: Iterable[frozenset[str]]) -> Counter[str]:
    return Counter(stem for each in texts for stem in each)


def _weigh(
    wanted: Sequence[str], strong: frozenset[str], weak: frozenset[str], rare: Counter[str]
) -> float:
    """Return which share of a question's weight an answer speaks of; 0 where only by the way."""
    total = met = 0.0
    by_name = False
    for word in wanted:
        weight = 1 / math.log(2.5 + rare[word])
        total += weight
        worth = _worth(word, strong)
        by_name = by_name or worth > 0
        met += weight * (worth or IN_BODY * _worth(word, weak))
    return met / total if by_name else 0.0


def _worth(word: str, among: frozenset[str]) -> float:
    if word in among:
        return 1.0
    return SLIPPED if any(near(word, each) for each in among) else 0.0
