"""Inputs of rules for who sends what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orders.commands.words import Channel, Method


@dataclass(frozen=True, slots=True)
class SetRules:
    """Rules for one method: of a group of stores or a brand, named by code, or of everybody.

    `rules` and `limits` are JSON in the language of docs/sourcing.md.
    """

    name: str
    method: Method
    rules: Sequence[Mapping[str, Any]]
    limits: Mapping[str, Any]
    brand: str | None = None
    group: str | None = None
    channel: Channel | None = None
