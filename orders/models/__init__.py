"""Tables of orders. Every invariant that one row can express is a constraint here."""

from orders.models.carting import Cart, CartHolder, CartLine
from orders.models.casework import CaseFile, TaskTaken
from orders.models.collecting import Arrival, HandOverRow, OfflineFact, PickupPass, Proxy
from orders.models.delivering import DeliveryMethod, DeliveryZone, Package
from orders.models.parcels import FINAL, NEXT, Fulfillment, FulfillmentLine
from orders.models.picking import PutBack, Reason, Substitution, Wave
from orders.models.placing import ExternalOrder, Order, OrderCharge, OrderLine, PayLink
from orders.models.promoting import Promotion, PromotionUse
from orders.models.rerouting import Choice
from orders.models.returning import GoodsReturn, GoodsReturnLine
from orders.models.sourcing import RuleSet, SourcingDecision
from orders.models.wishing import StockWish

__all__ = [
    "FINAL",
    "NEXT",
    "Arrival",
    "Cart",
    "CartHolder",
    "CartLine",
    "CaseFile",
    "Choice",
    "DeliveryMethod",
    "DeliveryZone",
    "ExternalOrder",
    "Fulfillment",
    "FulfillmentLine",
    "GoodsReturn",
    "GoodsReturnLine",
    "HandOverRow",
    "OfflineFact",
    "Order",
    "OrderCharge",
    "OrderLine",
    "Package",
    "PayLink",
    "PickupPass",
    "Promotion",
    "PromotionUse",
    "Proxy",
    "PutBack",
    "Reason",
    "RuleSet",
    "SourcingDecision",
    "StockWish",
    "Substitution",
    "TaskTaken",
    "Wave",
]
