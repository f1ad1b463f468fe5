"""What happens to orders."""

from orders.events.cases import CaseAssigned, CaseClosed, CaseEscalated, CaseEvent, CaseOpened
from orders.events.counter import (
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
    "CaseAssigned",
    "CaseClosed",
    "CaseEscalated",
    "CaseEvent",
    "CaseOpened",
    "CollectorChanged",
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
    "PutBackAsked",
    "ReadyPaid",
    "StockBack",
]
