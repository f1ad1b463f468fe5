"""What somebody may ask of us by law, in JSON."""

from marshmallow import Schema, fields


class ErasureSchema(Schema):
    """What forgetting a customer would do, or has done.

    `asked_at` and `done_at` are null where nobody asked, or it waits: for the orders under
    `open_orders`, and for `conversations` that wait for our answer. Of `orders` everything stays
    but who they were for.
    """

    asked_at = fields.AwareDateTime(required=True, allow_none=True)
    by_customer = fields.Boolean(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    open_orders = fields.List(fields.String(), required=True)
    conversations = fields.Integer(required=True)
    orders = fields.Integer(required=True)


class ThreadForgottenSchema(Schema):
    """Whether a conversation with somebody unknown was forgotten: not while it waits for us."""

    forgotten = fields.Boolean(required=True)
