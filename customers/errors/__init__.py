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
from customers.errors.identity import (
    BlockedCard,
    CardOfAnother,
    CompanyOfAnotherNumber,
    UnknownCard,
    UnknownCompany,
    UnknownPair,
    UnreadableCard,
    UnreadableCompany,
)
from customers.errors.people import (
    AlreadyForgotten,
    AlreadyOne,
    KnownAsAnother,
    MergeUndone,
    NotToBeForgotten,
    UnknownCustomer,
    UnknownMerge,
)

__all__ = [
    "AccountSignInRefused",
    "AlreadyForgotten",
    "AlreadyOne",
    "BlockedCard",
    "CardOfAnother",
    "CodeRefused",
    "CompanyOfAnotherNumber",
    "IncompleteAddress",
    "KnownAsAnother",
    "LastSignIn",
    "MergeUndone",
    "NotToBeForgotten",
    "PointOfAnotherAccount",
    "UnknownAddress",
    "UnknownCard",
    "UnknownChallenge",
    "UnknownCompany",
    "UnknownCustomer",
    "UnknownMerge",
    "UnknownPair",
    "UnknownPoint",
    "UnreachableContact",
    "UnreadableCard",
    "UnreadableCompany",
    "UnreadableEmail",
    "UnreadablePhone",
    "UnreadablePostcode",
    "WeakPassword",
]
