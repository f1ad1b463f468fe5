"""Refusals of who is who: merges, and names in other systems."""

from kernel.errors import Conflict, NotFound


class UnknownCustomer(NotFound):
    """There is no such customer, or none whose orders the asker may see."""

    code = "unknown-customer"
    title = "No such customer"
    way_out = "Look for the customer by name, telephone number, e-mail address or order number."


class AlreadyOne(Conflict):
    """Both are one customer already, or one of them was joined to somebody else meanwhile."""

    code = "already-merged"
    title = "They are joined already"
    way_out = "Read the customer again: it shows with whom they were joined, by whom and why."


class UnknownMerge(NotFound):
    """There is no such merge, or none of customers the asker may see."""

    code = "unknown-merge"
    title = "No such merge"
    way_out = "Read the customer again: it lists the merges that can be undone."


class MergeUndone(Conflict):
    """The merge was undone before."""

    code = "merge-undone"
    title = "This merge was undone already"
    way_out = "Read the customers again: both are there on their own."


class KnownAsAnother(Conflict):
    """The other system's id already names somebody else here, or they are `former_id` there."""

    code = "known-as-another"
    title = "This id already names another customer"
    way_out = "Join both customers if they are one person, or correct the id."


class AlreadyForgotten(Conflict):
    """Nothing is left of this person: they were forgotten, as they have a right to be."""

    code = "already-forgotten"
    title = "This person was forgotten"
    way_out = "Their orders are found by their numbers; who they were is not known any more."


class NotToBeForgotten(Conflict):
    """Nobody asked for this person to be forgotten, or it is done."""

    code = "not-to-be-forgotten"
    title = "Nothing waits to be forgotten here"
    way_out = "Open the customer again: it shows whether and when they were forgotten."
