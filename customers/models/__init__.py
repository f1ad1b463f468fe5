"""Tables of people. Erasure empties these rows; nothing elsewhere needs to change."""

from customers.models.accounts import Account, Challenge, SavedAddress, ShopperSession
from customers.models.history import (
    Consent,
    ConsentWording,
    Erasure,
    FileLook,
    Interaction,
    InteractionText,
)
from customers.models.identity import (
    Company,
    CompanyMember,
    LikelyPair,
    LoyaltyCard,
    Preference,
)
from customers.models.people import Address, Contact, ContactPoint, Customer, FormerId, Merge

__all__ = [
    "Account",
    "Address",
    "Challenge",
    "Company",
    "CompanyMember",
    "Consent",
    "ConsentWording",
    "Contact",
    "ContactPoint",
    "Customer",
    "Erasure",
    "FileLook",
    "FormerId",
    "Interaction",
    "InteractionText",
    "LikelyPair",
    "LoyaltyCard",
    "Merge",
    "Preference",
    "SavedAddress",
    "ShopperSession",
]
