"""The one blueprint of orders."""

from kernel.web import ApiBlueprint

blueprint = ApiBlueprint("orders", __name__, url_prefix="/api/v1", description="Orders")
