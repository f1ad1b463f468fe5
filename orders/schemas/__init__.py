"""JSON of orders, of availability and of wishes."""

from orders.schemas.availability import (
    AvailabilitySchema,
    BasketQuerySchema,
    BasketSchema,
    StoreOfferSchema,
    WaysSchema,
)
from orders.schemas.counter import (
    CounterListSchema,
    HandedOverSchema,
    HandOverSchema,
    ParcelQuerySchema,
    ParcelSchema,
    PassKeysSchema,
)
from orders.schemas.opening import ClosedSchema, CloseSchema, OpeningSchema
from orders.schemas.ordering import (
    BinSchema,
    CancelSchema,
    FulfillmentPageSchema,
    FulfillmentQuerySchema,
    FulfillmentSchema,
    OrderQuerySchema,
    OrderSchema,
    PlacedOrderSchema,
    PlaceOrderSchema,
    ReadySchema,
    ShortSchema,
    SlotListSchema,
    SlotQuerySchema,
)
from orders.schemas.wishing import (
    StockWishSchema,
    WishedSchema,
    WithdrawnSchema,
    WithdrawSchema,
)

__all__ = [
    "AvailabilitySchema",
    "BasketQuerySchema",
    "BasketSchema",
    "BinSchema",
    "CancelSchema",
    "CloseSchema",
    "ClosedSchema",
    "CounterListSchema",
    "FulfillmentPageSchema",
    "FulfillmentQuerySchema",
    "FulfillmentSchema",
    "HandOverSchema",
    "HandedOverSchema",
    "OpeningSchema",
    "OrderQuerySchema",
    "OrderSchema",
    "ParcelQuerySchema",
    "ParcelSchema",
    "PassKeysSchema",
    "PlaceOrderSchema",
    "PlacedOrderSchema",
    "ReadySchema",
    "ShortSchema",
    "SlotListSchema",
    "SlotQuerySchema",
    "StockWishSchema",
    "StoreOfferSchema",
    "WaysSchema",
    "WishedSchema",
    "WithdrawSchema",
    "WithdrawnSchema",
]
