"""Customers in JSON, for those who serve them."""

from marshmallow import Schema, fields

from kernel.fields import SafeText, StrictSchema

REASON_MAX = 200


class CustomerQuerySchema(StrictSchema):
    """Who is looked for: by name, telephone number, e-mail address or order number."""

    q = SafeText(required=True, min_length=2, max_length=80)


class FoundCustomerSchema(Schema):
    """One customer of a search, as they called themselves last."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    has_account = fields.Boolean(required=True)


class CustomersSchema(Schema):
    """The customers somebody looked for, the newest first; fifty at most."""

    customers = fields.List(fields.Nested(FoundCustomerSchema), required=True)


class PointSchema(Schema):
    """A way to reach a customer; proven when its owner answered there."""

    kind = fields.String(attribute="kind.value", required=True)
    value = fields.String(required=True)
    proven_at = fields.AwareDateTime(required=True, allow_none=True)


class CustomerAddressSchema(Schema):
    """Where something was brought to, or would be."""

    line1 = fields.String(required=True)
    line2 = fields.String(required=True, allow_none=True)
    postcode = fields.String(required=True)
    city = fields.String(required=True)
    country = fields.String(required=True)


class MergeSchema(Schema):
    """That two customers were found to be one person; undone or not."""

    id = fields.UUID(required=True)
    kept_id = fields.UUID(required=True)
    merged_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    author_name = fields.String(required=True)
    merged_at = fields.AwareDateTime(required=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)
    undone_by = fields.String(required=True, allow_none=True)


class FormerSchema(Schema):
    """Under which id another system knows a customer."""

    source = fields.String(required=True)
    value = fields.String(required=True)


class CustomerOrderSchema(Schema):
    """An order of a customer that the asker may see."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    status = fields.String(attribute="status.value", required=True)
    placed_at = fields.AwareDateTime(required=True)


class PreferencesSchema(Schema):
    """Where somebody likes to collect, how they like to be told, and which language they read."""

    store = fields.String(required=True, allow_none=True, metadata={"description": "Its code."})
    channel = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)


class CardSchema(Schema):
    """A loyalty card; `blocked_at` since when it finds nobody."""

    number = fields.String(required=True)
    given_at = fields.AwareDateTime(required=True)
    blocked_at = fields.AwareDateTime(required=True, allow_none=True)
    blocked_by = fields.String(required=True, allow_none=True)


class CompanySchema(Schema):
    """A company a customer speaks for."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    siren = fields.String(required=True, allow_none=True)
    vat_number = fields.String(required=True, allow_none=True)


class CustomerSchema(Schema):
    """One person with everybody they were found to be; `id` is who they are after all merges."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    has_account = fields.Boolean(required=True)
    points = fields.List(fields.Nested(PointSchema), required=True)
    addresses = fields.List(fields.Nested(CustomerAddressSchema), required=True)
    orders = fields.List(fields.Nested(CustomerOrderSchema), required=True)
    merges = fields.List(fields.Nested(MergeSchema), required=True)
    former_ids = fields.List(fields.Nested(FormerSchema), required=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)
    companies = fields.List(fields.Nested(CompanySchema), required=True)
    preferences = fields.Nested(PreferencesSchema, required=True)


class MergeCustomersSchema(StrictSchema):
    """Who is the same person as the customer of the address, and why."""

    customer_id = fields.UUID(required=True)
    reason = SafeText(required=True, max_length=REASON_MAX)


class MergeIdSchema(Schema):
    """A merge that was made or undone."""

    id = fields.UUID(required=True)
