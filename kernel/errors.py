"""Refusals: why something asked for was not done. Only `app/problems.py` turns them into HTTP."""

from collections.abc import Iterator
from typing import Any, ClassVar


class Refusal(Exception):
    """Something asked for was not done, nothing was changed, and the asker can be told why.

    `code` names the kind for machines and never changes, `title` says it in one constant sentence,
    `way_out` says what the asker can do, `facts` carries what helps; `detail` speaks of this case.
    """

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "Not done"
    way_out: ClassVar[str] = ""

    def __init__(self, detail: str = "", **facts: Any) -> None:  # noqa: ANN401 (facts become JSON)
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts: dict[str, Any] = facts


class NotFound(Refusal):
    """There is no such thing, or it is none of the asker's business: both look the same."""

    code = "not-found"
    title = "Not found"
    way_out = "Check the identifier, and that it belongs to a store or order you may see."


class Invalid(Refusal):
    """What was sent cannot be meant: a value is missing, malformed or out of bounds."""

    code = "validation"
    title = "The request is not valid"
    way_out = "Correct the fields named in `errors`, each by its JSON pointer, and send again."


class Conflict(Refusal):
    """It was asked correctly, but the present state does not allow it."""

    code = "conflict"
    title = "The present state does not allow this"
    way_out = "Read the present state and decide again."


class Forbidden(Refusal):
    """The asker is known and may not do this."""

    code = "forbidden"
    title = "Not allowed"
    way_out = "Ask somebody who holds the permission, or use a key with the scope named."


class Unavailable(Refusal):
    """A part this needs is not answering now."""

    code = "unavailable"
    title = "Not available at the moment"
    way_out = "Try again after the number of seconds in `Retry-After`."


class TooManyAttempts(Unavailable):
    """Too many wrong tries at something secret: further ones are not even looked at for a while."""

    code = "too-many-attempts"
    title = "Too many attempts"
    way_out = "Wait for the number of seconds in `Retry-After`, or find the parcel by name."


def every_refusal(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every refusal class known to this process, parents first."""
    yield kind
    for child in kind.__subclasses__():
        yield from every_refusal(child)
