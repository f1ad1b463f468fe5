"""The one blueprint of orders."""

from typing import Final

from kernel.web import ApiBlueprint

DOOR: Final = "api"
"""The door by which somebody looks into a customer's file."""

blueprint = ApiBlueprint("orders", __name__, url_prefix="/api/v1", description="Orders")
