"""Sourcing: which locations send what of an order, by which rules, and why those."""

from orders.sourcing.deciding import decide
from orders.sourcing.shapes import Ask, Decision, Send

__all__ = ["Ask", "Decision", "Send", "decide"]
