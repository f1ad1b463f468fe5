"""Refusals of orders."""

from orders.errors.cases import UnknownCase
from orders.errors.choosing import (
    AddressNeeded,
    AnswerNotOffered,
    ChoiceAnswered,
    NothingToSplit,
    StoreNotNamed,
    UnknownChoice,
)
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

__all__ = [
    "AddressNeeded",
    "AlreadyCollected",
    "AnswerNotOffered",
    "ChannelNotAllowed",
    "ChoiceAnswered",
    "EmptyOrder",
    "HoldEnded",
    "LinesUndecided",
    "NoMoreExtensions",
    "NotBinned",
    "NotOrdered",
    "NotReady",
    "NothingToCollect",
    "NothingToSplit",
    "OrderCancelled",
    "OrderNotCancellable",
    "PassNotValid",
    "PassRevoked",
    "PaymentDue",
    "PaymentUnsettled",
    "PickupExpired",
    "StoreNotNamed",
    "UnknownCase",
    "UnknownChoice",
    "UnknownFulfillment",
    "UnknownOrder",
    "UnknownReason",
    "UnknownWish",
    "WrongState",
    "WrongStore",
]
