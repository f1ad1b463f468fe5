"""Refusals of who an order is for, and where it is brought."""

from kernel.errors import Invalid


class UnreachableContact(Invalid):
    """No usable e-mail or mobile number was given, so nobody could be told that it is ready."""

    code = "unreachable-contact"
    title = "We need an e-mail address or a phone number"
    way_out = "Give an e-mail address, or a phone number with its country code."


class UnreadableEmail(Invalid):
    """The e-mail address cannot be one."""

    code = "unreadable-email"
    title = "This e-mail address cannot be right"
    way_out = "Check it for a missing sign, as in name@example.org."


class UnreadablePhone(Invalid):
    """The phone number cannot be one, or is of a kind that we do not write to."""

    code = "unreadable-phone"
    title = "This phone number cannot be right"
    way_out = "Give it as dialled in the store's country, or with + and the country code."


class IncompleteAddress(Invalid):
    """Street, postcode or town of an address is missing."""

    code = "incomplete-address"
    title = "Part of the address is missing"
    way_out = "Give street, postcode and town."


class UnreadablePostcode(Invalid):
    """The postcode cannot be one of its country: in France it has five digits."""

    code = "unreadable-postcode"
    title = "This postcode cannot be right"
    way_out = "Give it as it stands in an address: five digits in France."
