"""Answers to what many ask: the list, what was asked in vain, the form of one with a preview."""

from typing import Final

from flask import request
from sqlalchemy.orm import Session

from app import forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form, read_id
from app.answers import Shown
from app.i18n import LANGUAGES, current
from app.i18n import gettext as _
from app.talk_words import INTENTS
from conversations.answering import (
    BODY_MAX,
    KEYWORDS_MAX,
    QUESTION_MAX,
    AnswerFacts,
    list_answers,
    list_asked,
    set_answer,
    set_aside,
)
from conversations.commands import AnswerWords, Intent, SetAnswer
from conversations.errors import AnswerChanged
from kernel.db import transaction
from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.web import current_actor, declare

NEW: Final = "new"


@blueprint.get("/help", endpoint="helps")
@declare(permission="answers.edit")
def show_answers() -> str:
    """Show every answer, drafts too, and the questions nothing answers."""
    with transaction() as session:
        found = list_answers(session, language=current(), published=False)
        questions = list_asked(session)
    return show(
        "helps.html",
        tab="helps",
        answers=found,
        questions=questions,
        matters=INTENTS,
        done=asked("done"),
    )


@blueprint.get("/help/<string:code>", endpoint="help")
@declare(permission="answers.edit")
def show_answer(code: str) -> str:
    """Show one answer in its form; `new` is an empty one, for a question that was asked."""
    with transaction() as session:
        return _form(session, code, Answers({}))


@blueprint.post("/help/<string:code>")
@declare(permission="answers.edit")
def change_answer(code: str) -> Shown:
    """Have an answer read as typed, or show how it will."""
    answers = read_form()
    with transaction() as session:
        if request.form.get("do") == "aside":
            return forms.once(session, lambda: _set_aside(session))
        command = _command(answers, code)
        if command is None or request.form.get("do") == "preview":
            return _form(session, code, answers), 200 if command else 422
        try:
            with session.begin_nested():
                return forms.once(session, lambda: _set(session, command))
        except AnswerChanged as changed:
            answers.errors["version"] = _(changed.title)
            return _form(session, code, answers), 409


def _set(session: Session, command: SetAnswer) -> str:
    set_answer(session, command, actor=current_actor())
    return go_to("helps", done="set")


def _set_aside(session: Session) -> str:
    found = read_id(request.form.get("asked", ""))
    if found is None:
        raise NotFound
    set_aside(session, found)
    return go_to("helps", done="aside")


def _command(answers: Answers, code: str) -> SetAnswer | None:
    intent = answers.choice("intent", Intent, _("Choose what it is about."))
    words = {}
    for language in LANGUAGES:
        question = answers.text(
            f"question_{language}", _("Write the question."), longest=QUESTION_MAX
        )
        keywords = answers.text(f"keywords_{language}", longest=KEYWORDS_MAX)
        body = answers.typed.get(f"body_{language}", "").replace("\r\n", "\n").strip()
        if not body or len(body) > BODY_MAX:
            answers.errors[f"body_{language}"] = _("Write the answer, in at most 4,000 signs.")
        words[language] = AnswerWords(question, body, keywords)
    version = answers.typed.get("version", "")
    if answers.errors or intent is None:
        return None
    return SetAnswer(
        code if code != NEW else f"a{new_id().hex[-12:]}",
        intent,
        words,
        published=answers.typed.get("published") == "yes",
        version=int(version) if version.isascii() and version.isdigit() else None,
        asked_id=read_id(answers.typed.get("asked", "")),
    )


def _form(session: Session, code: str, answers: Answers) -> str:
    texts = {each: _find(session, code, each) for each in LANGUAGES}
    known = texts[current()]
    if known is None and code != NEW:
        raise NotFound
    typed = dict(answers.typed) or _typed(session, texts)
    return show(
        "help.html",
        tab="helps",
        code=code,
        known=known,
        typed=typed,
        errors=answers.errors,
        matters=[(each.value, _(words)) for each, words in INTENTS.items()],
        languages=LANGUAGES,
        preview=typed if request.form.get("do") == "preview" and not answers.errors else None,
    )


def _typed(session: Session, texts: dict[str, AnswerFacts | None]) -> dict[str, str]:
    """Return what the form shows first: the answer as it is, or the question that was asked."""
    typed: dict[str, str] = {"published": ""}
    for language, text in texts.items():
        if text is not None:
            typed |= {
                f"question_{language}": text.question,
                f"body_{language}": text.body,
                f"keywords_{language}": text.keywords,
                "intent": text.intent.value,
                "published": "yes" if text.published_at else "",
                "version": str(text.version),
            }
    wanted = read_id(request.args.get("asked", ""))
    question = next((each for each in list_asked(session) if each.id == wanted), None)
    if question is not None:
        typed |= {f"question_{question.language}": question.said, "asked": str(question.id)}
    return typed


def _find(session: Session, code: str, language: str) -> AnswerFacts | None:
    found = list_answers(session, language=language, published=False)
    return next((each for each in found if each.code == code), None)
