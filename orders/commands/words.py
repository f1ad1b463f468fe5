"""Words of the trade: channels, ways, states, reasons."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kernel.actors import ActorKind


class Channel(StrEnum):
    """Where an order was begun."""

    WEB = "web"
    PHONE = "phone"
    STORE = "store"
    POS = "pos"
    CHAT = "chat"
    EXTERNAL = "external"


class Method(StrEnum):
    """How the goods reach the customer."""

    PICKUP = "pickup"
    DRIVE = "drive"
    DELIVERY = "delivery"
    CARRY_OUT = "carry_out"


class Status(StrEnum):
    """Where a fulfillment stands; `orders.models.NEXT` says what may follow."""

    PENDING = "pending"
    NEW = "new"
    ACCEPTED = "accepted"
    PICKING = "picking"
    READY = "ready"
    HANDED_OVER = "handed_over"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    IN_TRANSFER = "in_transfer"
    REJECTED = "rejected"
    REROUTED = "rerouted"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Formation(StrEnum):
    """How the contract came about: a distance contract may be withdrawn from for 14 days.

    A reservation is none: nothing is owed, its customer buys at the till or not.
    """

    DISTANCE = "distance"
    IN_STORE = "in_store"
    RESERVATION = "reservation"


class ShortReason(StrEnum):
    """What every retailer's reasons for a shortage begin with; the table `reason` has theirs."""

    NOT_FOUND = "not_found"
    DAMAGED = "damaged"
    DISPLAY_ONLY = "display_only"
    SOLD_TO_WALK_IN = "sold_to_walk_in"
    WRONG_LABEL = "wrong_label"
    QUALITY = "quality"


class CancelReason(StrEnum):
    """Why an order was called off."""

    CUSTOMER_REMORSE = "customer_remorse"
    NO_SHOW = "no_show"
    OUT_OF_STOCK = "out_of_stock"
    FRAUD = "fraud"
    PRICE_ERROR = "price_error"
    DUPLICATE = "duplicate"


class Found(StrEnum):
    """How the parcel was found at the counter."""

    QR = "qr"
    CODE = "code"
    SEARCH = "search"


CHANNELS_OF: Final[Mapping[ActorKind, frozenset[Channel]]] = {
    ActorKind.SHOPPER: frozenset({Channel.WEB}),
    ActorKind.ASSOCIATE: frozenset({Channel.STORE, Channel.PHONE}),
    ActorKind.MANAGER: frozenset({Channel.STORE, Channel.PHONE}),
    ActorKind.AGENT: frozenset({Channel.PHONE, Channel.CHAT}),
    ActorKind.ADMIN: frozenset({Channel.PHONE, Channel.STORE}),
    ActorKind.INTEGRATION: frozenset({Channel.WEB, Channel.PHONE, Channel.STORE}),
    ActorKind.SYSTEM: frozenset(Channel),
}
"""Who may begin an order on which channel."""


USUAL_CHANNEL: Final[Mapping[ActorKind, Channel]] = {
    ActorKind.SHOPPER: Channel.WEB,
    ActorKind.ASSOCIATE: Channel.STORE,
    ActorKind.MANAGER: Channel.STORE,
    ActorKind.AGENT: Channel.PHONE,
    ActorKind.ADMIN: Channel.PHONE,
    ActorKind.INTEGRATION: Channel.WEB,
}
"""On which channel somebody acts who does not say it."""


def counter_channel(kind: ActorKind) -> str:
    """Return on which channel somebody hands goods over: a till does, or people of a store."""
    return (Channel.POS if kind is ActorKind.TERMINAL else Channel.STORE).value


class PayBy(StrEnum):
    """How an order is paid."""

    PICKUP = "pickup"
    CARD = "card"
    TILL = "till"


class WaveOrder(StrEnum):
    """In which order the articles of a wave are walked to."""

    SHELF = "shelf"
    CATEGORY = "category"
    PROMISE = "promise"


class ReasonKind(StrEnum):
    """What a reason is given for."""

    SHORT = "short"
    REJECT = "reject"
    REFUSE = "refuse"
    FORCE = "force"


class SubstitutionStatus(StrEnum):
    """What became of a substitute that was offered."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What a shopper chooses when a store cannot prepare their order."""

    OTHER_STORE = "other_store"
    DELIVERY = "delivery"
    WAIT = "wait"
    REFUND = "refund"


class Partly(StrEnum):
    """What a customer wants when only part of an order is there yet."""

    WAIT = "wait"
    ANNOUNCE = "announce"
    SPLIT = "split"


class Verified(StrEnum):
    """By what the associate knew that the right person collects."""

    QR = "qr"
    CODE = "code"
    IDENTITY = "identity"
    NONE = "none"


class OfflineKind(StrEnum):
    """What a tablet can do without a network."""

    PICK = "pick"
    HAND_OVER = "hand_over"


class OfflineOutcome(StrEnum):
    """What became of something done offline: as it was meant, against the rules, or nothing yet.

    What is refused was told under the nonce of something else, and waits for a person.
    """

    APPLIED = "applied"
    CONFLICT = "conflict"
    REFUSED = "refused"


class Standing(StrEnum):
    """What has to happen before a case can end, because its cause can still be seen."""

    COVER_SHORTAGE = "cover-shortage"
    MOVE_PARCEL_ON = "move-parcel-on"
    REFUND_AGAIN = "refund-again"
    LET_MONEY_GO = "let-money-go"


class CaseKind(StrEnum):
    """What a person is needed for."""

    SHORTAGE = "shortage"
    CONFLICT = "conflict"
    PAID_WITHOUT_STOCK = "paid_without_stock"
    LATE = "late"
    UNREACHABLE = "unreachable"
    MONEY = "money"
    UNPAID = "unpaid"
    TILL = "till"
    DELIVERY = "delivery"
    FEED = "feed"
    SOURCING = "sourcing"
    CONVERSATION = "conversation"
    LOW_SCORE = "low_score"


class PromotionKind(StrEnum):
    """How a promotion lowers a price."""

    PERCENT = "percent"
    AMOUNT = "amount"
    N_FOR_M = "n_for_m"


class PromotionOn(StrEnum):
    """What a promotion is on."""

    EVERYTHING = "everything"
    CATEGORY = "category"
    ARTICLE = "article"
    SKU = "sku"


class PricedBy(StrEnum):
    """What a delivery is priced by: what it weighs, or what its goods cost."""

    WEIGHT = "weight"
    AMOUNT = "amount"


class SourcingOutcome(StrEnum):
    """How much of an order found a location, and how."""

    WHOLE = "whole"
    SPLIT = "split"
    PARTIAL = "partial"
    NONE = "none"
