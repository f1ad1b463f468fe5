"""Refusals of promotions."""

from kernel.errors import Conflict, Invalid, NotFound


class UnknownPromotion(NotFound):
    """There is no such promotion."""

    code = "unknown-promotion"
    title = "No such promotion"
    way_out = "List the promotions: `GET /api/v1/promotions`."


class UnreadablePromotion(Invalid):
    """The parts of a promotion do not fit together; `field` names the first that does not."""

    code = "unreadable-promotion"
    title = "These parts make no promotion"
    way_out = "Give what its kind needs and nothing else, a period that is not over, and its place."


class PromotionCodeTaken(Conflict):
    """Another promotion of the brand has this code and was not withdrawn."""

    code = "promotion-code-taken"
    title = "This code is taken"
    way_out = "Choose another code, or change or withdraw the promotion that has it."


class PromotionEnded(Conflict):
    """The promotion is over or was withdrawn; what ended is not changed any more."""

    code = "promotion-ended"
    title = "This promotion has ended"
    way_out = "Set a new promotion."
