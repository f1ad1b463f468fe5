"""Refusals of orders."""

from orders.errors.cases import UnknownCase
from orders.errors.counter import (
    AlreadyCollected,
    NoMoreExtensions,
    NothingToCollect,
    NotReady,
    OrderCancelled,
    PassNotValid,
    PassRevoked,
    PaymentDue,
    PaymentUnsettled,
    PickupExpired,
    WrongStore,
)
from orders.errors.parcels import (
    LinesUndecided,
    NotBinned,
    NotOrdered,
    UnknownFulfillment,
    UnknownReason,
    WrongState,
)
from orders.errors.placing import (
    ChannelNotAllowed,
    EmptyOrder,
    HoldEnded,
    OrderNotCancellable,
    UnknownOrder,
    UnknownWish,
)
from orders.errors.shipping import (
    NumberMissing,
    PackagesDiffer,
    TrackingNumberTaken,
    UnknownCarrier,
    UnknownPackage,
    WrongMethod,
)

__all__ = [
    "AlreadyCollected",
    "ChannelNotAllowed",
    "EmptyOrder",
    "HoldEnded",
    "LinesUndecided",
    "NoMoreExtensions",
    "NotBinned",
    "NotOrdered",
    "NotReady",
    "NothingToCollect",
    "NumberMissing",
    "OrderCancelled",
    "OrderNotCancellable",
    "PackagesDiffer",
    "PassNotValid",
    "PassRevoked",
    "PaymentDue",
    "PaymentUnsettled",
    "PickupExpired",
    "TrackingNumberTaken",
    "UnknownCarrier",
    "UnknownCase",
    "UnknownFulfillment",
    "UnknownOrder",
    "UnknownPackage",
    "UnknownReason",
    "UnknownWish",
    "WrongMethod",
    "WrongState",
    "WrongStore",
]
