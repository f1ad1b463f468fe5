"""The words of the back office for what the code names; pages say them through `_`."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.i18n import N_
from kernel.actors import ActorKind
from notifications.commands import Channel as MessageChannel
from notifications.commands import MessageStatus, Template
from orders.commands import Answer, CancelReason, Channel, Found, ShortReason, Status, Verified


class Said(NamedTuple):
    """A state in words, with the shape and colour that go with it."""

    kind: str
    label: str


ROLES: Final[Mapping[ActorKind, str]] = {
    ActorKind.ASSOCIATE: N_("Associate"),
    ActorKind.MANAGER: N_("Manager"),
    ActorKind.AGENT: N_("Call centre"),
    ActorKind.ADMIN: N_("Administrator"),
    ActorKind.SHOPPER: N_("Customer"),
    ActorKind.INTEGRATION: N_("Connected program"),
    ActorKind.TABLET: N_("Tablet"),
    ActorKind.TERMINAL: N_("Till"),
    ActorKind.SYSTEM: N_("Comptoir"),
}
STATES: Final[Mapping[Status, Said]] = {
    Status.PENDING: Said("wait", N_("Payment awaited")),
    Status.NEW: Said("wait", N_("To prepare")),
    Status.ACCEPTED: Said("wait", N_("Taken on")),
    Status.PICKING: Said("wait", N_("Being prepared")),
    Status.READY: Said("ok", N_("Ready")),
    Status.HANDED_OVER: Said("plain", N_("Collected")),
    Status.PACKED: Said("wait", N_("Packed")),
    Status.SHIPPED: Said("wait", N_("Shipped")),
    Status.DELIVERED: Said("plain", N_("Delivered")),
    Status.IN_TRANSFER: Said("wait", N_("On its way to the store")),
    Status.REJECTED: Said("late", N_("Refused by the store")),
    Status.REROUTED: Said("plain", N_("Moved to another store")),
    Status.EXPIRED: Said("late", N_("Not collected in time")),
    Status.CANCELLED: Said("late", N_("Cancelled")),
}
LATE: Final = Said("late", N_("Late"))
CHANNELS: Final[Mapping[Channel, str]] = {
    Channel.WEB: N_("Web shop"),
    Channel.PHONE: N_("Phone"),
    Channel.STORE: N_("In the store"),
    Channel.POS: N_("Till"),
    Channel.CHAT: N_("Chat"),
    Channel.EXTERNAL: N_("Another shop"),
}
CANCEL_REASONS: Final[Mapping[CancelReason, str]] = {
    CancelReason.CUSTOMER_REMORSE: N_("The customer changed their mind"),
    CancelReason.OUT_OF_STOCK: N_("The articles cannot be found"),
    CancelReason.DUPLICATE: N_("Ordered twice"),
    CancelReason.PRICE_ERROR: N_("The price was wrong"),
    CancelReason.NO_SHOW: N_("The customer will not come"),
    CancelReason.FRAUD: N_("Suspected fraud"),
}
REASONS: Final[Mapping[str, str]] = {
    **{each.value: words for each, words in CANCEL_REASONS.items()},
    "customer_wish": N_("The customer asked for it"),
    "store_wish": N_("The store proposed it"),
    "mistake": N_("It was entered wrong"),
    "unconfirmed": N_("The store did not confirm in time"),
    ShortReason.NOT_FOUND.value: N_("Not found on the shelf"),
    ShortReason.DAMAGED.value: N_("Damaged"),
    ShortReason.DISPLAY_ONLY.value: N_("Only the display piece is left"),
    ShortReason.SOLD_TO_WALK_IN.value: N_("Sold to somebody in the store"),
    ShortReason.WRONG_LABEL.value: N_("Wrong label on the shelf"),
    ShortReason.QUALITY.value: N_("Not good enough to sell"),
    "expired": N_("Not collected in time"),
    "abandoned": N_("Never paid"),
    "reissued": N_("A new code was issued"),
    "fetched": N_("Comes from another store"),
    "arrived": N_("Arrived for its order"),
    "sent": N_("Sent for its order"),
    "transfer-cancelled": N_("The transfer was called off"),
    "transfer-changed": N_("The transfer carries less"),
    "lost_in_transfer": N_("Lost between two stores"),
    "undeliverable": N_("Could not be delivered, came back"),
    "absent": N_("Nobody was there"),
    "wrong_address": N_("The address is wrong"),
    "refused_at_door": N_("The customer refused it"),
    "lost_by_carrier": N_("Lost on the way"),
    "refused": N_("Refused at the counter"),
    "known_customer": N_("Known to the team"),
    "phone_dead": N_("The phone is off"),
    "till_down": N_("The till is down"),
    "manager_decision": N_("The manager's decision"),
    "given-though-expired": N_("Given though the period was over"),
    "given-though-cancelled": N_("Given though it was cancelled"),
}
REFUSALS: Final[Mapping[str, str]] = {
    "changed_mind": N_("Changed their mind"),
    "not_as_described": N_("Not as described"),
    "wrong_size": N_("Wrong size"),
    "damaged": N_("Damaged"),
    "too_late": N_("Too late"),
    "not_bought": N_("Not bought"),
}
ANSWERS: Final[Mapping[str, str]] = {
    Answer.OTHER_STORE.value: N_("Another store"),
    Answer.DELIVERY.value: N_("Delivery"),
    Answer.WAIT.value: N_("Wait until it is back"),
    Answer.REFUND.value: N_("Cancel, and give back what was paid"),
}
FOUND: Final[Mapping[str, str]] = {
    Found.QR.value: N_("by its QR code"),
    Found.CODE.value: N_("by its typed code"),
    Found.SEARCH.value: N_("by name, identity looked at"),
}
VERIFIED: Final[Mapping[str, str]] = {
    Verified.QR.value: N_("code scanned"),
    Verified.CODE.value: N_("code typed"),
    Verified.IDENTITY.value: N_("identity card looked at"),
    Verified.NONE.value: N_("nothing was looked at"),
}
TEMPLATES: Final[Mapping[Template, str]] = {
    Template.CONFIRMATION: N_("Confirmation"),
    Template.READY: N_("Ready, with the code"),
    Template.REMINDER: N_("Reminder"),
    Template.LAST_DAY: N_("Reminder on the last day"),
    Template.CANCELLED: N_("Cancellation"),
    Template.EXPIRED: N_("Not collected in time"),
    Template.RECEIPT: N_("Receipt"),
    Template.DELAYED: N_("Later than planned"),
    Template.SHIPPED: N_("On its way, with its numbers"),
    Template.DELIVERED: N_("Delivered"),
    Template.DELIVERY_FAILED: N_("Could not be delivered"),
    Template.BACK_IN_STOCK: N_("Back in stock"),
    Template.CART: N_("Link of a basket"),
    Template.CART_LEFT: N_("Reminder of a basket that was left"),
    Template.PAY_LINK: N_("Link to pay"),
    Template.PAY_REMINDER: N_("Reminder to pay"),
    Template.UNPAID: N_("Not paid in time"),
    Template.CASE_DUE: N_("A case is due"),
    Template.LOW_STOCK: N_("What runs low"),
    Template.CODE: N_("Six-digit code"),
    Template.REPLY: N_("An answer of ours"),
    Template.REJECTED: N_("Refused by the store, with a choice"),
    Template.REROUTED: N_("It goes on elsewhere"),
    Template.AMENDED: N_("The order was changed"),
    Template.PARTLY: N_("Part of it is there"),
    Template.PROXY_PASS: N_("Code for somebody they send"),
    Template.PROXY_COLLECTED: N_("Collected by somebody they sent"),
    Template.SUBSTITUTE: N_("Question about a substitute"),
}
MESSAGE_CHANNELS: Final[Mapping[MessageChannel, str]] = {
    MessageChannel.EMAIL: N_("E-mail"),
    MessageChannel.SMS: N_("Text message"),
}
MESSAGE_STATES: Final[Mapping[MessageStatus, Said]] = {
    MessageStatus.DUE: Said("wait", N_("On its way")),
    MessageStatus.SENT: Said("ok", N_("Went out")),
    MessageStatus.SUPPRESSED: Said("plain", N_("Not sent")),
    MessageStatus.UNKNOWN: Said("wait", N_("Nobody knows")),
    MessageStatus.DEAD: Said("late", N_("Could not be sent")),
}
MOVEMENTS: Final[Mapping[str, str]] = {
    "received": N_("Goods came in"),
    "reserved": N_("Promised to an order"),
    "released": N_("Given back by an order"),
    "handed_over": N_("Collected by the customer"),
    "found": N_("Handed over though not booked: booked as found"),
    "adjusted": N_("Counted"),
    "quarantined": N_("Doubted: a picker did not find it"),
}
