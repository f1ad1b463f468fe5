"""A first set of answers, true of what Comptoir does; every one is the retailer's to change."""

import json
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.i18n import LANGUAGES
from conversations.answering import list_answers, set_answer
from conversations.commands import AnswerWords, Intent, SetAnswer
from kernel.actors import Actor

FILE: Final = Path(__file__).parent / "answers.json"


def bring_answers(session: Session, *, actor: Actor, path: Path = FILE) -> int:
    """Have the answers of a file that are not there yet, published; return how many came.

    What is there, changed or not, stays as it is.
    """
    there = {each.code for each in list_answers(session, language="fr", published=False)}
    told = json.loads(path.read_text("utf-8"))
    wanted = [each for each in told if each["code"] not in there]
    for each in wanted:
        words = {language: AnswerWords(**each[language]) for language in LANGUAGES}
        command = SetAnswer(each["code"], Intent(each["intent"]), words, published=True)
        set_answer(session, command, actor=actor)
    return len(wanted)
