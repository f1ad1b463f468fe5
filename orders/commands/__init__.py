"""Inputs of the orders' use cases, and the words callers need."""

from orders.commands.cases import OpenCase
from orders.commands.counter import BAY_MAX, VEHICLE_MAX, HandOver, Refused
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
    "BAY_MAX",
    "CHANNELS_OF",
    "SHORT_EFFECTS",
    "VEHICLE_MAX",
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
    "RecordHandOver",
    "Refused",
    "ShortReason",
    "Status",
    "SubstitutionStatus",
    "Verified",
    "WaveOrder",
    "WishStock",
    "hold_of",
]
