"""What happens to orders."""

from orders.events.cases import CaseClosed, CaseEvent, CaseOpened
from orders.events.counter import (
    FulfillmentExpired,
    FulfillmentHandedOver,
    PassReissued,
    PickupExtended,
    PickupReminded,
)
from orders.events.parcels import (
    ArticlesPicked,
    FulfillmentAccepted,
    FulfillmentCancelled,
    FulfillmentEvent,
    FulfillmentReady,
    LineShort,
    ParcelBinned,
    PickingStarted,
    ReadyPaid,
)
from orders.events.picking import PutBackAsked
from orders.events.placing import (
    CollectorChanged,
    OrderAbandoned,
    OrderCancelled,
    OrderPlaced,
    OrderStarted,
    PaidWithoutStock,
    StockBack,
)
from orders.events.tills import GoodsTakenBack, OrderSold

__all__ = [
    "ArticlesPicked",
    "CaseClosed",
    "CaseEvent",
    "CaseOpened",
    "CollectorChanged",
    "FulfillmentAccepted",
    "FulfillmentCancelled",
    "FulfillmentEvent",
    "FulfillmentExpired",
    "FulfillmentHandedOver",
    "FulfillmentReady",
    "GoodsTakenBack",
    "LineShort",
    "OrderAbandoned",
    "OrderCancelled",
    "OrderPlaced",
    "OrderSold",
    "OrderStarted",
    "PaidWithoutStock",
    "ParcelBinned",
    "PassReissued",
    "PickingStarted",
    "PickupExtended",
    "PickupReminded",
    "PutBackAsked",
    "ReadyPaid",
    "StockBack",
]
