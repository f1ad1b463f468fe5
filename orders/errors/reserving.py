"""Refusals of reserving without paying, and of seeing too early what was ordered."""

from kernel.errors import Conflict


class ReservationNotOffered(Conflict):
    """This store reserves nothing without being paid, or not in this way."""

    code = "reservation-not-offered"
    title = "Nothing is reserved here without paying"
    way_out = "Order it instead, to be paid when it is collected or by card."


class TooManyReservations(Conflict):
    """As many reservations as are allowed wait for this customer; `most` says how many."""

    code = "too-many-reservations"
    title = "Too many reservations are open"
    way_out = "Collect or cancel one of them first, or order instead."


class TooManyReserved(Conflict):
    """More of one article than may be reserved without paying: `most` of each, `skus` are over."""

    code = "too-many-reserved"
    title = "Too many of one article"
    way_out = "Reserve no more than `most` of each, or order instead."


class NotReleased(Conflict):
    """The customer may still call the order off alone; the store has it from `release_at` on."""

    code = "not-released"
    title = "Not for the store yet"
    way_out = "Wait until `release_at`."
