"""Answers and the assistant in JSON."""

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from app.i18n import DEFAULT, LANGUAGES
from conversations.commands import AnswerWords, Intent, SetAnswer
from kernel.fields import QueryInteger, SafeText, StrictBoolean, StrictSchema

CODE: Final = r"^[a-z0-9_]{2,40}\Z"
TEXT = {"type": "string"}
LANGUAGE: Final = validate.OneOf(list(LANGUAGES))
SAID_MAX: Final = 1_000


class AnswersQuerySchema(StrictSchema):
    """A question as somebody types it; every answer where there is none."""

    q = SafeText(load_default="", max_length=200, min_length=0)
    language = fields.String(load_default=DEFAULT, validate=LANGUAGE)
    limit = QueryInteger(load_default=5, validate=validate.Range(min=1, max=100))


class OneAnswerSchema(Schema):
    """One published answer."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    intent = fields.String(required=True)
    version = fields.Integer(required=True)
    question = fields.String(required=True)
    body = fields.String(required=True)
    useful = fields.Integer(required=True)
    useless = fields.Integer(required=True)


class FoundAnswersSchema(Schema):
    """The answers found, the best first."""

    answers = fields.List(fields.Nested(OneAnswerSchema), required=True)


class AskedInVainSchema(Schema):
    """A question nothing answers, and how often it was asked."""

    id = fields.UUID(required=True)
    language = fields.String(required=True)
    said = fields.String(required=True)
    times = fields.Integer(required=True)
    first_at = fields.AwareDateTime(required=True)
    last_at = fields.AwareDateTime(required=True)


class QuestionsInVainSchema(Schema):
    """What editors should answer, the most asked first."""

    questions = fields.List(fields.Nested(AskedInVainSchema), required=True)


class AnswerWordsSchema(StrictSchema):
    """An answer in one language."""

    question = SafeText(required=True, max_length=160)
    body = SafeText(required=True, max_length=4_000)
    keywords = SafeText(load_default="", max_length=400, min_length=0)


class SetAnswerSchema(StrictSchema):
    """An answer as it is to read; `version` is the one that was read, left out of a new one."""

    intent = fields.Enum(Intent, by_value=True, metadata=TEXT, required=True)
    fr = fields.Nested(AnswerWordsSchema, required=True)
    en = fields.Nested(AnswerWordsSchema, required=True)
    published = StrictBoolean(required=True)
    version = fields.Integer(strict=True, load_default=None)
    asked_id = fields.UUID(load_default=None)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> SetAnswer:  # noqa: ANN401 (marshmallow)
        """Return the command, its code still to be named."""
        words = {each: AnswerWords(**data.pop(each)) for each in LANGUAGES}
        return SetAnswer(code="", words=words, **data)


class SayToAssistantSchema(StrictSchema):
    """What somebody says to the assistant; `thread` is the token of a talk to go on with."""

    text = SafeText(required=True, max_length=SAID_MAX)
    language = fields.String(load_default=DEFAULT, validate=LANGUAGE)
    thread = SafeText(load_default=None, max_length=200)


class AssistantOfferSchema(Schema):
    """Something to be pressed: what it says, and the page where it is done."""

    wish = fields.String(required=True)
    label = fields.String(required=True)
    href = fields.String(required=True)


class AssistantSaysSchema(Schema):
    """What the assistant answered. `status` is `waiting` once a person goes on."""

    thread = fields.String(required=True)
    status = fields.String(required=True)
    says = fields.List(fields.String(), required=True)
    offers = fields.List(fields.Nested(AssistantOfferSchema), required=True)
