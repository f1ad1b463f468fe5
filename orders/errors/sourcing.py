"""Refusals of rules for who sends what."""

from kernel.errors import Invalid, NotFound


class UnreadableRules(Invalid):
    """A rule set is not one: `wrong` says of each rule or limit what would be right."""

    code = "unreadable-rules"
    title = "These rules cannot be read"
    way_out = "Correct what `wrong` names; docs/sourcing.md shows every rule with an example."


class UnknownRuleSet(NotFound):
    """There is no such rule set, or it belongs to a brand that is not yours."""

    code = "unknown-rule-set"
    title = "No such rule set"
    way_out = "List the rule sets that hold and use the id of one of them."


class NotDecided(NotFound):
    """Nobody had to decide who sends this order, or it was decided more than 13 months ago."""

    code = "not-decided"
    title = "No decision is kept for this order"
    way_out = "Orders that one store prepares by itself need none."
