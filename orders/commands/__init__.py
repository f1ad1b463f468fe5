"""Inputs of the orders' use cases, and the words callers need."""

from orders.commands.cases import OpenCase
from orders.commands.counter import HandOver
from orders.commands.offline import OfflineDeed, OfflinePlace
from orders.commands.placing import PlaceOrder, WishStock, hold_of
from orders.commands.recording import RecordHandOver
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
    "OfflineDeed",
    "OfflineKind",
    "OfflineOutcome",
    "OfflinePlace",
    "OpenCase",
    "Partly",
    "PayBy",
    "PlaceOrder",
    "ReasonKind",
    "RecordHandOver",
    "ShortReason",
    "Status",
    "SubstitutionStatus",
    "Verified",
    "WaveOrder",
    "WishStock",
    "hold_of",
]
