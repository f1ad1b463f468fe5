"""Refusals on the way from the shelf to a door."""

from kernel.errors import Conflict, Invalid, NotFound


class WrongMethod(Conflict):
    """The parcel reaches its customer in another way, named in `method`."""

    code = "wrong-method"
    title = "This parcel reaches its customer in another way"
    way_out = "Make a parcel for collection ready; pack and ship a delivery."


class PackagesDiffer(Invalid):
    """The packages hold something else than was picked; `picked` maps SKU to how many were."""

    code = "packages-differ"
    title = "The packages do not hold exactly what was picked"
    way_out = "Put each unit of `picked` into exactly one package."


class UnknownCarrier(Invalid):
    """There is no such carrier; `known` names those there are."""

    code = "unknown-carrier"
    title = "No such carrier"
    way_out = "Use one of `known`."


class UnknownPackage(NotFound):
    """There is no such package, or it is none of your stores'."""

    code = "unknown-package"
    title = "No such package"
    way_out = "List the packages of a parcel: `GET /api/v1/fulfillments/{id}/packages`."


class TrackingNumberTaken(Conflict):
    """Another package of this carrier has this number."""

    code = "tracking-number-taken"
    title = "This tracking number is another package's"
    way_out = "Scan the label that is on this package, or leave the number out."


class NumberMissing(Invalid):
    """This carrier gives its numbers itself: each package needs one."""

    code = "number-missing"
    title = "A package has no tracking number"
    way_out = "Scan the number that the carrier's label has."
