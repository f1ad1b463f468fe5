"""Who sends what in the demonstration: the warehouse first; stores keep their last unit."""

from typing import Final

from sqlalchemy.orm import Session

import orders.services
from kernel.actors import Actor
from orders.commands import Method, SetRules

NAME: Final = "Entrepôt d’abord"
RULES: Final = (
    {"filter": "units_left", "units": 1, "except_warehouses": True},
    {"filter": "capacity"},
    {"rank": "role", "first": "warehouse"},
    {"rank": "distance", "step_km": 50},
    {"rank": "load"},
)
LIMITS: Final = {
    "max_splits": 1,
    "min_value_minor": 1_500,
    "cost": {"bands": [[50, 490], [300, 690], [None, 990]]},
    "max_cost_minor": 1_500,
}


def decide_by_rules(session: Session, *, head: Actor) -> None:
    """Have deliveries be sent by rules that head office set."""
    command = SetRules(NAME, Method.DELIVERY, RULES, LIMITS)
    orders.services.set_rules(session, command, actor=head)
