"""What happens to orders."""

from orders.events.cases import CaseClosed, CaseEvent, CaseOpened
from orders.events.choosing import (
    ChoiceMade,
    FulfillmentRejected,
    FulfillmentRerouted,
    FulfillmentSplit,
    PartlyAnswered,
    PartlyThere,
    ReasonSet,
)
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

__all__ = [
    "ArticlesPicked",
    "CaseClosed",
    "CaseEvent",
    "CaseOpened",
    "ChoiceMade",
    "CollectorChanged",
    "FulfillmentAccepted",
    "FulfillmentCancelled",
    "FulfillmentEvent",
    "FulfillmentExpired",
    "FulfillmentHandedOver",
    "FulfillmentReady",
    "FulfillmentRejected",
    "FulfillmentRerouted",
    "FulfillmentSplit",
    "LineShort",
    "OrderAbandoned",
    "OrderCancelled",
    "OrderPlaced",
    "OrderStarted",
    "PaidWithoutStock",
    "ParcelBinned",
    "PartlyAnswered",
    "PartlyThere",
    "PassReissued",
    "PickingStarted",
    "PickupExtended",
    "PickupReminded",
    "PutBackAsked",
    "ReadyPaid",
    "ReasonSet",
    "StockBack",
]
