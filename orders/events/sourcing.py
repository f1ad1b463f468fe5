"""What happens to rule sets."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RuleSetEvent(Event):
    """Base of what happens to one rule set."""

    name = ""
    aggregate = "rule_set"
    rule_set_id: UUID
    method: str


@dataclass(frozen=True, kw_only=True)
class RulesSet(RuleSetEvent):
    """It holds from now on, for a group, a brand or everybody; `replaces` held until now."""

    name = "rules.set.v1"
    label: str
    brand_id: UUID | None
    group_id: UUID | None
    channel: str | None
    replaces: UUID | None


@dataclass(frozen=True, kw_only=True)
class RulesEnded(RuleSetEvent):
    """It holds no more; what is wider does."""

    name = "rules.ended.v1"
