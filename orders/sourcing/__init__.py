"""Sourcing: which locations send what of an order, by which rules, and why those."""

from orders.sourcing.complaining import Wrong, say_wrong
from orders.sourcing.deciding import Held, decide_by, held, held_rules, rules_method
from orders.sourcing.explaining import explain
from orders.sourcing.following import decide
from orders.sourcing.later import A_DAY, expected, lacks_until, once_there, tomorrow
from orders.sourcing.recording import decision_values, prune_decisions, record_decision
from orders.sourcing.replaying import REPLAYED_MAX, Differing, Replay, Tally, replay
from orders.sourcing.rules import FILTERS, RANKS, After, read_book
from orders.sourcing.shapes import Ask, Decision, Lacks, Send
from orders.sourcing.wording import say_fall, say_limits, say_rule

__all__ = [
    "A_DAY",
    "FILTERS",
    "RANKS",
    "REPLAYED_MAX",
    "After",
    "Ask",
    "Decision",
    "Differing",
    "Held",
    "Lacks",
    "Replay",
    "Send",
    "Tally",
    "Wrong",
    "decide",
    "decide_by",
    "decision_values",
    "expected",
    "explain",
    "held",
    "held_rules",
    "lacks_until",
    "once_there",
    "prune_decisions",
    "read_book",
    "record_decision",
    "replay",
    "rules_method",
    "say_fall",
    "say_limits",
    "say_rule",
    "say_wrong",
    "tomorrow",
]
