"""Refusals of stores."""

from kernel.errors import Conflict, Invalid, NotFound


class UnknownLocation(NotFound):
    """There is no such store or warehouse, or it is not yours to see."""

    code = "unknown-location"
    title = "No such store"
    way_out = "List the stores: `GET /api/v1/stores`."


class UnknownBrand(NotFound):
    """There is no brand with this code."""

    code = "unknown-brand"
    title = "No such brand"
    way_out = "Use the code of a brand of this installation."


class StorePaused(Conflict):
    """The store takes no pickup orders for now; `until` and `reason` say how long and why."""

    code = "store-paused"
    title = "This store takes no orders at the moment"
    way_out = "Choose another store, or order again after `until`."


class PickupNotOffered(Conflict):
    """This location does not hand over orders to customers, or its opening hours are not known."""

    code = "pickup-not-offered"
    title = "No collection at this location"
    way_out = "Choose a store that offers collection."


class UnreadableHours(Invalid):
    """The opening hours are not written in the OpenStreetMap syntax, so no time can be promised."""

    code = "unreadable-hours"
    title = "Opening hours cannot be read"
    way_out = "Write them like `Mo-Sa 09:30-19:00; Su,PH off`."
