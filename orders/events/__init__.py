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
from orders.events.shipping import (
    DeliveryFailed,
    DeliveryReturned,
    FulfillmentDelivered,
    FulfillmentPacked,
    FulfillmentShipped,
)
from orders.events.transferring import FulfillmentArrived, FulfillmentInTransfer

__all__ = [
    "ArticlesPicked",
    "CaseClosed",
    "CaseEvent",
    "CaseOpened",
    "ChoiceMade",
    "CollectorChanged",
    "DeliveryFailed",
    "DeliveryReturned",
    "FulfillmentAccepted",
    "FulfillmentArrived",
    "FulfillmentCancelled",
    "FulfillmentDelivered",
    "FulfillmentEvent",
    "FulfillmentExpired",
    "FulfillmentHandedOver",
    "FulfillmentInTransfer",
    "FulfillmentPacked",
    "FulfillmentReady",
    "FulfillmentRejected",
    "FulfillmentRerouted",
    "FulfillmentShipped",
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
