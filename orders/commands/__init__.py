"""Inputs of the orders' use cases, and the words callers need."""

from orders.commands.cases import OpenCase
from orders.commands.counter import HandOver
from orders.commands.placing import PlaceOrder, WishStock, hold_of
from orders.commands.tills import ReturnedLine, SellAtTill, SoldLine, TakeBack
from orders.commands.words import (
    CHANNELS_OF,
    SHORT_EFFECTS,
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
    ReasonKind,
    ShortReason,
    Status,
    SubstitutionStatus,
    Verified,
    WaveOrder,
)

__all__ = [
    "CHANNELS_OF",
    "SHORT_EFFECTS",
    "Answer",
    "CancelReason",
    "CaseKind",
    "Channel",
    "Formation",
    "Found",
    "HandOver",
    "Method",
    "OfflineKind",
    "OfflineOutcome",
    "OpenCase",
    "Partly",
    "PayBy",
    "PlaceOrder",
    "ReasonKind",
    "ReturnedLine",
    "SellAtTill",
    "ShortReason",
    "SoldLine",
    "Status",
    "SubstitutionStatus",
    "TakeBack",
    "Verified",
    "WaveOrder",
    "WishStock",
    "hold_of",
]
