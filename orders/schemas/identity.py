"""Who customers are, in JSON: found by anything, their cards, companies and preferences."""

from marshmallow import Schema, fields, validate

from customers.commands import PointKind
from kernel.fields import SafeText, StrictSchema
from orders.schemas.customers import CustomerOrderSchema, FoundCustomerSchema
from orders.schemas.ordering import LANGUAGES, TEXT, OrderCompanySchema

CARD_MAX = 40


class SearchSchema(StrictSchema):
    """Whatever somebody says: a name, number, address, order, code, card, company or article."""

    q = SafeText(required=True, min_length=2, max_length=80)


class FoundOrderSchema(CustomerOrderSchema):
    """An order that was meant, and who it is for."""

    customer_name = fields.String(required=True)


class FoundArticleSchema(Schema):
    """The article whose SKU or barcode it was."""

    sku = fields.String(required=True)
    gtin = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)


class FoundSchema(Schema):
    """Everything it may mean; of an article, the orders are those that wait for it."""

    customers = fields.List(fields.Nested(FoundCustomerSchema), required=True)
    orders = fields.List(fields.Nested(FoundOrderSchema), required=True)
    article = fields.Nested(FoundArticleSchema, required=True, allow_none=True)


class CardNumberSchema(StrictSchema):
    """The number of a loyalty card, as it is printed."""

    number = SafeText(required=True, max_length=CARD_MAX)


class NamedCardSchema(Schema):
    """The number of a card as it is kept."""

    number = fields.String(required=True)


class NameCompanySchema(OrderCompanySchema):
    """A company; a VAT number begins with the two letters of its country."""


class CompanyIdSchema(Schema):
    """A company."""

    id = fields.UUID(required=True)


class PreferSchema(StrictSchema):
    """What somebody likes best; nothing is no preference, and leaves the language as it is."""

    store = SafeText(load_default=None, allow_none=True, max_length=64)
    channel = fields.Enum(
        PointKind, by_value=True, metadata=TEXT, load_default=None, allow_none=True
    )
    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(LANGUAGES))


class PairSchema(Schema):
    """Two customers who look the same, and why."""

    one = fields.Nested(FoundCustomerSchema, required=True)
    other = fields.Nested(FoundCustomerSchema, required=True)
    why = fields.List(fields.String(), required=True)
    found_at = fields.AwareDateTime(required=True)


class PairsSchema(Schema):
    """Pairs of customers who may be one person, the newest first."""

    pairs = fields.List(fields.Nested(PairSchema), required=True)


class TellApartSchema(StrictSchema):
    """Two customers who are not the same person."""

    one_id = fields.UUID(required=True)
    other_id = fields.UUID(required=True)


class ToldApartSchema(Schema):
    """That nobody is asked again."""

    done = fields.Boolean(required=True)
