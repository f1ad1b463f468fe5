"""Inputs of the orders' use cases, and the words callers need."""

from orders.commands.amending import AmendOrder, Collector
from orders.commands.carting import NOTE_MAX, ChangeCart, OpenCart, OrderCart, SeenCart
from orders.commands.cases import OpenCase
from orders.commands.choosing import AnswerChoice, SetReason
from orders.commands.counter import BAY_MAX, VEHICLE_MAX, HandOver, Refused
from orders.commands.delivering import (
    AskDelivery,
    Band,
    SetDeliveryMethod,
    SetDeliveryZone,
)
from orders.commands.fetching import FetchFrom
from orders.commands.offline import OfflineDeed, OfflinePlace
from orders.commands.picking import OfferSubstitute, ScanInWave
from orders.commands.placing import (
    Bring,
    Collect,
    OrderPart,
    PlaceOrder,
    WishStock,
    add_up,
    hold_of,
)
from orders.commands.promoting import SetPromotion
from orders.commands.recording import RecordHandOver
from orders.commands.shipping import Box, DeliveryFailure, Pack
from orders.commands.sourcing import SetRules
from orders.commands.tills import ReturnedLine, SellAtTill, SoldLine, TakeBack
from orders.commands.words import (
    CHANNELS_OF,
    USUAL_CHANNEL,
    Answer,
    CancelReason,
    CaseKind,
    Channel,
    Formation,
    Found,
    Method,
    OfflineKind,
    OfflineOutcome,
    Partly,
    PayBy,
    PricedBy,
    PromotionKind,
    PromotionOn,
    ReasonKind,
    ShortReason,
    SourcingOutcome,
    Standing,
    Status,
    SubstitutionStatus,
    Verified,
    WaveOrder,
)

__all__ = [
    "BAY_MAX",
    "CHANNELS_OF",
    "NOTE_MAX",
    "USUAL_CHANNEL",
    "VEHICLE_MAX",
    "AmendOrder",
    "Answer",
    "AnswerChoice",
    "AskDelivery",
    "Band",
    "Box",
    "Bring",
    "CancelReason",
    "CaseKind",
    "ChangeCart",
    "Channel",
    "Collect",
    "Collector",
    "DeliveryFailure",
    "FetchFrom",
    "Formation",
    "Found",
    "HandOver",
    "Method",
    "OfferSubstitute",
    "OfflineDeed",
    "OfflineKind",
    "OfflineOutcome",
    "OfflinePlace",
    "OpenCart",
    "OpenCase",
    "OrderCart",
    "OrderPart",
    "Pack",
    "Partly",
    "PayBy",
    "PlaceOrder",
    "PricedBy",
    "PromotionKind",
    "PromotionOn",
    "ReasonKind",
    "RecordHandOver",
    "Refused",
    "ReturnedLine",
    "ScanInWave",
    "SeenCart",
    "SellAtTill",
    "SetDeliveryMethod",
    "SetDeliveryZone",
    "SetPromotion",
    "SetReason",
    "SetRules",
    "ShortReason",
    "SoldLine",
    "SourcingOutcome",
    "Standing",
    "Status",
    "SubstitutionStatus",
    "TakeBack",
    "Verified",
    "WaveOrder",
    "WishStock",
    "add_up",
    "hold_of",
]
