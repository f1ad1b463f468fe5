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
from orders.errors.tills import MoreThanHandedOver

__all__ = [
    "AlreadyCollected",
    "ChannelNotAllowed",
    "EmptyOrder",
    "HoldEnded",
    "LinesUndecided",
    "MoreThanHandedOver",
    "NoMoreExtensions",
    "NotBinned",
    "NotOrdered",
    "NotReady",
    "NothingToCollect",
    "OrderCancelled",
    "OrderNotCancellable",
    "PassNotValid",
    "PassRevoked",
    "PaymentDue",
    "PaymentUnsettled",
    "PickupExpired",
    "UnknownCase",
    "UnknownFulfillment",
    "UnknownOrder",
    "UnknownReason",
    "UnknownWish",
    "WrongState",
    "WrongStore",
]
