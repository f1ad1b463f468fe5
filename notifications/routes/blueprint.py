"""The one blueprint of messages."""

from kernel.web import ApiBlueprint

blueprint = ApiBlueprint("notifications", __name__, url_prefix="/api/v1", description="Followers")
