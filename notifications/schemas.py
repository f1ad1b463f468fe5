"""Followers in JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from kernel.fields import SafeText, StrictSchema
from notifications.commands import OpenWebhook
from orders.events import FOLLOWED

URL_MAX = 2_000


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
