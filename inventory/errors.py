"""Refusals of stock."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class OutOfStock(Conflict):
    """At least one article is short at the chosen store; `shortages` maps SKU to what is left."""

    code = "out-of-stock"
    title = "Not enough stock at this store"
    way_out = "Order at most what is left, or ask the availability of other stores."


class NoStockRecord(NotFound):
    """This article was never stocked at this location."""

    code = "no-stock-record"
    title = "Never stocked here"
    way_out = "Receive the article at this location first."


class NotOnShelf(Conflict):
    """More was to be taken from the shelf than is booked there."""

    code = "not-on-shelf"
    title = "The shelf does not hold that many"
    way_out = "Count the shelf and book the difference."


class UnknownTask(NotFound):
    """There is no such open count task, or it is not of a store of yours."""

    code = "unknown-count-task"
    title = "No such count task"
    way_out = "List what is to be counted: `GET /api/v1/stores/{code}/count-tasks`."


class UnknownCount(NotFound):
    """There is no such count, or it is not of a store of yours."""

    code = "unknown-count"
    title = "No such count"
    way_out = "List the counts: `GET /api/v1/stores/{code}/counts`."


class NothingToCount(Invalid):
    """The count names no SKU that this location could have."""

    code = "nothing-to-count"
    title = "Nothing to count"
    way_out = "Name SKUs, open count tasks, or a category that this location stocks."


class NotCounted(Conflict):
    """Some SKUs of the count have no figure yet, or are not part of it; `skus` names them."""

    code = "not-counted"
    title = "These articles are not counted"
    way_out = "Enter a figure for each SKU of the count, 0 where nothing is there."


class CountState(Conflict):
    """The count has already been submitted, decided or cancelled; `state` says which."""

    code = "count-state"
    title = "The count is past that"
    way_out = "Read the count; open a new one for what must be counted again."


class OwnCount(Forbidden):
    """Whoever counted does not approve the differences: a second pair of eyes does."""

    code = "own-count"
    title = "Somebody else must decide on this count"
    way_out = "Ask another manager to approve or reject it."


class UnknownShortage(NotFound):
    """There is no such open shortage, or it is not of a store of yours."""

    code = "unknown-shortage"
    title = "No such shortage"
    way_out = "List the open shortages: `GET /api/v1/stores/{code}/shortages`."


class StillShort(Conflict):
    """More is still promised than is there; `missing` says by how many units."""

    code = "still-short"
    title = "The shortage is not covered"
    way_out = "Find or receive goods, or give up or move what is promised, then close it."


class UnknownTransfer(NotFound):
    """There is no such transfer, or it neither leaves nor reaches a store of yours."""

    code = "unknown-transfer"
    title = "No such transfer"
    way_out = "List the transfers: `GET /api/v1/stores/{code}/transfers`."


class TransferState(Conflict):
    """The transfer is past that, or not there yet; `state` says where it is."""

    code = "transfer-state"
    title = "The transfer does not allow this now"
    way_out = "Read the transfer: drafts can be changed, sent goods received or given up."


class TransferCarries(Conflict):
    """The transfer carries a customer's order: it may carry less than `most`, never more."""

    code = "transfer-carries"
    title = "This transfer is for a customer's order"
    way_out = "Send at most what stands in `most`; send the rest by another transfer."


class SamePlace(Invalid):
    """A transfer leaves one location for another one."""

    code = "same-place"
    title = "Both ends are the same location"
    way_out = "Name two locations."


class NotInTransfer(Invalid):
    """Some SKUs are not part of the transfer; `skus` names them."""

    code = "not-in-transfer"
    title = "These articles are not part of the transfer"
    way_out = "Book them in as a receipt of their own."


class ReasonMissing(Invalid):
    """Sent goods did not arrive and nobody says why; `missing` maps SKU to units."""

    code = "reason-missing"
    title = "Say why these goods did not arrive"
    way_out = "Give a reason for each SKU: lost, damaged, miscounted or came_back."


class UnknownIncoming(NotFound):
    """There are no such expected goods, they are closed, or not of a store of yours."""

    code = "unknown-incoming"
    title = "No such expected goods"
    way_out = "List what is expected: `GET /api/v1/stores/{code}/incoming`."


class UnknownFeed(NotFound):
    """There is no such feed."""

    code = "unknown-feed"
    title = "No such feed"
    way_out = "Take the id from the answer to the feed, or from the list of feeds."


class FeedNotHeld(Conflict):
    """Only a feed that is held back is let through; this one stands as `status` says."""

    code = "feed-not-held"
    title = "This feed is not held back"
    way_out = "Read the feed again: somebody let it through, or a later snapshot took its place."


class FeedOutOfOrder(Conflict):
    """A source's feeds are numbered upwards and their instants never go back or ahead of now."""

    code = "feed-out-of-order"
    title = "Not the next feed of this source"
    way_out = "Send a sequence above `last_sequence`, true as of an instant since `last_as_of`."


class FeedDiffers(Conflict):
    """This sequence was declared or sent with other content: a feed is never changed afterwards."""

    code = "feed-differs"
    title = "This sequence was something else before"
    way_out = "Send exactly the same again to go on where it stopped, else a higher sequence."


class WrongEnd(Forbidden):
    """The sender's people send a transfer, the receiver's receive it: this is not their end."""

    code = "wrong-end"
    title = "This is for the other end of the transfer to do"
    way_out = "Ask the sending store to send it, or the receiving store to receive it."


class UnknownRule(NotFound):
    """There is no such rule of safety stock, or it is of another's store."""

    code = "unknown-safety-rule"
    title = "No such rule"
    way_out = "Take the id from the list of rules."


class RuleOutOfReach(Forbidden):
    """A rule for more than the asker's own stores."""

    code = "safety-rule-out-of-reach"
    title = "This rule reaches beyond your stores"
    way_out = "Make it for one of your stores, or ask head office."


class RuleUnclear(Invalid):
    """A rule names what its scope needs and nothing else, and either units or percent."""

    code = "safety-rule-unclear"
    title = "The rule does not say what it is for"
    way_out = "Name exactly what the scope needs, units or percent, and an end after the beginning."
