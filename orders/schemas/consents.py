"""The consent ledger in JSON."""

from marshmallow import Schema, fields, validate

from customers.commands import Topic, Way
from kernel.fields import SafeText, StrictBoolean, StrictSchema
from orders.schemas.ordering import TEXT

SOURCE_MAX = 40


class ConsentSchema(Schema):
    """One line of the ledger; `words` are those that were shown, where we asked; "" is all."""

    purpose = fields.String(required=True)
    channel = fields.String(required=True)
    topic = fields.String(required=True)
    granted = fields.Boolean(required=True)
    wording = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    words = fields.String(required=True)
    proof = fields.String(required=True)
    source = fields.String(required=True)
    author_name = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)


class StandingSchema(Schema):
    """Whether somebody may be told of a topic on a channel."""

    topic = fields.String(attribute="topic.value", required=True)
    channel = fields.String(attribute="way.value", required=True)
    granted = fields.Boolean(required=True)


class ConsentsSchema(Schema):
    """What holds now, and all that was ever said, the newest first."""

    holds = fields.List(fields.Nested(StandingSchema), required=True)
    said = fields.List(fields.Nested(ConsentSchema), required=True)


class RecordConsentSchema(StrictSchema):
    """What somebody said of being told of a topic, or of anything where none is named.

    On every channel where none is named.
    """

    granted = StrictBoolean(required=True)
    topic = fields.Enum(Topic, by_value=True, metadata=TEXT, load_default=None, allow_none=True)
    channels = fields.List(
        fields.Enum(Way, by_value=True, metadata=TEXT),
        load_default=lambda: list(Way),
        validate=validate.Length(min=1),
    )
    source = SafeText(required=True, max_length=SOURCE_MAX)
    proof = SafeText(required=True)


class RecordedConsentSchema(Schema):
    """Whose ledger has it."""

    customer_id = fields.UUID(required=True)
