"""What happens to orders."""

from orders.events.cases import CaseClosed, CaseEvent, CaseOpened
from orders.events.coming import (
    CustomerArrived,
    CustomerOnTheWay,
    ProxyNamed,
    ProxyPassGiven,
    ProxyWithdrawn,
)
from orders.events.counter import (
    ArticlesRefused,
    FulfillmentExpired,
    FulfillmentHandedOver,
    LeftAgainstRules,
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

__all__ = [
    "ArticlesPicked",
    "ArticlesRefused",
    "CaseClosed",
    "CaseEvent",
    "CaseOpened",
    "CollectorChanged",
    "CustomerArrived",
    "CustomerOnTheWay",
    "FulfillmentAccepted",
    "FulfillmentCancelled",
    "FulfillmentEvent",
    "FulfillmentExpired",
    "FulfillmentHandedOver",
    "FulfillmentReady",
    "LeftAgainstRules",
    "LineShort",
    "OrderAbandoned",
    "OrderCancelled",
    "OrderPlaced",
    "OrderStarted",
    "PaidWithoutStock",
    "ParcelBinned",
    "PassReissued",
    "PickingStarted",
    "PickupExtended",
    "PickupReminded",
    "ProxyNamed",
    "ProxyPassGiven",
    "ProxyWithdrawn",
    "PutBackAsked",
    "ReadyPaid",
    "StockBack",
]
