"""Sourcing: which locations send what of an order, by which rules, and why those."""

from orders.sourcing.deciding import decide, decide_by, held_rules
from orders.sourcing.recording import prune_decisions, record_decision
from orders.sourcing.rules import After, read_book
from orders.sourcing.shapes import Ask, Decision, Send

__all__ = [
    "After",
    "Ask",
    "Decision",
    "Send",
    "decide",
    "decide_by",
    "held_rules",
    "prune_decisions",
    "read_book",
    "record_decision",
]
