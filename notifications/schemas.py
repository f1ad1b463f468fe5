"""Followers, and what comes in, in JSON."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from unicodedata import category

from marshmallow import Schema, fields, post_load, validate

from kernel.fields import SafeText, StrictSchema
from notifications.commands import ComeMessage, OpenWebhook
from orders.events import FOLLOWED

URL_MAX = 2_000
ID_MAX, HANDLE_MAX, NAME_MAX = 1_000, 200, 120
SAID_MAX = 20_000
"""Signs of a message that are read; more than a conversation keeps of one."""


class Words(fields.String):
    """What somebody wrote, on as many lines as they like; signs no text can hold are left out.

    Nobody would be helped by refusing what a stranger typed into another system.
    """

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow)
        super().__init__(validate=validate.Length(min=1, max=max_length), **kwargs)

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 (marshmallow's signature)
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401 (the same)
    ) -> str:
        text = unicodedata.normalize("NFC", str(super()._deserialize(value, attr, data, **kwargs)))
        kept = (sign for sign in text if sign in "\n\t" or category(sign) not in {"Cc", "Cs"})
        return "".join(kept).strip()


class OpenWebhookSchema(StrictSchema):
    """Where to be rung, and about which events; all when none is named."""

    url = SafeText(required=True, max_length=URL_MAX)
    events = fields.List(
        SafeText(max_length=60, validate=[validate.OneOf(sorted(FOLLOWED))]),
        load_default=list,
        validate=validate.Length(max=len(FOLLOWED)),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> OpenWebhook:
        """Return the command."""
        return OpenWebhook(data["url"], frozenset(data["events"]))


class WebhookIdSchema(Schema):
    """Which follower."""

    id = fields.UUID(required=True)


class OpenedWebhookSchema(WebhookIdSchema):
    """A follower that is rung from now on, and the key to check who rings."""

    signing_key = fields.String(required=True)


class WebhookSchema(WebhookIdSchema):
    """A follower: what it answered last, whether it fails, and whether it was given up."""

    url = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    answered = fields.String(required=True, allow_none=True)
    failing = fields.Boolean(required=True)
    paused = fields.Boolean(required=True)


class WebhookListSchema(Schema):
    """The followers of a key."""

    webhooks = fields.List(fields.Nested(WebhookSchema), required=True)


class ComeMessageSchema(StrictSchema):
    """A message of a social network: its id there, who wrote it, and what they say.

    Of one id the first is kept. `from` is what the writer is called there, always the same.
    """

    id = SafeText(required=True, max_length=ID_MAX)
    sender = SafeText(required=True, max_length=HANDLE_MAX, data_key="from")
    text = Words(required=True, max_length=SAID_MAX)
    name = SafeText(load_default="", max_length=NAME_MAX)
    language = fields.String(load_default=None, validate=validate.OneOf(["fr", "en"]))

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> ComeMessage:
        """Return the command."""
        return ComeMessage(**data)


class HeardSchema(Schema):
    """Where something stands that came in; without a `thread`, `why` says why nobody reads it."""

    thread = fields.UUID(required=True, allow_none=True)
    is_new = fields.Boolean(required=True)
    why = fields.String(required=True)


class ConnectorSchema(Schema):
    """A connector: when it was heard, how many answers wait for it, how many were given up."""

    source = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    heard_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    waiting = fields.Integer(required=True)
    given_up = fields.Integer(required=True)


class ConnectorListSchema(Schema):
    """Every connector."""

    connectors = fields.List(fields.Nested(ConnectorSchema), required=True)
