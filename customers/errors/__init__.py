"""Refusals of customers."""

from customers.errors.accounts import (
    AccountSignInRefused,
    CodeRefused,
    LastSignIn,
    PointOfAnotherAccount,
    UnknownAddress,
    UnknownChallenge,
    UnknownPoint,
    WeakPassword,
)
from customers.errors.contacts import (
    IncompleteAddress,
    UnreachableContact,
    UnreadableEmail,
    UnreadablePhone,
    UnreadablePostcode,
)
from customers.errors.people import (
    AlreadyOne,
    KnownAsAnother,
    MergeUndone,
    UnknownCustomer,
    UnknownMerge,
)

__all__ = [
    "AccountSignInRefused",
    "AlreadyOne",
    "CodeRefused",
    "IncompleteAddress",
    "KnownAsAnother",
    "LastSignIn",
    "MergeUndone",
    "PointOfAnotherAccount",
    "UnknownAddress",
    "UnknownChallenge",
    "UnknownCustomer",
    "UnknownMerge",
    "UnknownPoint",
    "UnreachableContact",
    "UnreadableEmail",
    "UnreadablePhone",
    "UnreadablePostcode",
    "WeakPassword",
]
